from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest

from recsys.data.dataset import Dataset
from recsys.data.files.readers import preview, reading
from recsys.data.ingest import Source, ingest
from recsys.errors import BadFile
from recsys.workspace import Workspace


def _write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_damaged_parquet_is_a_bad_file_wherever_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    duckdb.sql("SELECT range AS user_id, range % 9 AS item_id FROM range(3000)").write_parquet(
        str(path)
    )
    good = path.read_bytes()
    outcomes = set[str]()
    for place in range(4, len(good), len(good) // 60):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xA5]) + good[place + 1 :])
        try:
            outcomes.add(str(len(preview(path).sample)))
        except BadFile:
            outcomes.add("refused")
    assert "refused" in outcomes
    assert outcomes <= {"refused", "1000"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma.csv", b"user_id,item_id\n00123,1e5\n"),
        ("bom.csv", b"\xef\xbb\xbfuser_id,item_id\n00123,1e5\n"),
        ("semicolon.csv", b"user_id;item_id\n00123;1e5\n"),
        ("pipe.txt", b"user_id|item_id\n00123|1e5\n"),
        ("tab.tsv", b"user_id\titem_id\n00123\t1e5\n"),
        ("windows.csv", b'"user_id","item_id"\r\n"00123","1e5"\r\n'),
        ("spaces.csv", b"user_id, item_id\n00123,1e5"),
        ("leading.csv", b"\n\nuser_id,item_id\n00123,1e5\n"),
        ("packed.csv.gz", gzip.compress(b"user_id,item_id\n00123,1e5\n", mtime=0)),
        ("packed without a name", gzip.compress(b"user_id,item_id\n00123,1e5\n", mtime=0)),
        ("a [1]* 'quoted'.csv", b"user_id,item_id\n00123,1e5\n"),
    ],
)
def test_ids_stay_text_in_every_dialect(
    name: str, content: bytes, tmp_path: Path, shop: Workspace
) -> None:
    path = _write(tmp_path, name, content)
    found = preview(path)
    assert found.columns == ("user_id", "item_id")
    assert found.sample == [{"user_id": "00123", "item_id": "1e5"}]
    assert found.bytes == len(content)
    source = Source(path, {"user_id": "user_id", "item_id": "item_id"})
    dataset_id = ingest(shop, interactions=source, name="Dialects")
    assert shop.datasets.manifest(dataset_id)["counts"]["interactions"] == 1


def test_parquet_is_known_by_its_content_and_duplicate_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    duckdb.sql("SELECT 7 AS user_id, DATE '2024-05-01' AS day").write_parquet(str(path))
    assert preview(path).sample == [{"user_id": "7", "day": "2024-05-01"}]
    duckdb.sql("SELECT 7 AS user_id").write_parquet(str(path))
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [pa.array([1]), pa.array([2])]
    pq.write_table(pa.Table.from_arrays(columns, names=["user_id", "user_id"]), path)
    with pytest.raises(BadFile, match=r"orders\.csv names the column 'user_id' twice"):
        preview(path)


@pytest.mark.parametrize(
    ("name", "neighbour"),
    [
        ("orders[1]", "orders1"),
        ("a*", "ab"),
        ("a?", "ab"),
        ("[!a]", "b"),
        ("d*/a[1]", "db/a1"),
        ("**/a", "b/a"),
        ("user_id=7/a", "user_id=8/a"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_only_the_file_that_was_named_is_read(
    name: str, neighbour: str, kind: str, tmp_path: Path, shop: Workspace
) -> None:
    for place in (neighbour, name):
        path = tmp_path / f"{place}.{kind}"
        path.parent.mkdir(exist_ok=True)
        row = duckdb.sql("SELECT $1 AS user_id, 'x' AS item_id", params=[place])
        # the name is given only now, since DuckDB would not write to all of them
        written = tmp_path / "written"
        (row.write_csv if kind == "csv" else row.write_parquet)(str(written))
        written.rename(path)
    path = tmp_path / f"{name}.{kind}"
    assert preview(path).sample == [{"user_id": name, "item_id": "x"}]
    source = Source(path, {"user_id": "user_id", "item_id": "item_id"})
    dataset_id = ingest(shop, interactions=source, name="Patterns")
    assert Dataset.open(shop, dataset_id).user_ids.ids == (name,)


def test_preview_cuts_what_is_long_and_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "long.parquet"
    duckdb.sql("SELECT repeat('x', 30_000_000) AS user_id FROM range(20)").write_parquet(
        str(path), compression="zstd"
    )
    assert path.stat().st_size < 10_000
    assert preview(path).sample == [{"user_id": "x" * 200}] * 20
    distinct = "SELECT repeat('x', 25_000_000) || range AS user_id FROM range(20)"
    duckdb.sql(distinct).write_parquet(str(path), compression="zstd")
    with pytest.raises(BadFile, match=r"long\.parquet holds values that are too large to show"):
        preview(path)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_more_than_2000_columns_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"wide.{kind}"
    for columns in (2_000, 2_001):
        cells = ", ".join(f"{n} AS c{n}" for n in range(columns))
        row = duckdb.sql(f"SELECT {cells}")
        (row.write_csv if kind == "csv" else row.write_parquet)(str(path))
        if columns == 2_000:
            assert len(preview(path).columns) == columns
    with pytest.raises(BadFile) as caught:
        preview(path)
    assert caught.value.message == (
        f"wide.{kind} has 2,001 columns; 2,000 are the most that can be read."
    )


@pytest.mark.parametrize(
    "error",
    [
        duckdb.Error,
        duckdb.InvalidInputException,
        duckdb.IOException,
        duckdb.ConversionException,
        duckdb.NotImplementedException,
        duckdb.InternalException,
    ],
)
def test_what_duckdb_raises_about_a_file_is_a_bad_file(error: type[duckdb.Error]) -> None:
    with (
        pytest.raises(BadFile, match=r"orders\.csv is damaged: no such page"),
        reading(Path("orders.csv")),
    ):
        raise error("INTERNAL Error: no such page")


def test_unnamed_columns_get_a_name(tmp_path: Path) -> None:
    path = _write(tmp_path, "frame.csv", b",user_id,item_id\n0,1,2\n")
    assert preview(path).columns == ("column 1", "user_id", "item_id")


def test_missing_file_is_a_bad_file(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"no\.csv cannot be opened: No such file or directory"):
        preview(tmp_path / "no.csv")
