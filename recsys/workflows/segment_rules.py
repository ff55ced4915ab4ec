"""When a shopper is new, active, loyal, slipping or lost: the rules that hold for all segments."""

from __future__ import annotations

from recsys.segments.lifecycle import LifecycleRules
from recsys.segments.stored_rules import LifecycleLine, keep_lifecycle, read_lifecycle
from recsys.workspace import Workspace


def lifecycle_rules(workspace: Workspace) -> LifecycleRules:
    """Return when a shopper is new, active, loyal, slipping or lost."""
    return lifecycle_line(workspace).rules


def lifecycle_line(workspace: Workspace) -> LifecycleLine:
    """Return the lifecycle's rules with their revision, and who changed them last."""
    with workspace.database.read() as connection:
        return read_lifecycle(connection)


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
        return keep_lifecycle(connection, rules, revision=revision, actor=actor)
