"""Segments are worked out anew on each release, and told who came and went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from recsys.errors import AisleError, JobStopped, NotFound
from recsys.jobs.queue import Job, Queue
from recsys.releases.live import LiveShop, LiveView
from recsys.rules.sets import SetLine, load_sets
from recsys.segments import stored
from recsys.segments.stored import Change, Kept
from recsys.types import Report, silent
from recsys.workflows.data_jobs import submit
from recsys.workflows.named_sets import uses
from recsys.workflows.segment_members import named_segments, work_out
from recsys.workspace import Workspace

KIND = "segment_refresh"


@dataclass(frozen=True)
class Refreshed:
    """What became of one segment.

    Attributes
    ----------
    change
        None where it was left as it was.
    words
        In a sentence, for people; the name in it is theirs.
    """

    set_id: int
    name: str
    version: int
    change: Change | None
    words: str


def queue_refresh(workspace: Workspace, *, actor: str) -> Job | None:
    """Queue the refresh of the segments that follow each release.

    Returns
    -------
    Job or None
        The one that waits already, if one does; None where no segment follows releases.
    """
    with workspace.database.read() as connection:
        if not stored.refreshing(connection):
            return None
    waiting = [
        job
        for job in Queue(workspace.database).active()
        if job.kind == KIND and job.status == "queued"
    ]
    if waiting:
        return waiting[0]
    return submit(workspace, KIND, {"actor": actor}, "Refresh the segments", actor)


def refresh_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`queue_refresh`, on what is live when it begins."""
    view = LiveShop(workspace).current()
    done = refresh_segments(workspace, view, actor=params["actor"], report=report)
    return {
        "release_id": view.release.id,
        "segments": [
            {
                "set_id": one.set_id,
                "name": one.name,
                "version": one.version,
                "change": vars(one.change) if one.change else None,
                "words": one.words,
            }
            for one in done
        ],
    }


def refresh_segments(
    workspace: Workspace,
    view: LiveView,
    set_ids: Iterable[int] | None = None,
    *,
    actor: str,
    report: Report = silent,
) -> list[Refreshed]:
    """Work segments out anew; who changed gets a new version, which rules see when published.

    One that cannot be worked out, or was changed by hand, is left as it is and said so; the others
    go on.

    Parameters
    ----------
    set_ids
        None for all that follow releases. Those that others go by come first.
    """
    with workspace.database.read() as connection:
        kept = stored.kept_segments(connection)
    chosen = set(kept) & set(set_ids) if set_ids is not None else None
    wanted = {
        set_id: one
        for set_id, one in kept.items()
        if (one.refresh if chosen is None else set_id in chosen)
    }
    ruled = uses(workspace, "segment")
    done: list[Refreshed] = []
    for number, set_id in enumerate(_in_order(wanted)):
        report(number / len(wanted), "Working out segments")
        try:
            with workspace.database.read() as connection:
                line = stored.segment_set(connection, set_id)
        except NotFound:  # deleted meanwhile
            continue
        done.append(
            _refresh(workspace, view, wanted[set_id], line, ruled=set_id in ruled, actor=actor)
        )
    return done


def _refresh(
    workspace: Workspace,
    view: LiveView,
    kept: Kept,
    line: SetLine,
    *,
    ruled: bool,
    actor: str,
) -> Refreshed:
    if line.version != kept.version:
        words = "was changed by hand and left as it is; save its definition again to refresh it."
        return _left(line, words)
    try:
        line, change = _again(workspace, view, kept, line, actor)
    except JobStopped:
        raise
    except AisleError as error:
        return _left(line, f"was left as it is: {error.message}")
    if not change.came and not change.went:
        words = f"{line.name!r} has the same {line.count:,} members."
    else:
        words = f"{line.name!r}: {change.words()}."
        if ruled:
            words += " Live rules go on with the members they were published with."
    return Refreshed(line.id, line.name, line.version, change, words)


def _left(line: SetLine, words: str) -> Refreshed:
    return Refreshed(line.id, line.name, line.version, None, f"{line.name!r} {words}")


def _again(
    workspace: Workspace, view: LiveView, kept: Kept, line: SetLine, actor: str
) -> tuple[SetLine, Change]:
    before = load_sets(workspace.database, {line.id: line.version})[line.id].members
    found = work_out(workspace, view, kept.definition)
    change = Change.between(before, found.members)
    now = replace(kept, release_id=view.release.id, counts=found.counts, proof_id=found.proof_id)
    with workspace.database.write() as connection:
        if not change.came and not change.went:
            return stored.touch_segment(connection, now, seen=line.version), change
        line = stored.keep_segment(
            connection,
            line.name,
            found.members,
            now,
            change,
            set_id=line.id,
            seen=line.version,
            note=None,
            why=f"Worked out on release {view.release.id}.",
            actor=actor,
        )
    return line, change


def _in_order(wanted: Mapping[int, Kept]) -> list[int]:
    """Return the segments so that those that others go by come first; a circle has no first."""
    order: dict[int, None] = {}
    begun: set[int] = set()

    def visit(set_id: int) -> None:
        if set_id in begun or set_id not in wanted:
            return
        begun.add(set_id)
        for other in sorted(named_segments(wanted[set_id].definition)):
            visit(other)
        order[set_id] = None

    for set_id in wanted:
        visit(set_id)
    return list(order)
