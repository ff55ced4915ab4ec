"""Golden traces: whole documents of a few shelves of the shop made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hand_shop import BOUGHT, CATALOGUE, ITEMS, PAIRS, PURCHASES, USERS, changed, ids
from rule_shop import rule, under
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet
from recsys.rules.rule import Scope
from recsys.sessions.events import Session
from recsys.shelves.in_session import page_in_session
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Filters


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    tastes = factors(ITEMS, USERS, BOUGHT)
    shop = make_shop(
        tmp_path_factory.mktemp("steps"),
        purchases=PURCHASES,
        catalogue=CATALOGUE,
        spaces={
            "for_you": tastes,
            "similar": tastes,
            "also_bought": neighbours(PAIRS, BOUGHT),
            "lookalikes": tastes,
        },
    )
    return view_of(shop)


ANN = ShelfRequest("for_you", user_id="ann", n=3)


def told(view: LiveView, request: ShelfRequest) -> dict[str, Any]:
    """The document of a shelf without what changes with every release, and without the fields."""
    document = show_shelf(view, request, now=0).as_dict()
    for name in ("release_id", "placement", "asked"):
        del document[name]
    for item in document["items"]:
        for name in ("name", "category", "price", "stock", "rank"):
            del item[name]
    return document


def test_a_shelf_without_rules(view: LiveView) -> None:
    assert told(view, ANN) == {
        "items": [
            {
                "item_id": "i1", "score": 3.0, "badge": "", "marks": [],
                "reason": "Because you bought Green tea and Teapot",
            },
            {
                "item_id": "i3", "score": 1.0, "badge": "", "marks": [],
                "reason": "Because you bought Green tea and Teapot",
            },
            {
                "item_id": "i4", "score": 0.0, "badge": "", "marks": [],
                "reason": "Popular: bought by 1 shopper",
            },
        ],
        "shown": 3,
        "removed": {"bought before": 2},
        "made_of": {"by the model": 3},
        "fallback": "",
        "rule_set_id": 0,
        "steps": [
            {"name": "engine", "before": 8, "after": 7, "removed": {}, "words": ""},
            {
                "name": "left out", "before": 7, "after": 4, "words": "",
                "removed": {"bought before": 2, "sold out": 1},
            },
            {"name": "cut", "before": 4, "after": 3, "removed": {}, "words": ""},
        ],
        "notes": [],
    }  # fmt: skip


def test_a_curated_shelf(view: LiveView) -> None:
    now = under(
        view,
        rule("pin", id=1, name="Christmas", items=("i6",), slot=2),
        rule("pin", id=2, name="Mill week", items=("i5",), slot=1),
        rule("hide", id=3, items=("i4",)),
        rule("boost", id=4, name="Dear ones", price_min=40, strength="strong"),
    )
    assert told(now, ANN) == {
        "items": [
            {
                "item_id": "i3", "score": 1.0, "badge": "",
                "reason": "Because you bought Green tea and Teapot",
                "marks": ["Boosted (strong) by rule 4: Dear ones"],
            },
            {
                "item_id": "i6", "score": 0.0, "badge": "new",
                "reason": "New here: nobody bought it yet",
                "marks": ["Pinned #2 by Christmas"],
            },
            {
                "item_id": "i1", "score": 3.0, "badge": "", "marks": [],
                "reason": "Because you bought Green tea and Teapot",
            },
        ],
        "shown": 3,
        "removed": {"bought before": 2, "sold out": 1, "hidden by rules": 1},
        "made_of": {"by the model": 2, "pinned": 1},
        "fallback": "",
        "rule_set_id": 7,
        "steps": [
            {"name": "engine", "before": 8, "after": 7, "removed": {}, "words": ""},
            {
                "name": "left out", "before": 7, "after": 4, "words": "",
                "removed": {"bought before": 2, "sold out": 1},
            },
            {
                "name": "rules", "before": 4, "after": 3, "words": "",
                "removed": {"hidden by rules": 1},
            },
            {
                "name": "re-rank", "before": 3, "after": 3, "removed": {},
                "words": "1 rule: 2 moved",
            },
            {
                "name": "pins", "before": 3, "after": 3, "removed": {},
                "words": "1 pinned, 1 waiting",
            },
        ],
        "notes": ["Mill week: Mill waits, since it is sold out."],
    }  # fmt: skip
    shelf = show_shelf(now, ANN, now=0)
    assert shelf.trace() == (
        "3 of 3 shown · 2 by the model, 1 pinned"
        " · 4 removed: 2 bought before, 1 sold out, 1 hidden by rules"
    )


def test_include_only_asks_for_these_products_alone(view: LiveView) -> None:
    now = under(view, rule("only", items=("i4", "i6", "i0")))
    shelf = show_shelf(now, ANN)
    assert ids(shelf) == ["i4", "i6"]
    assert [(step.name, step.before, step.after) for step in shelf.steps] == [
        ("rules", 8, 3), ("engine", 3, 3), ("left out", 3, 2),
    ]  # fmt: skip
    assert shelf.steps[0].removed == {"not among what rules include only": 5}


def test_include_only_shows_what_no_model_knows(view: LiveView) -> None:
    shelf = show_shelf(under(view, rule("only", items=("i7",))), ANN)
    assert ids(shelf) == ["i7"]
    assert shelf.fallback == ("Products that rules include: nothing that fits can be shown")
    assert shelf.made_of == {"by rules": 1}


def test_include_only_that_empties_a_shelf_does_not_hold(view: LiveView) -> None:
    shelf = show_shelf(under(view, rule("only", name="Mills", items=("i5",))), ANN)
    assert ids(shelf) == ["i1", "i3", "i4"]
    assert shelf.fallback == "Without include-only rules: none of their products can be shown"
    assert shelf.notes == ["Mills: none of its products can be shown, so it does not hold here."]


def test_a_rule_that_matches_nothing_says_so(view: LiveView) -> None:
    sets = {1: NamedSet(1, "collection", "Christmas", 1, ("nothing here",))}
    now = under(
        view,
        rule("boost", id=1, name="Own brand", brands=("Aisle",)),
        rule("hide", id=2, collections=(9,)),
        rule("boost", id=3, collections=(1,)),
        rule("boost", id=4, newer_than_days=30),
        rule("hide", id=5),
        sets=sets,
    )
    shelf = show_shelf(now, ANN)
    assert ids(shelf) == ["i1", "i3", "i4"]
    assert shelf.notes == [
        "Rule 'Own brand' matches no product of the catalogue.",
        "Rule 2 names a collection that was deleted.",
        "Rule 3 matches no product of the catalogue.",
        "Rule 4 goes by launch dates, and the catalogue has none.",
        "Rule 5 matches no product of the catalogue.",
    ]


class TestScope:
    def test_placement(self, view: LiveView) -> None:
        now = under(view, rule("hide", items=("i3",), scope=Scope(placements=("for_you",))))
        assert "i3" not in ids(show_shelf(now, ANN))
        assert "i3" in ids(show_shelf(now, ShelfRequest("similar", item_id="i0")))

    def test_beside_a_product_or_a_category(self, view: LiveView) -> None:
        beside = under(view, rule("hide", items=("i3",), scope=Scope(anchor_items=("i0", "x"))))
        assert "i3" not in ids(show_shelf(beside, ShelfRequest("similar", item_id="i0")))
        assert "i3" in ids(show_shelf(beside, ShelfRequest("similar", item_id="i1")))
        assert "i3" in ids(show_shelf(beside, ANN)), "For You stands beside nothing"
        cart = ShelfRequest("also_bought", cart=("i4", "i1"))
        tea = under(view, rule("hide", items=("i3",), scope=Scope(anchor_categories=("Tea",))))
        assert "i3" not in ids(show_shelf(tea, cart))
        assert "i3" in ids(show_shelf(tea, ShelfRequest("also_bought", cart=("i4",))))

    def test_audience(self, view: LiveView) -> None:
        sets = {3: NamedSet(3, "segment", "VIP", 1, ("ann", "gone"))}
        hide = rule("hide", items=("i3",), scope=Scope(segments=(3, 9)))
        now = under(view, hide, sets=sets)
        assert "i3" not in ids(show_shelf(now, ANN))
        beside = ShelfRequest("similar", item_id="i0")
        assert "i3" in ids(show_shelf(now, beside)), "nobody in particular"
        vip = ShelfRequest("similar", item_id="i0", user_id="ann")
        assert "i3" not in ids(show_shelf(now, vip))
        assert "i3" in ids(show_shelf(now, ShelfRequest("for_you", user_id="eve")))
        deleted = under(view, hide)
        assert "i3" in ids(show_shelf(deleted, ANN)), "an audience that was deleted is nobody"

    def test_times_are_those_of_the_shop(self, view: LiveView) -> None:
        hide = rule("hide", items=("i3",), starts="2026-12-01T08:00", ends="2026-12-02T08:00")
        now = under(view, hide, time_zone="Europe/Berlin")
        begins = 1_796_108_400  # 07:00 UTC
        for at, hidden in (
            (begins - 1, 0),
            (begins, 1),
            (begins + 86_399, 1),
            (begins + 86_400, 0),
        ):
            assert ("i3" not in ids(show_shelf(now, ANN, now=at))) == bool(hidden), at

    def test_switched_off(self, view: LiveView) -> None:
        assert "i3" in ids(show_shelf(under(view, rule("hide", items=("i3",), on=False)), ANN))


class TestTargets:
    def test_prices_and_stock_are_those_of_now(self, view: LiveView) -> None:
        now = under(view, rule("hide", price_max=25))
        assert "i1" not in ids(show_shelf(now, ANN))
        assert "i1" in ids(show_shelf(changed(now, price={1: 26}), ANN))
        few = under(view, rule("hide", stock_max=2))
        assert ids(show_shelf(few, ANN)) == ["i1", "i3", "i4"], "unknown stock does not match"
        assert "i1" not in ids(show_shelf(changed(few, stock={1: 2}), ANN))


class TestSettings:
    def test_bought_products_may_come_again(self, view: LiveView) -> None:
        now = under(view, for_you={"leave_out_bought": False})
        assert ids(show_shelf(now, ANN)) == ["i0", "i1", "i2"]
        assert ids(show_shelf(now, ShelfRequest("for_you", "ann", n=2, leave_out_bought=True))) == [
            "i1", "i3",
        ]  # fmt: skip
        beside = under(view, similar={"leave_out_bought": True})
        shelf = show_shelf(beside, ShelfRequest("similar", user_id="ann", item_id="i1"))
        assert ids(shelf)[0] == "i3"
        assert shelf.removed["bought before"] == 2

    def test_a_repurchase_window_needs_dates(self, view: LiveView) -> None:
        shelf = show_shelf(under(view, for_you={"repurchase_days": 3}), ANN)
        assert ids(shelf) == ["i1", "i3", "i4"]
        assert shelf.notes == ["The shop has no dates, so what was bought long ago stays out, too."]

    def test_fallbacks(self, view: LiveView) -> None:
        cart = ShelfRequest("also_bought", cart=("i1", "i0"))

        def filled(*ways: str) -> tuple[list[str], dict[str, int]]:
            shelf = show_shelf(under(view, also_bought={"fallbacks": ways}), cart)
            return ids(shelf), shelf.made_of

        assert filled() == (["i2", "i3"], {"by the model": 2})
        assert filled("popular")[0] == ["i2", "i3", "i4"]
        shelf = show_shelf(
            under(view, similar={"fallbacks": ("category",)}), ShelfRequest("similar", item_id="i7")
        )
        assert ids(shelf) == ["i4"]
        assert shelf.fallback == "Popular in the same category: nobody has bought it yet"
        assert shelf.items[0].reason == "Popular in Coffee: bought by 1 shopper"
        none = show_shelf(under(view, for_you={"fallbacks": ()}), ShelfRequest("for_you", "eve"))
        assert (none.items, none.trace()) == ([], "0 of 10 shown")

    def test_filling_obeys_rules(self, view: LiveView) -> None:
        cart = ShelfRequest("also_bought", cart=("i1", "i0"))
        assert "i4" not in ids(show_shelf(under(view, rule("hide", items=("i4",))), cart))


def test_a_page_without_repeats(view: LiveView) -> None:
    requests = [ANN, ShelfRequest("similar", item_id="i0", n=2)]
    first, second = page_in_session(view, Session(), requests)
    assert set(ids(first)) & set(ids(second))
    apart = under(view, no_repeats=True)
    first, second = page_in_session(apart, Session(), requests)
    assert ids(first) == ["i1", "i3", "i4"]
    assert not set(ids(first)) & set(ids(second))
    assert second.removed["elsewhere on the page"] == 2


def test_five_hundred_rules(view: LiveView) -> None:
    many = [
        rule("boost" if n % 2 else "bury", id=n, price_min=n % 7, strength="light")
        for n in range(1, 501)
    ]
    assert ids(show_shelf(under(view, *many, rule("pin", id=501, items=("i6",))), ANN)) == [
        "i6", "i1", "i3",
    ]  # fmt: skip


def test_a_pin_obeys_the_filters_of_the_visitor(view: LiveView) -> None:
    now = under(view, rule("pin", items=("i4",)))
    tea = ShelfRequest("for_you", user_id="ann", n=2, filters=Filters(category="Tea"))
    shelf = show_shelf(now, tea)
    assert ids(shelf) == ["i1", "i3"]
    assert shelf.notes == ["rule 1: Coffee waits, since it is outside the filters."]
