"""Batches of which no id came back, by a kill or a lost answer."""

from __future__ import annotations

from sqlalchemy import select

from recsys.copywriting.providers.base import BatchState, Provider
from recsys.copywriting.runs import Handed
from recsys.workspace import Workspace
from recsys.workspace.tables import copy_runs

_CLOCKS_DIFFER = 60.0  # seconds, between the provider and us


def find_lost(workspace: Workspace, provider: Provider, lost: Handed) -> str:
    """Return the id of a batch that was taken, or nothing.

    The provider's newest batches are looked through for one of as many requests that no run knows
    and that came no sooner than it was handed in; of several, the nearest in time.
    """
    with workspace.database.read() as connection:
        known = {
            one["id"]
            for batches in connection.execute(select(copy_runs.c.batches)).scalars()
            for one in batches
        }
    fitting = [one for one in provider.recent_batches() if one.id not in known and _fits(one, lost)]
    return min(fitting, key=lambda one: abs(one.at - lost.at)).id if fitting else ""


def _fits(state: BatchState, lost: Handed) -> bool:
    size = state.waiting + state.done + state.failed
    return size == lost.requests and state.at >= lost.at - _CLOCKS_DIFFER
