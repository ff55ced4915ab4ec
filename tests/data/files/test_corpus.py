from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from corpus import CORPUS, GOOD, Read, Refused, content_of, ods, workbook, zipped

from recsys.data.files import bad_files
from recsys.data.files.encodings import write_utf8
from recsys.data.files.readers import OpenedTable, connect, open_table, preview, reading
from recsys.data.files.sources import Source
from recsys.errors import BadFile, StorageError

REFUSED = {name: case for name, case in CORPUS.items() if isinstance(case, Refused)}
READ = {name: case for name, case in CORPUS.items() if isinstance(case, Read)}
Rows = list[tuple[str | None, ...]]


def read_all(path: Path, scratch: Path) -> tuple[OpenedTable, Rows]:
    with connect(scratch) as connection:
        table = open_table(connection, path, scratch=scratch)
        with reading(path):
            connection.execute(f"CREATE TABLE rows AS SELECT * FROM {table.sql}").fetchall()
        rows = connection.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM rows").fetchall()
        return table, rows


def refuse_empty(path: Path, scratch: Path) -> None:
    """Read a file as its callers do: whether a header without rows matters is theirs to say."""
    if not read_all(path, scratch)[1]:
        raise bad_files.empty(path)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_says_what_was_found(name: str, tmp_path: Path, scratch: Path) -> None:
    case = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content_of(case))
    sentence = case.sentence.replace("{name}", name)
    with pytest.raises(BadFile) as whole:
        refuse_empty(path, scratch)
    assert whole.value.message == sentence
    assert whole.value.hint
    if case.late:
        assert preview(path).sample
    else:
        with pytest.raises(BadFile) as shown:
            preview(path)
        assert shown.value.message == sentence
    left = [one for one in tmp_path.rglob("*") if one not in (path, scratch)]
    late_copies = name in {"short-utf16.csv", "short.zip"}  # refused while the copy is queried
    assert (left == []) is not late_copies


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_is_read_and_says_how(name: str, tmp_path: Path, scratch: Path) -> None:
    case = READ[name]
    path = tmp_path / name
    path.write_bytes(content_of(case))
    table, rows = read_all(path, scratch)
    assert table.columns == case.columns
    assert rows[: len(case.rows)] == case.rows
    assert (table.first_row, table.file_name) == (case.first_row, name)
    assert table.understood == case.understood
    seen = preview(path)
    assert (seen.columns, seen.types) == (table.columns, table.types)
    shown = [{c: v or "" for c, v in zip(case.columns, row, strict=True)} for row in case.rows]
    assert seen.sample[: len(shown)] == shown
    if "late" not in name:  # the preview sees the beginning only
        assert seen.understood == table.understood


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len(CORPUS) >= 100
    assert len(REFUSED) >= 60


@pytest.mark.parametrize("kind", ["zip", "jsonl", "xlsx", "ods"])
def test_a_file_damaged_anywhere_is_read_or_refused_in_words(
    kind: str, tmp_path: Path, scratch: Path
) -> None:
    rows = [["user_id", "item_id"], ["00123", "1e5"], ["é", "x"]]
    content = {
        "zip": zipped(("a.csv", GOOD * 20)),
        "jsonl": '{"user_id": "00123", "item_id": [1, "é"]}\n'.encode() * 3,
        "xlsx": workbook(Orders=[list(row) for row in rows]),
        "ods": ods(rows),
    }[kind]
    places = 12 if kind in ("xlsx", "ods") else 60
    path = tmp_path / f"damaged.{kind}"
    outcomes, sentences = set[str](), list[str]()
    for place in range(0, len(content), max(len(content) // places, 1)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xA5]) + content[place + 1 :])
        try:
            outcomes.add("read" if read_all(path, scratch)[1] else "empty")
        except BadFile as error:
            sentences.append(error.message)
            outcomes.add("refused")
    assert "refused" in outcomes
    assert all(path.name in sentence and "opened-" not in sentence for sentence in sentences)


def test_messages_have_the_name_that_the_shop_knows(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "5f3c.part"
    path.write_bytes(b"user_id,item_id\n1\n")
    with connect(scratch) as connection:
        table = open_table(connection, path, scratch=scratch, name="orders.csv")
        assert table.file_name == "orders.csv"
        with (
            pytest.raises(BadFile, match=r"^orders\.csv, line 2: 1 field"),
            reading(path, name="orders.csv"),
        ):
            connection.execute(f"SELECT * FROM {table.sql}").fetchall()
    with pytest.raises(BadFile, match=r"^orders\.csv, line 2: 1 field"):
        preview(path, name="orders.csv")


def test_names_that_first_stand_in_a_late_object_become_columns(
    tmp_path: Path, scratch: Path
) -> None:
    path = tmp_path / "orders.jsonl"
    path.write_bytes(b'{"user_id": 1}\n' * 5_000 + b'{"user_id": 2, "coupon": "x"}\n')
    assert preview(path).columns == ("user_id",)
    table, rows = read_all(path, scratch)
    assert table.columns == ("user_id", "coupon")
    assert rows[-1] == ("2", "x")


def test_a_cell_below_an_unnamed_end_column_is_kept(tmp_path: Path, scratch: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"user_id,item_id\n" + b"1,2,\n" * 60 + b"1,2,late\n")
    assert read_all(path, scratch)[1][-1] == ("1", "2", "late")


def test_the_preview_shows_up_to_1000_rows(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"user_id,item_id\n" + b"1,2\n" * 3_000)
    assert len(preview(path).sample) == 1_000
    for columns, rows in ((100, 500), (2_000, 25)):
        names = ",".join(f"c{n}" for n in range(columns))
        row = ",".join("1" * columns)
        path.write_text(f"{names}\n" + f"{row}\n" * 600)
        assert len(preview(path).sample) == rows


def test_a_preview_of_a_converted_text_ends_with_a_whole_row(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    long = "é" + "x\n" * 30_000
    path.write_text("user_id,item_id\n" + f'1,"{long}"\n' * 400, encoding="utf-16", newline="")
    seen = preview(path)
    assert seen.understood == "comma-separated, UTF-16"
    assert len(seen.sample) > 20
    assert {row["item_id"] for row in seen.sample} == {long[:200]}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(GOOD.decode().encode("utf-16"))
    with pytest.raises(StorageError, match="There was no room to work on the data: No space left"):
        write_utf8(Source.of(path), "utf-16-le", Path("/dev/full"), whole=True)


def test_a_preview_leaves_nothing_in_the_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = tmp_path / "orders.csv"
    path.write_bytes(GOOD.decode().encode("utf-16"))
    assert preview(path).sample == [{"user_id": "00123", "item_id": "1e5"}]
    assert list(tmp_path.iterdir()) == [path]
