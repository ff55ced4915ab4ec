from __future__ import annotations

import csv
import gzip
import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

from corpus import zipped
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from recsys.data.files.readers import connect, open_table, preview, reading

# What no text file can hold is left out: a zero byte is refused, half a character is no text.
_ANY = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
_WICKED = st.sampled_from(
    [
        *("00123", "1e5", "-0", "nan", "NULL", "\\N", "\\", "#", "=cmd|'/C'!A0", "<b>x</b>"),
        *('"', '""', "'", ",", ";", "|", "\t", " ", " x ", "a\nb", "a\r\nb"),
        *("é", "€", "ß", "鞄", "\ufeff"),
    ]
)
_CELL = st.one_of(_WICKED, st.text(_ANY, max_size=12))
_COLUMN = st.one_of(
    st.sampled_from(
        ["user_id", "filename", "file_row_number", "select", 'a "b"', "größe", "a,b;c"]
    ),
    st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8),
)


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quote_all: bool
    line_end: str
    encoding: str
    packing: str

    def render(self, rows: list[list[str]]) -> bytes:
        out = io.StringIO(newline="")
        writer = csv.writer(
            out,
            delimiter=self.delimiter,
            lineterminator=self.line_end,
            quoting=csv.QUOTE_ALL if self.quote_all else csv.QUOTE_MINIMAL,
        )
        writer.writerows(rows)
        text = out.getvalue()
        if not self.quote_all:
            # Python leaves a lone line end of the other kind without quotes
            assume("\r" not in text.replace(self.line_end, "") or self.line_end == "\r")
        content = text.encode(self.encoding)
        packed = {"": lambda b: b, "gz": gzip.compress, "zip": lambda b: zipped(("a", b))}
        return packed[self.packing](content)


_DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;\t|"),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]),
    st.sampled_from(["", "gz", "zip"]),
)


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    columns = draw(
        st.lists(_COLUMN, min_size=1, max_size=5, unique_by=str.lower).filter(
            lambda names: len({name.strip().lower() for name in names}) == len(names)
        )
    )
    row = st.lists(_CELL, min_size=len(columns), max_size=len(columns))
    return columns, draw(st.lists(row, min_size=1, max_size=8))


@settings(max_examples=40)
@given(_tables(), _DIALECTS)
@example((["user_id", "item_id"], [["é", "x"]]), Dialect(";", False, "\r\n", "cp1252", "zip"))
@example((["user_id"], [["00123"], ["1e5"]]), Dialect(",", False, "\n", "utf-16-be", "gz"))
def test_a_table_is_read_back_from_any_dialect(
    table: tuple[list[str], list[list[str]]], dialect: Dialect
) -> None:
    columns, rows = table
    _leave_out_what_is_ambiguous(columns, rows, dialect)
    try:
        content = dialect.render([columns, *rows])
    except UnicodeEncodeError:
        assume(False)
        raise
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_bytes(content)
        with connect(Path(folder)) as connection:
            opened = open_table(connection, path, scratch=Path(folder))
            with reading(path):
                found = connection.execute(f"SELECT * FROM {opened.sql}").fetchall()
        shown = preview(path)
    assert opened.columns == tuple(columns)
    assert found == [tuple(cell or None for cell in row) for row in rows]
    assert shown.sample == [dict(zip(columns, row, strict=True)) for row in rows]


def _leave_out_what_is_ambiguous(
    columns: list[str], rows: list[list[str]], dialect: Dialect
) -> None:
    text = "".join(columns) + "".join(map("".join, rows))
    if dialect.encoding == "cp1252":
        # letters of Windows may by chance spell letters of UTF-8, and pure ASCII is both
        try:
            text.encode("cp1252").decode()
        except (UnicodeEncodeError, UnicodeDecodeError):
            pass
        else:
            assume(text.isascii())
        assume(not set(text) & set(map(chr, [*range(1, 9), *range(14, 32), 127])))
    if dialect.encoding.startswith("utf-16-"):  # without a mark it shows by letters of ASCII
        assume(sum(map(str.isascii, text)) > 0.7 * len(text) and columns[0].isascii())
    # of a lone column without quotes nothing shows the delimiter but what stands in its text
    assume(len(columns) > 1 or dialect.quote_all or not set(text) & set(",;\t|"))
    # a row of one empty cell is a blank line, and above or below all others it is none
    assume(len(columns) > 1 or all(row[0] for row in rows))
