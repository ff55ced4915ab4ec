from __future__ import annotations

from typing import Any


def _rows(number: int, date: str, item: str = "x") -> str:
    return "".join(f"s{n},{item},{date}\n" for n in range(number))


_HEAD = "user_id,item_id,timestamp\n"


def test_before_1995_no_shop_was_online(check: Any) -> None:
    text = _HEAD + _rows(4, "2024-03-01") + _rows(2, "1970-01-01", "old")
    found = check(text).found["early"]
    assert found["message"] == "2 rows have a date before the shop opened."
    assert found["advice"] == (
        "All others are from 2024-03-01 or later. A date counts as too early before 1995, or where"
        " more than a year without a single row follows and fewer than 0.5 % of the rows lie"
        " before it."
    )
    assert found["examples"] == ["1970-01-01"]
    assert (found["removes"], found["proposed"]) == (2, True)
    fixed = check(text, accept=True)
    assert fixed.rows() == [(f"s{n}", "x") for n in range(4)]
    assert fixed.rejects() == [("orders.csv", "old", "has a date before the shop opened")] * 2


def test_a_stray_row_long_before_all_others(check: Any) -> None:
    found = check(_HEAD + _rows(300, "2024-03-01") + _rows(1, "2012-05-05", "old")).found
    assert found["early"]["message"] == "1 row has a date before the shop opened."


def test_a_quiet_year_after_real_business_is_no_stray(check: Any) -> None:
    assert "early" not in check(_HEAD + _rows(300, "2024-03-01") + _rows(2, "2012-05-05")).found


def test_a_gap_of_a_year_is_not_too_long(check: Any) -> None:
    assert "early" not in check(_HEAD + _rows(300, "2024-03-01") + _rows(1, "2023-03-02")).found


def test_a_record_of_old_times_is_left_alone(check: Any) -> None:
    assert "early" not in check(_HEAD + _rows(5, "1988-03-01") + _rows(3, "1996-03-01")).found
