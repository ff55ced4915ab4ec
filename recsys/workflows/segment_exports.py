"""Segments as files: for people, machines and platforms, with a manifest beside each."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from recsys.errors import InputError, NotFound, StorageError
from recsys.jobs.queue import Job
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.release import not_served
from recsys.rules.saying import counted
from recsys.segments.about_shoppers import consenting
from recsys.segments.definition import Definition
from recsys.segments.picking import share_of
from recsys.segments.protected import warnings_of
from recsys.segments.stored import segment_set
from recsys.types import Report, part_of, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.exports import check_path, exports_folder, writing
from recsys.workflows.segment_columns import Columns, columns_of
from recsys.workflows.segment_layouts import LAYOUTS, Layout, email_of
from recsys.workflows.segments import open_segment
from recsys.workspace import Workspace
from recsys.workspace.artefacts import part_path
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
MOST_RECOMMENDED = 20
HeldOut = Literal["out", "column", "only"]

_ROWS_AT_A_TIME = 10_000
# Klaviyo takes no more in one file.
_KLAVIYO_BYTES = 50_000_000
# A longer list of ids is told by its length: it stands in the file itself.
_MOST_IDS = 1_000


@dataclass(frozen=True)
class Export:
    """How a segment is to be written.

    Attributes
    ----------
    layout
        A key of :data:`LAYOUTS`.
    recommend
        How many products of For You beside each member.
    held_out
        Who is set aside for measurement: left out, said in a column, or the only ones written.
    """

    layout: str = "people"
    recommend: int = 0
    held_out: HeldOut = "out"

    def check(self) -> Layout:
        """Return the layout.

        Raises
        ------
        InputError
            There is none of that name, or it has no room for what is asked for.
        """
        layout = LAYOUTS.get(self.layout)
        if layout is None:
            raise InputError(
                f"There is no layout {self.layout!r}.", hint=f"There are: {', '.join(LAYOUTS)}."
            )
        if not 0 <= self.recommend <= MOST_RECOMMENDED:
            raise InputError(
                f"{self.recommend} products for each member were asked for; from 0 to"
                f" {MOST_RECOMMENDED} are possible."
            )
        if not layout.products and (self.recommend or self.held_out == "column"):
            raise InputError(
                f"The layout of {layout.label} has no room for products or the hold-out group.",
                hint="Choose another layout, or none of both.",
            )
        return layout


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
    chosen = _Chosen(view, definition, layout, wanted.held_out)
    rows = 0
    with writing(path, columns.names, raw=layout.raw) as write:
        for start in range(0, len(members), _ROWS_AT_A_TIME):
            some = chosen.of(members, start, start + _ROWS_AT_A_TIME)
            step = part_of(
                report, start / len(members), min(1.0, (start + _ROWS_AT_A_TIME) / len(members))
            )
            ready = list(_rows(columns, chosen, some, step))
            rows += len(ready)
            write(ready)
    manifest = {
        "segment": about,
        "definition": definition_document(definition),
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
        "notes": _notes(view, definition, layout, chosen, path),
        "bytes": path.stat().st_size,
        "sha256": _checksum(path),
    }
    _write_manifest(path, manifest)
    with workspace.database.write() as connection:
        told = {name: manifest[name] for name in ("layout", "rows", "sha256", "release_id")}
        record(connection, actor, "export segment", str(about["name"]), id=about.get("id"), **told)
    return manifest


def manifest_path(path: Path) -> Path:
    """Return where the manifest of an export lies."""
    return path.with_name(f"{path.name}.manifest.json")


def note_download(workspace: Workspace, manifest: dict[str, Any], *, actor: str) -> None:
    """Write into the audit log that somebody took an export away."""
    with workspace.database.write() as connection:
        about = manifest["segment"]
        told = {name: manifest[name] for name in ("layout", "rows", "sha256", "file")}
        record(connection, actor, "download segment", about["name"], id=about.get("id"), **told)


@dataclass
class _Chosen:
    """Which members are written, and how many are not, by reason."""

    view: LiveView
    definition: Definition
    layout: Layout
    held_out: HeldOut
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    unknown: int = 0
    without_consent: int = 0
    seen: set[bytes] = field(default_factory=set[bytes])

    def of(
        self, members: Sequence[str], start: int, end: int
    ) -> list[tuple[int, str, int | None, bool]]:
        """Return rank, id, row number and whether set aside, of some members that are written."""
        ids = members[start:end]
        rows = [self.view.release.user_ids.row(one) for one in ids]
        known = np.array([row for row in rows if row is not None], np.int32)
        aside = set[int]()
        share, salt = self.definition.holdout, f"holdout {self.definition.seed}"
        if share:
            aside = set(known[share_of(self.view.release, known, share, salt)].tolist())
        agreed = consenting(self.view.release)
        found: list[tuple[int, str, int | None, bool]] = []
        for rank, (user_id, row) in enumerate(zip(ids, rows, strict=True), start + 1):
            held = row in aside
            consents = agreed is None or (row is not None and bool(agreed[row]))
            self.unknown += row is None
            self.without_consent += not consents
            if (held and self.held_out == "out") or (not held and self.held_out == "only"):
                self.leave("not in the hold-out group" if not held else "in the hold-out group")
            elif self.layout.platform and row is None:
                self.leave("unknown to the live release")
            elif self.layout.platform and not consents:
                self.leave("without consent")
            else:
                found.append((rank, user_id, row, held))
        return found

    def leave(self, why: str) -> None:
        """Count one that is not written."""
        self.left_out[why] = self.left_out.get(why, 0) + 1

    def has_address(self, email: str) -> bool:
        """Say whether a platform can use an address: it is one, and was not there before."""
        address = email_of(email)
        if not address:
            self.leave("without an e-mail address that can be used")
            return False
        mark = hashlib.blake2b(address.encode(), digest_size=8).digest()
        if mark in self.seen:
            self.leave("with an e-mail address that another member has")
            return False
        self.seen.add(mark)
        return True


def _rows(
    columns: Columns,
    chosen: _Chosen,
    some: Sequence[tuple[int, str, int | None, bool]],
    report: Report,
) -> Iterator[list[Any]]:
    known = [row for _, _, row, _ in some if row is not None]
    shoppers = iter(columns.shoppers(known))
    for number, (rank, user_id, row, held) in enumerate(some):
        report(number / len(some), "Writing the members")
        shopper: dict[str, Any] = {} if row is None else next(shoppers)
        if chosen.layout.platform and not chosen.has_address(str(shopper.get("email") or "")):
            continue
        yield columns.row(rank, user_id, row, shopper, held=held)


def _notes(
    view: LiveView, definition: Definition, layout: Layout, chosen: _Chosen, path: Path
) -> list[str]:
    notes = warnings_of(view, definition)
    if consenting(view.release) is None:
        notes.append(
            "The shop does not say who consented, so nobody's consent could be checked."
            + (" Check it before you upload the file." if layout.platform else "")
        )
    elif chosen.without_consent and not layout.platform:
        notes.append(
            f"{counted(chosen.without_consent, 'member')} did not consent to be written to; they"
            " are in the file."
        )
    if chosen.unknown and not layout.platform:
        notes.append(
            f"{counted(chosen.unknown, 'member is', 'members are')} unknown to the live release;"
            " only the id is in the file."
        )
    if layout.name == "klaviyo" and path.stat().st_size > _KLAVIYO_BYTES:
        notes.append("The file is larger than 50 MB, the most that Klaviyo takes: split it.")
    return notes


def definition_document(definition: Definition) -> dict[str, Any]:
    """Return a definition as JSON has it, long lists of ids by their length."""
    found = definition.model_dump(mode="json", exclude_defaults=True) | {"kind": definition.kind}
    for holder in (found, found.get("seeds") or {}):
        ids = holder.get("ids", ())
        if len(ids) > _MOST_IDS:
            holder["ids"] = f"{len(ids):,} ids"
    return found


def _checksum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error


def _write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    target = manifest_path(path)
    part = part_path(target.parent, target.name)
    try:
        part.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        os.replace(part, target)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageError(
            f"Writing {target} failed: {error.strerror or error}.",
            hint="Free some space or name another file.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def read_export(workspace: Workspace, file: str) -> tuple[Path, dict[str, Any]]:
    """Return an export of the workspace's own and its manifest, for a download.

    Parameters
    ----------
    file
        Its name, as the manifest says; never a path.

    Raises
    ------
    NotFound
        There is none.
    """
    path = exports_folder(workspace) / Path(file).name
    try:
        manifest = json.loads(manifest_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotFound(f"There is no export {file!r}.", hint="Export the segment again.") from None
    if not path.is_file():
        raise NotFound(f"There is no export {file!r}.", hint="Export the segment again.")
    return path, manifest
