from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.releases.live import LiveShop
from recsys.types import Shelf, ShelfItem
from recsys.workflows.shelves import (
    find_shoppers,
    product_names,
    random_shopper,
    shelf_csv,
    shopper_history,
    show_for_you,
)

TEXTS = st.text(max_size=12) | st.builds(
    str.__add__, st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n"]), st.text(max_size=8)
)


def shelf_of(rows: list[tuple[str, str, str]]) -> Shelf:
    items = [
        ShelfItem(item_id, rank, 1 / rank, reason, {"name": name, "price": -2.5})
        for rank, (item_id, name, reason) in enumerate(rows, 1)
    ]
    return Shelf("for_you", "release", items, asked=len(items))


def cells(content: bytes, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_a_raw_csv_reads_back_as_it_was_written(rows: list[tuple[str, str, str]]) -> None:
    found = cells(shelf_csv(shelf_of(rows), raw=True), "utf-8")
    assert [(row["item_id"], row["name"], row["reason"]) for row in found] == rows
    assert [int(row["rank"]) for row in found] == list(range(1, len(rows) + 1))


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=5))
def test_in_a_csv_for_people_no_text_is_a_formula_and_none_is_lost(
    rows: list[tuple[str, str, str]],
) -> None:
    content = shelf_csv(shelf_of(rows))
    assert content.startswith("\ufeff".encode())
    for row, written in zip(cells(content, "utf-8-sig"), rows, strict=True):
        for key, text in zip(("item_id", "name", "reason"), written, strict=True):
            assert not row[key].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
            assert row[key].replace("'", "") == text.replace("'", "")
        assert row["price"] == "-2.5", "numbers stay numbers"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\u00a0@SUM(A1)", "'\u00a0@SUM(A1)"),
        ("\u200b-1", "'\u200b-1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20SUM(A1)", "'\uff20SUM(A1)"),
        ("x;=HYPERLINK(A1)", "x;'=HYPERLINK(A1)"),
        ('x; "=HYPERLINK(A1)', "x;' \"=HYPERLINK(A1)"),
        ("x\t+1", "x\t'+1"),
        ("x|=1;y|@2", "x|'=1;y|'@2"),
        ("x\n=1", "x\n'=1"),
        ("Tea; black | 250 g", "Tea; black | 250 g"),
        ("a-b = c+d @ 5", "a-b = c+d @ 5"),
    ],
)
def test_a_formula_is_stopped_wherever_a_spreadsheet_may_find_it(text: str, written: str) -> None:
    [row] = cells(shelf_csv(shelf_of([("1", text, "")])), "utf-8-sig")
    assert row["name"] == written
    [raw] = cells(shelf_csv(shelf_of([("1", text, "")]), raw=True), "utf-8")
    assert raw["name"] == text


def test_an_empty_shelf_is_a_heading() -> None:
    assert shelf_csv(shelf_of([]), raw=True) == b"item_id,rank,score\r\n"


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


def test_shoppers_are_found_by_the_beginning_of_the_id_and_then_by_any_part(
    reading: LiveShop,
) -> None:
    view = reading.current()
    assert find_shoppers(view, "u0", limit=3) == ["u00", "u01", "u02"]
    assert find_shoppers(view, "9") == ["u09", "u19", "u29", "u39"]
    assert find_shoppers(view, "", limit=2) == ["u00", "u01"]
    assert find_shoppers(view, "zz") == []
    assert find_shoppers(view, "u01", limit=1) == ["u01"]


def test_a_shopper_drawn_at_random_is_one_of_the_shop(reading: LiveShop) -> None:
    view = reading.current()
    drawn = {random_shopper(view, seed=seed) for seed in range(20)}
    assert len(drawn) > 1
    assert drawn <= set(view.release.user_ids.ids)
    assert random_shopper(view, seed=1) == random_shopper(view, seed=1)


def test_a_cart_is_named_and_what_the_release_does_not_know_is_left_out(
    reading: LiveShop,
) -> None:
    lines = product_names(reading.current(), ["i03", "gone", "i01"])
    assert [(line.item_id, line.name, line.price) for line in lines] == [
        ("i03", "Product 3", 4.0),
        ("i01", "Product 1", 2.0),
    ]


@pytest.mark.parametrize("user", ["u00", "u01"])
def test_a_shelf_shows_the_taste_of_the_shopper(reading: LiveShop, user: str) -> None:
    shelf = show_for_you(reading, user, n=3, leave_out_bought=False)
    numbers = [int(item.item_id[1:]) for item in shelf.items]
    assert {number // 12 for number in numbers} == {int(user[1:]) % 2}
