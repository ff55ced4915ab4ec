from __future__ import annotations

import gzip
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from flow_shop import N_USERS, open_flow, user
from openpyxl import Workbook

from recsys.data.arrow import pa, write_parquet
from recsys.data.ingest import Source, ingest
from recsys.errors import BadFile, InputError
from recsys.releases.live import LiveShop, LiveView
from recsys.workflows.publishing import publish_release
from recsys.workflows.seed_files import SeedFile, read_seeds
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(flow_home: Path) -> Iterator[Workspace]:
    workspace = open_flow(flow_home)
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="module")
def view(workspace: Workspace) -> LiveView:
    return LiveShop(workspace).current()


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, LiveView]]:
    """A shop whose ids are numbers, one of them written with a point."""
    home = tmp_path_factory.mktemp("numbers")
    workspace = open_flow(home / "home")
    path = home / "bought.csv"
    rows = [f"{one},i{item}" for one in (*range(1, 7), "7.0") for item in range(3)]
    path.write_text("\n".join(["user_id,item_id", *rows]), encoding="utf-8")
    source = Source(path, {"user_id": "user_id", "item_id": "item_id"})
    ingest(workspace, interactions=source, name="Numbers")
    pairs = train_model(workspace, "copurchase", evaluate=False)
    publish_release(
        workspace,
        strategies={"also_bought": pairs},
        only=("also_bought",),
        evaluate=False,
        actor="tests",
    )
    yield workspace, LiveShop(workspace).current()
    workspace.database.close()


def told(found: SeedFile) -> tuple[tuple[str, ...], str, str]:
    return found.ids, found.column, found.by


@pytest.mark.parametrize(
    ("text", "ids", "column"),
    [
        ("u05\nu03\nu05\n\n", ("u05", "u03"), ""),
        ("u05, u03\n u01 ", ("u05", "u03", "u01"), ""),
        ("customer\nu05\nu03\n", ("u05", "u03"), "customer"),
        ("\ufeffName\tClient\nAnn\tu05\nBen\tu03", ("u05", "u03"), "Client"),
        ("u05,Ann\nu03,Ben", ("u05", "u03"), ""),
        ("u05", ("u05",), ""),
        ("u01,u02\nu03,u04", ("u01", "u02", "u03", "u04"), ""),
    ],
)
def test_pasted_lists_and_tables(
    workspace: Workspace, view: LiveView, text: str, ids: tuple[str, ...], column: str
) -> None:
    found = read_seeds(workspace, view, text)
    assert (found.ids, found.column) == (ids, column)


def test_what_is_twice_empty_and_unknown_is_told(workspace: Workspace, view: LiveView) -> None:
    text = "note,shopper\n1,u05\n2,\n3,x9\n4,u05\n5,=1+1\n6,7\n7,u06\n"
    found = read_seeds(workspace, view, text)
    assert told(found) == (("u05", "u06"), "shopper", "id")
    assert (found.rows, found.empty, found.twice, found.matched, found.unknown) == (7, 1, 1, 2, 3)
    assert found.unknown_some == ("x9", "=1+1", "7")
    assert found.words() == (
        "2 shoppers found in column 'shopper'. 1 row was named before and counts once."
        " 1 row without a value. 3 values are no shopper's, such as 'x9', '=1+1', '7'."
    )
    kept = read_seeds(workspace, view, text, keep_unknown=True)
    assert kept.ids == ("u05", "u06", "x9", "=1+1", "7")


def test_the_column_with_most_known_ids_is_taken(workspace: Workspace, view: LiveView) -> None:
    lines = [f"{user(one % 3)},{user(one)},Ann{one}" for one in range(20)]
    found = read_seeds(workspace, view, "\n".join(["a,b,c", *lines]))
    assert (found.column, found.matched) == ("b", 20)
    # A column that is called so comes first, however little of it is known.
    found = read_seeds(workspace, view, "\n".join(["customer_id,b,c", *lines]))
    assert (found.column, found.matched, found.beside) == ("customer_id", 3, "")
    lines = [f"x{one},{user(one)},Ann{one}" for one in range(20)]
    found = read_seeds(workspace, view, "\n".join(["customer_id,b,c", *lines]))
    assert told(found) == ((), "customer_id", "id")
    assert found.words() == (
        "0 shoppers found in column 'customer_id'. 20 values are no shopper's, such as 'x0', 'x1',"
        " 'x2'. Column 'b' holds known ids, but is not called so: name it user_id to have it read."
    )
    # An address that is known says more than an id that is not.
    lines = [f"x{one},{user(one)}@shop.example" for one in range(10, 20)]
    found = read_seeds(workspace, view, "\n".join(["customer_id,email", *lines]))
    assert (found.column, found.by, found.matched) == ("email", "email", 10)
    # Of one column the words may as well be a plain list with a word above.
    found = read_seeds(workspace, view, "customer\nx1 u05\n")
    assert found.matched == 0


