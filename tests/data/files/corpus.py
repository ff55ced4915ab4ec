"""Broken, hostile and merely odd files: what each holds, and what is said about it.

Whoever reads files walks through this table: a refused file has its exact sentence, a read one its
columns and first rows. ``{name}`` in a sentence stands for the name of the file.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Content = bytes | Callable[[], bytes]


@dataclass(frozen=True)
class Refused:
    """A file that is refused, by the preview already or (``late``) only when all is read."""

    content: Content
    sentence: str
    late: bool = False


@dataclass(frozen=True)
class Read:
    """A file that is read: its columns, its first rows (cells as text) and how it is understood."""

    content: Content
    columns: tuple[str, ...]
    rows: list[tuple[str | None, ...]]
    understood: str = "comma-separated, UTF-8"
    first_row: int = 2


def content_of(case: Refused | Read) -> bytes:
    return case.content() if callable(case.content) else case.content


GOOD = b"user_id,item_id\n00123,1e5\n"
_IDS = ("user_id", "item_id")
_ROW = [("00123", "1e5")]
_LONG = "user_id,item_id,note\n" + "".join(f"u{i},i{i % 7},x{i * 7919}\n" for i in range(20_000))
_ACCENTS = _LONG.replace("x", "é")


@cache
def _packed() -> bytes:
    return gzip.compress(_LONG.encode() * 40, 1, mtime=0)


def _flipped() -> bytes:
    return _packed()[:-500] + bytes([_packed()[-500] ^ 0xFF]) + _packed()[-499:]


def zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def _zipped_with_flag() -> bytes:
    """An archive that says its member is encrypted."""
    content = bytearray(zipped(("a.csv", GOOD)))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _zipped_too_large() -> bytes:
    return zipped(("a.csv", b"user_id,item_id\n" + b"1,2\n" * 26_000_000))


def _zipped_lying() -> bytes:
    """An archive whose member is longer than it says, and whose checksum cannot match."""
    content = bytearray(zipped(("a.csv", b"user_id,item_id\n" + b"1,2\n" * 5_000)))
    struct.pack_into("<I", content, content.index(b"PK\x01\x02") + 24, 1_000)
    return bytes(content)


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                sheet.cell(place, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sparse_workbook() -> bytes:
    """Two cells in the corners of the largest sheet: 17 thousand million cells between them."""
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "user_id"
    book.worksheets[0]["XFD1048576"] = "item_id"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _hidden_workbook() -> bytes:
    book = openpyxl.Workbook()
    book.worksheets[0].sheet_state = "hidden"
    book.worksheets[0].append(["secret"])
    book.worksheets[0].append(["1"])
    book.create_sheet("Shown")
    book.active = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: list[list[str]], *, repeated: int = 1) -> bytes:
    document = OpenDocumentSpreadsheet()
    sheet = Table(name="Orders")
    for row in rows:
        line = TableRow(numberrowsrepeated=repeated)
        for value in row:
            cell = TableCell(valuetype="string", numbercolumnsrepeated=min(repeated, 16_384))
            cell.addElement(P(text=value))
            line.addElement(cell)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def parquet(query: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(duckdb.sql(query).to_arrow_table(), out)
    return out.getvalue()


def _parquet_twice() -> bytes:
    out = io.BytesIO()
    columns = [pa.array([1]), pa.array([2])]
    pq.write_table(pa.Table.from_arrays(columns, names=["user_id", "user_id"]), out)
    return out.getvalue()


def _wide(columns: int) -> bytes:
    names = ",".join(f"c{n}" for n in range(columns))
    return f"{names}\n{'1,' * (columns - 1)}1\n".encode()


_NOT_TABLES: dict[str, Refused | Read] = {
    "png.csv": Refused(
        b"\x89PNG\r\n\x1a\n0000", "{name} is not a table; it looks like a PNG image."
    ),
    "jpeg.csv": Refused(b"\xff\xd8\xff\xe0", "{name} is not a table; it looks like a JPEG image."),
    "paper.pdf": Refused(b"%PDF-1.7\n", "{name} is not a table; it looks like a PDF document."),
    "page.csv": Refused(
        b"\n<!DOCTYPE html><html>",
        "{name} is not a table; it looks like a web page (HTML or XML).",
    ),
    "page.csv.gz": Refused(
        gzip.compress(b"<html></html>"),
        "{name} is not a table; it looks like a web page (HTML or XML).",
    ),
    "page.zip": Refused(
        zipped(("a.csv", b"<?xml version='1.0'?>")),
        "{name} is not a table; it looks like a web page (HTML or XML).",
    ),
    "shop.db": Refused(
        b"SQLite format 3\0", "{name} is not a table; it looks like an SQLite database."
    ),
    "packed.7z": Refused(
        b"7z\xbc\xaf\x27\x1c", "{name} is not a table; it looks like a 7z archive."
    ),
    "packed.zst": Refused(
        b"\x28\xb5\x2f\xfd....", "{name} is not a table; it looks like a Zstandard archive."
    ),
    "zero.csv": Refused(
        b"user_id,item_id\n1,\x00\n",
        "{name} is not a table; line 2 holds a zero byte, as in binary files.",
    ),
    "zero-late.csv": Refused(
        lambda: b"user_id,item_id\n" + b"1,2\n" * 2_500_000 + b"1,\0\n",
        "{name} is not a table; line 2,500,002 holds a zero byte, as in binary files.",
        late=True,
    ),
    "binary.csv": Refused(
        b"user_id,item_id\n\x01\xff\xfe,1\n",
        "{name} is not a table; line 2 holds the byte 0x01, as in binary files.",
    ),
    "letter.csv": Refused(
        b"x" * 200_000, "{name} is not a table; its first line holds no column names."
    ),
    "nothing.csv": Refused(b"", "{name} is empty (0 bytes)."),
    "blank.csv": Refused(b"\n\n\n", "{name} holds no rows."),
    "nothing.csv.gz": Refused(gzip.compress(b""), "{name} holds no rows."),
    "header.csv": Refused(b"user_id,item_id\n", "{name} holds no rows."),
    "only-sep.csv": Refused(
        b"sep=;\n", "{name} is not a table; its first line holds no column names."
    ),
}

_ENCODINGS: dict[str, Refused | Read] = {
    "utf16.csv": Read(GOOD.decode().encode("utf-16"), _IDS, _ROW, "comma-separated, UTF-16"),
    "utf16-be.csv": Read(
        b"\xfe\xff" + GOOD.decode().encode("utf-16-be"), _IDS, _ROW, "comma-separated, UTF-16"
    ),
    "utf16-no-mark.csv": Read(
        GOOD.decode().encode("utf-16-le"), _IDS, _ROW, "comma-separated, UTF-16"
    ),
    "utf16-be-no-mark.csv": Read(
        GOOD.decode().encode("utf-16-be"), _IDS, _ROW, "comma-separated, UTF-16"
    ),
    "utf16.txt.gz": Read(
        gzip.compress("user_id\titem_id\nж\t鞄\n".encode("utf-16")),
        _IDS,
        [("ж", "鞄")],
        "tab-separated, UTF-16, gzip",
    ),
    "utf16-cut.csv": Refused(
        GOOD.decode().encode("utf-16")[:-1],
        "{name} is not UTF-16 text: line 2 holds a broken character.",
    ),
    "utf32.csv": Refused(
        GOOD.decode().encode("utf-32"),
        "{name} is not a table; line 1 holds a zero byte, as in binary files.",
    ),
    "windows.csv": Read(
        "user_id,item_id\nJosé,5 €\n“Zoë”,½\n".encode("cp1252"),
        _IDS,
        [("José", "5 €"), ("“Zoë”", "½")],
        "comma-separated, Windows-1252",
    ),
    "latin1.csv": Read(
        "user_id;item_id\nGrößenänderung;1\n".encode("latin-1"),
        _IDS,
        [("Größenänderung", "1")],
        "semicolon-separated, Windows-1252",
    ),
    "dos.csv": Refused(
        b"user_id,item_id\nM\x81ller,1\n",
        "{name} is neither UTF-8 nor Windows text: line 2 holds the byte 0x81.",
    ),
    "mixed.csv": Refused(
        "user_id,item_id\nJosé,1\n".encode() + "Zoë,2\n".encode("cp1252"),
        "{name} is not UTF-8 text: line 3 holds the byte 0xEB (byte 27 of the file).",
    ),
    "mark.csv": Read(b"\xef\xbb\xbf" + GOOD, _IDS, _ROW),
    "mark-of-another.csv": Refused(
        b"\xef\xbb\xbfuser_id,item_id\n\xe9,2\n",
        "{name} is not UTF-8 text: line 2 holds the byte 0xE9 (byte 20 of the file).",
    ),
    "one-bad-byte-late.csv": Refused(
        lambda: (_ACCENTS * 30).encode() + b"1,caf\xe9,3\n",
        "{name} is not UTF-8 text: line 600,031 holds the byte 0xE9 (byte 12,446,256 of the file).",
        late=True,
    ),
    "windows-late.csv": Read(
        lambda: _LONG.encode() * 3 + b"1,caf\xe9,3\n",
        (*_IDS, "note"),
        [("u0", "i0", "x0"), ("u1", "i1", "x7919")],
        "comma-separated, Windows-1252",
    ),
    "cut-character.csv": Refused(
        "user_id,item_id\né,è".encode()[:-1], "{name} ends in the middle of a character."
    ),
}

_TEXT: dict[str, Refused | Read] = {
    "short.csv": Refused(
        b"user_id,item_id,note\n1,2,3\n1,2\n", "{name}, line 3: 2 fields where the header has 3."
    ),
    "short-late.csv": Refused(
        (_LONG + "1,2\n").encode(),
        "{name}, line 20,002: 2 fields where the header has 3.",
        late=True,
    ),
    "long.csv": Refused(
        b"user_id,item_id,note\n1,2,3,4\n", "{name}, line 2: 4 fields where the header has 3."
    ),
    "lines.tsv": Refused(
        b'user_id\titem_id\n1\t"two\nlines"\n\n3\n',
        "{name}, line 5: 1 field where the header has 2.",
    ),
    "below-blanks.csv": Refused(
        b"\n\nuser_id,item_id\n1,2\n3\n", "{name}, line 5: 1 field where the header has 2."
    ),
    "short-utf16.csv": Refused(
        'user_id,item_id\n1,"two\nlines"\n3\n'.encode("utf-16"),
        "{name}, line 4: 1 field where the header has 2.",
    ),
    "short.zip": Refused(
        zipped(("a.csv", b'user_id,item_id\n1,"two\nlines"\n3\n')),
        "{name}, line 4: 1 field where the header has 2.",
    ),
    "quote.csv": Refused(
        b'user_id,item_id\n1,"2\n3,4\n', "{name}, line 2: a quote is opened and not closed."
    ),
    "ends.csv": Refused(
        b"user_id,item_id\r\n1,2\n3,4\r\n", "{name} has line ends of more than one kind."
    ),
    "ends-above.csv": Refused(
        b"\r\nuser_id,item_id\n1,2\n", "{name} has line ends of more than one kind."
    ),
    "ends-in-header.csv": Read(
        b'"user\nid",item_id\r\n1,"2\n3"\r\n',
        ("user\nid", "item_id"),
        [("1", "2\n3")],
    ),
    "long-line.csv": Refused(
        lambda: b"user_id,item_id\n1," + b"x" * 3_000_000 + b"\n",
        "{name}, line 2: the line is longer than 2 MB.",
    ),
    "twice.csv": Refused(
        b"user_id,item_id,User_ID\n1,2,3\n", "{name} names the column 'User_ID' twice."
    ),
    "wide.csv": Refused(
        lambda: _wide(10_000), "{name} has 10,000 columns; 2,000 are the most that can be read."
    ),
    "old-mac.csv": Read(GOOD.replace(b"\n", b"\r"), _IDS, _ROW),
    "said.csv": Read(
        b"sep=;\nuser_id,x;item_id\n1;2\n",
        ("user_id,x", "item_id"),
        [("1", "2")],
        "semicolon-separated, UTF-8",
        first_row=3,
    ),
    "below-blank-lines.csv": Read(b"\n\n" + GOOD, _IDS, _ROW, first_row=4),
    "marked-blank-lines.csv": Read(b"\xef\xbb\xbf\n" + GOOD, _IDS, _ROW, first_row=3),
    "end-delimiters.csv": Read(
        b"user_id,item_id,\n1,2,\n", (*_IDS, "column 3"), [("1", "2", None)]
    ),
    "rows-end-with-delimiter.csv": Read(
        b"user_id,item_id\n1,2,\n3,4,\n",
        (*_IDS, "column 3"),
        [("1", "2", None), ("3", "4", None)],
    ),
    "header-again.csv": Read(
        b"user_id,item_id\n1,2\nuser_id,item_id\n3,4\n",
        _IDS,
        [("1", "2"), ("user_id", "item_id"), ("3", "4")],
    ),
    "formula.csv": Read(
        b"user_id,item_id\n=cmd|' /C calc'!A0,@SUM(1+1)\n+1,-2\n",
        _IDS,
        [("=cmd|' /C calc'!A0", "@SUM(1+1)"), ("+1", "-2")],
    ),
    "markup.csv": Read(
        b"user_id,<b>item_id</b>\n1,<script>alert(1)</script>\n",
        ("user_id", "<b>item_id</b>"),
        [("1", "<script>alert(1)</script>")],
    ),
    "sql.csv": Read(
        b'user_id,"x\'); DROP TABLE raw; --"\n1,"\'; DROP TABLE raw; --"\n',
        ("user_id", "x'); DROP TABLE raw; --"),
        [("1", "'; DROP TABLE raw; --")],
    ),
    "names-of-duckdb.csv": Read(
        b"filename,file_row_number,rowid\nf,7,8\n",
        ("filename", "file_row_number", "rowid"),
        [("f", "7", "8")],
    ),
    "unnamed.csv": Read(b",user_id,item_id\n0,1,2\n", ("column 1", *_IDS), [("0", "1", "2")]),
    "quote-inside.csv": Read(b'user_id,item_id\n1,19" shelf\n', _IDS, [("1", '19" shelf')]),
}

_PACKED: dict[str, Refused | Read] = {
    "cut.csv.gz": Refused(lambda: _packed()[:50_000], "{name} is a damaged or cut off gzip file."),
    "flipped.csv.gz": Refused(_flipped, "{name} is a damaged or cut off gzip file.", late=True),
    "twice-packed.gz": Refused(gzip.compress(gzip.compress(GOOD)), "{name} holds another archive."),
    "bomb.csv.gz": Refused(
        lambda: gzip.compress(b"user_id,item_id\n" + b"1,2\n" * 26_000_000),
        "{name} would unpack to more than 200 times its size.",
        late=True,
    ),
    "bare.zip": Refused(b"PK\x03\x04....", "{name} is a damaged or cut off ZIP file."),
    "cut.zip": Refused(zipped(("a.csv", GOOD))[:-30], "{name} is a damaged or cut off ZIP file."),
    "lying.zip": Refused(_zipped_lying, "{name} is a damaged or cut off ZIP file."),
    "empty.zip": Refused(zipped(), "{name} is a ZIP archive without a file."),
    "folder.zip": Refused(zipped(("a/", b"")), "{name} is a ZIP archive without a file."),
    "two.zip": Refused(
        zipped(("a.csv", GOOD), ("b.csv", GOOD)),
        "{name} is a ZIP archive of 2 files; one can be read.",
    ),
    "locked.zip": Refused(_zipped_with_flag, "{name} is protected with a password."),
    "bomb.zip": Refused(_zipped_too_large, "{name} would unpack to more than 200 times its size."),
    "nested.zip": Refused(
        zipped(("a.zip", zipped(("a.csv", GOOD)))), "{name} holds another archive."
    ),
    "nested-gzip.zip": Refused(
        zipped(("a.csv.gz", gzip.compress(GOOD))), "{name} holds another archive."
    ),
    "nothing-inside.zip": Refused(zipped(("a.csv", b"")), "{name} holds no rows."),
    "one.zip": Read(zipped(("a.csv", GOOD)), _IDS, _ROW, "comma-separated, UTF-8, zip"),
    "in-folder.zip": Read(
        zipped(("a/", b""), ("a/b.csv", GOOD)), _IDS, _ROW, "comma-separated, UTF-8, zip"
    ),
    "mac.zip": Read(
        zipped(("a.csv", GOOD), ("__MACOSX/._a.csv", b"x"), (".DS_Store", b"x")),
        _IDS,
        _ROW,
        "comma-separated, UTF-8, zip",
    ),
    "upwards.zip": Read(
        zipped(("../../../upwards.csv", GOOD)), _IDS, _ROW, "comma-separated, UTF-8, zip"
    ),
    "absolute.zip": Read(
        zipped(("/tmp/absolute.csv", GOOD)), _IDS, _ROW, "comma-separated, UTF-8, zip"
    ),
    "utf16.zip": Read(
        zipped(("a.csv", GOOD.decode().encode("utf-16"))),
        _IDS,
        _ROW,
        "comma-separated, UTF-16, zip",
    ),
    "parquet.zip": Read(
        lambda: zipped(("a.parquet", parquet("SELECT '00123' AS user_id, 7 AS item_id"))),
        _IDS,
        [("00123", "7")],
        "Parquet, zip",
        first_row=1,
    ),
}

_JSON: dict[str, Refused | Read] = {
    "rows.json": Read(
        b'[{"user_id": 1},\n {"user_id": "2", "item_id": null}]',
        _IDS,
        [("1", None), ("2", None)],
        "a JSON array",
        first_row=1,
    ),
    "rows.jsonl": Read(
        b'{"user_id": 12345678901234567890, "item_id": "00123"}\n\n'
        b'{"item_id": {"a": [1, 2]}, "sold": true, "price": 1.25}\n',
        (*_IDS, "sold", "price"),
        [("12345678901234567890", "00123", None, None), (None, '{"a":[1,2]}', "true", "1.25")],
        "JSON lines",
        first_row=1,
    ),
    "marked.jsonl": Read(
        b'\xef\xbb\xbf{"user_id": "\xc3\xa9"}\n', ("user_id",), [("é",)], "JSON lines", first_row=1
    ),
    "rows.jsonl.gz": Read(
        gzip.compress(b'{"user_id": "=1+1"}\n'), ("user_id",), [("=1+1",)], "JSON lines, gzip", 1
    ),
    "rows-utf16.jsonl": Read(
        '{"user_id": "ж"}\n'.encode("utf-16"), ("user_id",), [("ж",)], "JSON lines", first_row=1
    ),
    "names-of-duckdb.jsonl": Read(
        b'{"filename": 1, "file_row_number": 2}\n',
        ("filename", "file_row_number"),
        [("1", "2")],
        "JSON lines",
        first_row=1,
    ),
    "cut.jsonl": Refused(
        b'{"user_id": 1}\n\n{"user_id":\n', "{name}, line 3: it is not a whole JSON object."
    ),
    "cut-late.jsonl": Refused(
        lambda: b'{"user_id": "0123456789"}\n' * 200_000 + b'{"user_id"',
        "{name}, line 200,001: it is not a whole JSON object.",
        late=True,
    ),
    "number.jsonl": Refused(
        b'{"user_id": 1}\n5\n', "{name}, line 2: it is JSON, but no object with names and values."
    ),
    "twice.jsonl": Refused(
        b'{"user_id": 1, "user_id": 2}\n',
        "{name}, line 1: the object has the name 'user_id' twice.",
    ),
    "capitals.jsonl": Refused(
        b'{"user_id": 1}\n{"USER_ID": 1}\n', "{name} names the column 'USER_ID' twice."
    ),
    "nameless.jsonl": Refused(b'{"": 1}\n', "{name} has a column without a usable name."),
    "zero-name.jsonl": Refused(b'{"a\\u0000b": 1}\n', "{name} has a column without a usable name."),
    "half.jsonl": Refused(
        b'{"user_id": "\\ud800"}\n', "{name}, line 1: the object holds half a character."
    ),
    "long.jsonl": Refused(
        lambda: b'{"user_id": "' + b"x" * 40_000_000 + b'"}\n',
        "{name}, line 1: the object is longer than 16 MB.",
    ),
    "wide.jsonl": Refused(
        lambda: b"{" + b",".join(b'"c%d":1' % n for n in range(10_000)) + b"}\n",
        "{name} has 10,000 columns; 2,000 are the most that can be read.",
    ),
    "bare.json": Refused(b"{}", "{name} holds no rows."),
    "cut.json": Refused(
        b'[{"user_id": 1},', "{name}: the JSON array is broken or cut off.", late=True
    ),
    "numbers.json": Refused(
        b'[{"user_id": 1}, 5]', "{name}: the JSON array holds more than objects."
    ),
    "arrays.json": Refused(b"[[1, 2]]", "{name}: the JSON array holds more than objects."),
}

_WORKBOOKS: dict[str, Refused | Read] = {
    "orders.xlsx": Read(
        lambda: workbook(
            Empty=[],
            Orders=[[], [], ["user_id", "item_id", "sold"], ["00123", 5, True], [], [1.5, "=1+1"]],
        ),
        (*_IDS, "sold"),
        [("00123", "5", "true"), ("1.5", None, None)],
        "sheet 'Orders' of an Excel workbook",
        first_row=4,
    ),
    "two-sheets.xlsx": Read(
        lambda: workbook(Orders=[["a;b", "c"], ["1", "2"]], Returns=[["a"], ["3"]]),
        ("a;b", "c"),
        [("1", "2")],
        "sheet 'Orders' of an Excel workbook (not read: 'Returns')",
    ),
    "orders.ods": Read(
        lambda: ods([["user_id", "item_id"], ["00123", 'a,"b"\nc']]),
        _IDS,
        [("00123", 'a,"b"\nc')],
        "sheet 'Orders' of an OpenDocument spreadsheet",
    ),
    "orders-xlsx.zip": Read(
        lambda: zipped(("a.xlsx", workbook(Orders=[["user_id"], ["00123"]]))),
        ("user_id",),
        [("00123",)],
        "sheet 'Orders' of an Excel workbook, zip",
    ),
    "sparse.xlsx": Refused(_sparse_workbook, "{name} is too large to be read as a workbook."),
    "repeated.ods": Refused(
        lambda: ods([["x"]], repeated=1_048_576), "{name} is too large to be read as a workbook."
    ),
    "hidden.xlsx": Refused(_hidden_workbook, "{name} has no sheet with rows."),
    "header.xlsx": Refused(
        lambda: workbook(Orders=[["user_id", "item_id"]]), "{name} has no sheet with rows."
    ),
    "twice.xlsx": Refused(
        lambda: workbook(Orders=[["a", "A"], [1, 2]]), "{name} names the column 'A' twice."
    ),
    "wide.xlsx": Refused(
        lambda: workbook(Orders=[[f"c{n}" for n in range(10_000)], [1]]),
        "{name} has 10,000 columns; 2,000 are the most that can be read.",
    ),
    "hollow.xlsx": Refused(
        zipped(("xl/workbook.xml", b"<x")),
        "{name} is a damaged workbook: File not found '_rels/.rels'.",
    ),
    "letter.docx": Refused(
        zipped(("word/document.xml", b"<x/>")),
        "{name} is not a table; it looks like a Word document.",
    ),
    "binary.xlsb": Refused(
        zipped(("xl/workbook.bin", b"")),
        "{name} is not a table; it looks like a binary Excel workbook (xlsb).",
    ),
    "old.xls": Refused(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000,
        "{name} is not a table; it looks like an old Excel or Word document.",
    ),
    "locked.xlsx": Refused(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "{name} is protected with a password.",
    ),
}

_PARQUET: dict[str, Refused | Read] = {
    "cut.parquet": Refused(
        b"PAR1" + b"x" * 99, "{name} is damaged: No magic bytes found at end of file '{name}'."
    ),
    "no-rows.parquet": Refused(
        lambda: parquet("SELECT 1 AS user_id WHERE false"), "{name} holds no rows."
    ),
    "twice.parquet": Refused(_parquet_twice, "{name} names the column 'user_id' twice."),
    "wide.parquet": Refused(
        lambda: parquet("SELECT " + ", ".join(f"{n} AS c{n}" for n in range(2_001))),
        "{name} has 2,001 columns; 2,000 are the most that can be read.",
    ),
    "parquet-as.csv": Read(
        lambda: parquet("SELECT 7 AS user_id, DATE '2024-05-01' AS day"),
        ("user_id", "day"),
        [("7", "2024-05-01")],
        "Parquet",
        first_row=1,
    ),
    "names-of-duckdb.parquet": Read(
        lambda: parquet("SELECT 'f' AS filename, 7 AS file_row_number"),
        ("filename", "file_row_number"),
        [("f", "7")],
        "Parquet",
        first_row=1,
    ),
}

CORPUS: dict[str, Refused | Read] = {
    **_NOT_TABLES,
    **_ENCODINGS,
    **_TEXT,
    **_PACKED,
    **_JSON,
    **_WORKBOOKS,
    **_PARQUET,
}
