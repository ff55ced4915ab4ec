"""Who belongs to a segment on a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recsys.errors import InputError, NotFound
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet
from recsys.rules.sets import last_versions, load_sets, newest_versions, set_names
from recsys.segments import stored
from recsys.segments.definition import Definition
from recsys.segments.picking import Picked, pick
from recsys.segments.ranked import Ranked, rank
from recsys.segments.stored import Counts
from recsys.workflows.segment_proof import newest_proof
from recsys.workflows.segment_rules import lifecycle_rules
from recsys.workflows.segment_warnings import all_warnings
from recsys.workspace import Workspace


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


def work_out(workspace: Workspace, view: LiveView, definition: Definition) -> Worked:
    """Find who belongs to a segment on a release.

    Segments that it names and that were deleted, or never were, are taken as empty, and said so.

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
    removed = dict(picked.removed)
    ids = view.release.user_ids
    members = tuple(ids.id(row) for row in picked.rows.tolist())
    unknown = _unknown(view, definition)
    if unknown and definition.leaving.no_consent:
        removed["unknown, so nobody knows whether they consented"] = len(unknown)
        unknown = ()
    counts = Counts(
        members=len(members) + len(unknown),
        held_out=len(picked.held_out),
        removed=removed,
        unknown=len(unknown),
    )
    notes = [*all_warnings(workspace, view, definition), *gone, *ranked.notes, *picked.notes]
    if unknown:
        notes.append("Unknown ids are kept, for a release that has them.")
    return Worked(
        ranked, picked, (*members, *unknown), counts, tuple(notes), proof.id if proof else ""
    )


def named_segments(definition: Definition) -> set[int]:
    """Return the ids of the segments that a definition goes by."""
    found = set(definition.leaving.segments)
    seeds = definition.seeds
    for one in (definition.conditions, seeds and seeds.conditions):
        if one is not None:
            found |= set(one.segments)
    return found


def check_circle(workspace: Workspace, set_id: int, definition: Definition) -> None:
    """Refuse a segment that goes by itself, for no order of refreshing would ever settle it.

    Raises
    ------
    InputError
        It does, be it through others; the message names them.
    """
    with workspace.database.read() as connection:
        kept = stored.kept_segments(connection)
        names = set_names(connection)
    # Each segment that it goes by, and through which others.
    ways: dict[int, tuple[int, ...]] = dict.fromkeys(sorted(named_segments(definition)), ())
    waiting = list(ways)
    while waiting:
        one = waiting.pop()
        if one == set_id:
            through = ", ".join(repr(names[other]) for other in ways[one])
            raise InputError(
                f"The segment goes by itself, through {through}."
                if through
                else "The segment goes by itself.",
                hint="Take it out of the conditions and of who is left out.",
            )
        for other in sorted(named_segments(kept[one].definition)) if one in kept else ():
            if other not in ways:
                ways[other] = (*ways[one], one)
                waiting.append(other)


def _named_sets(
    workspace: Workspace, definition: Definition
) -> tuple[Mapping[int, NamedSet], list[str]]:
    """Return the segments that a definition names, and what is said of those not there."""
    named = named_segments(definition)
    if not named:
        return {}, []
    with workspace.database.read() as connection:
        versions = newest_versions(connection, named)
        ever = last_versions(connection, named)
    gone = [
        f"Segment {set_id}, which this one goes by,"
        f" {'was deleted' if set_id in ever else 'is unknown'} and is taken as empty."
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
