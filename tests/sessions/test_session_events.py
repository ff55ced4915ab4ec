from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.sessions.events import (
    HALF_LIFE_EVENTS,
    HALF_LIFE_SECONDS,
    MOST_EVENTS,
    WEIGHTS,
    Event,
    Kind,
    Session,
)

TEA, MUG, POT = 0, 1, 2


def session(*events: tuple[Kind, int], step: float = 1.0) -> Session:
    """Events on products, a second apart."""
    return Session(tuple(Event(kind, step * n, item=item) for n, (kind, item) in enumerate(events)))


def test_weights_are_those_of_the_shop_and_a_removal_is_negative() -> None:
    assert dict(WEIGHTS) == {
        "viewed": 0.5,
        "browsed": 0.3,
        "carted": 0.7,
        "purchased": 1.0,
        "removed": -0.5,
    }


def test_the_newest_event_counts_whole_and_the_fifth_before_it_half() -> None:
    views = session(*[("viewed", n) for n in range(6)], step=0.0)
    assert views.weights[-1] == pytest.approx(0.5)
    assert views.weights[-1 - HALF_LIFE_EVENTS] == pytest.approx(0.25)


def test_a_day_halves() -> None:
    two = session(("viewed", TEA), ("viewed", MUG), step=HALF_LIFE_SECONDS)
    assert two.weights[0] == pytest.approx(0.5 * 0.5 * 2 ** (-1 / HALF_LIFE_EVENTS))


def test_sums_are_signed_and_only_what_is_above_nothing_asks() -> None:
    found = session(("viewed", TEA), ("removed", TEA), ("carted", MUG))
    rows, sums = found.products
    d = 2 ** (-1 / HALF_LIFE_EVENTS)
    assert rows.tolist() == [TEA, MUG]
    assert sums == pytest.approx([0.5 * d * d - 0.5 * d, 0.7], rel=1e-3)
    assert found.liked[0].tolist() == [MUG]
    assert found.disliked[0].tolist() == [TEA]
    assert found.disliked[1] == pytest.approx([0.5 * d - 0.5 * d * d], rel=1e-3)


def test_taking_out_takes_most_of_putting_in_back() -> None:
    put = session(("viewed", TEA), ("carted", TEA), ("viewed", POT))
    out = put.after(Event("removed", 3.0, item=TEA))
    before = dict(zip(*[x.tolist() for x in put.liked], strict=True))
    after = dict(zip(*[x.tolist() for x in out.liked], strict=True))
    assert after[TEA] < before[TEA] / 2


def test_browsing_a_category_is_no_product() -> None:
    found = Session((Event("browsed", 0.0, category=4), Event("browsed", 1.0, category=2)))
    assert list(found.browsed) == [2, 4]
    assert not len(found.products[0])


def test_events_out_of_order_are_put_in_order() -> None:
    late, early = Event("viewed", 9.0, item=TEA), Event("carted", 1.0, item=MUG)
    assert Session((late, early)) == Session((early, late))
    assert Session((late,)).after(early).events == (early, late)


def test_of_a_thousand_clicks_the_newest_are_kept_and_the_latest_ask() -> None:
    found = session(*[("viewed", n) for n in range(1_000)])
    assert len(found.events) == MOST_EVENTS
    assert [event.item for event in found.events][-1] == 999
    # 0.5 * 2 ** (-later / 5) is 0.01 or more for the newest 29.
    assert found.liked[0].tolist() == list(range(971, 1_000))


def test_what_was_done_last_with_a_product_outlives_a_look_at_it() -> None:
    found = session(
        ("viewed", TEA), ("carted", TEA), ("viewed", TEA), ("carted", MUG), ("removed", MUG),
        ("viewed", POT),
    )  # fmt: skip
    assert found.last == {TEA: "carted", MUG: "removed", POT: "viewed"}
    assert found.done("carted", "purchased").tolist() == [TEA]


def test_an_empty_session_says_nothing() -> None:
    empty = Session()
    assert not len(empty.liked[0])
    assert not len(empty.disliked[0])
    assert empty.browsed == {}
    assert empty.weights.tolist() == []


@given(st.lists(st.tuples(st.sampled_from(list(WEIGHTS)), st.integers(0, 5)), max_size=60))
def test_likes_and_dislikes_share_no_product_and_stay_within_what_events_count(
    events: list[tuple[Kind, int]],
) -> None:
    found = session(*[(kind, item) for kind, item in events if kind != "browsed"])
    liked, disliked = found.liked[0], found.disliked[0]
    assert not np.intersect1d(liked, disliked).size
    # A geometric series of decays: no more than so many whole purchases in all.
    assert found.liked[1].sum() <= 1 / (1 - 2 ** (-1 / HALF_LIFE_EVENTS)) + 1e-3
