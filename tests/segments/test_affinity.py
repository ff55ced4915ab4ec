from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from segment_shop import NOBODY, STRANGER, item, shopper

from recsys.errors import InputError, NotReady
from recsys.models.arrays import SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import ScoreSpace, Space
from recsys.models.sparse import SparseSpace
from recsys.releases.live import LiveView
from recsys.segments.affinity import wanting, wants, who_is_due
from recsys.segments.definition import Wanted

USERS, ITEMS = 60, 20
EVEN = np.arange(USERS) % 2 == 0
TEA = np.arange(5)
EQUAL = np.full(5, 0.2)


def histories() -> NDArray[np.float32]:
    """Even shoppers buy 4 of the first ten items; odd ones all others, and more of each."""
    random = np.random.default_rng(0)
    found = np.zeros((USERS, ITEMS), np.float32)
    for user in range(USERS):
        if EVEN[user]:
            found[user, random.choice(10, 4, replace=False)] = 1
        else:
            found[user, 10:] = 2
            found[user, random.choice(10)] = user % 15 == 1
    return found


def rows(matrix: NDArray[np.float32]) -> SparseRows:
    return SparseRows.from_csr(csr_matrix(matrix))


def factor_space() -> FactorSpace:
    left, values, right = np.linalg.svd(histories(), full_matrices=False)
    users, items = left[:, :2] * values[:2], right[:2].T
    return FactorSpace(
        items.astype(np.float32), users.astype(np.float32), rows(histories()), fold="sum"
    )


def sparse_space(*, through_sources: bool = False) -> SparseSpace:
    bought = (histories() > 0).astype(np.float32)
    together = bought.T @ bought
    np.fill_diagonal(together, 0)
    if through_sources:
        return SparseSpace(rows(bought.T), rows(histories()), rows(bought.T))
    return SparseSpace(rows(together), rows(histories()))


SPACES = {
    "dense": factor_space(),
    "sparse": sparse_space(),
    "through shoppers": sparse_space(through_sources=True),
    "fused": FusedSpace((factor_space(), sparse_space()), (0.7, 0.3)),
    "fused with popular": FusedSpace(
        (ScoreSpace(np.ones(ITEMS, np.float32)), sparse_space()), (1.0, 1.0)
    ),
}


@pytest.mark.parametrize("name", SPACES)
def test_who_wants_it_comes_before_who_buys_most(name: str) -> None:
    scores = wants(SPACES[name], TEA, EQUAL)
    best = np.argsort(-scores, kind="stable")[:30]
    assert EVEN[best].all()
    activity = np.argsort(-histories().sum(axis=1), kind="stable")[:30]
    assert not EVEN[activity].any()


def test_a_dense_score_by_hand() -> None:
    space = FactorSpace(
        np.array([[2, 0], [0, 1], [0, 0]], np.float32),
        np.array([[1, 0], [3, 4], [0, 0]], np.float32),
        rows(np.zeros((3, 3), np.float32)),
    )
    # The first item's scores are 2 and 6, the second's 0 and 4: both have a deviation of 2.
    found = wants(space, np.array([0, 1]), np.array([0.5, 0.5]))
    assert found[:2].tolist() == pytest.approx([-1, 1])
    assert np.isnan(found[2])
    assert wants(space, np.array([2]), np.ones(1))[:2].tolist() == [0, 0]


@pytest.mark.parametrize("name", ["sparse", "through shoppers"])
def test_a_sparse_score_is_that_of_the_space(name: str) -> None:
    space = SPACES[name]
    exact = space.scores([query for user in range(USERS) if (query := space.shopper_query(user))])
    mean = exact[:, TEA].mean(axis=1)
    found = wants(space, TEA, EQUAL)
    np.testing.assert_allclose(found, (mean - mean.mean()) / mean.std(), rtol=1e-3, atol=1e-5)


def test_popularity_wants_nothing() -> None:
    popular = ScoreSpace(np.ones(ITEMS, np.float32))
    spaces: list[Space] = [popular, FusedSpace((popular, popular), (1.0, 1.0))]
    for space in spaces:
        with pytest.raises(NotReady, match="For You gives everybody the same list"):
            wants(space, TEA, EQUAL)


def ids(view: LiveView, found: NDArray[np.int32]) -> list[str]:
    return [view.release.user_ids.id(int(row)) for row in found]


def test_shoppers_who_want_a_category(view: LiveView) -> None:
    found = wanting(view, Wanted(categories=("Coffee",), bought="any"))
    best = ids(view, found.rows[:40])
    assert sum(int(one[1:]) % 2 for one in best) >= 38
    assert (np.diff(found.scores) <= 0).all()
    assert NOBODY not in ids(view, found.rows)
    assert found.notes == ("1 shopper of whom nothing is known to the model left out.",)


def test_not_yet_leaves_out_who_has_it(view: LiveView) -> None:
    found = wanting(view, Wanted(items=(item(3), "none")))
    had = view.release.item_ids.row(item(3))
    for row in found.rows.tolist():
        assert had not in view.release.history(row)[0]
    assert ids(view, found.rows[:1])[0] in [shopper(n) for n in range(0, 160, 2)]
    assert found.notes[0] == "1 of the 2 products are not in the catalogue."
    assert found.notes[-1].endswith("shoppers who bought some of it left out.")


def test_nothing_wanted_and_nothing_found(view: LiveView) -> None:
    for wanted in (Wanted(), Wanted(items=("none",)), Wanted(brands=("No such",))):
        with pytest.raises(InputError, match="Nothing that is wanted is in the live catalogue"):
            wanting(view, wanted)


def test_due_is_who_stands_between_one_and_five_rhythms(view: LiveView) -> None:
    release = view.release
    everything = np.ones(len(release.item_ids), np.bool_)
    found = who_is_due(release, everything)
    assert release.last is not None
    for user in range(len(release.user_ids)):
        items, _, last = release.history(user)
        rhythm = release.rhythm(user)
        assert rhythm is not None
        assert last is not None
        due = False
        for place in range(len(items)):
            first, days = int(rhythm[0][place]), int(rhythm[1][place])
            m = ((int(last[place]) - first) / 86_400 + 30) / days
            ago = ((release.newest or 0) - int(last[place])) / 86_400
            due = due or m <= ago <= 5 * m
        assert found[user] == due
    wanted = wanting(view, Wanted(categories=("Extras",), bought="due"))
    assert STRANGER not in ids(view, wanted.rows)  # 181 days ago, and due until 150
    assert wanted.notes[-1] == (
        "Due is who bought a product at least one of its rhythms ago and at most 5; of one"
        " purchase the rhythm is taken as 30 days."
    )


def test_a_tie_goes_to_the_smaller_id() -> None:
    space = factor_space()
    users = np.repeat(space.users[:1], 5, axis=0)
    scores = wants(replace(space, users=users), TEA, EQUAL)
    assert len(set(scores.tolist())) == 1
