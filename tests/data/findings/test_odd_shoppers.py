from __future__ import annotations

from typing import Any

import pytest

_TIMED = "user_id,item_id,timestamp\n"


def _moments(user: str, number: int) -> str:
    return "".join(
        f"{user},i{n},2024-03-01 10:{n // 6:02}:{n % 6 * 10:02}\n" for n in range(number)
    )


def _hours(user: str, number: int) -> str:
    return "".join(f"{user},i{n},2024-03-01 {n:02}:00:00\n" for n in range(number))


def test_a_bot_is_busy_300_times_an_hour_or_20_hours_a_day(check: Any) -> None:
    text = _TIMED + _moments("robot", 300) + _moments("keen", 299) + _hours("night", 20)
    text += _hours("long", 19)
    found = check(text).found["bot"]
    assert found["message"] == "2 shoppers were busier than a person can be."
    assert found["advice"] == (
        "At 300 or more different moments within one hour, or in 20 or more different hours of one"
        " day. Mostly a crawler, a test, or a till that books under one number. The fix leaves out"
        " all their rows."
    )
    assert found["examples"] == ["night", "robot"]
    assert (found["removes"], found["proposed"]) == (320, True)
    fixed = check(text, accept=True)
    assert fixed.dataset.user_ids.ids == ("keen", "long")
    assert len(fixed.rows()) == 299 + 19
    why = "is of a shopper who was busier than a person can be"
    assert [reason for _, _, reason in fixed.rejects()] == [why] * 320


def test_a_large_order_in_one_second_is_no_bot(check: Any) -> None:
    rows = "".join(f"a,i{n},2024-03-01 10:00:00\n" for n in range(400))
    assert "bot" not in check(_TIMED + rows).found


def test_without_dates_nobody_is_a_bot(check: Any) -> None:
    assert "bot" not in check("user_id,item_id\n" + "a,x\n" * 400).found


def _shop_of(products: int) -> str:
    rows = [f"s{n},i{(3 * n + k) % products}\n" for n in range(200) for k in range(3)]
    return "user_id,item_id\n" + "".join(rows)


def test_breadth_no_person_has(check: Any) -> None:
    text = _shop_of(520) + "".join(f"all,i{n}\n" for n in range(131))
    found = check(text).found["broad"]
    assert found["message"] == "1 shopper bought more than a quarter of all products."
    assert found["advice"] == (
        "And 10 times as many as 99 of 100 shoppers. They make everything look alike. The fix"
        " leaves out all their rows."
    )
    assert (found["examples"], found["removes"], found["proposed"]) == (["all"], 131, False)
    fixed = check(text, fixes=["broad"])
    assert len(fixed.rows()) == 600
    assert "all" not in fixed.dataset.user_ids.ids


@pytest.mark.parametrize(("products", "bought"), [(520, 130), (490, 200)])
def test_breadth_that_is_fine(check: Any, products: int, bought: int) -> None:
    text = _shop_of(products) + "".join(f"all,i{n}\n" for n in range(bought))
    assert "broad" not in check(text).found


def _lines(user: str, number: int, quantity: int) -> str:
    return "".join(f"{user},i{n},{quantity}\n" for n in range(number))


_COUNTED = "user_id,item_id,quantity\n"


def test_a_reseller_buys_twenty_of_each(check: Any) -> None:
    text = _COUNTED + _lines("a", 50, 1) + _lines("dealer", 5, 20)
    text += _lines("few", 4, 50) + _lines("some", 9, 19)
    found = check(text).found["reseller"]
    assert found["message"] == "1 shopper buys like a reseller."
    assert found["advice"] == (
        "Half of their rows have 20 pieces or more, 20 times what is usual here. What they stock"
        " need not be what they like. The fix leaves out all their rows."
    )
    assert (found["examples"], found["removes"], found["proposed"]) == (["dealer"], 5, False)
    fixed = check(text, fixes=["reseller"])
    assert fixed.dataset.user_ids.ids == ("a", "few", "some")
    assert fixed.rejects()[0] == (
        "orders.csv",
        "i0",
        "is of a shopper who buys like a reseller",
    )


def test_in_a_wholesale_shop_twenty_pieces_are_usual(check: Any) -> None:
    text = _COUNTED + _lines("a", 50, 12) + _lines("b", 5, 20)
    assert "reseller" not in check(text).found


def test_refunds_are_counted_in_pieces_before_netting(check: Any) -> None:
    text = _COUNTED + _lines("never", 10, 1) + _lines("sender", 10, 2) + _lines("half", 10, 2)
    text += _lines("sender", 10, -1) + "sender,i0,-1\n" + _lines("half", 10, -1)
    text += _lines("few", 9, 1) + _lines("few", 9, -1)
    found = check(text, accept=True).found["refunds"]
    assert found["message"] == "1 shopper sent back more than half of what they bought."
    assert found["advice"] == (
        "Counted in pieces, over 10 or more purchases, before any fix. The fix leaves out all"
        " their rows."
    )
    assert (found["examples"], found["proposed"]) == (["sender"], False)
    fixed = check(text, fixes=["quantity", "refunds"])
    assert set(fixed.dataset.user_ids.ids) == {"never", "half", "few"}


def test_the_same_rating_for_everything_says_nothing(check: Any) -> None:
    head = "user_id,item_id,rating\n"
    text = head + "".join(f"flat,i{n},5\nfour,i{n % 4},4\nfair,i{n},{n}\n" for n in range(1, 6))
    text = text.replace("four,i1,4\n", "", 1)  # four ratings are too few to tell
    found = check(text).found["same_rating"]
    assert found["message"] == "1 shopper gave the same rating to everything."
    assert found["advice"] == (
        "With 5 ratings or more. Such ratings do not tell what they like best. The fix leaves out"
        " all their rows."
    )
    assert (found["examples"], found["removes"], found["proposed"]) == (["flat"], 5, False)
    fixed = check(text, fixes=["same_rating"])
    assert set(fixed.dataset.user_ids.ids) == {"four", "fair"}


def test_where_everybody_rates_alike_nobody_stands_out(check: Any) -> None:
    rows = "".join(f"a,i{n},1\nb,i{n},1\n" for n in range(6))
    assert "same_rating" not in check("user_id,item_id,rating\n" + rows).found
