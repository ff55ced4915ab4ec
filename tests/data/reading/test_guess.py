from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest
from shop_files import FILES, columns, preview

from recsys.data.files import readers
from recsys.data.files.readers import FilePreview
from recsys.data.reading.columns import check_mapping
from recsys.data.reading.guess import Guess, guess_files, guess_roles, overlap
from recsys.data.reading.roles import Kind


def _mapping(roles: dict[str, Guess]) -> dict[str, str]:
    return {role: guess.column for role, guess in roles.items()}


@pytest.mark.parametrize(("system", "header", "kind", "roles"), FILES, ids=[f[0] for f in FILES])
def test_files_of_known_systems(system: str, header: str, kind: Kind, roles: str) -> None:
    names = columns(header)
    spelled = {name.replace(" ", "_"): name for name in names}
    pairs = (pair.split("=", 1) for pair in roles.split())
    (found,) = guess_files([preview(names)])
    assert found.kind == kind
    assert _mapping(found.roles) == {role: spelled[column] for role, column in pairs}


def test_sure_likely_and_unsure_say_why() -> None:
    seen = preview(columns("kunde: shopper; web_sku: product; Datum: day; a: price; b: count"))
    assert guess_roles("interactions", seen) == {
        "user_id": Guess("kunde", "sure", "the name says so; 13 different values in 60 rows"),
        "item_id": Guess(
            "web_sku",
            "likely",
            "its name holds a word for it; 40 different values in 60 rows",
        ),
        "timestamp": Guess("Datum", "sure", "the name says so; 60 of 60 values are dates"),
        "quantity": Guess("b", "unsure", "the name says nothing; 60 of 60 values are numbers"),
        "price": Guess("a", "unsure", "the name says nothing; 60 of 60 values are numbers"),
    }


def test_an_empty_column_is_likely_by_its_name() -> None:
    roles = guess_roles("items", preview(columns("sku: row code; brand: empty")))
    assert roles["brand"] == Guess("brand", "likely", "the name says so; its first rows are empty")


def test_names_that_say_nothing_leave_the_contents() -> None:
    seen = preview(columns("a: shopper; b: product; c: date; d: price; e: count; f: city"))
    (found,) = guess_files([seen])
    assert found.kind == "interactions"
    assert _mapping(found.roles) == {
        "user_id": "a",
        "item_id": "b",
        "timestamp": "c",
        "quantity": "e",
        "price": "d",
    }
    assert {guess.confidence for guess in found.roles.values()} == {"unsure"}
    (items,) = guess_files([preview(columns("a: row code; b: row title; c: price"))])
    assert (items.kind, _mapping(items.roles)) == (
        "items",
        {"item_id": "a", "name": "b", "price": "c"},
    )


@pytest.mark.parametrize(
    ("header", "kind", "role"),
    [
        ("user: shopper; sku: product; date: title", "interactions", "timestamp"),
        ("user: shopper; sku: product; price: title", "interactions", "price"),
        ("customer: country; sku: product; order: order", "interactions", "user_id"),
        ("user: date; sku: product", "interactions", "user_id"),
        ("user: shopper; sku: price", "interactions", "item_id"),
        ("user: shopper; sku: product; event: title", "interactions", "event_type"),
        ("sku: row code; name: number", "items", "name"),
        ("sku: row code; image: title", "items", "image_url"),
        ("sku: row code; stock: title", "items", "stock"),
        ("sku: row code; style_id: row id", "items", "group_id"),
        ("id: shopper row; email: city", "shoppers", "email"),
        ("id: shopper row; newsletter: city", "shoppers", "consent"),
    ],
)
def test_a_name_that_its_contents_contradict_is_not_taken(
    header: str, kind: Kind, role: str
) -> None:
    assert role not in guess_roles(kind, preview(columns(header)))


def test_an_id_that_repeats_is_that_of_the_variants() -> None:
    roles = guess_roles("items", preview(columns("style_id: parent; sku: row code; name: title")))
    assert (roles["item_id"].column, roles["group_id"].column) == ("sku", "style_id")
    alone = guess_roles("items", preview(columns("style_id: row code; name: title")))
    assert (alone["item_id"].column, "group_id" in alone) == ("style_id", False)


def test_a_catalogue_with_many_repeated_rows_is_unsure() -> None:
    roles = guess_roles("items", preview(columns("sku: product; name: title")))
    assert roles["item_id"] == Guess(
        "sku", "unsure", "the name says so; 40 different values in 60 rows, so it repeats"
    )


