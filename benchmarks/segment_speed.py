"""How long it takes to put 1,000,000 shoppers in the order of how like 1,000 seeds they are.

Random vectors of 64 numbers with planted tastes; learning, scoring and sorting are timed, reading
the vectors and their lengths, done once a release, is told beside them.
"""

from __future__ import annotations

import time

import numpy as np

from benchmarks.demo import Demo
from benchmarks.results import Result, at_least, at_most, told
from recsys.segments.activity import best_first
from recsys.segments.definition import SCORERS, Scorer
from recsys.segments.likeness import draw_others, learn
from recsys.segments.vectors import Vectors

_SHOPPERS, _WIDTH, _SEEDS = 1_000_000, 64, 1_000
_TASTES = 50
_ROUNDS = 3


def run(_demo: Demo) -> list[Result]:
    """Measure each scorer; the best of three rounds, and whether it found the taste again."""
    raw, taste = _planted()
    started = time.perf_counter()
    vectors = Vectors.of(raw)
    results = [
        told("lengths and the frame of 1 M vectors, once a release", _since(started), unit="s")
    ]
    seeds = np.flatnonzero(taste == 0)[:_SEEDS]
    for scorer in SCORERS:
        rounds = [_ranked(vectors, seeds, scorer) for _ in range(_ROUNDS)]
        seconds = min(taken for taken, _ in rounds)
        name = f"lookalikes of 1,000 seeds among 1 M shoppers x 64, {scorer}"
        results.append(at_most(name, seconds, 2, unit="s"))
        rest = int((taste == 0).sum()) - _SEEDS
        found = 100 * float((taste[rounds[0][1][:rest]] == 0).mean())
        results.append(at_least("- of the first, with the taste of the seeds", found, 50, unit="%"))
    return results


def _planted() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    taste = random.integers(0, _TASTES, _SHOPPERS)
    middles = random.normal(size=(_TASTES, _WIDTH)).astype(np.float32)
    raw = random.standard_normal((_SHOPPERS, _WIDTH), dtype=np.float32)
    raw += middles[taste]
    return raw, taste


def _ranked(vectors: Vectors, seeds: np.ndarray, scorer: Scorer) -> tuple[float, np.ndarray]:
    started = time.perf_counter()
    rest = np.delete(np.arange(len(vectors)), seeds)
    others = draw_others(rest, len(seeds), np.random.default_rng(0))
    like = learn(scorer, vectors.only(seeds), vectors.only(others))
    order = best_first(like.of(vectors), np.zeros(len(vectors)), rest)
    return _since(started), order


def _since(started: float) -> float:
    return time.perf_counter() - started
