"""check, ingest and the commands about versions, on a shop with one of many defects each."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from cli_shop import Done, aisle

ORDERS = (
    "user_id,item_id,timestamp,quantity,price,order_id\n"
    "a,x,2024-01-01,1,2.50,1\n"
    "a,y,2024-01-01,2,4.00,1\n"
    "b,x,2024-01-02,1,2.50,2\n"
    "b,x,2024-01-02,1,2.50,2\n"  # a copy
    "b,y,2024-01-03,-1,4.00,3\n"  # nothing was bought before
    ",x,2024-01-04,1,2.50,4\n"  # no shopper, but an order
    "c,,2024-01-05,1,2.50,5\n"  # no product
    "c,z,2024-01-06,1,0,6\n"  # z is free
)
GOODS = "item_id,name,price\nx,=1+1 Tea,2.5\ny,Cup,4\nz,Spoon,1\n"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


@pytest.fixture
def goods(tmp_path: Path) -> Path:
    path = tmp_path / "goods.csv"
    path.write_text(GOODS, encoding="utf-8")
    return path


def files_of(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and "aisle.db" not in path.name]


def fixed(done: Done) -> dict[str, bool]:
    return {one["code"]: one["fixed"] for one in done.document["findings"]}


def test_check_says_what_it_understood_and_found_and_keeps_nothing(
    new_home: Path, orders: Path, goods: Path
) -> None:
    done = aisle("check", orders, goods)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("orders.csv: purchases; ")
    assert lines[0].endswith("; comma-separated, UTF-8; dates as year-month-day")
    assert lines[1].split(", ")[:2] == ["      user_id = user_id", "item_id = item_id"]
    assert lines[2].startswith("goods.csv: catalogue")
    assert "Look  no_item: 1 row has no product id." in lines
    assert "      Left out in any case: 1 row." in lines
    assert "Look  quantity: 1 row has a quantity that is not above 0." in lines
    assert "      Fix, proposed: Leave these rows out (leaves out 1 row)." in lines
    assert "      For example: -1" in lines
    assert "Look  duplicate: 1 row repeats another row to the letter." in lines
    assert lines[-3:-1] == [
        "3 shoppers bought 3 products; half of all sales come from 33 % of them.",
        "As they are: 6 purchases, 3 products, 3 shoppers, 5 baskets.",
    ]
    assert lines[-1].startswith("aisle ingest --fix applies what is proposed: ")
    assert "Checking the rows" in done.err
    assert files_of(new_home) == []


def test_check_as_document(new_home: Path, orders: Path, goods: Path) -> None:
    document = aisle("check", orders, goods, "--json").document
    assert list(document) == [
        "files", "interactions", "items", "shoppers", "baskets", "findings",
    ]  # fmt: skip
    assert [(one["name"], one["kind"]) for one in document["files"]] == [
        ("orders.csv", "interactions"),
        ("goods.csv", "items"),
    ]
    assert document["files"][1]["mapping"] == {
        "item_id": "item_id",
        "name": "name",
        "price": "price",
    }
    found = {one["code"]: one for one in document["findings"]}
    duplicate = found["duplicate"]
    assert (duplicate["count"], duplicate["severity"], duplicate["fix"]) == (
        1,
        "look",
        "Keep one of each",
    )
    assert (duplicate["removes"], duplicate["proposed"], duplicate["fixed"]) == (1, True, False)
    assert found["no_item"]["must"]


def test_ingest_gives_exactly_the_document_that_is_promised(
    new_home: Path, orders: Path, goods: Path
) -> None:
    document = aisle("ingest", orders, goods, "--json").document
    assert list(document) == [
        "dataset_id", "interactions", "items", "shoppers", "baskets", "findings",
    ]  # fmt: skip
    assert [document[name] for name in ("interactions", "items", "shoppers", "baskets")] == [
        6, 3, 3, 5,
    ]  # fmt: skip
    assert all(list(one) == ["code", "count", "fixed", "message"] for one in document["findings"])
    by_code = {one["code"]: one for one in document["findings"]}
    assert by_code["quantity"] == {
        "code": "quantity",
        "count": 1,
        "fixed": False,
        "message": "1 row has a quantity that is not above 0.",
    }


def test_fix_accepts_what_is_proposed_and_nothing_else(
    new_home: Path, orders: Path, goods: Path
) -> None:
    done = aisle("ingest", orders, goods, "--fix", "--json")
    proposed = {
        one["code"]: one["proposed"] or one["must"]
        for one in aisle("check", orders, goods, "--json").document["findings"]
    }
    applied = fixed(done)
    assert {code for code, is_fixed in applied.items() if is_fixed} == {
        code for code in applied if proposed.get(code)
    }
    # of eight rows: no product, the copy, the return and the free spoon are gone, a guest is kept
    assert done.document["interactions"] == 3
    assert "quantity: 1 row has a quantity that is not above 0. Fixed." in done.err


def test_kinds_are_guessed_and_can_be_corrected(new_home: Path, tmp_path: Path) -> None:
    sales, wares = tmp_path / "sales.csv", tmp_path / "wares.csv"
    sales.write_text("Client,Thing\na,x\nb,y\n", encoding="utf-8")
    wares.write_text("Thing,Title\nx,Tea\ny,Cup\n", encoding="utf-8")
    # what is said of its columns tells what the first file is
    mapped = ("--map", "user_id=Client", "--map", "item_id=Thing")
    done = aisle("ingest", sales, *mapped, "--items", wares, "--map", "items.item_id=Thing")
    assert done.code == 0, done.err
    assert "sales.csv: purchases: user_id = Client, item_id = Thing" in done.err
    assert "wares.csv: catalogue: " in done.err
    assert "sales, version 1: 2 purchases, 2 products, 2 shoppers, 2 baskets" in done.out


def test_a_correction_may_be_of_one_file(new_home: Path, tmp_path: Path) -> None:
    for name, column in (("jan", "Paid"), ("feb", "Price")):
        text = f"user_id,item_id,{column},price_old\na,x,2,9\nb,y,3,9\n"
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    done = aisle(
        "check", tmp_path / "jan.csv", tmp_path / "feb.csv", "--map", "jan.csv.price=Paid", "--json"
    )
    assert [file["mapping"]["price"] for file in done.document["files"]] == ["Paid", "Price"]


def test_a_column_that_no_file_has_is_told(new_home: Path, orders: Path, goods: Path) -> None:
    done = aisle("check", orders, goods, "--map", "items.cost=Cost")
    assert done.code == 2
    assert done.out == ""
    assert (
        "No file of items has a column 'Cost' for cost; found 'item_id', 'name', 'price'."
        in done.err
    )


def test_a_column_of_some_file_is_that_of_this_file(new_home: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "jan.csv", tmp_path / "feb.csv"]
    paths[0].write_text("user_id,item_id,Betrag\na,x,2\n", encoding="utf-8")
    paths[1].write_text("user_id,item_id\na,x\n", encoding="utf-8")
    done = aisle("check", *paths, "--map", "price=Betrag", "--json")
    assert ["price" in file["mapping"] for file in done.document["files"]] == [True, False]
    done = aisle("check", *paths, "--map", "price=Preis")
    assert (done.code, done.out) == (2, "")
    assert "No file of interactions has a column 'Preis' for price; found 'user_id'" in done.err


def test_a_folder_is_its_files(new_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "daily"
    (folder / "old").mkdir(parents=True)
    for day in (2, 1, 3):
        text = f"user_id,item_id,timestamp\na,x{day},2024-01-0{day}\nb,x{day},2024-01-0{day}\n"
        with gzip.open(folder / f"day{day}.csv.gz", "wt", encoding="utf-8") as handle:
            handle.write(text)
    (folder / "README.md").write_text("# days", encoding="utf-8")
    (folder / ".hidden.csv").write_text("not a table", encoding="utf-8")
    (folder / "old" / "day0.csv").write_text("not a table", encoding="utf-8")
    document = aisle("check", folder, "--json").document
    assert [one["name"] for one in document["files"]] == [f"day{n}.csv.gz" for n in (1, 2, 3)]
    assert (document["interactions"], document["items"]) == (6, 3)
    (tmp_path / "void").mkdir()
    void = aisle("ingest", tmp_path / "void")
    assert (void.code, void.out) == (2, "")
    assert "The folder void holds no file that can be read." in void.err


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("check",), "No file is given."),
        (("ingest", "--fix"), "No file is given."),
        (("check", "nowhere.csv"), "nowhere.csv"),
        (("ingest", "nowhere.csv"), "nowhere.csv"),
        (("ingest", "--into", "newest", "ORDERS"), "There is no data yet."),
        (("ingest", "--into", "20240101-000000-abcdef", "ORDERS"), "There is no dataset"),
        (("ingest", "ORDERS", "--date-order", "american"), "Invalid value for '--date-order'"),
        (("ingest", "GOODS"), "A file of purchases is missing: who bought what."),
        (("check", "--items", "GOODS"), "A file of purchases is missing: who bought what."),
        (("fix", "quantity"), "There is no data yet."),
        (("undo", "quantity"), "There is no data yet."),
        (("fix",), "Missing argument 'CODE...'"),
        (("restore", "newest"), "There is no data yet."),
        (("restore", "../../etc"), "There is no dataset '../../etc'."),
        (("delete", "nothing"), "There is no dataset 'nothing'."),
        (("rejects", "nothing", "--out", "x.csv"), "There is no dataset 'nothing'."),
        (("rejects", "nothing"), "Missing option '--out'"),
    ],
)
def test_what_the_user_can_mend_is_2_and_makes_nothing(
    new_home: Path, orders: Path, goods: Path, command: tuple[str, ...], words: str
) -> None:
    named = {"ORDERS": str(orders), "GOODS": str(goods)}
    done = aisle(*(named.get(part, part) for part in command))
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert "Traceback" not in done.err
    assert files_of(new_home) == []


def test_hostile_text_cannot_steer_the_terminal(new_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    cell = '"-1\x1b[2J\nforged line"'
    path.write_text(
        f'user_id,item_id,quantity,"Odd\x1b[2J"\na,x,{cell},1\nb,y,1,1\n', encoding="utf-8"
    )
    done = aisle("check", path)
    assert done.code == 0, done.err
    assert "\x1b" not in done.out + done.err
    assert not any(line.startswith("forged") for line in done.out.splitlines())


@pytest.fixture
def first(new_home: Path, orders: Path, goods: Path) -> dict[str, Any]:
    return aisle("ingest", orders, goods, "--currency", "EUR", "--json").document


def test_fix_and_undo_make_versions(first: dict[str, Any]) -> None:
    done = aisle("fix", "quantity", "price", "--json")
    assert done.document["dataset_id"] != first["dataset_id"]
    assert done.document["interactions"] == 4
    assert {code for code, is_fixed in fixed(done).items() if is_fixed} == {
        "no_item", "quantity", "price",
    }  # fmt: skip
    back = aisle("undo", "quantity", "--json").document
    assert back["interactions"] == 5
    # of an older version a fix makes a newer one
    other = aisle("fix", "duplicate", "--dataset", first["dataset_id"], "--json").document
    assert other["interactions"] == 5
    listed = aisle("datasets", "--json").document["datasets"]
    assert [one["number"] for one in listed] == [4, 3, 2, 1]
    assert [one["interactions"] for one in listed] == [5, 5, 4, 6]
    assert listed[0]["change"] == ("Fixed: 1 row repeats another row to the letter.")
    assert listed[-1]["change"] == "Read orders.csv, goods.csv"
    words = aisle("datasets").out.splitlines()
    assert words[0].split()[:3] == ["dataset_id", "name", "version"]
    assert len(words) == 5


def test_a_fix_that_is_none_is_told(first: dict[str, Any]) -> None:
    done = aisle("fix", "magic")
    assert (done.code, done.out) == (2, "")
    assert "There is no finding 'magic' that can be fixed." in done.err
    done = aisle("undo", "quantity")
    assert (done.code, done.out) == (2, "")
    assert "The fix 'quantity' is not applied in this version." in done.err


def test_files_are_added_to_the_newest(first: dict[str, Any], tmp_path: Path) -> None:
    aisle("fix", "quantity")
    more = tmp_path / "february.csv"
    more.write_text(
        "user_id,item_id,timestamp,quantity,price\n"
        "d,x,2024-02-01,1,2.50\nd,y,2024-02-01,-2,4\ne,z,2024-02-02,1,0\n",
        encoding="utf-8",
    )
    added = aisle("ingest", more, "--into", "newest", "--json")
    # the fix of the version before holds for the new rows, too
    assert added.document["interactions"] == 5 + 2
    assert fixed(added)["quantity"]
    assert not fixed(added)["price"]
    listed = aisle("datasets", "--json").document["datasets"]
    assert (listed[0]["name"], listed[0]["number"]) == ("orders", 3)
    assert listed[0]["change"] == "Added february.csv"
    accepted = aisle("ingest", more, "--into", first["dataset_id"], "--fix", "--json")
    assert fixed(accepted)["price"]


def test_dates_are_read_as_they_are_said_to_be(new_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("user_id,item_id,timestamp\na,x,03/04/2024\nb,y,05/06/2024\n", encoding="utf-8")
    aisle("ingest", path, "--date-order", "day-first")
    dataset_id = aisle("datasets", "--json").document["datasets"][0]["dataset_id"]
    manifest = json.loads((new_home / "datasets" / dataset_id / "manifest.json").read_text())
    assert manifest["recipe"]["files"][0]["date_order"] == "day first"


def test_restore_and_delete(first: dict[str, Any], new_home: Path) -> None:
    second = aisle("fix", "quantity", "--json").document["dataset_id"]
    restored = aisle("restore", first["dataset_id"], "--json").document
    assert restored["interactions"] == first["interactions"]
    assert aisle("datasets", "--json").document["datasets"][0]["change"] == "Restored version 1"
    assert aisle("delete", second, "--json").document == {"deleted": second}
    assert not (new_home / "datasets" / second).exists()
    assert aisle("delete", second).code == 2


def test_a_version_that_a_model_uses_is_not_deleted(first: dict[str, Any]) -> None:
    model = aisle("train", "--model", "popularity", "--no-evaluation", "--json").document
    done = aisle("delete", "newest")
    assert (done.code, done.out) == (2, "")
    assert "This version is in use by the model " in done.err
    assert model["model_id"] in done.err


def test_rejects_are_written_with_file_row_and_reason(
    first: dict[str, Any], tmp_path: Path, new_home: Path
) -> None:
    second = aisle("fix", "quantity", "--json").document["dataset_id"]
    out = tmp_path / "rejects.csv"
    document = aisle("rejects", second, "--out", out, "--json").document
    assert document == {"dataset_id": second, "file": str(out)}
    with out.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    told = [(row["aisle_file"], row["aisle_reason"], row["user_id"]) for row in rows]
    assert told == [
        ("orders.csv", "has a quantity that is not above 0", "b"),
        ("orders.csv", "has no product id", "c"),
    ]
    assert [row["quantity"] for row in rows] == ["-1", "1"]
    assert int(rows[1]["aisle_row"]) - int(rows[0]["aisle_row"]) == 2
    nowhere = aisle("rejects", second, "--out", tmp_path / "no folder" / "x.csv")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "cannot be written." in nowhere.err


@pytest.mark.parametrize(("option", "cell"), [((), "'=1+1"), (("--raw",), "=1+1")])
def test_formulas_among_the_rejects_are_harmless_unless_asked_for(
    new_home: Path, tmp_path: Path, option: tuple[str, ...], cell: str
) -> None:
    path, out = tmp_path / "sales.csv", tmp_path / "out.csv"
    path.write_text("user_id,item_id,note\na,x,fine\nb,,=1+1\n", encoding="utf-8")
    aisle("ingest", path)
    assert aisle("rejects", "newest", "--out", out, *option).code == 0
    with out.open(encoding="utf-8-sig", newline="") as handle:
        assert [row["note"] for row in csv.DictReader(handle)] == [cell]
