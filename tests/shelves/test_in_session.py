"""Shelves in a visit, of a shop of teas and coffees small enough to be known beforehand."""

from __future__ import annotations

from dataclasses import replace
from statistics import median

import numpy as np
import pytest
from hand_shop import changed, ids
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.releases.live import LiveView
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule, Target
from recsys.sessions.events import Event, Kind, Session
from recsys.shelves.in_session import page_in_session, show_in_session
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Filters

# Teas are i000 to i059, coffees i060 to i119; in each the prices go up, and i018 and i019 are one
# tea in two sizes.
COUNT, HALF = 120, 60
CATALOGUE = [
    {
        "item_id": f"i{n:03}",
        "name": f"{'Tea' if n < HALF else 'Coffee'} {n}",
        "category": "Tea" if n < HALF else "Coffee",
        "brand": "Own" if n % 2 else "Other",
        "price": 1 + n % HALF,
        "stock": 9,
        "group_id": "big" if n in {18, 19} else "",
    }
    for n in range(COUNT)
]
FAMILY = (np.arange(COUNT) < HALF).astype(int)
DICE = np.random.default_rng(5)
PAIRS = np.where(FAMILY[:, None] == FAMILY[None, :], 0.5 + 0.01 * DICE.random((COUNT, COUNT)), 0)
np.fill_diagonal(PAIRS, 0)
USERS = ["ann", "bob", "cid"]
# Ann buys teas, Bob coffees, Cid everything.
BOUGHT = np.zeros((3, COUNT))
BOUGHT[0, [0, 1]], BOUGHT[1, [60, 61]], BOUGHT[2, :] = 1, 1, 1
ITEMS = np.where(FAMILY[:, None] == 1, [1, 0.1], [0.1, 1]) * (2 - np.arange(COUNT) / 100)[:, None]


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    tastes = factors(ITEMS, [[1, 0], [0, 1], [1, 1]], BOUGHT)
    purchases = [
        (user, f"i{n:03}") for row, user in enumerate(USERS) for n in np.flatnonzero(BOUGHT[row])
    ]
    shop = make_shop(
        tmp_path_factory.mktemp("visits"),
        purchases=purchases,
        catalogue=CATALOGUE,
        spaces={
            "for_you": tastes,
            "similar": tastes,
            "also_bought": neighbours(PAIRS, BOUGHT),
            "lookalikes": tastes,
        },
        sensitive=["i005"],
    )
    return view_of(shop)


def visit(*events: tuple[Kind, int]) -> Session:
    return Session(tuple(Event(kind, float(n), item=item) for n, (kind, item) in enumerate(events)))


def looks(*items: int) -> Session:
    return visit(*[("viewed", item) for item in items])


def for_you(view: LiveView, session: Session, user: str = "", **request: object) -> list[str]:
    asked = ShelfRequest("for_you", user_id=user, **request)  # pyright: ignore
    return ids(show_in_session(view, session, asked))


def rows(found: list[str]) -> list[int]:
    return [int(item_id[1:]) for item_id in found]


def test_a_visit_in_which_nothing_happened_changes_nothing(view: LiveView) -> None:
    for placement, more in {
        "for_you": {"user_id": "ann"},
        "similar": {"item_id": "i003"},
        "also_bought": {"cart": ("i003",)},
    }.items():
        asked = ShelfRequest(placement, **more)  # pyright: ignore
        assert show_in_session(view, Session(), asked, now=0) == show_shelf(view, asked, now=0)


def test_two_interests_are_both_on_the_shelf(view: LiveView) -> None:
    found = rows(for_you(view, looks(90, 91, 92, 93, 94, 3), n=5))
    assert any(row < HALF for row in found)
    assert any(row >= HALF for row in found)
    # So they are when the small one is the older one.
    found = rows(for_you(view, looks(3, 90, 91, 92), n=5))
    assert any(row < HALF for row in found)
    assert sum(row >= HALF for row in found) >= 3


def test_a_new_interest_shows_at_once(view: LiveView) -> None:
    teas = looks(3, 4, 6, 7, 8)
    assert all(row < HALF for row in rows(for_you(view, teas, n=10)))
    then = teas.after(Event("viewed", 9.0, item=90))
    assert any(row >= HALF for row in rows(for_you(view, then, n=10)))


