from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from workflow_shops import N_USERS, open_workspace, source

from recsys.data.arrow import read_parquet
from recsys.data.ingest import ingest
from recsys.errors import InputError, JobCancelled, NotReady
from recsys.releases.live import LiveShop
from recsys.shelves import placements
from recsys.types import silent
from recsys.workflows.exports import COLUMNS, export_for_you, exports_folder, submit_export
from recsys.workflows.jobs import await_job
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


def expected(shop: LiveShop, n: int) -> list[list[str]]:
    """Return the rows as the shelves give them, one shopper after the other."""
    view = shop.current()
    return [
        [user_id, item.item_id, str(item.rank), f"{round(item.score, 6)}", name, item.reason]
        for user_id in view.release.user_ids.ids
        for item in placements.for_you(view, user_id, n=n).items
        for name in [item.fields["name"]]
    ]


def test_every_shopper_has_their_shelf_in_the_csv(reading: LiveShop, tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    done = export_for_you(reading.current(), path, n=3, report=silent)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfuser_id,item_id,rank,score,name,reason\r\n")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert tuple(head) == COLUMNS
    assert rows == expected(reading, 3)
    assert {row[0] for row in rows} == set(reading.current().release.user_ids.ids)
    assert (done["shoppers"], done["rows"]) == (N_USERS, len(rows))
    assert [one.name for one in tmp_path.iterdir()] == ["lists.csv"]


def test_parquet_holds_the_same_with_types(reading: LiveShop, tmp_path: Path) -> None:
    path = tmp_path / "lists.PARQUET"
    export_for_you(reading.current(), path, n=3, report=silent)
    rows = [[str(cell) for cell in row.values()] for row in read_parquet(path).to_pylist()]
    assert rows == expected(reading, 3)
    assert [str(field.type) for field in read_parquet(path).schema] == [
        "string",
        "string",
        "int32",
        "double",
        "string",
        "string",
    ]


def test_many_rows_are_written_a_part_at_a_time(
    reading: LiveShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recsys.workflows.exports._ROWS_AT_A_TIME", 7)
    for name in ("lists.csv", "lists.parquet"):
        export_for_you(reading.current(), tmp_path / name, n=3, report=silent)
    with (tmp_path / "lists.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == expected(reading, 3)
    assert len(read_parquet(tmp_path / "lists.parquet")) == len(expected(reading, 3))


def test_a_cancelled_export_leaves_the_old_file_and_nothing_else(
    reading: LiveShop, tmp_path: Path
) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("yesterday's", encoding="utf-8")

    def report(share: float, step: str) -> None:
        if share > 0.5:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        export_for_you(reading.current(), path, n=3, report=report)
    assert path.read_text(encoding="utf-8") == "yesterday's"
    assert [one.name for one in tmp_path.iterdir()] == ["lists.csv"]


def test_csv_for_people_runs_nowhere_and_raw_is_as_it_is(
    workspace: Workspace, tmp_path: Path
) -> None:
    lines = ["user_id,item_id,timestamp"]
    lines += [
        f"=u{user},@i{(user + step) % 8},2024-03-{step + 1:02}"
        for user in range(8)
        for step in range(4)
    ]
    file = workspace.home / "sales.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    ingest(workspace, interactions=source(file), name="Formulas")
    popular = train_model(workspace, "popularity", evaluate=False)
    publish_release(workspace, strategies={"for_you": popular}, only=("for_you",), actor="ann")
    view = LiveShop(workspace).current()
    cells: dict[bool, list[list[str]]] = {}
    for raw in (False, True):
        path = tmp_path / f"{raw}.csv"
        export_for_you(view, path, n=2, raw=raw, report=silent)
        with path.open(encoding="utf-8" if raw else "utf-8-sig", newline="") as found:
            cells[raw] = list(csv.reader(found))[1:]
    assert all(row[0].startswith("'=u") and row[1].startswith("'@i") for row in cells[False])
    assert [[cell.lstrip("'") for cell in row] for row in cells[False]] == cells[True]


def test_a_job_writes_into_the_workspace_where_no_name_is_given(
    live_home: Path, tmp_path: Path
) -> None:
    workspace = open_workspace(Path(shutil.copytree(live_home, tmp_path / "copy")))
    job = submit_export(workspace, n=2, actor="ann")
    done = await_job(workspace, job, silent)
    assert done.result is not None
    release_id = done.result["release_id"]
    assert Path(done.result["file"]) == exports_folder(workspace) / f"for-you-{release_id}.csv"
    assert Path(done.result["file"]).is_file()
    workspace.database.close()


def test_what_cannot_be_written_is_refused_before_it_is_queued(
    reading: LiveShop, workspace: Workspace, tmp_path: Path
) -> None:
    def submit(name: str, n: int = 2) -> None:
        submit_export(reading.workspace, n=n, out=tmp_path / name, actor="ann")

    with pytest.raises(InputError, match=r"lists\.xls says no format that can be written\."):
        submit("lists.xls")
    with pytest.raises(InputError, match=r"lists\.csv cannot be written\."):
        submit("nowhere/lists.csv")
    with pytest.raises(InputError, match="n is 51; for you shows from 1 to 50 products"):
        submit("lists.csv", 51)
    with pytest.raises(NotReady, match="Nothing is live yet"):
        submit_export(workspace, out=tmp_path / "lists.csv", actor="ann")
