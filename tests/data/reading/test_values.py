from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.reading import values
from recsys.data.reading.stock_words import NO, YES

# Starting one takes longer than most of what is asked of it.
ENGINE = duckdb.connect()
STOCK: list[tuple[str, int | None]] = [
    ("12", 12),
    ("12.9", 12),
    ("12,0", 12),
    ("-3", 0),
    ("1,200", 1200),
    ("3000000000", None),
    ("nan", None),
    ("In stock", 1),
    ("IN_STOCK", 1),
    ("in-stock", 1),
    ("Out of Stock", 0),
    ("sold out", 0),
    ("yes", 1),
    ("No", 0),
    ("TRUE", 1),
    ("false", 0),
    ("available", 1),
    ("low stock", 1),
    ("backorder", 1),
    ("discontinued", 0),
    ("auf Lager", 1),
    ("Ausverkauft", 0),
    ("ja", 1),
    ("nein", 0),
    ("nicht verfügbar", 0),
    ("en stock", 1),
    ("agotado", 0),
    ("esaurito", 0),
    ("op voorraad", 1),
    ("12 left", 12),
    ("only 3 left!", 3),
    ("noch 5 Stück", 5),
    (">10", 10),
    ("> 10", 10),
    ("10+", 10),
    ("5 pcs", 5),
    ("In stock (7)", 7),
    ("0 left", 0),
    ("10 days", None),
    ("2024-01-01", None),
    ("maybe", None),
    ("", None),
    ("'; DROP TABLE t", None),
]


def _values(cells: list[str | None], sql: str, kind: str = "VARCHAR") -> list[object]:
    with ENGINE.cursor() as connection:
        connection.execute(
            f"CREATE TEMP TABLE t AS SELECT CAST(unnest($1) AS {kind}) AS x", [cells]
        ).fetchall()
        return [row[0] for row in connection.execute(f"SELECT {sql} FROM t").fetchall()]


@pytest.mark.parametrize(("cell", "pieces"), STOCK)
def test_stock_as_shops_write_it(cell: str, pieces: int | None) -> None:
    assert _values([cell], values.stock("x", "VARCHAR")) == [pieces]


@pytest.mark.parametrize(
    ("kind", "cells", "pieces"),
    [
        ("BOOLEAN", ["true", "false", None], [1, 0, None]),
        ("INTEGER", ["5", "-1", None], [5, 0, None]),
        ("DOUBLE", ["5.9", "nan", "inf", "1e300"], [5, None, None, None]),
        ("DECIMAL(9, 3)", ["0.5"], [0]),
        ("DATE", ["2020-01-01"], [None]),
    ],
)
def test_stock_of_a_type(kind: str, cells: list[str | None], pieces: list[int | None]) -> None:
    column_type = kind.replace(" ", "")
    assert _values(cells, values.stock("x", column_type), kind) == pieces


def test_no_word_says_both() -> None:
    assert YES.isdisjoint(NO)


_OLD_EDGES = r"'^[\s\x{a0}]+|[\s\x{a0}]+$'"


@settings(max_examples=25)
@given(
    st.lists(
        st.text(
            st.sampled_from("a0é!~\x7f \t\n\x0b\x0c\r\xa0\u2003\u3000\xa1\x1f中😀"), max_size=8
        ),
        min_size=1,
        max_size=20,
    )
)
def test_text_is_trimmed_as_a_regular_expression_would(cells: list[str]) -> None:
    old = f"nullif(regexp_replace(x, {_OLD_EDGES}, '', 'g'), '')"
    assert _values([*cells], values.text("x", "VARCHAR")) == _values([*cells], old)


@pytest.mark.parametrize(
    ("kind", "cells", "texts"),
    [
        ("VARCHAR", [" 00123\t", "\u00a0", "", None], ["00123", None, None, None]),
        ("DOUBLE", ["17850", "1.5", "nan"], ["17850", "1.5", None]),
        ("BIGINT", ["17850"], ["17850"]),
        ("DATE", ["2020-01-01"], ["2020-01-01"]),
    ],
)
def test_text_of_a_type(kind: str, cells: list[str | None], texts: list[str | None]) -> None:
    assert _values(cells, values.text("x", kind), kind) == texts