def test_exploring_a_price_range_moves_the_prices_of_the_shelf(view: LiveView) -> None:
    def prices(session: Session) -> float:
        shelf = show_in_session(view, session, ShelfRequest("for_you", n=8))
        return median(item.fields["price"] for item in shelf.items)

    cheap, dear = prices(looks(6, 7, 8, 9)), prices(looks(43, 44, 45, 46))
    assert dear >= 2 * cheap
    # One look is enough to see it.
    assert prices(looks(45)) > prices(looks(7))


def test_a_brand_that_is_looked_at_comes_forward(view: LiveView) -> None:
    def own(session: Session) -> int:
        return sum(row % 2 for row in rows(for_you(view, session, n=10)))

    assert own(looks(7, 9, 11, 13)) > own(looks(8, 10, 12, 14))


def test_taking_out_of_the_cart_lowers_what_is_like_it(view: LiveView) -> None:
    put = visit(("viewed", 90), ("carted", 3))
    out = put.after(Event("removed", 9.0, item=3))
    before, after = (rows(for_you(view, session, n=10)) for session in (put, out))
    teas = [sum(row < HALF for row in found) for found in (before, after)]
    assert teas[1] < teas[0]


def test_what_counts_below_nothing_takes_from_what_is_like_it(view: LiveView) -> None:
    browsed = Session((Event("browsed", 0.0, category=0), Event("browsed", 1.0, category=1)))
    removed = browsed.after(Event("removed", 2.0, item=3))
    before, after = (rows(for_you(view, session, n=10)) for session in (browsed, removed))
    assert sum(row < HALF for row in after) < sum(row < HALF for row in before)


def test_a_purchase_leaves_out_the_product_and_its_variants(view: LiveView) -> None:
    found = rows(for_you(view, visit(("purchased", 18)), n=50, filters=Filters(category="Tea")))
    assert not {18, 19} & set(found)
    assert len(found) == 50
    cart = rows(for_you(view, visit(("carted", 19)), n=50, filters=Filters(category="Tea")))
    assert not {18, 19} & set(cart)
    for more in ({"placement": "also_bought", "cart": ("i003",)},
                 {"placement": "similar", "item_id": "i003"}):  # fmt: skip
        shelf = show_in_session(view, visit(("purchased", 18)), ShelfRequest(n=20, **more))  # pyright: ignore
        assert not {"i018", "i019"} & set(ids(shelf))


def test_what_was_looked_at_stays_out_and_is_counted(view: LiveView) -> None:
    shelf = show_in_session(
        view, visit(("viewed", 3), ("carted", 4), ("removed", 4)), ShelfRequest("for_you", n=50)
    )
    assert not {"i003", "i004"} & set(ids(shelf))
    (step,) = [step for step in shelf.steps if step.name == "left out"]
    assert step.removed == {"just looked at": 1, "taken out of the cart": 1}


def test_reasons_name_what_was_done(view: LiveView) -> None:
    def reason(kind: Kind) -> str:
        shelf = show_in_session(view, visit((kind, 3)), ShelfRequest("for_you", n=1))
        return shelf.items[0].reason

    assert reason("viewed") == "Because you just looked at Tea 3"
    assert reason("carted") == "Goes with Tea 3 in your cart"
    assert reason("purchased") == "Because you just bought Tea 3"


def test_reasons_never_name_a_sensitive_product(view: LiveView) -> None:
    shelf = show_in_session(view, looks(5), ShelfRequest("for_you", n=20))
    assert all("Tea 5" not in item.reason for item in shelf.items)


def test_a_category_that_is_browsed_shows_and_says_so(view: LiveView) -> None:
    around = Session((Event("browsed", 0.0, category=0),))
    assert view.release.categories[0] == "Coffee"
    shelf = show_in_session(view, around, ShelfRequest("for_you", n=5))
    assert all(item.fields["category"] == "Coffee" for item in shelf.items)
    assert shelf.items[0].reason == "Popular in Coffee, where you just looked around"


def test_one_look_leaves_room_for_what_the_shopper_likes_else(view: LiveView) -> None:
    one = rows(for_you(view, looks(3), user="bob", n=10))
    assert 3 <= sum(row >= HALF for row in one) <= 7
    many = rows(for_you(view, looks(3, 4, 6, 7, 8), user="bob", n=10))
    assert sum(row >= HALF for row in many) <= 1


def test_equal_scores_keep_the_order_of_the_rows(view: LiveView) -> None:
    level = replace(view, price=np.full(COUNT, 5.0))
    first = for_you(level, looks(90, 91), n=10)
    assert first == for_you(level, looks(90, 91), n=10)
    removed = for_you(level, visit(("removed", 3)), n=10)
    assert removed == for_you(level, visit(("removed", 3)), n=10)