def test_addresses_stand_in_for_ids(workspace: Workspace, view: LiveView) -> None:
    found = read_seeds(workspace, view, "mail\n U05@SHOP.example\nu02@shop.example\nnobody@x.y\n")
    # u04 has the address of u02, in capitals.
    assert told(found) == (("u05", "u02", "u04"), "mail", "email")
    assert found.words().startswith("3 shoppers found by their e-mail addresses in column 'mail'.")
    plain = read_seeds(workspace, view, "u05@shop.example, u03@shop.example\nu01@shop.example")
    assert (set(plain.ids), plain.by) == ({"u05", "u03", "u01"}, "email")


@pytest.mark.parametrize("text", ["", "  \n\t\n", "\ufeff"])
def test_nothing_is_said_so(workspace: Workspace, view: LiveView, text: str) -> None:
    with pytest.raises(InputError) as told:
        read_seeds(workspace, view, text)
    assert told.value.message in {"There are no ids in it.", "The list holds no rows."}


def test_no_known_id_is_no_error(workspace: Workspace, view: LiveView) -> None:
    found = read_seeds(workspace, view, "id\nx1\nx2")
    assert told(found) == ((), "id", "id")
    assert found.words() == (
        "0 shoppers found in column 'id'. 2 values are no shopper's, such as 'x1', 'x2'."
    )


def test_uploads_of_all_kinds(workspace: Workspace, view: LiveView, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("Shopper", "Spend"), ("u07", 3.5), ("u09", 4)):
        book.active.append(row)
    sheet = io.BytesIO()
    book.save(sheet)
    for given in (
        sheet.getvalue(),
        gzip.compress(b"Shopper;Spend\nu07;3,5\nu09;4\n"),
        "Shopper\tSpend\nu07\t3\nu09\t4\n".encode("utf-16"),
        b'[{"Shopper": "u07"}, {"Shopper": "u09"}]',
    ):
        assert told(read_seeds(workspace, view, given)) == (("u07", "u09"), "Shopper", "id")
    with pytest.raises(BadFile, match=r"seeds\.png is not a table; it looks like a PNG image"):
        read_seeds(workspace, view, b"\x89PNG\r\n\x1a\n", name="seeds.png")
    with pytest.raises(InputError, match=r"There is no file .*nowhere"):
        read_seeds(workspace, view, tmp_path / "nowhere.csv")


def test_numbers_are_what_they_are_written_as(
    workspace: Workspace, view: LiveView, tmp_path: Path
) -> None:
    path = tmp_path / "seeds.parquet"
    ids = pa.array([7.0, None, float("nan"), 8.5])
    write_parquet(pa.table({"a": ids, "b": ["u05", "", " u06 ", None]}), path)
    found = read_seeds(workspace, view, path)
    assert (told(found), found.empty) == ((("u05", "u06"), "b", "id"), 2)
    write_parquet(pa.table({"a": ids}), path)
    found = read_seeds(workspace, view, path)
    assert (found.unknown_some, found.empty) == (("7", "8.5"), 2)


@pytest.mark.parametrize(
    ("text", "ids", "unknown"),
    [
        ("user_id,n\n1.0,1\n2.00,2\n1,3\n", ("1", "2"), ()),
        ("1.0\n2.0\n7.0\n9.5\n", ("1", "2", "7.0"), ("9.5",)),
        ("1.0, 2.0\n40.0", ("1", "2"), ("40.0",)),
    ],
)
def test_a_spreadsheets_one_point_nought_is_one(
    numbers: tuple[Workspace, LiveView],
    text: str,
    ids: tuple[str, ...],
    unknown: tuple[str, ...],
) -> None:
    found = read_seeds(*numbers, text)
    assert (found.ids, found.unknown_some) == (ids, unknown)
    assert found.twice == text.count("1,3")


def test_more_than_can_be_used_are_drawn_always_the_same(
    workspace: Workspace, view: LiveView
) -> None:
    every = [user(one) for one in range(N_USERS)]
    found = read_seeds(workspace, view, "shopper\n" + "\n".join(every), most=10)
    assert (len(found.ids), found.matched, found.drawn) == (10, N_USERS, True)
    assert list(found.ids) == sorted(found.ids), "in the order of the list"
    assert found.words().endswith(
        "10 of them were drawn at random, always the same ones, since more add time and no"
        " knowledge."
    )
    turned = read_seeds(workspace, view, "shopper\n" + "\n".join(reversed(every)), most=10)
    plain = read_seeds(workspace, view, ", ".join(every), most=10)
    assert set(turned.ids) == set(found.ids) == set(plain.ids)


def test_a_large_file_is_read_in_bounded_memory(
    workspace: Workspace, view: LiveView, tmp_path: Path
) -> None:
    path = tmp_path / "large.csv"
    part = "".join(f"{one},u{one % 200:02},x\n" for one in range(10_000))
    with path.open("w", encoding="utf-8") as file:
        file.write("row,who,note\n")
        file.writelines(part for _ in range(50))
    tracemalloc.start()
    found = read_seeds(workspace, view, path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.rows, found.matched, found.unknown) == (500_000, N_USERS, 200 - N_USERS)
    assert found.twice == 500_000 - 200
    assert peak < 20_000_000
