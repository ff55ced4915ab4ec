from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from workflow_shops import open_workspace

from recsys.errors import AisleError, InputError, NotFound
from recsys.releases.live import LiveChange, LiveShop
from recsys.workflows.live import change_item, load_stock


@pytest.fixture
def shop(live_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[LiveShop]:
    workspace = open_workspace(copy_of(live_home))
    yield LiveShop(workspace, refresh_seconds=0.0)
    workspace.database.close()


def write(shop: LiveShop, text: str) -> Path:
    path = shop.workspace.home / "stock.csv"
    path.write_text(text, encoding="utf-8")
    return path


def facts(shop: LiveShop, item_id: str) -> tuple[int, float]:
    view = shop.current()
    row = view.release.item_ids.row(item_id)
    assert row is not None
    return int(view.stock[row]), float(view.price[row])


def test_stock_and_prices_of_a_file_hold_at_once(shop: LiveShop) -> None:
    path = write(shop, "item_id,stock,price\ni00,3,4.5\ni01,,7\n i02 ,0,\n")
    assert load_stock(shop, path, actor="ann").changed == 3
    assert facts(shop, "i00") == (3, 4.5)
    assert facts(shop, "i01") == (9, 7.0), "an empty cell leaves what was"
    assert facts(shop, "i02") == (0, 3.0), "ids are read without blanks around them"
    assert facts(shop, "i03") == (9, 4.0)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stock.xlsx", None),
        ("stock.jsonl", b'{"item_id": "i00", "stock": 3}\n'),
        ("stock.csv", "item_id;stock\ni00;3\n".encode("utf-16")),
        ("stock.csv.gz", gzip.compress(b"item_id|stock\ni00|3\n", mtime=0)),
    ],
)
def test_stock_comes_in_any_kind_of_file(shop: LiveShop, name: str, content: bytes | None) -> None:
    path = shop.workspace.home / name
    if content is None:
        book = openpyxl.Workbook()
        for row in (["item_id", "stock"], ["i00", 3]):
            book.worksheets[0].append(row)
        book.save(path)
    else:
        path.write_bytes(content)
    assert load_stock(shop, path, actor="ann").changed == 1
    assert facts(shop, "i00")[0] == 3


def test_stock_may_be_said_in_words(shop: LiveShop) -> None:
    path = write(shop, "item_id,stock\ni00,sold out\ni01,auf Lager\n")
    assert load_stock(shop, path, actor="ann").changed == 2
    assert facts(shop, "i00")[0] == 0
    assert facts(shop, "i01")[0] == 1


def test_products_to_come_are_kept_and_rows_without_an_id_are_not(shop: LiveShop) -> None:
    path = write(shop, "item_id,stock\nnew-one,5\n,5\ni00,1\n")
    done = load_stock(shop, path, actor="ann")
    assert (done.changed, done.unknown) == (1, ("new-one",))
    assert "1 ids are not in the live release, such as 'new-one'" in done.words()
    assert facts(shop, "i00")[0] == 1


def test_sold_beyond_the_last_piece_is_none_left(shop: LiveShop) -> None:
    load_stock(shop, write(shop, "item_id,stock\ni00,-3\n"), actor="ann")
    assert facts(shop, "i00")[0] == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user_id,item_id,quantity,price\nu1,i00,1,2\n", "names shoppers in a column"),
        ("item_id,stock\ni00,1\ni00,2\n", "two rows for product 'i00' that differ"),
        ("item_id,stock\ni00,1.5\n", r"line 2: stock is '1\.5', which is not a whole number"),
        ("item_id,price\ni00,1e308\n", "line 2: price is 1e"),
    ],
)
def test_what_cannot_be_meant_as_stock_changes_nothing(
    shop: LiveShop, text: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        load_stock(shop, write(shop, text), actor="ann")
    assert shop.current().version == 0


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("i00,3\ni01,many\n", r"stock\.csv, line 3: stock is 'many', which is not a number"),
        ("i00,nan\n", r"stock\.csv, line 2: stock is 'nan', which is not a number"),
        ("i00,inf\n", r"line 2: stock is 'inf'"),
        ("i00,3\ni01,3\ni02,x\n", r"stock\.csv, line 4: stock is 'x'"),
        ("i00,99999999999\n", r"line 2: stock is 1e\+11; it has to be from 0 to 2,000,000,000"),
    ],
)
def test_a_bad_number_is_named_with_its_line_and_nothing_changes(
    shop: LiveShop, lines: str, words: str
) -> None:
    with pytest.raises(InputError, match=words):
        load_stock(shop, write(shop, f"item_id,stock\n{lines}"), actor="ann")
    assert shop.current().version == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("item_id,colour\ni00,red\n", r"neither a stock nor a price column; found 'item_id', 'co"),
        ("colour,stock\nred,1\n", r"item_id"),
    ],
)
def test_a_file_without_the_columns_says_what_it_has(shop: LiveShop, text: str, words: str) -> None:
    with pytest.raises(AisleError, match=words):
        load_stock(shop, write(shop, text), actor="ann")


def test_a_change_has_to_be_of_a_known_product_and_of_something(shop: LiveShop) -> None:
    with pytest.raises(NotFound, match="no product 'i99'"):
        change_item(shop, LiveChange("i99", stock=1), actor="ann")
    with pytest.raises(InputError, match="Nothing is to be changed"):
        change_item(shop, LiveChange("i00"), actor="ann")
    for change in (LiveChange("i00", stock=-1), LiveChange("i00", price=float("nan"))):
        with pytest.raises(InputError, match="has to be"):
            change_item(shop, change, actor="ann")
    assert shop.current().version == 0