def test_sold_out_products_never_show_and_may_be_what_was_looked_at(view: LiveView) -> None:
    now = changed(view, stock={3: 0, 4: 0, 6: 0}, hidden={7: True})
    found = rows(for_you(now, looks(3), n=50))
    assert not {3, 4, 6, 7} & set(found)
    assert found[0] < HALF


def test_filters_hold(view: LiveView) -> None:
    found = for_you(view, looks(3, 4), n=10, filters=Filters(category="Coffee", price_max=20))
    assert found
    assert all(HALF <= row < HALF + 20 for row in rows(found))


def test_a_stranger_is_shown_what_goes_with_the_visit(view: LiveView) -> None:
    assert for_you(view, looks(3, 4), user="nobody") == for_you(view, looks(3, 4))


def test_a_thousand_clicks_are_no_harder_than_two_hundred(view: LiveView) -> None:
    clicks = looks(*[n % COUNT for n in range(1_000)])
    shelf = show_in_session(view, clicks, ShelfRequest("for_you", n=10))
    # Everything was looked at: popular products cannot stand here either.
    assert shelf.items == []
    assert shelf.removed == {"just looked at": COUNT}


def ruled(view: LiveView, *rules: Rule) -> LiveView:
    numbered = tuple(rule.model_copy(update={"id": n}) for n, rule in enumerate(rules, 1))
    return replace(view, book=RuleBook(rule_set_id=7, rules=numbered))


def test_rules_hold_in_a_visit(view: LiveView) -> None:
    free = rows(for_you(view, looks(3), n=5))
    hide = Rule(kind="hide", target=Target(items=(f"i{free[0]:03}",)))
    pin = Rule(kind="pin", target=Target(items=("i119",)), slot=2)
    shelf = show_in_session(ruled(view, hide, pin), looks(3), ShelfRequest("for_you", n=5))
    found = rows(ids(shelf))
    assert free[0] not in found
    assert found[1] == 119
    assert shelf.rule_set_id == 7
    only = Rule(kind="only", target=Target(categories=("Coffee",)))
    found = rows(for_you(ruled(view, only), looks(3), n=5))
    assert found
    assert all(row >= HALF for row in found)


def test_similar_and_also_bought_follow_the_prices_of_the_visit(view: LiveView) -> None:
    for more in ({"placement": "also_bought", "cart": ("i025",)},
                 {"placement": "similar", "item_id": "i025"}):  # fmt: skip
        asked = ShelfRequest(n=5, **more)  # pyright: ignore
        cheap, dear = (
            show_in_session(view, looks(*items), asked) for items in ((1, 2), (46, 47, 45))
        )
        costs = [median(item.fields["price"] for item in one.items) for one in (cheap, dear)]
        assert costs[1] > costs[0]
        assert all(item.fields["category"] == "Tea" for item in (*cheap.items, *dear.items))


def test_no_product_stands_twice_on_a_page_where_the_book_says_so(view: LiveView) -> None:
    once = replace(view, book=RuleBook(no_repeats=True))
    requests = [ShelfRequest("for_you", n=9), ShelfRequest("also_bought", cart=("i003",), n=9)]
    first, second = page_in_session(once, visit(("carted", 3)), requests)
    assert not set(ids(first)) & set(ids(second))
    free = page_in_session(view, visit(("carted", 3)), requests)
    assert set(ids(free[0])) & set(ids(free[1]))


def test_buy_again_and_lookalikes_leave_out_what_was_just_bought(view: LiveView) -> None:
    again = show_in_session(view, visit(("purchased", 0)), ShelfRequest("buy_again", user_id="ann"))
    assert "i000" not in ids(again)
    asked = ShelfRequest("lookalikes", user_id="ann")
    like = ids(show_shelf(view, asked))
    after = show_in_session(view, visit(("purchased", int(like[0][1:]))), asked)
    assert like[0] not in ids(after)


def test_the_trace_says_what_the_visit_did(view: LiveView) -> None:
    shelf = show_in_session(view, looks(45, 46), ShelfRequest("for_you", n=5))
    (step,) = [step for step in shelf.steps if step.name == "session"]
    assert step.before == step.after
    assert step.words.endswith("of the first 5 exchanged for what this visit turns to")
