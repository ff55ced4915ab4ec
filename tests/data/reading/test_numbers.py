from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.reading.numbers import NumberReading, find_reading

# cells, label, currency, numbers
# Starting one takes longer than most of what is asked of it.
ENGINE = duckdb.connect()
CASES: list[tuple[list[str], str, str, list[float | None]]] = [
    (["1", "2.5", " -3 ", "1e3"], "", "", [1, 2.5, -3, 1000]),
    (["1.234,56 €", "12,50 €"], "decimal comma", "EUR", [1234.56, 12.5]),
    (["£3.50", "£1,200.00"], "thousands comma", "GBP", [3.5, 1200]),
    (["1,234.56", "7"], "thousands comma", "", [1234.56, 7]),
    (["12,5", "3"], "decimal comma", "", [12.5, 3]),
    (["USD 5", "usd 1.25"], "", "USD", [5, 1.25]),
    (["5,00 kr", "1 200,50 kr"], "decimal comma", "", [5, 1200.5]),
    (["1'234.50", "9"], "thousands apostrophe", "", [1234.5, 9]),
    (["CHF 1\u2019234.50"], "thousands apostrophe", "CHF", [1234.5]),
    (["1\u00a0234.50", "1\u202f000"], "thousands blank", "", [1234.5, 1000]),
    (["(5.00)", "5.00-", "-5.00", "\u22125", "-$5.00", "$-5.00", "($5)"], "", "USD", [-5] * 7),
    (["1,234", "999", "12,000,000"], "thousands comma", "", [1234, 999, 12_000_000]),
    (["1,234", "n/a"], "thousands comma", "", [1234, None]),
    (["1,234", "0,500"], "decimal comma", "", [1.234, 0.5]),
    (["1,234", "5,5"], "decimal comma", "", [1.234, 5.5]),
    (["1.234", "n/a"], "", "", [1.234, None]),
    (["1.234 €", "12 €"], "thousands point", "EUR", [1234, 12]),
    (["1.234 €", "0.500 €"], "", "EUR", [1.234, 0.5]),
    (["1.234.567", "1.000"], "thousands point", "", [1_234_567, 1000]),
    (["₹1,23,456.00"], "thousands comma", "INR", [123_456]),
    (["Rs.500", "Rs. 1,500"], "thousands comma", "INR", [500, 1500]),
    (["R$ 1.234,50"], "decimal comma", "BRL", [1234.5]),
    (["5 €", "5 $"], "", "", [5, 5]),
    (["12 for 5", "1,2,3", "12,34,5", "5 kg", "1-2", "€", "", "."], "", "", [None] * 8),
    (["nan", "inf", "1e300", "1e400"], "", "", [None] * 4),
    (["=1+1", "<b>5</b>", "5; DROP TABLE t", "'5'"], "", "", [None] * 4),
]


def _read(cells: list[str], kind: str = "VARCHAR") -> tuple[NumberReading, list[float | None]]:
    with ENGINE.cursor() as connection:
        connection.execute(
            f"CREATE TEMP TABLE t AS SELECT CAST(unnest($1) AS {kind}) AS n", [cells]
        ).fetchall()
        column_type = connection.execute("SELECT typeof(n) FROM t").fetchall()[0][0]
        reading = find_reading(connection, "t", column="n", kind=column_type)
        found = connection.execute(f"SELECT {reading.sql} FROM t").fetchall()
    return reading, [row[0] for row in found]


@pytest.mark.parametrize(("cells", "label", "currency", "numbers"), CASES)
def test_reads_numbers_as_shops_write_them(
    cells: list[str], label: str, currency: str, numbers: list[float | None]
) -> None:
    reading, found = _read(cells)
    assert found == numbers
    assert (reading.label, reading.currency) == (label, currency)


@pytest.mark.parametrize("kind", ["INTEGER", "DOUBLE", "DECIMAL(9, 2)", "HUGEINT"])
def test_numbers_of_a_type_are_themselves(kind: str) -> None:
    reading, found = _read(["5", "-3"], kind)
    assert (reading.label, found) == ("", [5, -3])


@pytest.mark.parametrize("kind", ["DATE", "VARCHAR[]", "BLOB"])
def test_what_holds_no_numbers_reads_as_nothing(kind: str) -> None:
    cell = {"DATE": "2020-01-01", "VARCHAR[]": "[a]", "BLOB": "\\xAA"}[kind]
    assert _read([cell], kind)[1] == [None]


def test_one_cell_far_down_settles_what_a_comma_means() -> None:
    thousands = "SELECT '1,' || (100 + i % 900) AS n FROM range(60_000) AS t(i)"
    with duckdb.connect() as connection:
        for last, label in (("'2,000'", "thousands comma"), ("'2,50'", "decimal comma")):
            rows = f"({thousands} UNION ALL SELECT {last})"
            reading = find_reading(connection, rows, column="n", kind="VARCHAR")
            assert reading.label == label


_STYLES = [(",", "."), (".", ","), (",", " "), (".", "'"), (",", ""), (",", "\u00a0")]


@settings(max_examples=25)
@given(
    st.lists(st.decimals(-(10**7), 10**7, places=2), min_size=1, max_size=30),
    st.sampled_from(_STYLES),
    st.sampled_from(["{}", "{} €", "£{}", "EUR {}", "$ {}"]),
    st.booleans(),
)
def test_written_numbers_are_read_back(
    numbers: list[object], style: tuple[str, str], money: str, brackets: bool
) -> None:
    decimal, group = style
    cells: list[str] = []
    for number in numbers:
        text = f"{abs(number):,.2f}"  # pyright: ignore[reportArgumentType]
        text = money.format(text.translate({ord(","): group, ord("."): decimal}))
        negative = number < 0  # pyright: ignore[reportOperatorIssue]
        cells.append(f"({text})" if negative and brackets else f"-{text}" if negative else text)
    assert _read(cells)[1] == [float(number) for number in numbers]  # pyright: ignore
