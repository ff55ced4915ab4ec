"""Segments of shoppers: worked out, looked at, saved, and what became of each version."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recsys.lifts import Lift
from recsys.releases.live import LiveView
from recsys.rules.sets import SetLine, line_of, load_sets
from recsys.segments import stored
from recsys.segments.definition import Definition, SegmentKind
from recsys.segments.picking import Picked, draws, with_seed
from recsys.segments.ranked import Ranked
from recsys.segments.sharing import shared
from recsys.segments.stored import Change, Counts, Kept, Step
from recsys.segments.stored_rules import LifecycleLine
from recsys.segments.tops import TOP_WORDS, TopProduct, top_products
from recsys.workflows.segment_members import Worked, check_circle, work_out
from recsys.workflows.segment_overlap import MOST_COMPARED, Overlap, overlap
from recsys.workflows.segment_rules import lifecycle_line, lifecycle_rules, save_lifecycle_rules
from recsys.workspace import Workspace

__all__ = [
    "MOST_COMPARED",
    "TOP_WORDS",
    "Counts",
    "LifecycleLine",
    "Overlap",
    "Preview",
    "Segment",
    "SegmentLine",
    "Step",
    "TopProduct",
    "Worked",
    "lifecycle_line",
    "lifecycle_rules",
    "open_segment",
    "overlap",
    "preview",
    "save_lifecycle_rules",
    "save_segment",
    "segment_lines",
    "set_refresh",
    "work_out",
]


@dataclass(frozen=True)
class SegmentLine:
    """A segment as lists show it.

    Attributes
    ----------
    kind
        "list" for one without a definition: made by hand.
    version
        The revision that a change of it has to know.
    count, held_out
        Members, and those of them that are set aside.
    refresh
        Whether it is worked out anew on each release.
    by_hand
        Whether its members were changed by hand since it was worked out; then a refresh leaves it.
    release_id
        On which it was worked out last; empty for one made by hand.
    actor, at
        Who changed it last, and when.
    """

    id: int
    name: str
    kind: SegmentKind
    note: str
    version: int
    count: int
    held_out: int
    refresh: bool
    by_hand: bool
    release_id: str
    actor: str
    at: float


@dataclass(frozen=True)
class Segment:
    """A segment with all that is known of it.

    Attributes
    ----------
    members
        The shop's ids in the order of the ranking, best first.
    counts
        From when it was worked out last.
    history
        Its versions, newest first, with who came and went.
    """

    line: SegmentLine
    definition: Definition
    members: tuple[str, ...]
    counts: Counts
    proof_id: str
    release_id: str
    history: tuple[Step, ...]


@dataclass(frozen=True)
class Preview:
    """What a definition gives, before it is saved.

    Attributes
    ----------
    shared
        What members have more often than all shoppers, by what is compared.
    top
        Products, see :data:`recsys.segments.tops.TOP_WORDS`.
    """

    ranked: Ranked
    picked: Picked
    shared: dict[str, list[Lift]]
    top: list[TopProduct]
    counts: Counts
    notes: tuple[str, ...]
    proof_id: str


def segment_lines(workspace: Workspace) -> list[SegmentLine]:
    """Return the segments, by name; without their members."""
    with workspace.database.read() as connection:
        kept = stored.kept_segments(connection)
        return [_line(line, kept.get(line.id)) for line in stored.segment_sets(connection)]


def open_segment(workspace: Workspace, set_id: int) -> Segment:
    """Return a segment with its members, its definition and its history.

    Raises
    ------
    NotFound
        There never was one of that id, or it is deleted.
    StorageError
        Its definition cannot be read.
    """
    with workspace.database.read() as connection:
        line = stored.segment_set(connection, set_id)
        kept = stored.kept_segment(connection, set_id)
        history = stored.steps(connection, set_id)
    members = load_sets(workspace.database, {set_id: line.version})[set_id].members
    return Segment(
        line=_line(line, kept),
        definition=kept.definition if kept else Definition(kind="list", ids=members),
        members=members,
        counts=kept.counts if kept else Counts(len(members)),
        proof_id=kept.proof_id if kept else "",
        release_id=kept.release_id if kept else "",
        history=tuple(history),
    )


def preview(workspace: Workspace, view: LiveView, definition: Definition) -> Preview:
    """Show what a definition gives: how many, what they share, what they buy.

    Raises
    ------
    InputError, NotReady
        As for :func:`work_out`.
    """
    found = work_out(workspace, view, definition)
    rules = lifecycle_rules(workspace)
    return Preview(
        ranked=found.ranked,
        picked=found.picked,
        shared=shared(view, found.picked.rows, rules=rules),
        top=top_products(view, found.picked.rows),
        counts=found.counts,
        notes=found.notes,
        proof_id=found.proof_id,
    )


def save_segment(
    workspace: Workspace,
    view: LiveView,
    name: str,
    definition: Definition,
    *,
    set_id: int | None = None,
    revision: int = 0,
    note: str | None = None,
    refresh: bool = True,
    actor: str,
) -> SegmentLine:
    """Work out a segment and save it: a new one, or the next version of one.

    Members and definition are written together, or neither is.

    Parameters
    ----------
    set_id
        None makes a new one.
    revision
        The version that was seen when the change began.
    definition
        Where shoppers are drawn and ``seed`` is 0, a new segment gets a random one.
    note
        None leaves it.
    refresh
        Whether it is worked out anew on each release.

    Raises
    ------
    InputError, NotReady
        As for :func:`work_out`; or the name is empty, too long or taken, there are too many
        members, or the segment goes by itself, be it through others.
    NotFound, Conflict
        It never was, or somebody else changed or deleted it meanwhile; nothing was overwritten.
    """
    if set_id is not None:
        check_circle(workspace, set_id, definition)
    definition = _drawn_anew(workspace, definition, set_id)
    found = work_out(workspace, view, definition)
    before: tuple[str, ...] = ()
    if set_id is not None:
        with workspace.database.read() as connection:
            seen = line_of(connection, set_id, kind="segment", seen=revision)
        before = load_sets(workspace.database, {set_id: seen.version})[set_id].members
    kept = Kept(
        set_id=set_id or 0,
        version=0,
        definition=definition,
        refresh=refresh,
        proof_id=found.proof_id,
        release_id=view.release.id,
        counts=found.counts,
        at=0.0,
    )
    with workspace.database.write() as connection:
        line = stored.keep_segment(
            connection,
            name,
            found.members,
            kept,
            Change.between(before, found.members),
            set_id=set_id,
            seen=revision,
            note=note,
            why="Made." if set_id is None else "Saved with this definition.",
            actor=actor,
        )
    return _line(line, replace(kept, version=line.version))


def _drawn_anew(workspace: Workspace, definition: Definition, set_id: int | None) -> Definition:
    if definition.seed or not draws(definition):
        return definition
    if set_id is not None:
        with workspace.database.read() as connection:
            kept = stored.kept_segment(connection, set_id)
        if kept is not None and draws(kept.definition):
            # The same shoppers stay set aside.
            return definition.model_copy(update={"seed": kept.definition.seed})
    return with_seed(definition)


def set_refresh(
    workspace: Workspace, set_id: int, on: bool, *, revision: int, actor: str
) -> SegmentLine:
    """Say whether a segment is worked out anew on each release.

    Raises
    ------
    NotFound, Conflict
        It never was, or somebody else changed or deleted it meanwhile.
    """
    with workspace.database.write() as connection:
        line = stored.switch_refresh(connection, set_id, on, seen=revision, actor=actor)
        return _line(line, stored.kept_segment(connection, set_id))


def _line(line: SetLine, kept: Kept | None) -> SegmentLine:
    return SegmentLine(
        id=line.id,
        name=line.name,
        kind=kept.definition.kind if kept else "list",
        note=line.note,
        version=line.version,
        count=line.count,
        held_out=kept.counts.held_out if kept else 0,
        refresh=kept.refresh if kept else False,
        by_hand=kept is None or kept.version != line.version,
        release_id=kept.release_id if kept else "",
        actor=line.actor,
        at=line.at,
    )
