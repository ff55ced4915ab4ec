from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from shelf_shop import factors, make_shop, view_of

from recsys.errors import InputError
from recsys.releases.live import LiveView
from recsys.shelves.buy_again import due_again
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Filters, Shelf

ITEMS = ["bread", "jam", "milk", "salt", "tea"]
# Days on which ann bought each; the shop's newest purchase is bob's, on the 31st.
DAYS = {
    "bread": (1, 1, 11, 21),  # every 10 days, 10 days ago; twice on the first
    "jam": (2, 12),  # every 10 days, 19 days ago
    "milk": (24, 26, 28, 30),  # every 2 days, yesterday
    "salt": (20,),
    "tea": (31,),
}


def open_shop(folder: Path, *, newest: str = "2026-01-31") -> LiveView:
    bought = [
        ("ann", item, "purchase", f"2026-01-{day:02d}T10:00:00")
        for item, days in DAYS.items()
        for day in days
    ]
    bought.append(("bob", "tea", "purchase", f"{newest}T10:00:00"))
    catalogue = [
        {"item_id": item, "name": item.title(), "price": place + 1, "stock": 5}
        for place, item in enumerate(ITEMS)
    ]
    space = factors(np.eye(5), np.ones((2, 5)), np.ones((2, 5)))
    shop = make_shop(folder, purchases=bought, catalogue=catalogue, spaces={"for_you": space})
    return view_of(shop)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    return open_shop(tmp_path_factory.mktemp("again"))


def buy_again(
    view: LiveView, user: str, *, n: int | None = None, filters: Filters | None = None
) -> Shelf:
    asked = ShelfRequest("buy_again", user_id=user, n=n, filters=filters or Filters())
    return show_shelf(view, asked)


def ids(view: LiveView, *, n: int | None = None, filters: Filters | None = None) -> list[str]:
    return [item.item_id for item in buy_again(view, "ann", n=n, filters=filters).items]


def test_the_score_is_that_of_the_stated_formula(view: LiveView) -> None:
    again = due_again(view.release, 0)
    scores = {ITEMS[row]: score for row, score in zip(again.rows, again.scores, strict=True)}
    # m = (20 + 30) / 3 > 10 days: not overdue. m = (10 + 30) / 2 = 20 > 19. m = (6 + 30) / 4 > 1.
    assert scores == {"bread": 3, "jam": 2, "milk": 4, "salt": 1, "tea": 1}
    assert [ITEMS[row] for row in again.rows] == ["milk", "bread", "jam", "tea", "salt"]


def test_what_is_long_overdue_counts_half_for_every_four_rhythms(tmp_path: Path) -> None:
    view = open_shop(tmp_path, newest="2026-06-21")  # 160 days after the jam: 7 rhythms overdue
    again = due_again(view.release, 0)
    jam = again.scores[[ITEMS[row] for row in again.rows].index("jam")]
    assert jam == pytest.approx(2 * 2 ** (-7 / 4), rel=1e-5)


def test_each_says_how_often_how_regularly_and_when_last(view: LiveView) -> None:
    shelf = buy_again(view, "ann")
    assert {item.item_id: item.reason for item in shelf.items} == {
        "milk": "Bought 4 times, about every 2 days, last yesterday",
        "bread": "Bought 3 times, about every 10 days, last 10 days ago",
        "jam": "Bought 2 times, about every 10 days, last 19 days ago",
        "tea": "Bought once, today",
        "salt": "Bought once, 11 days ago",
    }
    assert (shelf.placement, shelf.asked) == ("buy_again", 10)
    assert shelf.trace() == "5 of 10 shown"


def test_sold_out_hidden_and_filtered_products_stay_out(view: LiveView) -> None:
    stock, hidden = view.stock.copy(), view.hidden.copy()
    stock[2], hidden[0] = 0, True
    shelf = buy_again(replace(view, stock=stock, hidden=hidden), "ann", n=2)
    assert [item.item_id for item in shelf.items] == ["jam", "tea"]
    assert shelf.removed == {"hidden now": 1, "sold out": 1}
    assert ids(view, filters=Filters(price_max=2)) == ["bread", "jam"]
    assert ids(view, n=1) == ["milk"]


def test_who_bought_nothing_is_told_so(view: LiveView) -> None:
    shelf = buy_again(view, "nobody")
    assert shelf.items == []
    assert shelf.fallback == "Nothing to buy again: unknown shopper"
    with pytest.raises(InputError, match="buy again shows from 1 to 50"):
        buy_again(view, "ann", n=51)


def test_without_dates_frequency_alone_counts(tmp_path: Path) -> None:
    bought = [("ann", "b"), ("ann", "b"), ("ann", "a"), ("ann", "c"), ("ann", "c"), ("ann", "c")]
    space = factors(np.eye(3), np.ones((1, 3)), np.ones((1, 3)))
    shop = make_shop(tmp_path, purchases=bought, catalogue=[], spaces={"for_you": space})
    shelf = buy_again(view_of(shop), "ann")
    assert [(item.item_id, item.reason) for item in shelf.items] == [
        ("c", "Bought 3 times"),
        ("b", "Bought 2 times"),
        ("a", "Bought once"),
    ]


def test_an_earlier_release_goes_by_frequency(tmp_path: Path) -> None:
    view = open_shop(tmp_path)
    for name in ("first", "days"):
        (view.release.folder / f"bought.{name}.npy").unlink()
    again = due_again(view.release, 0)
    assert again.reasons(again.rows)[:2] == [
        "Bought 4 times, last yesterday",
        "Bought 4 times, last 10 days ago",
    ]
