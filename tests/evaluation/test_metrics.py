"""Metrics against values worked out by hand, and against another library."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recsys.evaluation import metrics
from recsys.evaluation.metrics import top_k

SCORES = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 4), st.integers(1, 12)),
    elements=st.sampled_from([-math.inf, -1.5, 0.0, 0.25, 1.0, 3.0]),
)
LOG3, LOG4 = math.log2(3), math.log2(4)


def hits(text: str) -> np.ndarray:
    """``x..`` is a hit on the first of three places."""
    return np.array([[sign == "x" for sign in text]])


def relevant(number: int) -> np.ndarray:
    return np.array([number])


def expected_top(line: np.ndarray, k: int) -> list[int]:
    order = sorted(range(len(line)), key=lambda column: (-line[column], column))
    found = [column for column in order if math.isfinite(line[column])][:k]
    return found + [-1] * (min(k, len(line)) - len(found))


@given(SCORES, st.integers(0, 15))
def test_top_k_is_a_stable_sort_without_what_may_not_be_shown(scores: np.ndarray, k: int) -> None:
    before = scores.copy()
    found = top_k(scores, k)
    np.testing.assert_array_equal(scores, before)
    assert found.shape == (len(scores), min(k, scores.shape[1]))
    for row, line in enumerate(scores):
        assert found[row].tolist() == expected_top(line, k)


def test_top_k_of_many_columns_is_the_same_sort() -> None:
    """Wide rows are looked at in groups first; ties and bars must not be lost there."""
    random = np.random.default_rng(0)
    scores = random.integers(0, 40, (6, 1_500)).astype(np.float32)
    scores[random.random(scores.shape) < 0.2] = -np.inf
    scores[4] = -np.inf
    scores[5, 3:] = -np.inf
    for row, line in enumerate(scores):
        assert top_k(scores, 5)[row].tolist() == expected_top(line, 5)


@pytest.mark.parametrize(
    ("places", "wanted", "expected"),
    [
        pytest.param("x..", 1, 1.0, id="the only one comes first"),
        pytest.param(".x.", 1, 1 / LOG3, id="the only one comes second"),
        pytest.param("...", 2, 0.0, id="nothing found"),
        pytest.param("xxx", 9, 1.0, id="more relevant than places"),
        pytest.param("x.x", 2, (1 + 1 / LOG4) / (1 + 1 / LOG3), id="first and third of two"),
        pytest.param("...", 0, 0.0, id="nothing relevant"),
    ],
)
def test_ndcg(places: str, wanted: int, expected: float) -> None:
    assert metrics.ndcg(hits(places), relevant(wanted), 3)[0] == pytest.approx(expected)


def test_ndcg_looks_no_further_than_k() -> None:
    assert metrics.ndcg(hits("..x"), relevant(1), 2)[0] == 0.0
    assert metrics.ndcg(hits("x.x"), relevant(5), 1)[0] == 1.0


def test_ndcg_of_ratings_counts_how_much_was_liked() -> None:
    """Wanted are 5 and 3; shown 3, nothing, 5: (3 + 5 / log2 4) / (5 + 3 / log2 3)."""
    gains, ideal = np.array([[3.0, 0.0, 5.0]]), np.array([[5.0, 3.0, 0.0]])
    expected = (3 + 5 / LOG4) / (5 + 3 / LOG3)
    assert metrics.graded_ndcg(gains, ideal)[0] == pytest.approx(expected)
    assert metrics.graded_ndcg(ideal, ideal)[0] == 1.0
    assert metrics.graded_ndcg(gains * 0, ideal * 0)[0] == 0.0


@pytest.mark.parametrize(
    ("places", "wanted", "expected"),
    [
        pytest.param("x.x", 4, 0.5, id="two of four"),
        pytest.param("...", 3, 0.0, id="none of three"),
        pytest.param("xxx", 3, 1.0, id="all"),
        pytest.param("...", 0, 0.0, id="nothing relevant"),
    ],
)
def test_recall(places: str, wanted: int, expected: float) -> None:
    assert metrics.recall(hits(places), relevant(wanted), 3)[0] == pytest.approx(expected)


def test_precision_counts_empty_places_as_misses() -> None:
    assert metrics.precision(hits("xx"), 4)[0] == 0.5
    assert metrics.precision(hits("x.x"), 3)[0] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("places", "wanted", "expected"),
    [
        pytest.param("x..", 1, 1.0, id="the only one comes first"),
        pytest.param("x.x", 2, (1 + 2 / 3) / 2, id="first and third of two"),
        pytest.param("x.x", 9, (1 + 2 / 3) / 3, id="nine wanted, and three places"),
        pytest.param("x..", 2, 0.5, id="one hit of two is no perfect list"),
        pytest.param("...", 2, 0.0, id="nothing found"),
        pytest.param("...", 0, 0.0, id="nothing relevant"),
    ],
)
def test_average_precision(places: str, wanted: int, expected: float) -> None:
    found = metrics.average_precision(hits(places), relevant(wanted), 3)
    assert found[0] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("places", "hit", "reciprocal"),
    [
        pytest.param("x.x", 1.0, 1.0, id="first one"),
        pytest.param(".x.", 1.0, 0.5, id="second one half"),
        pytest.param("...", 0.0, 0.0, id="none"),
        pytest.param("...x", 0.0, 0.0, id="beyond k"),
    ],
)
def test_hit_rate_and_reciprocal_rank(places: str, hit: float, reciprocal: float) -> None:
    assert metrics.hit_rate(hits(places), 3)[0] == hit
    assert metrics.reciprocal_rank(hits(places), 3)[0] == reciprocal


def test_no_lists_have_no_values() -> None:
    none = np.zeros((0, 20), bool)
    for name in ("ndcg", "recall", "average_precision"):
        assert len(getattr(metrics, name)(none, np.zeros(0, int), 10)) == 0


# Compiling ranx takes minutes, running it uncompiled an instant; numba has to be told so before
# anybody imports it, so it happens in a process of its own.
_RANX = """
import json, sys
from ranx import Qrels, Run, evaluate
lists, wanted, names = json.load(sys.stdin)
qrels = Qrels({f"q{n}": {str(item): 1 for item in want} for n, want in enumerate(wanted)})
run = Run({
    f"q{n}": {str(item): float(99 - place) for place, item in enumerate(row)}
    for n, row in enumerate(lists)
})
print(json.dumps({name: float(value) for name, value in evaluate(qrels, run, names).items()}))
"""


def test_the_numbers_are_those_of_ranx() -> None:
    """Ours against ranx on the same random lists; its MAP divides by all relevant items."""
    random = np.random.default_rng(4)
    n, k, width = 40, 10, 30
    lists = [random.permutation(width)[:k].tolist() for _ in range(n)]
    wanted = [random.permutation(width)[: random.integers(1, 15)].tolist() for _ in range(n)]
    pairs = zip(lists, wanted, strict=True)
    found = np.array([[item in want for item in row] for row, want in pairs])
    sizes = np.array([len(want) for want in wanted])
    ours = {
        f"recall@{k}": metrics.recall(found, sizes, k),
        f"precision@{k}": metrics.precision(found, k),
        f"map@{k}": metrics.average_precision(found, sizes, k) * np.minimum(sizes, k) / sizes,
        f"ndcg@{k}": metrics.ndcg(found, sizes, k),
        f"mrr@{k}": metrics.reciprocal_rank(found, k),
        f"hit_rate@{k}": metrics.hit_rate(found, k),
    }
    done = subprocess.run(
        [sys.executable, "-c", _RANX],
        input=json.dumps([lists, wanted, list(ours)]),
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    for name, values in ours.items():
        assert values.mean() == pytest.approx(theirs[name], abs=1e-6), name
