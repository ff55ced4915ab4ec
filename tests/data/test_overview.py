from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from recsys.data.dataset import Dataset
from recsys.data.ingest import next_version, recipe_of
from recsys.data.overview import OVERVIEW
from recsys.workspace import Workspace

Row = dict[str, Any]


def _overview(dataset: Dataset) -> Row:
    return json.loads((dataset.folder / OVERVIEW).read_text(encoding="utf-8"))


def _day(number: int) -> int:
    """Midnight of 1 January 2024, a Monday, and so many days on."""
    return 1_704_067_200 + number * 86_400


def test_a_shop_of_four_products(ingest_text: Any) -> None:
    found = _overview(
        ingest_text(
            "user_id,item_id,timestamp\n"
            "a,w,2024-01-01\na,w,2024-01-01\na,x,2024-01-03\nb,w,2024-01-03 23:59:59\n"
            "b,y,2024-01-03\nc,w,2024-01-04\nc,z,2024-01-04\n"
        )
    )
    # w is sold 4 times of 7, the others once each
    assert found["summary"] == (
        "3 shoppers bought 4 products; half of all sales come from 25 % of them."
    )
    assert found["popularity"] == [
        {"products": 0.0, "sales": 0.0},
        {"products": 0.25, "sales": pytest.approx(4 / 7)},
        {"products": 0.5, "sales": pytest.approx(5 / 7)},
        {"products": 0.75, "sales": pytest.approx(6 / 7)},
        {"products": 1.0, "sales": 1.0},
    ]
    assert (found["top1"], found["half"]) == (pytest.approx(4 / 7), 0.25)
    assert found["period"] == "day"
    assert found["over_time"] == [
        {"start": _day(0), "interactions": 2, "shoppers": 1},
        {"start": _day(1), "interactions": 0, "shoppers": 0},
        {"start": _day(2), "interactions": 3, "shoppers": 2},
        {"start": _day(3), "interactions": 2, "shoppers": 1},
    ]
    assert found["activity"] == [
        {"from": 1, "to": 1, "shoppers": 0},
        {"from": 2, "to": 3, "shoppers": 3},
    ]
    assert found["matrix"] == {"pairs": 6, "filled": 0.5}
    assert (found["categories"], found["prices"], found["events"]) == ([], [], [])


@pytest.mark.parametrize(
    ("days", "period", "starts"),
    [
        (92, "day", 93),
        (93, "week", 14),  # from a Monday: 93 days on is a Wednesday, thirteen weeks later
        (731, "week", 105),
        (732, "month", 25),  # January 2024 to January 2026
    ],
)
def test_the_longer_the_time_the_longer_its_periods(
    ingest_text: Any, days: int, period: str, starts: int
) -> None:
    found = _overview(ingest_text(f"user_id,item_id,timestamp\na,x,{_day(0)}\nb,y,{_day(days)}\n"))
    assert found["period"] == period
    assert len(found["over_time"]) == starts
    assert found["over_time"][0] == {"start": _day(0), "interactions": 1, "shoppers": 1}
    assert sum(one["interactions"] for one in found["over_time"]) == 2


def test_a_wrong_year_draws_no_thousand_empty_months(ingest_text: Any) -> None:
    found = _overview(
        ingest_text("user_id,item_id,timestamp\na,x,1901-02-03\na,x,2024-01-01\nb,y,2024-02-01\n")
    )
    assert [one["interactions"] for one in found["over_time"]] == [1, 1, 1]
    assert found["over_time"][0]["start"] == -2_174_774_400  # 1 February 1901


def test_the_least_that_a_shop_can_be(ingest_text: Any) -> None:
    assert _overview(ingest_text("user_id,item_id\na,x\n")) == {
        "summary": "1 shopper bought 1 product.",
        "period": "day",
        "over_time": [],
        "popularity": [{"products": 0.0, "sales": 0.0}, {"products": 1.0, "sales": 1.0}],
        "top1": 1.0,
        "half": 1.0,
        "activity": [{"from": 1, "to": 1, "shoppers": 1}],
        "categories": [],
        "prices": [],
        "events": [],
        "matrix": {"pairs": 1, "filled": 1.0},
    }


def test_guests_count_as_sales_and_not_as_shoppers(ingest_text: Any) -> None:
    found = _overview(ingest_text("user_id,item_id,order_id\n,x,1\n,y,1\n"))
    assert found["summary"] == (
        "Shoppers without an account bought 2 products; half of all sales come from 50 % of them."
    )
    assert (found["activity"], found["matrix"]) == ([], {"pairs": 0, "filled": 0.0})


def test_nothing_but_returns_is_no_sale(ingest_text: Any) -> None:
    found = _overview(ingest_text("user_id,item_id,quantity\na,x,-1\nb,y,-2\n"))
    assert found["summary"] == "2 shoppers bought 0 products."
    assert (found["popularity"], found["top1"], found["half"]) == ([], 0.0, 0.0)
    assert found["matrix"] == {"pairs": 0, "filled": 0.0}


