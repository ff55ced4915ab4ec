"""What somebody is told who makes a segment that goes by what the law protects."""

from __future__ import annotations

from recsys.releases.live import LiveView
from recsys.segments.definition import Definition
from recsys.segments.protected import conditions_of, warnings_of
from recsys.segments.stored import kept_segment, segment_sets
from recsys.workspace import Workspace


def all_warnings(workspace: Workspace, view: LiveView, definition: Definition) -> list[str]:
    """Say where a definition, or a segment whose members it asks for, goes by what is protected.

    Segments are followed through others, each once; deleted ones are empty and say nothing.
    """
    found = warnings_of(view, definition)
    waiting = _named(definition)
    if not waiting:
        return found
    with workspace.database.read() as connection:
        names = {line.id: line.name for line in segment_sets(connection)}
        while waiting:
            set_id = waiting.pop()
            name = names.pop(set_id, None)
            kept = None if name is None else kept_segment(connection, set_id)
            if kept is not None:
                told = warnings_of(view, kept.definition)
                found += [
                    f"Through the segment {name!r}, it{one.removeprefix('It')}" for one in told
                ]
                waiting |= _named(kept.definition)
    return found


def _named(definition: Definition) -> set[int]:
    return {set_id for one in conditions_of(definition) for set_id in one.segments}