def test_shared_ids_settle_which_column_is_the_id() -> None:
    lines = preview(columns("user: shopper; product_id: product no; sku: hex; date: date"))
    catalogue = preview(columns("sku: row code; id: row id; name: row title"))
    events, items = guess_files([lines, catalogue])
    why = "40 of 40 ids are in the first rows of the other file, too"
    assert events.roles["item_id"] == Guess("product_id", "sure", why)
    assert items.roles["item_id"] == Guess("id", "sure", why)
    assert guess_files([catalogue])[0].roles["item_id"].column == "sku"
    again = guess_roles("items", catalogue, others=[("interactions", lines)])
    assert again["item_id"].column == "id"


def test_a_column_without_a_telling_name_is_found_by_its_ids() -> None:
    lines = preview(columns("user: shopper; Ware: product; date: date; order: order"))
    catalogue = preview(columns("sku: row code; name: row title"))
    events, _ = guess_files([lines, catalogue])
    assert events.roles["item_id"].column == "Ware"
    assert events.roles["item_id"].confidence == "likely"


def test_small_numbers_that_agree_by_chance_are_no_shared_ids() -> None:
    lines = preview(columns("user: shopper; sku: product; pages: number; date: date"))
    catalogue = preview(columns("sku: hex; id: row id; rank: number"))
    events, _ = guess_files([lines, catalogue])
    assert events.roles["item_id"].column == "sku"


@pytest.mark.parametrize("header", ["a: empty; b: empty", "x: title", "Ä: text; b: picture"])
def test_a_file_that_says_nothing_has_no_roles_by_force(header: str) -> None:
    (found,) = guess_files([preview(columns(header))])
    assert found.kind in ("interactions", "items")
    assert len({guess.column for guess in found.roles.values()}) == len(found.roles)


def test_no_files_and_no_rows() -> None:
    assert guess_files([]) == []
    (found,) = guess_files(
        [FilePreview(("user_id", "item_id"), ("VARCHAR", "VARCHAR"), [], 0, "Parquet")]
    )
    assert (found.kind, list(found.roles)) == ("interactions", ["user_id", "item_id"])


def test_every_guess_passes_the_check_of_mappings() -> None:
    for _, header, kind, _ in FILES:
        seen = preview(columns(header))
        mapping = _mapping(guess_files([seen])[0].roles)
        if kind != "interactions" or "user_id" in mapping:
            check_mapping(kind, mapping, columns=seen.columns, file_name="any.csv")


def test_overlap_counts_ids_of_a_whole_column() -> None:
    with duckdb.connect() as connection:
        rows = "(SELECT ' A' || i AS id, CAST(i AS DOUBLE) AS n FROM range(5000) AS t(i))"
        assert overlap(connection, ["A1", "A4999", "A5000", "A1", ""], rows, "id") == 2 / 3
        assert overlap(connection, ["17", "x"], rows, "n") == 0.5
        assert overlap(connection, [], rows, "id") == 0
        assert overlap(connection, ["A1"], f"{rows} WHERE n < 0", "id") == 0


def test_a_wide_file_is_guessed_quickly() -> None:
    kinds = [
        "row title",
        "text",
        "price",
        "date",
        "product",
        "city",
        "flag",
        "hex",
        "picture",
        "euro",
    ]
    seen = preview({f"{kinds[n % 10]} {n}": kinds[n % 10] for n in range(30)}, rows=1000)
    times: list[float] = []
    for _ in range(3):
        start = time.process_time()
        guess_files([seen])
        times.append(time.process_time() - start)
    assert min(times) < 0.15  # about 0.04 s where nothing else runs


_ONLINE_RETAIL = Path(__file__).parents[3].parent / "shared/data/online-retail/online_retail.csv.gz"


@pytest.mark.skipif(not _ONLINE_RETAIL.exists(), reason="the file lies beside the project")
def test_online_retail_by_the_guess_alone() -> None:
    (found,) = guess_files([readers.preview(_ONLINE_RETAIL)])
    assert found.kind == "interactions"
    assert _mapping(found.roles) == {
        "user_id": "CustomerID",
        "item_id": "StockCode",
        "timestamp": "InvoiceDate",
        "quantity": "Quantity",
        "price": "UnitPrice",
        "order_id": "InvoiceNo",
        "item_name": "Description",
    }
    assert {guess.confidence for guess in found.roles.values()} == {"sure"}
