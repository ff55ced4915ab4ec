"""Every change is a new version; the older ones stay as they are, byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from homes import loaded_once
from workflow_shops import source

from recsys.data.arrow import read_parquet
from recsys.data.dataset import Dataset
from recsys.data.ingest import Given, ingest, recipe_of
from recsys.data.intake import take_in
from recsys.data.recipe import Source
from recsys.errors import BadMapping, InputError, NotFound, StorageError
from recsys.jobs.queue import Queue
from recsys.types import silent
from recsys.workflows import datasets
from recsys.workflows.checking import check_files
from recsys.workflows.data_jobs import (
    DATA_KINDS,
    submit_event_weights,
    submit_fixes,
    submit_ingest,
    submit_mapping,
    submit_restore,
    submit_undo,
)
from recsys.workflows.jobs import await_job
from recsys.workflows.loading import add_files
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

ROWS = [
    "a,x,2024-01-01,1,view,9",
    "a,x,2024-01-02,2,purchase,8",
    "a,y,2024-01-02,1,purchase,7",
    "b,x,2024-01-03,1,view,6",
    "b,y,2024-01-04,-1,purchase,5",
    "c,z,2024-01-05,0,purchase,4",
    "c,z,2024-01-06,1,squint,3",
]


def load(workspace: Workspace, rows: list[str] | None = None, *, name: str = "sales") -> str:
    if rows is not None or name != "sales":
        return load_rows(workspace, rows or ROWS, name)
    loaded_once(workspace, "sales", lambda: load_rows(workspace, ROWS, name))
    (dataset_id,) = workspace.datasets.ids()
    return dataset_id


def load_rows(workspace: Workspace, rows: list[str], name: str) -> str:
    path = workspace.home / f"{name}.csv"
    lines = ["user_id,item_id,timestamp,quantity,event_type,other_id", *rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return ingest(workspace, interactions=source(path), name="Shop")


def prints(workspace: Workspace) -> dict[str, str]:
    """Return the digest of every file of every dataset and intake."""
    return {
        str(path.relative_to(workspace.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in (workspace.datasets.root, workspace.intakes.root)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def same(workspace: Workspace) -> Iterator[Callable[[], None]]:
    """Call it once the shop is loaded: at the end all files have to be there, byte for byte."""
    before: dict[str, str] = {}

    def remember() -> None:
        before.update(prints(workspace))

    yield remember
    assert before
    after = prints(workspace)
    assert {path: after.get(path) for path in before} == before


def rows_of(workspace: Workspace, dataset_id: str) -> list[tuple[str, str, float, float]]:
    """Return shopper, product, quantity and weight of each row, in the order of time."""
    dataset = Dataset.open(workspace, dataset_id)
    rows = dataset.interactions()
    users, items = dataset.user_ids.ids, dataset.item_ids.ids
    return [
        (users[user], items[item], float(quantity), round(float(weight), 4))
        for user, item, quantity, weight in zip(
            rows.user, rows.item, rows.quantity, rows.weight, strict=True
        )
    ]


def manifest(workspace: Workspace, dataset_id: str) -> dict[str, Any]:
    return workspace.datasets.manifest(dataset_id)


ALL = [
    ("a", "x", 1.0, 0.5),
    ("a", "x", 2.0, 1.0),
    ("a", "y", 1.0, 1.0),
    ("b", "x", 1.0, 0.5),
    ("b", "y", -1.0, -1.0),
    ("c", "z", 0.0, 0.0),
]


def test_a_fix_is_a_new_version_and_its_undo_another(
    workspace: Workspace, same: Callable[[], None]
) -> None:
    first = load(workspace)
    same()
    assert rows_of(workspace, first) == ALL
    second = datasets.apply_fixes(workspace, first, ["quantity"])
    assert rows_of(workspace, second) == ALL[:4]
    told = manifest(workspace, second)
    assert (told["number"], told["parent"], told["lineage"]) == (2, first, first)
    assert told["change"] == "Fixed: 2 rows have a quantity that is not above 0."
    assert {one["code"]: one["fixed"] for one in told["findings"]}["quantity"]
    rejected = read_parquet(datasets.rejects_path(workspace, second)).to_pylist()
    assert [(row["user_id"], row["aisle_reason"]) for row in rejected] == [
        ("b", "has a quantity that is not above 0"),
        ("c", "has a quantity that is not above 0"),
        ("c", "has an event of unknown type"),
    ]
    third = datasets.undo_fixes(workspace, second, ["quantity"])
    assert rows_of(workspace, third) == ALL
    told = manifest(workspace, third)
    assert (told["number"], told["parent"]) == (3, second)
    assert told["change"] == ("Undid the fix of: 2 rows have a quantity that is not above 0.")
    # the same recipe gives the same tables
    assert told["fingerprint"] == manifest(workspace, first)["fingerprint"]


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["magic"], "There is no finding 'magic' that can be fixed."),
        (["quantity", "event"], "There is no finding 'event' that can be fixed."),
    ],
)
def test_what_has_no_fix_is_refused_and_makes_no_version(
    workspace: Workspace, same: Callable[[], None], codes: list[str], sentence: str
) -> None:
    first = load(workspace)
    same()
    with pytest.raises(InputError) as raised:
        datasets.apply_fixes(workspace, first, codes)
    assert raised.value.message == sentence
    with pytest.raises(InputError) as raised:
        datasets.undo_fixes(workspace, first, ["quantity"])
    assert raised.value.message == "The fix 'quantity' is not applied in this version."
    assert raised.value.hint == "Applied are: none."
    assert workspace.datasets.ids() == [first]


def test_events_are_weighed_anew(workspace: Workspace, same: Callable[[], None]) -> None:
    first = load(workspace)
    same()
    second = datasets.weigh_events(workspace, first, {"view": -0.25, "squint": 0.1})
    weights = [row[3] for row in rows_of(workspace, second)]
    assert weights == [-0.25, 1.0, 1.0, -0.25, -1.0, 0.0, 0.1]
    assert manifest(workspace, second)["change"] == "Weighed events: view -0.25, squint 0.1"
    third = datasets.weigh_events(workspace, second, {"view": 0.5})
    assert recipe_of(workspace, third).event_weights == {"view": 0.5, "squint": 0.1}
    assert [row[3] for row in rows_of(workspace, third)] == [0.5, 1.0, 1.0, 0.5, -1.0, 0.0, 0.1]


def test_a_file_is_mapped_anew_without_being_asked_for(
    workspace: Workspace, same: Callable[[], None]
) -> None:
    first = load(workspace)
    same()
    (workspace.home / "sales.csv").unlink()
    mapping = {"user_id": "other_id", "item_id": "item_id"}
    second = datasets.map_anew(workspace, first, 0, mapping)
    assert rows_of(workspace, second) == [
        (str(9 - place), row.split(",")[1], 1.0, 1.0) for place, row in enumerate(ROWS)
    ]
    assert manifest(workspace, second)["change"] == "Mapped sales.csv anew"
    assert recipe_of(workspace, second).files[0].mapping == mapping


def test_restoring_makes_the_newest_version_like_an_old_one(
    workspace: Workspace, same: Callable[[], None]
) -> None:
    first = load(workspace)
    datasets.apply_fixes(workspace, first, ["quantity"])
    newest = datasets.weigh_events(workspace, first, {"view": 3})
    same()
    restored = datasets.restore(workspace, first)
    told = manifest(workspace, restored)
    assert (told["number"], told["parent"]) == (4, newest)
    assert told["change"] == "Restored version 1"
    assert told["fingerprint"] == manifest(workspace, first)["fingerprint"]
    assert told["recipe"] == manifest(workspace, first)["recipe"]
    numbers = [one["number"] for one in datasets.versions(workspace, first)]
    assert numbers == [4, 3, 2, 1]


def test_files_are_added_and_fixes_hold_for_them(
    workspace: Workspace, same: Callable[[], None]
) -> None:
    first = load(workspace)
    second = datasets.apply_fixes(workspace, first, ["quantity"])
    same()
    path = workspace.home / "more.csv"
    text = "user_id,item_id,quantity,timestamp\nd,x,3,2024-02-01\nd,y,-3,2024-02-02\n"
    path.write_text(text, encoding="utf-8")
    third = add_files(workspace, second, [("interactions", source(path))])
    assert rows_of(workspace, third) == [*ALL[:4], ("d", "x", 3.0, 1.0)]
    told = manifest(workspace, third)
    assert (told["change"], told["parent"]) == ("Added more.csv", second)
    assert [file["name"] for file in told["recipe"]["files"]] == ["sales.csv", "more.csv"]
    compared = datasets.compare(workspace, second, third)
    assert compared.counts["interactions"] == (4, 5)
    assert compared.counts["shoppers"] == (2, 3)
    assert compared.files == {"more.csv": (False, True)}
    assert compared.fixes == {}


def test_adding_may_accept_what_is_proposed(workspace: Workspace) -> None:
    first = load(workspace)
    path = workspace.home / "more.csv"
    path.write_text("user_id,item_id\nd,x\n", encoding="utf-8")
    second = add_files(workspace, first, [("interactions", source(path))], accept=True)
    assert "quantity" in recipe_of(workspace, second).fixes


def test_two_versions_are_compared_by_counts_and_fixes(workspace: Workspace) -> None:
    first = load(workspace)
    second = datasets.apply_fixes(workspace, first, ["quantity"])
    compared = datasets.compare(workspace, first, second)
    assert compared.counts["interactions"] == (6, 4)
    assert compared.counts["removed"] == (1, 3)
    assert compared.fixes == {"2 rows have a quantity that is not above 0.": (False, True)}
    assert compared.files == {}
    back = datasets.compare(workspace, second, first)
    assert back.fixes == {"2 rows have a quantity that is not above 0.": (True, False)}


def test_a_version_has_a_name_until_it_is_taken_away(
    workspace: Workspace, same: Callable[[], None]
) -> None:
    first = load(workspace)
    second = datasets.apply_fixes(workspace, first, ["quantity"])
    same()
    datasets.name_version(workspace, first, "  As it came ", actor="ann")
    datasets.name_version(workspace, first, "Raw", actor="ann")
    assert [(one["id"], one["label"]) for one in datasets.versions(workspace, second)] == [
        (second, ""),
        (first, "Raw"),
    ]
    datasets.name_version(workspace, first, " ", actor="ann")
    assert {one["label"] for one in datasets.versions(workspace, second)} == {""}
    with pytest.raises(NotFound):
        datasets.name_version(workspace, "gone", "Raw", actor="ann")


def test_versions_are_those_of_one_dataset(workspace: Workspace) -> None:
    first, other = load(workspace), load(workspace, name="other")
    assert [one["id"] for one in datasets.versions(workspace, first)] == [first]
    assert {one["id"] for one in datasets.all_versions(workspace)} == {first, other}


def test_deleting_takes_a_version_and_leaves_the_files_others_are_made_of(
    workspace: Workspace,
) -> None:
    first = load(workspace)
    second = datasets.apply_fixes(workspace, first, ["quantity"])
    other = load(workspace, name="other")
    before = prints(workspace)
    assert len(workspace.intakes.ids()) == 2
    datasets.delete_version(workspace, first, actor="ann")
    left = {path: one for path, one in before.items() if first not in path}
    assert prints(workspace) == left
    assert rows_of(workspace, datasets.undo_fixes(workspace, second, ["quantity"])) == ALL
    for version in datasets.versions(workspace, second):
        datasets.delete_version(workspace, version["id"], actor="ann")
    assert workspace.datasets.ids() == [other]
    (kept,) = workspace.intakes.ids()
    assert recipe_of(workspace, other).files[0].intake == kept
    with pytest.raises(NotFound):
        datasets.delete_version(workspace, first, actor="ann")


def test_what_is_in_use_is_not_deleted(workspace: Workspace, same: Callable[[], None]) -> None:
    first = load(workspace, [f"u{n % 9},i{n % 7},2024-01-01,1,purchase,1" for n in range(90)])
    same()
    model = train_model(workspace, "popularity", evaluate=False)
    with pytest.raises(InputError) as raised:
        datasets.delete_version(workspace, first, actor="ann")
    label = workspace.models.manifest(model)["label"]
    assert raised.value.message == f"This version is in use by the model {label} ({model})."
    release = publish_release(workspace, actor="ann").release_id
    for one in workspace.models.ids():
        workspace.models.remove(one)
    with pytest.raises(InputError) as raised:
        datasets.delete_version(workspace, first, actor="ann")
    assert raised.value.message == f"This version is in use by the release {release}."


def test_what_a_job_works_on_is_not_deleted(workspace: Workspace) -> None:
    first = load(workspace)
    job = submit_fixes(workspace, first, ["quantity"], actor="ann")
    with pytest.raises(InputError) as raised:
        datasets.delete_version(workspace, first, actor="ann")
    assert raised.value.message == (
        f"This version is in use by the job Apply a fix: Shop ({job.id})."
    )
    await_job(workspace, job, silent)
    datasets.delete_version(workspace, first, actor="ann")


def test_the_intake_of_a_job_under_way_is_spared_and_swept_once_it_is_over(
    workspace: Workspace,
) -> None:
    first = load(workspace)
    second = datasets.apply_fixes(workspace, first, ["quantity"])
    path = workspace.home / "more.csv"
    path.write_text("user_id,item_id\nd,x\n", encoding="utf-8")
    given: Given = [("interactions", source(path))]
    job = submit_ingest(workspace, given, name="More", actor="ann")
    kept = take_in(workspace.for_job(job.key), given)[0].intake
    datasets.delete_version(workspace, first, actor="ann")
    assert kept in workspace.intakes.ids()
    Queue(workspace.database).ask_cancel(job.id, actor="ann")
    datasets.delete_version(workspace, second, actor="ann")
    assert workspace.intakes.ids() == []


def test_a_job_makes_each_kind_of_version(workspace: Workspace, same: Callable[[], None]) -> None:
    first = load(workspace)
    same()
    newest = first

    def done(job: Any) -> str:
        return await_job(workspace, job, silent).result["dataset_id"]

    newest = done(submit_fixes(workspace, newest, ["quantity"], actor="ann"))
    newest = done(submit_undo(workspace, newest, ["quantity"], actor="ann"))
    newest = done(submit_event_weights(workspace, newest, {"view": 2}, actor="ann"))
    mapping = recipe_of(workspace, newest).files[0].mapping
    newest = done(
        submit_mapping(
            workspace, newest, 0, mapping | {"user_id": "other_id"}, date_order="day first",
            actor="ann",
        )
    )  # fmt: skip
    assert recipe_of(workspace, newest).files[0].date_order == "day first"
    newest = done(submit_restore(workspace, first, actor="ann"))
    told = manifest(workspace, newest)
    assert told["number"] == 6
    assert told["fingerprint"] == manifest(workspace, first)["fingerprint"]


@pytest.mark.parametrize("change", ["fix", "undo", "events", "map", "restore"])
def test_the_second_try_of_a_killed_job_takes_what_the_first_made(
    workspace: Workspace, same: Callable[[], None], change: str
) -> None:
    first = load(workspace)
    if change == "undo":
        first = datasets.apply_fixes(workspace, first, ["quantity"])
    same()
    mapping = recipe_of(workspace, first).files[0].mapping
    arguments: dict[str, Any] = {
        "fix": {"codes": ["quantity"]},
        "undo": {"codes": ["quantity"]},
        "events": {"weights": {"view": 2}},
        "map": {"file": 0, "mapping": mapping},
        "restore": {},
    }[change]
    params = {"dataset_id": first, "change": change, "arguments": arguments}
    job = Queue(workspace.database).submit("version", params, label="Change", actor="ann")
    ours, before = workspace.for_job(job.key), set(workspace.datasets.ids())
    made = [DATA_KINDS["version"](ours, job.params, silent) for _ in range(2)]
    assert made[0] == made[1]
    assert set(workspace.datasets.ids()) - before == {made[0]["dataset_id"]}


def test_a_second_try_reads_the_files_that_the_first_one_kept(workspace: Workspace) -> None:
    path = workspace.home / "sales.csv"
    path.write_text("user_id,item_id\nd,x\n", encoding="utf-8")
    given: Given = [("interactions", source(path))]
    job = submit_ingest(workspace, given, name="Shop", actor="ann")
    ours = workspace.for_job(job.key)
    (kept,) = take_in(ours, given)
    path.unlink()  # the first try died after it had kept the file, and somebody tidied up
    dataset_id = DATA_KINDS["ingest"](ours, job.params, silent)["dataset_id"]
    assert recipe_of(workspace, dataset_id).files == (kept,)
    assert workspace.intakes.ids() == [kept.intake]


@pytest.mark.parametrize(
    ("file", "mapping", "sentence"),
    [
        (0, {"user_id": "nobody", "item_id": "item_id"}, "sales.csv has no column 'nobody'"),
        (0, {"item_id": "item_id"}, "sales.csv has no column 'user_id'"),
        (0, {"user_id": "user_id", "item_id": "item_id", "hue": "x"}, "which is no role of"),
        (1, {"user_id": "user_id", "item_id": "item_id"}, "This version has no file number 1."),
        (-1, {"user_id": "user_id", "item_id": "item_id"}, "This version has no file number -1."),
    ],
)
def test_a_mapping_that_does_not_fit_is_told(
    workspace: Workspace,
    same: Callable[[], None],
    file: int,
    mapping: dict[str, str],
    sentence: str,
) -> None:
    first = load(workspace)
    same()
    with pytest.raises(InputError) as raised:
        datasets.map_anew(workspace, first, file, mapping)
    assert sentence in raised.value.message
    assert isinstance(raised.value, BadMapping)
    assert workspace.datasets.ids() == [first]


def test_a_fix_that_is_applied_already_makes_no_other_version(workspace: Workspace) -> None:
    fixed = datasets.apply_fixes(workspace, load(workspace), ["quantity"])
    before = workspace.datasets.ids()
    with pytest.raises(InputError) as raised:
        datasets.apply_fixes(workspace, fixed, ["quantity"])
    assert raised.value.message == "The fix 'quantity' is applied in this version already."
    assert workspace.datasets.ids() == before


@pytest.mark.parametrize("weight", [float("nan"), float("inf"), 1e39, -101.0])
def test_a_weight_that_is_no_number_is_told(
    workspace: Workspace, same: Callable[[], None], weight: float
) -> None:
    first = load(workspace)
    same()
    with pytest.raises(InputError) as raised:
        datasets.weigh_events(workspace, first, {"view": weight})
    assert raised.value.message == (
        f"The weight of 'view' is {weight:g}; it has to be from -5 to 5."
    )


def test_the_overview_of_a_version_is_read_or_said_to_be_gone(workspace: Workspace) -> None:
    first = load(workspace)
    found = datasets.overview(workspace, first)
    assert found["summary"] == (
        "3 shoppers bought 2 products; half of all sales come from 50 % of them."
    )
    path = workspace.datasets.path(first) / "overview.json"
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    with pytest.raises(StorageError, match="is missing or damaged"):
        datasets.overview(workspace, first)
    with pytest.raises(NotFound):
        datasets.overview(workspace, "gone")


def test_checking_finds_what_loading_finds_and_keeps_nothing(workspace: Workspace) -> None:
    first = load(workspace)
    before = sorted(path for path in workspace.home.rglob("*") if path.is_file())
    path = workspace.home / "sales.csv"
    found = check_files(workspace, [("interactions", source(path))])
    assert found["findings"] == manifest(workspace, first)["findings"]
    assert found["counts"] == manifest(workspace, first)["counts"]
    assert found["overview"] == datasets.overview(workspace, first)
    assert found["files"] == [
        {
            "name": "sales.csv",
            "kind": "interactions",
            "mapping": dict(source(path).mapping),
            "understood": ["comma-separated, UTF-8", "dates as year-month-day"],
        }
    ]
    with pytest.raises(InputError, match="A file of purchases is missing: who bought what"):
        check_files(workspace, [("items", Source(path, {"item_id": "item_id"}))])
    bad = replace(source(path), mapping={"user_id": "nobody", "item_id": "item_id"})
    with pytest.raises(BadMapping, match=r"sales\.csv has no column 'nobody'"):
        check_files(workspace, [("interactions", bad)])
    assert sorted(path for path in workspace.home.rglob("*") if path.is_file()) == before
    assert json.dumps(found)
