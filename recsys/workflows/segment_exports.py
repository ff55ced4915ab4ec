"""Segments as files: for people, machines and platforms, with a manifest beside each."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from recsys.errors import InputError
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.release import not_served
from recsys.segments.definition import Definition
from recsys.segments.protected import masked
from recsys.segments.stored import segment_set
from recsys.types import Report, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.exports import check_path, exports_folder, writing
from recsys.workflows.segment_columns import columns_of
from recsys.workflows.segment_layouts import LAYOUTS
from recsys.workflows.segment_manifest import (
    checksum,
    definition_document,
    manifest_path,
    note_download,
    read_export,
    write_manifest,
)
from recsys.workflows.segment_warnings import all_warnings
from recsys.workflows.segment_written import (
    MOST_RECOMMENDED,
    Chosen,
    Export,
    HeldOut,
    notes_of,
    rows_of,
)
from recsys.workflows.segments import open_segment
from recsys.workspace import Workspace
from recsys.workspace.database import record

__all__ = [
    "LAYOUTS",
    "MOST_RECOMMENDED",
    "Export",
    "HeldOut",
    "definition_document",
    "export_members",
    "export_segment",
    "manifest_path",
    "note_download",
    "read_export",
    "segment_export_job",
    "submit_segment_export",
]

KIND = "segment_export"
_ROWS_AT_A_TIME = 10_000


def submit_segment_export(
    workspace: Workspace,
    set_id: int,
    *,
    layout: str = "people",
    recommend: int = 0,
    held_out: HeldOut = "out",
    out: Path | None = None,
    actor: str,
) -> Job:
    """Queue the writing of a segment, as it stands when the job begins.

    Parameters
    ----------
    out
        A file whose name ends in .csv; by default one of the workspace's own, named in the job's
        result, which is the manifest.

    Raises
    ------
    InputError
        The layout or the file cannot be.
    NotFound
        There never was such a segment, or it is deleted.
    """
    Export(layout, recommend, held_out).check()
    with workspace.database.read() as connection:
        line = segment_set(connection, set_id)
    name = f"segment-{set_id}-v{line.version}-{layout}-{time.strftime('%Y%m%d-%H%M%S')}.csv"
    target = (out or exports_folder(workspace) / name).resolve()
    check_path(target, (".csv",), ours=out is None)
    params = {
        "set_id": set_id,
        "out": str(target),
        "layout": layout,
        "recommend": recommend,
        "held_out": held_out,
        "actor": actor,
    }
    return submit(workspace, KIND, params, f"Export the segment {line.name}", actor)


def segment_export_job(
    workspace: Workspace, params: dict[str, Any], report: Report
) -> dict[str, Any]:
    """Do the job of :func:`submit_segment_export`."""
    target = Path(params["out"])
    if target.parent == exports_folder(workspace).resolve():
        target.parent.mkdir(parents=True, exist_ok=True)
    return export_segment(
        workspace,
        LiveShop(workspace).current(),
        params["set_id"],
        target,
        layout=params["layout"],
        recommend=params["recommend"],
        held_out=params["held_out"],
        actor=params["actor"],
        report=report,
    )


def export_segment(
    workspace: Workspace,
    view: LiveView,
    set_id: int,
    path: Path,
    *,
    layout: str = "people",
    recommend: int = 0,
    held_out: HeldOut = "out",
    actor: str,
    report: Report = silent,
) -> dict[str, Any]:
    """Write the members of a segment to a CSV file, which appears whole or not at all.

    Beside it lies a manifest of the same name with ``.manifest.json`` behind it. Memory does not
    grow with the members, but for their ids.

    Returns
    -------
    dict
        The manifest: definition, date, release, counts, checksum, and what there is to know.

    Raises
    ------
    InputError
        The layout cannot be, the file cannot be written there, or the shop lacks what the layout
        asks for.
    NotFound
        There never was such a segment, or it is deleted.
    NotReady
        Products are asked for and the release has no For You.
    StorageError
        The disk is full.
    """
    found = open_segment(workspace, set_id)
    about = {
        "id": set_id,
        "name": found.line.name,
        "version": found.line.version,
        "worked_out_on": found.release_id,
    }
    return export_members(
        workspace, view, found.definition, found.members, path,
        wanted=Export(layout, recommend, held_out), about=about, actor=actor, report=report,
    )  # fmt: skip


def export_members(
    workspace: Workspace,
    view: LiveView,
    definition: Definition,
    members: Sequence[str],
    path: Path,
    *,
    wanted: Export,
    about: dict[str, Any],
    actor: str,
    report: Report = silent,
) -> dict[str, Any]:
    """Write members, of a saved segment or of one that is only worked out.

    Parameters
    ----------
    members
        Ids, best first.
    about
        What the manifest says the segment is.

    Raises
    ------
    InputError, NotReady, StorageError
        As for :func:`export_segment`.
    """
    layout = wanted.check()
    check_path(path, (".csv",))
    if wanted.recommend and "for_you" not in view.release.manifest["strategies"]:
        raise not_served("for_you")
    if layout.platform and "email" not in view.release.shoppers.column_names:
        raise InputError(
            f"The shop's data has no e-mail addresses, and {layout.label} needs them.",
            hint="Map the column with the e-mail addresses on the Data page.",
        )
    columns = columns_of(view, layout, wanted.recommend, told=wanted.held_out == "column")
    chosen = Chosen(view, definition, layout, wanted.held_out)
    rows = 0
    with writing(path, columns.names, raw=layout.raw) as write:
        for start in range(0, len(members), _ROWS_AT_A_TIME):
            some = chosen.of(members, start, start + _ROWS_AT_A_TIME)
            step = part_of(
                report, start / len(members), min(1.0, (start + _ROWS_AT_A_TIME) / len(members))
            )
            ready = list(rows_of(columns, chosen, some, step))
            rows += len(ready)
            write(ready)
    manifest = {
        "segment": about,
        "definition": definition_document(masked(view, definition)),
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "made_by": actor,
        "release_id": view.release.id,
        "dataset_id": view.release.manifest["dataset_id"],
        "rule_set": view.book.rule_set_id,
        "layout": layout.name,
        "recommend": wanted.recommend,
        "held_out": wanted.held_out,
        "file": path.name,
        "columns": list(columns.names),
        "members": len(members),
        "rows": rows,
        "left_out": {why: count for why, count in chosen.left_out.items() if count},
        "notes": [
            *all_warnings(workspace, view, definition),
            *notes_of(view, layout, chosen, path),
        ],
        "bytes": path.stat().st_size,
        "sha256": checksum(path),
    }
    write_manifest(path, manifest)
    with workspace.database.write() as connection:
        told = {name: manifest[name] for name in ("layout", "rows", "sha256", "release_id")}
        record(connection, actor, "export segment", str(about["name"]), id=about.get("id"), **told)
    return manifest
