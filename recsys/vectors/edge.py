from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import qdrant_edge as edge
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

_BATCH = 1_024
_SCHEMA = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
}
_DISTANCE = {"dot": edge.Distance.Dot, "cosine": edge.Distance.Cosine}
# m=0 keeps no graph: exact answers, and a build of seconds where HNSW needs half a minute.
_EXACT = edge.HnswIndexConfig(m=0, ef_construct=100, full_scan_threshold=10_000)


class EdgeStore:
    """The embedded default: Qdrant Edge, one folder an index below ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def build(self, name: str, points: Points, report: Report) -> None:
        """Write a new index: points, field indexes, optimize, flush, close, reopen, count."""
        folder = self.root / name
        with _mapped(f"The index {name} could not be written"):
            folder.mkdir(parents=True)
            shard = edge.EdgeShard.create(str(folder), _config(points))
            _write(shard, points, report)
            shard.flush()
            shard.close()
            # The first opening folds a journal away; after it the files stay as they are.
            shard = edge.EdgeShard.load(str(folder))
            found = EdgeIndex(shard).count()
            shard.close()
            sizes = json.dumps(_sizes(folder))
            (self.root / f"{name}.files.json").write_text(sizes, encoding="utf-8")
        if found != points.count:
            raise StorageError(
                f"The index {name} was written with {points.count:,} points and reads back with"
                f" {found:,}.",
                hint="Check the disk, then build the release again.",
            )

    def open(self, name: str) -> EdgeIndex:
        """Open an index; other processes may have it open too, since it has no WAL.

        The engine opens a folder with missing or cut files as if it were whole, with points or
        vectors missing, so the sizes of all files are compared first.
        """
        folder = self.root / name
        with _mapped(f"The index {name} could not be opened"):
            written = json.loads((self.root / f"{name}.files.json").read_text(encoding="utf-8"))
            found = _sizes(folder)
            torn = [file for file, size in written.items() if found.get(file) != size]
            if torn:
                raise StorageError(
                    f"The index {name} is damaged: {len(torn)} of its {len(written)} files are"
                    f" missing or cut, first {torn[0]}.",
                    hint="Check the disk, then build the release again.",
                )
            return EdgeIndex(edge.EdgeShard.load(str(folder)))

    def drop(self, name: str) -> None:
        """Do nothing: the folder goes with the release it lies in."""


class EdgeIndex:
    """One open shard. It is never closed: readers in flight keep it until they are done."""

    def __init__(self, shard: edge.EdgeShard) -> None:
        self._shard = shard

    def count(self) -> int:
        """Return how many points there are."""
        with _mapped("The index cannot be read"):
            return self._shard.count(edge.CountRequest(exact=True))

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
        request = edge.QueryRequest(
            limit=limit,
            query=edge.Query.Nearest(_asked(values, indices), using=vector),
            filter=None if where is None else _filter(where),
        )
        with _mapped(f"The index refused a query on {vector!r}"):
            found = self._shard.query(request)
        return _hits(found)

    def fuse(self, fusion: Fusion, *, limit: int, where: Where | None = None) -> Hits:
        """Return the best points of several queries together.

        The engine's own weights of RRF stretch places, ``1 / ((place + 1) / weight + k - 1)``,
        which says next to nothing at k = 60. So each part's places are made into scores by an
        RRF of its own, and a formula adds them up; equal weights need no formula.
        """
        lists = [_prefetch(part, fusion.depth, where) for part in fusion.parts]
        weights = [part.weight for part in fusion.parts]
        places: Any = edge.Fusion.Rrf(k=RRF_K)
        plain = fusion.how == "rrf" and len(set(weights)) == 1
        if fusion.how == "rrf" and not plain:
            lists = [
                edge.Prefetch(limit=fusion.depth, prefetches=[one], query=places) for one in lists
            ]
        request = edge.QueryRequest(
            limit=limit, prefetches=lists, query=places if plain else _weighted(weights)
        )
        names = ", ".join(repr(part.vector) for part in fusion.parts)
        with _mapped(f"The index refused a fused query on {names}"):
            hits = _hits(self._shard.query(request))
        return Hits(hits.rows, hits.scores * np.float32(weights[0])) if plain else hits


def _config(points: Points) -> edge.EdgeConfig:
    dense: dict[str, edge.EdgeVectorParams] = {}
    sparse: dict[str, edge.EdgeSparseVectorParams] = {}
    for name, vectors in points.vectors.items():
        if isinstance(vectors, DenseVectors):
            dense[name] = edge.EdgeVectorParams(
                size=vectors.values.shape[1],
                distance=_DISTANCE[vectors.distance],
                hnsw_config=_EXACT,
            )
        else:
            sparse[name] = edge.EdgeSparseVectorParams()
    return edge.EdgeConfig(
        vectors=dense,
        sparse_vectors=sparse,
        hnsw_config=_EXACT,
        optimizers=edge.EdgeOptimizersConfig(indexing_threshold=1, default_segment_number=1),
        wal_enabled=False,
    )


def _write(shard: edge.EdgeShard, points: Points, report: Report) -> None:
    for batch in in_batches(points, _BATCH):
        shard.update(edge.UpdateOperation.upsert_points([_point(point) for point in batch]))
        report(0.7 * (batch[-1].row + 1) / points.count, "Writing the index")
    for column, kind in points.indexed.items():
        shard.update(edge.UpdateOperation.create_field_index(column, _SCHEMA[kind]))
    report(0.8, "Ordering the index")
    shard.optimize()
    report(1.0, "Ordering the index")


def _point(point: PlainPoint) -> edge.Point:
    vectors: dict[str, Any] = dict(point.dense)
    for name, (indices, numbers) in point.sparse.items():
        vectors[name] = edge.SparseVector(indices, numbers)
    return edge.Point(point.row, vectors, point.payload)


def _asked(values: NDArray[np.float32], indices: NDArray[np.int32] | None) -> Any:
    # A dense query is taken as an array, though the engine's stub says lists.
    return values if indices is None else edge.SparseVector(indices.tolist(), values.tolist())


def _hits(found: list[edge.ScoredPoint]) -> Hits:
    return Hits(
        rows=np.fromiter((point.id for point in found), np.int64, len(found)),
        scores=np.fromiter((point.score for point in found), np.float32, len(found)),
    )


def _prefetch(part: Part, depth: int, where: Where | None) -> edge.Prefetch:
    return edge.Prefetch(
        limit=depth,
        query=edge.Query.Nearest(_asked(part.values, part.indices), using=part.vector),
        filter=_filter(where or Where(), part.equals) if where or part.equals else None,
        score_threshold=part.above,
    )


def _weighted(weights: list[float]) -> edge.Formula:
    names = [f"$score[{number}]" for number in range(len(weights))]
    terms: list[Any] = [
        edge.Expression.Mult([edge.Expression.Constant(weight), edge.Expression.Variable(name)])
        for weight, name in zip(weights, names, strict=True)
    ]
    return edge.Formula(edge.Expression.Sum(terms), dict.fromkeys(names, 0.0))


def _filter(where: Where, equals: Mapping[str, str] = MappingProxyType({})) -> edge.Filter:
    must: list[Any] = [
        edge.FieldCondition(key, match=edge.MatchValue(value))
        for key, value in (*where.equals.items(), *equals.items())
    ]
    ranges: list[Any] = [
        edge.FieldCondition(key, range=edge.RangeFloat(gte=least, lte=most))
        for key, (least, most) in where.ranges.items()
    ]
    if ranges and where.or_rows:
        either: list[Any] = [edge.Filter(must=ranges), edge.HasIdCondition(set(where.or_rows))]
        must.append(edge.Filter(should=either))
    else:
        must += ranges
    never: list[Any] | None = [edge.HasIdCondition(set(where.not_rows))] if where.not_rows else None
    return edge.Filter(must=must or None, must_not=never)


def _sizes(folder: Path) -> dict[str, int]:
    """Return file -> bytes; without the one file that the engine rewrites at every opening."""
    return {
        str(path.relative_to(folder)): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "edge_config.json"
    }


@contextmanager
def _mapped(what: str) -> Generator[None]:
    """Turn what the engine raises into :class:`StorageError`.

    The engine has no error classes: it raises bare ``Exception`` (and ``PanicException``, which
    is none, on some damaged files), so that is what is caught, around its own calls only.
    """
    try:
        yield
    except AisleError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise StorageError(
            f"{what}: {error}.",
            hint="Check that the disk has space, then build the release again.",
        ) from error
