from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from workflow_shops import open_workspace, source

from recsys.data.ingest import ingest
from recsys.releases.live import LiveShop, LiveView
from recsys.workflows.publishing import publish_release
from recsys.workflows.shoppers import (
    find_shoppers,
    personas,
    random_shopper,
    shopper_facts,
    shopper_history,
    taste,
    taste_of_items,
)
from recsys.workflows.training import train_model

PEOPLE = {
    "7": ("Ana Öz", "ana@shop.example"),
    "70": ("Bo Meyer", "bo.meyer@mail.example"),
    "A7": ("Cleo  Ana", ""),
    "b1": ("", "cleo7@mail.example"),
}
# 70 buys most, and cheap things; A7 bread only; b1 one thing, last.
BOUGHT = {
    "7": [0, 1, 20, 21],
    "70": [*range(10, 20), *range(20, 26)],
    "A7": list(range(12)),
    "b1": [5],
}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    folder = tmp_path_factory.mktemp("people")
    workspace = open_workspace(folder / "home")
    purchases = [
        (user, f"i{item:02}", f"2026-01-{1 + place + (20 if user == 'b1' else 0):02} 09:00:00")
        for user, items in BOUGHT.items()
        for place, item in enumerate(items)
    ]
    goods = [
        (f"i{item:02}", "Bread" if item < 20 else "Cheese", 3 if item < 10 or item > 25 else 2)
        for item in range(30)
    ]
    files = {
        "purchases": (("user_id", "item_id", "timestamp"), purchases),
        "items": (("item_id", "category", "price"), goods),
        "shoppers": (
            ("user_id", "name", "email", "age"),
            [(user, *said, 30) for user, said in PEOPLE.items()],
        ),
    }
    for name, (header, rows) in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
    ingest(
        workspace,
        interactions=source(folder / "purchases.csv"),
        items=source(folder / "items.csv"),
        shoppers=source(folder / "shoppers.csv"),
        name="People",
        currency="EUR",
    )
    model = train_model(workspace, "popularity", evaluate=False)
    publish_release(workspace, strategies={"for_you": model}, evaluate=False, actor="tests")
    found = LiveShop(workspace).current()
    workspace.database.close()
    return found


def found(view: LiveView, text: str, **more: int) -> list[str]:
    return [one.user_id for one in find_shoppers(view, text, **more)]


def test_a_result_says_who_it_is_and_how_much_was_bought(view: LiveView) -> None:
    (one,) = find_shoppers(view, "MEYER")
    assert (one.user_id, one.name, one.email, one.products) == (
        "70",
        "Bo Meyer",
        "bo.meyer@mail.example",
        16,
    )


def test_shoppers_are_found_by_id_then_by_a_beginning_then_by_any_part(view: LiveView) -> None:
    assert found(view, "7") == ["7", "70", "A7", "b1"]
    assert found(view, "7", limit=2) == ["7", "70"]
    assert found(view, "ana") == ["7", "A7"]
    assert found(view, "öZ") == ["7"]
    assert found(view, "cleo") == ["A7", "b1"]
    assert found(view, "@mail") == ["70", "b1"]
    assert found(view, "  cleo   ana ") == ["A7"]
    assert found(view, "zz") == []
    assert found(view, "") == ["7", "70", "A7", "b1"]
    assert found(view, "", limit=2) == ["7", "70"]


def test_personas_are_real_shoppers_picked_by_stated_rules(view: LiveView) -> None:
    by_kind = {one.kind: one for one in personas(view, seed=1)}
    assert {kind: one.user_id for kind, one in by_kind.items() if kind != "random"} == {
        "new": "b1",
        "loyal": "70",
        "one_category": "A7",
        "bargain": "70",
    }
    assert by_kind["new"].why == "Bought 1 product, the fewest of all; of those the latest."
    assert by_kind["loyal"].why == "Bought 16 products, the most of all."
    assert by_kind["one_category"].why == (
        "100% of 12 products are of Bread, the highest share of all."
    )
    assert by_kind["bargain"].why == (
        "Pays 20% less than what the categories usually cost, over 16 products."
    )
    assert personas(view, seed=1) == personas(view, seed=1)


def test_the_bargain_hunter_pays_least_against_the_usual_prices(
    tmp_path: Path, demo_home: Path
) -> None:
    workspace = open_workspace(demo_home)
    view = LiveShop(workspace).current()
    workspace.database.close()
    release = view.release
    usual = {
        code: np.median(release.price[(release.category_codes == code) & (release.price > 0)])
        for code in set(release.category_codes.tolist())
    }
    paid: dict[str, float] = {}
    for user, user_id in enumerate(release.user_ids.ids):
        items = release.history(user)[0]
        against = [release.price[i] / usual[release.category_codes[i]] for i in items]
        known = [one for one in against if np.isfinite(one)]
        if len(known) >= 10:
            paid[user_id] = float(np.median(known))
    (bargain,) = [one for one in personas(view) if one.kind == "bargain"]
    assert paid[bargain.user_id] == min(paid.values())
    assert f"{1 - min(paid.values()):.0%} less" in bargain.why


def test_taste_is_a_sentence_in_the_currency_of_the_shop(view: LiveView) -> None:
    assert (
        taste(view, "A7") == "Mostly Bread, 2.1 to 3 EUR; last bought 9 days before the data ends."
    )
    assert taste(view, "nobody") == ""
    assert taste_of_items(view, ["i20", "i21", "i22", "gone"]) == "Mostly Cheese, 2 EUR."


def test_a_history_is_latest_first_then_most_often(reading: LiveShop) -> None:
    view = reading.current()
    lines = shopper_history(view, "u00")
    assert lines
    keys = [(-(line.last or 0), -line.times, line.item_id) for line in lines]
    assert keys == sorted(keys)
    assert lines[0].last == int(np.datetime64("2024-03-06T10:00:00").astype(np.int64))
    assert {line.name for line in lines} <= {f"Product {number}" for number in range(12)}
    assert sum(line.times for line in lines) == 18
    assert shopper_history(view, "u00", limit=2) == lines[:2]
    assert shopper_history(view, "nobody") == []


def test_a_shopper_drawn_at_random_is_one_of_the_shop(reading: LiveShop) -> None:
    view = reading.current()
    drawn = {random_shopper(view, seed=seed) for seed in range(20)}
    assert len(drawn) > 1
    assert drawn <= set(view.release.user_ids.ids)
    assert random_shopper(view, seed=1) == random_shopper(view, seed=1)


def test_facts_are_what_the_shop_says_beside_the_id(view: LiveView) -> None:
    assert shopper_facts(view, "b1") == {"email": "cleo7@mail.example", "age": "30"}
    assert shopper_facts(view, "nobody") == {}


def test_words_may_stand_apart(view: LiveView) -> None:
    assert found(view, "mail meyer") == ["70"]
    assert found(view, "meyer ana") == []
