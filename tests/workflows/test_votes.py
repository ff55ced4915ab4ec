from __future__ import annotations

import pytest
from workflow_shops import QUICK, load_shop

from recsys.errors import InputError
from recsys.workflows.training import train_model
from recsys.workflows.votes import Tally, blind_anchors, blind_pair, tally, vote, voted
from recsys.workspace import Workspace


@pytest.fixture
def pair(workspace: Workspace) -> tuple[str, str]:
    """Two models that know similar products, by other factors."""
    load_shop(workspace)
    ids = [
        train_model(workspace, "als", settings={**QUICK, "factors": factors}, evaluate=False)
        for factors in (8, 3)
    ]
    return blind_pair(*ids)


def test_the_same_pair_gets_the_same_products_whatever_the_order(
    workspace: Workspace, pair: tuple[str, str]
) -> None:
    first, second = pair
    anchors = blind_anchors(workspace, first, second, most=6)
    assert anchors == blind_anchors(workspace, second, first, most=6)
    assert 0 < len(anchors) <= 6
    for anchor in anchors:
        lists = (anchor.first, anchor.second)
        assert anchor.first != anchor.second, "nothing to vote on where the models agree"
        assert all(anchor.product not in shown for shown in lists)
        assert anchor.product.name == f"Product {int(anchor.product.item_id[1:])}"
    assert len({anchor.product.item_id for anchor in anchors}) == len(anchors)


def test_sides_are_drawn(workspace: Workspace, pair: tuple[str, str]) -> None:
    sides = {anchor.first_is_left for anchor in blind_anchors(workspace, *pair)}
    assert sides == {True, False}


def test_a_second_vote_of_one_person_replaces_the_first(
    workspace: Workspace, pair: tuple[str, str]
) -> None:
    first, second = pair
    vote(workspace, first, second, "i01", "first", actor="Ann")
    vote(workspace, second, first, "i01", "same", actor="Ann")
    vote(workspace, first, second, "i02", "second", actor="Ann")
    vote(workspace, first, second, "i01", "first", actor="Bob")
    assert voted(workspace, first, second, actor="Ann") == {"i01": "same", "i02": "second"}
    assert tally(workspace, second, first) == Tally(first=1, second=1, same=1)


@pytest.mark.parametrize(
    ("counts", "chance"),
    [
        ((6, 0, 0), 2 / 64),
        ((5, 0, 3), 2 / 32),
        ((5, 5, 0), 1.0),
        ((0, 0, 4), 1.0),
        ((9, 2, 0), 134 / 2048),
    ],
)
def test_the_sign_test_by_hand(counts: tuple[int, int, int], chance: float) -> None:
    assert Tally(*counts).chance == pytest.approx(chance)


def test_the_verdict_in_words() -> None:
    assert Tally(0, 0, 0).verdict("A", "B") == "Nobody has voted yet."
    assert (
        Tally(2, 14, 4)
        .verdict("ALS", "Words")
        .startswith("Words is better: ALS 2, Words 14, no difference 4.")
    )
    assert Tally(9, 7, 4).verdict("ALS", "Words") == (
        "No clear winner: ALS 9, Words 7, no difference 4. Chance alone would often do the same."
    )


def test_what_cannot_be_voted_on_says_why(workspace: Workspace, pair: tuple[str, str]) -> None:
    with pytest.raises(InputError, match="A model cannot be compared with itself"):
        blind_pair(pair[0], pair[0])
    popular = train_model(workspace, "popularity", evaluate=False)
    with pytest.raises(InputError, match="Popularity knows no similar products"):
        blind_anchors(workspace, pair[0], popular)
    load_shop(workspace)
    other = train_model(workspace, "als", settings=QUICK, evaluate=False)
    with pytest.raises(InputError, match="learned from different data"):
        blind_anchors(workspace, pair[0], other)
