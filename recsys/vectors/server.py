from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import AisleError, StorageError
from recsys.types import RRF_K, Report
from recsys.vectors.base import (
    DenseVectors,
    Fusion,
    Hits,
    Part,
    PlainPoint,
    Points,
    Where,
    in_batches,
)

if TYPE_CHECKING:
    from qdrant_client import QdrantClient

_BATCH = 512


class ServerStore:
    """A Qdrant server or cluster through ``qdrant-client``: one collection an index.

    Parameters
    ----------
    client
        A connected client; :func:`connect` makes one from an address.
    prefix
        Put before every index name, so that several shops can share a server.
    """

    def __init__(self, client: QdrantClient, prefix: str = "aisle") -> None:
        self._client = client
        self._prefix = prefix

    def _collection(self, name: str) -> str:
        return f"{self._prefix}-{name.replace('/', '-')}"

    def build(self, name: str, points: Points, report: Report) -> None:
        """Write a new collection: points, field indexes, count."""
        from qdrant_client import models

        collection = self._collection(name)
        with _mapped(f"The collection {collection} could not be written"):
            self._client.create_collection(collection, **_config(points))
            for batch in in_batches(points, _BATCH):
                self._client.upsert(collection, [_point(point) for point in batch], wait=True)
                report(0.9 * (batch[-1].row + 1) / points.count, "Writing the index")
            for column, kind in points.indexed.items():
                schema = models.PayloadSchemaType(kind)
                self._client.create_payload_index(collection, column, schema, wait=True)
        found = self.open(name).count()
        if found != points.count:
            raise StorageError(
                f"The collection {collection} was written with {points.count:,} points and has"
                f" {found:,}.",
                hint="Check the Qdrant server, then build the release again.",
            )
        report(1.0, "Writing the index")

    def open(self, name: str) -> ServerIndex:
        """Open a collection for reading."""
        index = ServerIndex(self._client, self._collection(name))
        index.count()  # a collection that is not there is an error now, not at the first shopper
        return index

    def drop(self, name: str) -> None:
        """Remove a collection; nothing happens when there is none."""
        collection = self._collection(name)
        with _mapped(f"The collection {collection} could not be removed"):
            if self._client.collection_exists(collection):
                self._client.delete_collection(collection)


class ServerIndex:
    """One collection, open for reading."""

    def __init__(self, client: QdrantClient, collection: str) -> None:
        self._client = client
        self._collection = collection

    def count(self) -> int:
        """Return how many points there are."""
        with _mapped(f"The collection {self._collection} cannot be read"):
            return self._client.count(self._collection, exact=True).count

    def query(
        self,
        vector: str,
        values: NDArray[np.float32],
        *,
        indices: NDArray[np.int32] | None = None,
        limit: int,
        where: Where | None = None,
    ) -> Hits:
        """Return the nearest points that have a vector of that name."""
        from qdrant_client import models

        with _mapped(f"The collection {self._collection} refused a query on {vector!r}"):
            found = self._client.query_points(
                self._collection,
                query=_asked(values, indices),
                using=vector,
                limit=limit,
                query_filter=None if where is None else _filter(where),
                search_params=models.SearchParams(exact=True),
                with_payload=False,
            ).points
        return _hits(found)

    def fuse(self, fusion: Fusion, *, limit: int, where: Where | None = None) -> Hits:
        """Return the best points of several queries together.

        Places become scores part by part and a formula adds them up, for the reason that
        :meth:`recsys.vectors.edge.EdgeIndex.fuse` gives.
        """
        from qdrant_client import models

        lists = [_prefetch(part, fusion.depth, where) for part in fusion.parts]
        if fusion.how == "rrf":
            places = models.RrfQuery(rrf=models.Rrf(k=RRF_K))
            lists = [
                models.Prefetch(prefetch=[one], query=places, limit=fusion.depth) for one in lists
            ]
        names = ", ".join(repr(part.vector) for part in fusion.parts)
        with _mapped(f"The collection {self._collection} refused a fused query on {names}"):
            found = self._client.query_points(
                self._collection,
                prefetch=lists,
                query=_weighted([part.weight for part in fusion.parts]),
                limit=limit,
                with_payload=False,
            ).points
        return _hits(found)


