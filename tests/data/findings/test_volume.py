from __future__ import annotations

from typing import Any


def _orders(shoppers: int, rows: int) -> str:
    lines = [f"s{n},i{k},{n}\n" for n in range(shoppers) for k in range(rows)]
    return "user_id,item_id,order_id\n" + "".join(lines)


def test_too_little_of_everything(check: Any) -> None:
    found = check("user_id,item_id,order_id\na,x,1\na,y,1\nb,x,2\n").found
    few = {code: one for code, one in found.items() if code.startswith("few_")}
    assert {code: one["message"] for code, one in few.items()} == {
        "few_interactions": "Only 3 interactions are left.",
        "few_shoppers": "Only 1 shopper bought twice or more.",
        "few_baskets": "Only 1 basket holds two products or more.",
    }
    assert {code: one["advice"] for code, one in few.items()} == {
        "few_interactions": "Below 1,000, lists follow chance more than taste.",
        "few_shoppers": "What goes with what is learned from them: it takes 25 at least.",
        "few_baskets": "Also bought learns from nothing else: it takes 100 at least.",
    }
    assert {one["severity"] for one in few.values()} == {"look"}
    assert {one["fix"] for one in few.values()} == {""}


def test_just_enough(check: Any) -> None:
    assert not [code for code in check(_orders(100, 10)).found if code.startswith("few_")]


def test_one_too_few_of_each(check: Any) -> None:
    found = check(_orders(24, 41) + "".join(f"t{n},i0,t\n" for n in range(15))).found
    assert found["few_interactions"]["message"] == "Only 999 interactions are left."
    assert found["few_shoppers"]["message"] == "Only 24 shoppers bought twice or more."
    assert found["few_baskets"]["message"] == "Only 24 baskets hold two products or more."


def test_without_orders_a_basket_is_what_a_shopper_bought_in_a_day(check: Any) -> None:
    rows = "".join(
        f"s{n},x,2024-01-{day:02}\ns{n},y,2024-01-{day:02}\n"
        for n in range(25)
        for day in range(1, 5)
    )
    found = check("user_id,item_id,timestamp\n" + rows).found
    assert "few_baskets" not in found
    one_each = rows.replace(",y,", ",x,")
    found = check("user_id,item_id,timestamp\n" + one_each).found
    assert found["few_baskets"]["message"] == "Only 0 baskets hold two products or more."
