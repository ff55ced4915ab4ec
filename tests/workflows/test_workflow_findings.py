"""Which findings want attention, what typed weights mean, and rejected rows as files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.arrow import pa, read_parquet, write_parquet
from recsys.data.ingest import Source, ingest
from recsys.errors import InputError, NotFound
from recsys.settings import Settings
from recsys.workflows.datasets import apply_fixes, rejects_path
from recsys.workflows.event_weights import changed_weights
from recsys.workflows.findings import newest_of_each, standing
from recsys.workflows.rejects import rejects_csv, rejects_parquet, write_rejects_csv
from recsys.workflows.shelves import inert
from recsys.workspace import Workspace


def finding(code: str, severity: str, **other: Any) -> dict[str, Any]:
    return {
        "code": code,
        "severity": severity,
        "count": 1,
        "fix": "Leave these rows out",
        "removes": 10,
        "proposed": False,
        "must": False,
        "fixed": False,
    } | other


def manifest(*findings: dict[str, Any], read: int = 100, removed: int = 0) -> dict[str, Any]:
    return {"findings": list(findings), "counts": {"read": read, "removed": removed}}


def test_what_waits_comes_first_by_how_badly_and_what_is_fixed_last() -> None:
    where = standing(
        manifest(
            finding("fixed_act", "act", fixed=True, proposed=True),
            finding("note", "note"),
            finding("look", "look", count=9),
            finding("look_proposed", "look", proposed=True),
            finding("in_any_case", "look", must=True, fixed=True, fix=""),
            finding("act", "act", fix="", removes=0),
            finding("act_proposed", "act", proposed=True),
        )
    )
    assert [one["code"] for one in where.findings] == [
        "act_proposed",
        "act",
        "look_proposed",
        "look",
        "in_any_case",
        "note",
        "fixed_act",
    ]
    assert where.proposed == ("act_proposed", "look_proposed")
    assert where.leaves_out == 20
    assert where.must_act == 2
    assert where.need_a_look == 3, "a proposed fix of what must be acted on counts once"


def test_fixes_never_promise_to_leave_out_more_rows_than_there_are() -> None:
    both = [finding(code, "look", proposed=True, removes=80) for code in ("one", "other")]
    assert standing(manifest(*both, removed=10)).leaves_out == 90


def test_nothing_found_needs_nothing() -> None:
    where = standing(manifest())
    assert (where.findings, where.proposed, where.must_act, where.need_a_look) == ((), (), 0, 0)


def test_of_each_dataset_the_newest_version_is_taken() -> None:
    every = [
        {"id": str(n), "lineage": name, "created_at": n}
        for n, name in enumerate(["b", "a", "b", "c", "a"])
    ]
    assert [one["id"] for one in newest_of_each(every)] == ["4", "3", "2"]


EVENTS = [
    {"event": "view", "weight": 0.5, "default": 0.5},
    {"event": "buy", "weight": 2.0, "default": 1.0},
    {"event": "scroll", "weight": None, "default": None},
    {"event": "swipe", "weight": 0.25, "default": None},
]


@pytest.mark.parametrize(
    ("typed", "changed"),
    [
        ([0.5, 2.0, None, 0.25], {}),
        ([0.5, 2.0, float("nan"), 0.25], {}),
        ([0.1, 2.0, None, 0.25], {"view": 0.1}),
        ([None, None, None, 0.25], {"buy": 1.0}),
        ([0.5, 2.0, 0.3, 0.0], {"scroll": 0.3, "swipe": 0.0}),
        ([-5.0, 5.0, None, 0.25], {"view": -5.0, "buy": 5.0}),
    ],
)
def test_only_weights_that_differ_are_taken(
    typed: list[float | None], changed: dict[str, float]
) -> None:
    assert changed_weights(EVENTS, typed) == changed


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ([5.5, 2.0, None, 0.25], "The weight of 'view' is 5.5; it has to be from -5 to 5."),
        ([-6.0, 2.0, None, 0.25], "The weight of 'view' is -6; it has to be from -5 to 5."),
        (
            [float("inf"), 2.0, None, 0.25],
            "The weight of 'view' is inf; it has to be from -5 to 5.",
        ),
        (
            [0.5, 2.0, None, None],
            "The event 'swipe' has a weight and no default to go back to.",
        ),
    ],
)
def test_weights_that_cannot_be_are_refused(typed: list[float | None], words: str) -> None:
    with pytest.raises(InputError) as refused:
        changed_weights(EVENTS, typed)
    assert refused.value.message == words


def shop_with_rejects(workspace: Workspace, folder: Path) -> str:
    """A shop of 40 good rows and three to leave out, with cells that a spreadsheet would run."""
    lines = ["shopper,product,when,pieces,=note"]
    lines += [f"s{n % 8},p{n % 10},2026-01-{1 + n % 28:02d},1,fine" for n in range(40)]
    lines += [
        "s1,p1,2026-02-01,-2,=1+1",
        "s2,p2,2026-02-02,0,\"=cmd|'/C calc'!A0\"",
        's3,p3,2026-02-03,-1,"two\nlines, ""quoted"""',
    ]
    path = folder / "orders.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    roles = {"user_id": "shopper", "item_id": "product", "timestamp": "when", "quantity": "pieces"}
    first = ingest(workspace, interactions=Source(path, roles), name="Shop")
    return apply_fixes(workspace, first, ["quantity"])