def connect(url: str, api_key: str = "") -> QdrantClient:
    """Connect to a Qdrant server; nothing is sent until the first call."""
    from qdrant_client import QdrantClient

    return QdrantClient(url=url, api_key=api_key or None, timeout=60, check_compatibility=False)


def _config(points: Points) -> dict[str, Any]:
    from qdrant_client import models

    distance = {"dot": models.Distance.DOT, "cosine": models.Distance.COSINE}
    dense = {
        name: models.VectorParams(size=vectors.values.shape[1], distance=distance[vectors.distance])
        for name, vectors in points.vectors.items()
        if isinstance(vectors, DenseVectors)
    }
    sparse = {name: models.SparseVectorParams() for name in points.vectors if name not in dense}
    return {"vectors_config": dense, "sparse_vectors_config": sparse}


def _point(point: PlainPoint) -> Any:
    from qdrant_client import models

    vectors: dict[str, Any] = dict(point.dense)
    for name, (indices, numbers) in point.sparse.items():
        vectors[name] = models.SparseVector(indices=indices, values=numbers)
    return models.PointStruct(id=point.row, vector=vectors, payload=point.payload)


def _asked(values: NDArray[np.float32], indices: NDArray[np.int32] | None) -> Any:
    from qdrant_client import models

    if indices is None:
        return values.tolist()
    return models.SparseVector(indices=indices.tolist(), values=values.tolist())


def _hits(found: list[Any]) -> Hits:
    return Hits(
        rows=np.array([point.id for point in found], np.int64),
        scores=np.array([point.score for point in found], np.float32),
    )


def _prefetch(part: Part, depth: int, where: Where | None) -> Any:
    from qdrant_client import models

    return models.Prefetch(
        query=_asked(part.values, part.indices),
        using=part.vector,
        limit=depth,
        filter=_filter(where or Where(), part.equals) if where or part.equals else None,
        score_threshold=part.above,
        params=models.SearchParams(exact=True),
    )


def _weighted(weights: list[float]) -> Any:
    from qdrant_client import models

    names = [f"$score[{number}]" for number in range(len(weights))]
    terms: list[Any] = [
        models.MultExpression(mult=[weight, name])
        for weight, name in zip(weights, names, strict=True)
    ]
    return models.FormulaQuery(
        formula=models.SumExpression(sum=terms), defaults=dict.fromkeys(names, 0.0)
    )


def _filter(where: Where, equals: Mapping[str, str] = MappingProxyType({})) -> Any:
    from qdrant_client import models

    must: list[Any] = [
        models.FieldCondition(key=key, match=models.MatchValue(value=value))
        for key, value in (*where.equals.items(), *equals.items())
    ]
    ranges: list[Any] = [
        models.FieldCondition(key=key, range=models.Range(gte=least, lte=most))
        for key, (least, most) in where.ranges.items()
    ]
    if ranges and where.or_rows:
        stale = models.HasIdCondition(has_id=sorted(where.or_rows))
        must.append(models.Filter(should=[models.Filter(must=ranges), stale]))
    else:
        must += ranges
    never: list[Any] = (
        [models.HasIdCondition(has_id=sorted(where.not_rows))] if where.not_rows else []
    )
    return models.Filter(must=must, must_not=never)


@contextmanager
def _mapped(what: str) -> Generator[None]:
    """Turn what the client raises into :class:`StorageError`."""
    from qdrant_client.http.exceptions import ApiException

    try:
        yield
    except AisleError:
        raise
    # ValueError: the client's local mode, and answers that it cannot parse.
    except (ApiException, ValueError, OSError) as error:
        raise StorageError(
            f"{what}: {error}.", hint="Check AISLE_QDRANT_URL and that the server is up."
        ) from error
