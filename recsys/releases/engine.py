"""How a space's query is put to an index, and what answers."""

from __future__ import annotations

from recsys.models.fused import FusedSpace
from recsys.models.spaces import Query, Space
from recsys.vectors.base import Fusion, Hits, Part, VectorIndex, Where

Asked = Part | Fusion


def part_name(vector: str, number: int) -> str:
    """Return the name of the vectors of one space of a fusion."""
    return f"{vector}.{number}"


def asked_of(vector: str, space: Space, query: Query, *, cosine: bool = False) -> Asked:
    """Return what an index is asked for a space's query.

    Parameters
    ----------
    vector
        The name under which the space's items stand in the index.
    cosine
        Whether dense vectors are compared by angle, and what points the other way is left out.
    """
    if not isinstance(space, FusedSpace):
        return _part(vector, space, query, cosine=cosine)
    parts = tuple(
        _part(part_name(vector, number), part, asked, weight=weight, cosine=cosine)
        for number, (part, weight, asked) in enumerate(
            zip(space.parts, space.weights, query.parts, strict=True)
        )
        if asked is not None
    )
    return Fusion(parts, space.how, query.depth)


def _part(
    vector: str, space: Space, query: Query, *, weight: float = 1.0, cosine: bool = False
) -> Part:
    if cosine and space.kind == "factors":
        query = query.unit()
    return Part(vector, query.values, query.indices, weight, above=0.0 if cosine else None)


def answer(index: VectorIndex, asked: Asked, *, limit: int, where: Where | None = None) -> Hits:
    """Return the best points.

    Raises
    ------
    StorageError
        The store failed or cannot be reached.
    """
    if isinstance(asked, Fusion):
        return index.fuse(asked, limit=limit, where=where)
    return index.query(asked.vector, asked.values, indices=asked.indices, limit=limit, where=where)
