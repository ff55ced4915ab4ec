from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.releases.live import LiveShop
from recsys.types import Shelf, ShelfItem
from recsys.workflows.shelves import (
    product_names,
    shelf_csv,
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