def test_the_curve_of_many_products_is_a_hundred_points_of_it(ingest_text: Any) -> None:
    rng = random.Random(1)
    sold = [f"i{min(999, int(rng.paretovariate(0.6)))}" for _ in range(4000)]
    rows = "\n".join(f"u{place % 50},{item}" for place, item in enumerate(sold))
    found = _overview(ingest_text(f"user_id,item_id\n{rows}\n"))
    counts = sorted(Counter(sold).values(), reverse=True)
    assert len(counts) > 100
    assert len(found["popularity"]) == 101
    for point in found["popularity"]:
        first = round(point["products"] * len(counts))
        assert point["products"] == pytest.approx(first / len(counts))
        assert point["sales"] == pytest.approx(sum(counts[:first]) / 4000)
    most = -(-len(counts) // 100)
    assert found["top1"] == pytest.approx(sum(counts[:most]) / 4000)
    enough = next(n for n in range(len(counts)) if 2 * sum(counts[:n]) >= 4000)
    assert found["half"] == pytest.approx(enough / len(counts))


def test_the_fifteen_categories_that_sell_most_then_the_others(ingest_text: Any) -> None:
    items = [(f"i{n}", f"Shelf {n:02}") for n in range(17)]
    items += [("o", "Other"), ("none", ""), ("unsold", "")]
    rows = [f"u,i{n},{day}" for n in range(17) for day in range(20 - n)]
    rows += ["u,o,0", "u,none,0", "u,none,1"]
    found = _overview(
        ingest_text(
            "\n".join(["user_id,item_id,order_id", *rows]),
            "\n".join(["item_id,category", *(",".join(one) for one in items)]),
        )
    )["categories"]
    assert found[0] == {"category": "Shelf 00", "interactions": 20, "products": 1}
    assert [one["category"] for one in found[:15]] == [f"Shelf {n:02}" for n in range(15)]
    assert found[15:] == [
        {"category": "Other", "interactions": 5 + 4 + 1, "products": 3},
        {"category": "No category", "interactions": 2, "products": 2},
    ]


def test_prices_in_thirty_bins_and_what_costs_more(ingest_text: Any) -> None:
    goods = "\n".join(f"i{n},{n + 1}" for n in range(100))
    found = _overview(ingest_text("user_id,item_id\nu,i1\n", f"item_id,price\n{goods}\nfree,\n"))
    prices = found["prices"]
    assert len(prices) == 31
    assert prices[0] == {"from": 1.0, "to": pytest.approx(1 + 97 / 30), "products": 4}
    assert prices[29]["to"] == pytest.approx(98)
    assert prices[30] == {"from": 98.0, "to": None, "products": 2}
    assert sum(one["products"] for one in prices) == 100


def test_one_price_is_one_bin(ingest_text: Any) -> None:
    found = _overview(ingest_text("user_id,item_id,price\na,x,2.5\nb,y,2.5\n"))
    assert found["prices"] == [{"from": 2.5, "to": 2.5, "products": 2}]


def test_events_with_their_weights_also_those_left_out(ingest_text: Any, shop: Workspace) -> None:
    dataset = ingest_text(
        "user_id,item_id,event_type\n"
        "a,x,view\na,y,view\nb,x,view\na,x,Purchased\nb,y,Add to cart\nb,z,zoom\n"
    )
    found = _overview(dataset)
    assert found["events"] == [
        {"event": "view", "kind": "viewed", "weight": 0.5, "default": 0.5, "rows": 3},
        {"event": "Add to cart", "kind": "carted", "weight": 0.7, "default": 0.7, "rows": 1},
        {"event": "Purchased", "kind": "purchased", "weight": 1.0, "default": 1.0, "rows": 1},
        {"event": "zoom", "kind": None, "weight": None, "default": None, "rows": 1},
    ]
    # one purchase is one sale, whatever was looked at
    assert found["summary"] == "2 shoppers bought 1 product."
    assert found["matrix"] == {"pairs": 4, "filled": 1.0}

    recipe = recipe_of(shop, dataset.id)
    recipe = type(recipe)(recipe.files, event_weights={"zoom": 1.5, "view": -0.25})
    weighed = _overview(Dataset.open(shop, next_version(shop, dataset.id, recipe, change="w")))
    assert [(one["event"], one["weight"], one["default"]) for one in weighed["events"]] == [
        ("view", -0.25, 0.5),
        ("Add to cart", 0.7, 0.7),
        ("Purchased", 1.0, 1.0),
        ("zoom", 1.5, None),
    ]
    assert weighed["summary"] == (
        "2 shoppers bought 2 products; half of all sales come from 50 % of them."
    )
    assert weighed["matrix"] == {"pairs": 3, "filled": 0.5}


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        (
            "user_id,item_id,event_type\na,x,view\nb,y,view\n",
            "2 shoppers looked at 2 products; half of all interactions come from 50 % of them.",
        ),
        (
            "user_id,item_id,rating\na,x,5\nb,y,3\n",
            "2 shoppers rated 2 products; half of all ratings come from 50 % of them.",
        ),
    ],
)
def test_what_is_no_sale_is_not_called_one(ingest_text: Any, text: str, summary: str) -> None:
    assert _overview(ingest_text(text))["summary"] == summary
