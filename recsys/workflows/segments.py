"""Segments of shoppers: worked out, looked at, saved, and what became of each version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from recsys.errors import InputError, NotFound
from recsys.lifts import Lift
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet
from recsys.rules.sets import SetLine, line_of, load_sets, newest_versions
from recsys.segments import stored
from recsys.segments.definition import Definition, SegmentKind
from recsys.segments.lifecycle import LifecycleRules
from recsys.segments.picking import Picked, pick
from recsys.segments.protected import warnings_of
from recsys.segments.ranked import Ranked, rank
from recsys.segments.sharing import shared
from recsys.segments.stored import Change, Counts, Kept, LifecycleLine, Step
from recsys.segments.tops import TOP_WORDS, TopProduct, top_products
from recsys.workflows.segment_overlap import MOST_COMPARED, Overlap, overlap
from recsys.workflows.segment_proof import newest_proof
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
class Worked:
    """Who belongs to a segment on a release.

    Attributes
    ----------
    members
        Ids, best first; of a list, those that the release does not know come last.
    notes
        What somebody who defines it has to know, the gravest first.
    proof_id
        Of the proof that chose the scorer; empty where none did.
    """

    ranked: Ranked
    picked: Picked
    members: tuple[str, ...]
    counts: Counts
    notes: tuple[str, ...]
    proof_id: str


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


def work_out(workspace: Workspace, view: LiveView, definition: Definition) -> Worked:
    """Find who belongs to a segment on a release.

    Segments that it names and that were deleted are taken as empty, and said so.

    Raises
    ------
    InputError, NotReady
        The release has not what the definition goes by.
    """
    sets, gone = _named_sets(workspace, definition)
    proof = None
    if definition.kind == "lookalikes":
        proof = newest_proof(workspace, view, definition)
    ranked = rank(
        view,
        definition,
        sets=sets,
        rules=lifecycle_rules(workspace),
        chosen=proof.chosen if proof and not definition.scorer else None,
        picture=_picture(workspace, definition),
    )
    picked = pick(view, ranked, definition, sets=sets)
    ids = view.release.user_ids
    members = tuple(ids.id(row) for row in picked.rows.tolist())
    unknown = _unknown(view, definition)
    counts = Counts(
        members=len(members) + len(unknown),
        held_out=len(picked.held_out),
        removed=dict(picked.removed),
        unknown=len(unknown),
    )
    notes = [*warnings_of(view, definition), *gone, *ranked.notes, *picked.notes]
    if unknown:
        notes.append("Unknown ids are kept, for a release that has them.")
    return Worked(
        ranked, picked, (*members, *unknown), counts, tuple(notes), proof.id if proof else ""
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
    note
        None leaves it.
    refresh
        Whether it is worked out anew on each release.

    Raises
    ------
    InputError, NotReady
        As for :func:`work_out`; or the name is empty, too long or taken, there are too many
        members, or the segment goes by itself.
    NotFound, Conflict
        It never was, or somebody else changed or deleted it meanwhile; nothing was overwritten.
    """
    if set_id is not None and set_id in named_segments(definition):
        raise InputError(
            "The segment goes by itself.",
            hint="Take it out of its own conditions and of who is left out.",
        )
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


def lifecycle_rules(workspace: Workspace) -> LifecycleRules:
    """Return when a shopper is new, active, loyal, slipping or lost."""
    return lifecycle_line(workspace).rules


def lifecycle_line(workspace: Workspace) -> LifecycleLine:
    """Return the lifecycle's rules with their revision, and who changed them last."""
    with workspace.database.read() as connection:
        return stored.read_lifecycle(connection)


def save_lifecycle_rules(
    workspace: Workspace, rules: LifecycleRules, *, revision: int, actor: str
) -> LifecycleLine:
    """Change the lifecycle's rules, for all segments; saved ones follow at their next refresh.

    Raises
    ------
    Conflict
        Somebody else changed them since ``revision``; nothing was overwritten.
    """
    with workspace.database.write() as connection:
        return stored.keep_lifecycle(connection, rules, revision=revision, actor=actor)


def named_segments(definition: Definition) -> set[int]:
    """Return the ids of the segments that a definition goes by."""
    found = set(definition.leaving.segments)
    seeds = definition.seeds
    for one in (definition.conditions, seeds and seeds.conditions):
        if one is not None:
            found |= set(one.segments)
    return found


def _named_sets(
    workspace: Workspace, definition: Definition
) -> tuple[Mapping[int, NamedSet], list[str]]:
    """Return the segments that a definition names, and what is said of deleted ones."""
    named = named_segments(definition)
    if not named:
        return {}, []
    with workspace.database.read() as connection:
        versions = newest_versions(connection, named)
    gone = [
        f"Segment {set_id}, which this one goes by, was deleted and is taken as empty."
        for set_id in sorted(named - versions.keys())
    ]
    empty = {one: NamedSet(one, "segment", "", 0, ()) for one in named - versions.keys()}
    return {**load_sets(workspace.database, versions), **empty}, gone


def _unknown(view: LiveView, definition: Definition) -> tuple[str, ...]:
    """Return the ids of a list that the release does not know; a part of it has none of them."""
    if definition.kind != "list" or definition.size is not None or definition.sample is not None:
        return ()
    known = view.release.user_ids
    return tuple(one for one in dict.fromkeys(definition.ids) if one not in known)


def _picture(workspace: Workspace, definition: Definition) -> Picture | None:
    """Return the map that a taste group is of; None where it is gone."""
    if definition.taste is None:
        return None
    try:
        return Picture.open(workspace, definition.taste[0])
    except NotFound:
        return None


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
