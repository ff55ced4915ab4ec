"""The nearest points of each point in a space, by cosine: exactly, or nearly so for very many."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.maps.vectors import Vectors
from recsys.models.arrays import Floats
from recsys.types import Report

# Above it the exact search, whose time grows with the square, gives way to pynndescent.
MOST_EXACT = 100_000
# Numbers that one block of products holds: 16 MB, so that most of it stays in the cache.
_BLOCK = 4_000_000
_SPARSE_BLOCK = 500


@dataclass(frozen=True)
class Near:
    """The nearest of each point, itself first.

    Attributes
    ----------
    rows, distances
        Shape ``(n, k)``: row numbers (int32), -1 where there are no more, and ``1 - cosine``
        (float32), 1 there.
    """

    rows: NDArray[np.int32]
    distances: NDArray[np.float32]


def nearest(
    vectors: Vectors, rows: NDArray[np.int64], k: int, *, seed: int, report: Report
) -> Near:
    """Find the nearest of some points among them.

    Parameters
    ----------
    rows
        Points of ``vectors`` that have a vector; what is found counts within these.
    k
        How many of each, itself included; no more than there are.
    """
    some = vectors.all[rows]
    k = min(k, len(rows))
    if len(rows) > MOST_EXACT:
        return _roughly(some, k, seed)
    if vectors.sparse:
        return _in_blocks(_sparse_block(some, k), len(rows), k, _SPARSE_BLOCK, report)
    size = max(1, _BLOCK // len(rows))
    return _in_blocks(_dense_block(some, k), len(rows), k, size, report)


def nearest_across(
    asking: Any, asked: Any, k: int, *, report: Report
) -> tuple[NDArray[np.int32], Floats]:
    """Return for each row of one matrix the nearest rows of another, nearest first.

    Returns
    -------
    rows, distances
        As in :class:`Near`, shape ``(len(asking), k)``.
    """
    many = int(asked.shape[0])
    k = min(k, many)
    if hasattr(asked, "indptr"):
        block, size = _sparse_across(asking, asked, k), _SPARSE_BLOCK
    else:
        block, size = _dense_across(asking, asked, k), max(1, _BLOCK // many)
    found = _in_blocks(block, int(asking.shape[0]), k, size, report)
    return found.rows, found.distances


Block = Callable[[int, int], tuple[NDArray[np.int64], Floats]]


def _in_blocks(block: Block, count: int, k: int, size: int, report: Report) -> Near:
    """Do all blocks, on all processors; each is one thread, so the result is the same on any."""
    from threadpoolctl import threadpool_limits

    near = Near(np.full((count, k), -1, np.int32), np.ones((count, k), np.float32))
    starts = range(0, count, size)
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(max_workers=_processors()) as threads,
    ):
        doing = threads.map(block, starts, [min(start + size, count) for start in starts])
        try:
            for start, (rows, scores) in zip(starts, doing, strict=True):
                end = start + len(rows)
                near.rows[start:end] = rows
                near.distances[start:end] = np.clip(1 - scores, 0, 2)
                report(end / count, "Finding neighbours")
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
    return near


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _dense_block(unit: Floats, k: int) -> Block:
    across = _dense_across(unit, unit, k)

    def block(start: int, end: int) -> tuple[NDArray[np.int64], Floats]:
        rows, scores = across(start, end)
        return _itself_first(rows, scores, start)

    return block


def _dense_across(asking: Floats, asked: Floats, k: int) -> Block:
    # The k best lie in the k groups with the best maxima; one pass finds those.
    groups = max(1, int(np.sqrt(len(asked) / k) / 2))
    width = -(-len(asked) // groups)
    columns = np.zeros((groups * width, asked.shape[1]), np.float32)
    columns[: len(asked)] = asked
    turned = np.ascontiguousarray(columns.T)

    def block(start: int, end: int) -> tuple[NDArray[np.int64], Floats]:
        scores: Any = asking[start:end] @ turned
        scores[:, len(asked) :] = -np.inf
        grouped = scores.reshape(len(scores), groups, width)
        best = _largest(grouped.max(axis=1), min(k, width))
        line = np.arange(len(scores))[:, None]
        place = (best[:, None, :] + np.arange(groups)[:, None] * width).reshape(len(scores), -1)
        flat = place + line * scores.shape[1]  # a third of the time of two indices
        candidates: Any = scores.ravel().take(flat)
        chosen = _largest(candidates, k)
        rows: Any = place[line, chosen]
        found: Any = candidates[line, chosen]
        order = np.lexsort((rows, -found), axis=1)
        return rows[line, order], found[line, order]

    return block


def _largest(values: Floats, k: int) -> NDArray[np.int64]:
    """Return where the k largest of each row are, in any order."""
    every = int(values.shape[1])
    if k >= every:
        return np.tile(np.arange(every), (len(values), 1))
    return np.argpartition(values, every - k, axis=1)[:, -k:]


def _itself_first(
    rows: NDArray[np.int64], scores: Floats, start: int
) -> tuple[NDArray[np.int64], Floats]:
    """Put each row itself first, whatever equals it; the last gives way where it was missing."""
    own = np.arange(start, start + len(rows))[:, None]
    there = rows == own
    there[~there.any(axis=1), -1] = True
    # False sorts before True, and the order of the others stays.
    order = np.argsort(~there, axis=1, kind="stable")
    line = np.arange(len(rows))[:, None]
    rows, scores = rows[line, order], scores[line, order]
    rows[:, :1], scores[:, :1] = own, 1.0
    return rows, scores


def _sparse_block(unit: Any, k: int) -> Block:
    across = _sparse_across(unit, unit, k)

    def block(start: int, end: int) -> tuple[NDArray[np.int64], Floats]:
        return _itself_first(*across(start, end), start)

    return block


def _sparse_across(asking: Any, asked: Any, k: int) -> Block:
    turned = asked.T.tocsr()

    def block(start: int, end: int) -> tuple[NDArray[np.int64], Floats]:
        product = (asking[start:end] @ turned).tocsr()
        product.sort_indices()
        rows = np.full((end - start, k), -1, np.int64)
        scores = np.zeros((end - start, k), np.float32)
        bounds = product.indptr.tolist()
        for line, (first, last) in enumerate(pairwise(bounds)):
            values, found = product.data[first:last], product.indices[first:last]
            if len(values) > k:
                best = np.argpartition(values, len(values) - k)[-k:]
                values, found = values[best], found[best]
            order = np.lexsort((found, -values))
            rows[line, : len(order)], scores[line, : len(order)] = found[order], values[order]
        return rows, scores

    return block


def _roughly(some: Any, k: int, seed: int) -> Near:
    """Find nearly all of the nearest: pynndescent (Dong, Moses and Li 2011), seeded."""
    from pynndescent import NNDescent  # pyright: ignore[reportMissingTypeStubs]

    index: Any = NNDescent(some, metric="cosine", n_neighbors=k, random_state=seed)
    rows, distances = index.neighbor_graph
    rows, scores = _itself_first(
        np.asarray(rows, np.int64), (1 - np.asarray(distances)).astype(np.float32), 0
    )
    return Near(rows.astype(np.int32), np.clip(1 - scores, 0, 2).astype(np.float32))
