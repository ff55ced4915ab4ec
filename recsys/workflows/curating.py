"""What a merchandiser does on a card: each click is a rule of the draft, and can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from recsys.errors import NotFound
from recsys.rules.rule import Rule, RuleKind, Scope, Strength, Target
from recsys.rules.saying import Names
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import ShelfName
from recsys.workflows.rules import (
    BoardLine,
    delete_rule,
    rule_board,
    save_rule,
    save_shelf_settings,
)
from recsys.workspace import Workspace

Action = Literal["pin", "boost", "bury", "hide"]
ACTIONS: tuple[Action, ...] = get_args(Action)
# Rules of these kinds about one product replace each other.
_INSTEAD: dict[Action, tuple[RuleKind, ...]] = {
    "pin": ("pin",),
    "boost": ("boost", "bury"),
    "bury": ("boost", "bury"),
    "hide": ("hide",),
}


@dataclass(frozen=True)
class Curated:
    """A change of the draft that can be undone.

    Attributes
    ----------
    rule
        As it stands now.
    before
        As it stood, without a name where nobody gave it one; None where it was made.
    revision
        Of ``rule``, to change it again.
    """

    rule: Rule
    before: Rule | None
    revision: int


def curate(
    workspace: Workspace,
    action: Action,
    item_id: str,
    placement: ShelfName,
    *,
    actor: str,
    slot: int = 1,
    anchor: str = "",
    names: Names | None = None,
) -> Curated:
    """Pin, boost, bury or hide one product on one placement, in the draft.

    A rule that a card made about the product there before is changed instead of making a second
    one: a pin moves, boost and bury replace each other, and the same one twice makes it strong.

    Parameters
    ----------
    slot
        Of a pin: its place.
    anchor
        On Similar: beside which product alone it holds; empty is beside all.

    Raises
    ------
    InputError
        The rule says nothing that can be obeyed.
    Conflict
        Somebody else changed the rule in the same moment.
    """
    target = Target(items=(item_id,))
    scope = Scope(placements=(placement,), anchor_items=(anchor,) if anchor else ())
    wanted = Rule(kind=action, target=target, scope=scope, slot=slot if action == "pin" else 1)
    line = _same(rule_board(workspace).lines, wanted, _INSTEAD[action])
    if line is None:
        return Curated(
            save_rule(workspace, wanted, actor=actor, names=names), before=None, revision=1
        )
    strength: Strength = "strong" if line.rule.kind == action and line.rule.on else "medium"
    changed = line.rule.model_copy(
        update={"kind": action, "slot": wanted.slot, "strength": strength, "on": True}
    )
    return _changed(workspace, line, changed, actor=actor, names=names)


def switch_off(
    workspace: Workspace, rule_id: int, *, actor: str, names: Names | None = None
) -> Curated:
    """Switch a rule off in the draft.

    Raises
    ------
    NotFound
        The draft has no such rule any more.
    Conflict
        Somebody else changed it in the same moment.
    """
    lines = [one for one in rule_board(workspace).lines if one.rule.id == rule_id]
    if not lines:
        raise NotFound(f"There is no rule {rule_id}.", hint="It was deleted meanwhile.")
    off = lines[0].rule.model_copy(update={"on": False})
    return _changed(workspace, lines[0], off, actor=actor, names=names)


def change_settings(
    workspace: Workspace, placement: ShelfName, changed: Mapping[str, Any], *, actor: str
) -> None:
    """Change some settings of a placement in the draft, by their names.

    Raises
    ------
    Conflict
        Somebody else changed them in the same moment.
    """
    board = rule_board(workspace)
    settings = ShelfSettings(**{**board.book.of(placement).model_dump(), **changed})
    revision = board.settings[placement].revision if placement in board.settings else 0
    save_shelf_settings(workspace, placement, settings, revision=revision, actor=actor)


def undo(workspace: Workspace, change: Curated, *, actor: str, names: Names | None = None) -> None:
    """Take a change of the draft back.

    Parameters
    ----------
    names
        What products are called in a name that is made again.

    Raises
    ------
    Conflict
        Somebody else changed the rule since; nothing is undone.
    """
    if change.before is None:
        delete_rule(workspace, change.rule.id, revision=change.revision, actor=actor)
    else:
        save_rule(workspace, change.before, revision=change.revision, actor=actor, names=names)


def _same(lines: Sequence[BoardLine], wanted: Rule, kinds: Sequence[RuleKind]) -> BoardLine | None:
    """Return the newest rule of some kinds that is about the same product in the same place."""
    for line in reversed(lines):
        rule = line.rule
        always = not (rule.starts or rule.ends)
        if (
            rule.kind in kinds
            and always
            and (rule.target, rule.scope)
            == (
                wanted.target,
                wanted.scope,
            )
        ):
            return line
    return None


def _changed(
    workspace: Workspace, line: BoardLine, rule: Rule, *, actor: str, names: Names | None
) -> Curated:
    kept = save_rule(workspace, rule, revision=line.revision, actor=actor, names=names)
    return Curated(kept, line.given, line.revision + (kept != line.rule))