def rows_of(content: bytes, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline="")))


def test_rejected_rows_come_with_file_row_and_reason_and_no_text_runs(
    workspace: Workspace, tmp_path: Path
) -> None:
    version = shop_with_rejects(workspace, tmp_path)
    content = rejects_csv(workspace, version)
    assert content.startswith("\ufeff".encode())
    assert [list(row.values()) for row in rows_of(content, "utf-8-sig")] == [
        ["orders.csv", row, "has a quantity that is not above 0", *cells]
        for row, cells in zip(
            rows_in_file(workspace, version),
            [
                ["s1", "p1", "2026-02-01", "-2", "'=1+1"],
                ["s2", "p2", "2026-02-02", "0", "'=cmd|'/C calc'!A0"],
                ["s3", "p3", "2026-02-03", "-1", 'two\nlines, "quoted"'],
            ],
            strict=True,
        )
    ]
    assert content.decode("utf-8-sig").splitlines()[0].endswith(",pieces,'=note")


def rows_in_file(workspace: Workspace, version: str) -> list[str]:
    return [str(n) for n in read_parquet(rejects_path(workspace, version))["aisle_row"].to_pylist()]


def test_for_machines_every_cell_is_as_it_stood(workspace: Workspace, tmp_path: Path) -> None:
    version = shop_with_rejects(workspace, tmp_path)
    out = tmp_path / "raw.csv"
    write_rejects_csv(workspace, version, out, raw=True)
    notes = ["=1+1", "=cmd|'/C calc'!A0", 'two\nlines, "quoted"']
    assert [row["=note"] for row in rows_of(out.read_bytes(), "utf-8")] == notes
    kept = tmp_path / "raw.parquet"
    kept.write_bytes(rejects_parquet(workspace, version))
    assert read_parquet(kept)["=note"].to_pylist() == notes


def test_a_version_that_left_nothing_out_has_a_heading(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("shopper,product\n" + "a,b\n" * 3, encoding="utf-8")
    source = Source(path, {"user_id": "shopper", "item_id": "product"})
    version = ingest(workspace, interactions=source, name="Shop")
    text = rejects_csv(workspace, version).decode("utf-8-sig")
    assert text == "aisle_file,aisle_row,aisle_reason\n"


def test_rejects_of_no_version_are_refused(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        rejects_csv(workspace, "20260101-000000-abcdef")


FORMULAS = st.text(max_size=12) | st.text(
    st.sampled_from("=+-@\uff1d;|\t\r\n \u00a0\u200b\x1c\x85\u2028\"'x1.,\x00"), max_size=8
)


@settings(max_examples=6)
@given(texts=st.lists(FORMULAS, min_size=50, max_size=150))
def test_cells_are_made_inert_exactly_as_on_the_shelves_but_for_numbers(
    texts: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    workspace = Workspace(Settings(home=tmp_path_factory.mktemp("inert")))
    folder = workspace.datasets.root / "20260101-000000-abcdef"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    write_parquet(pa.table({"cell": texts}), folder / "rejects.parquet")
    found = list(
        csv.reader(io.StringIO(rejects_csv(workspace, folder.name).decode("utf-8-sig"), newline=""))
    )
    number = r"-?\d+([.,]\d+)*"

    expected = [one if re.fullmatch(number, one, re.ASCII) else inert(one) for one in texts]
    assert [row[0] if row else "" for row in found[1:]] == expected
