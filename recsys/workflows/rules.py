"""What a merchandiser does with rules: draft, review, publish, roll back."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from recsys.errors import InputError
from recsys.rules import drafts, reading
from recsys.rules.book import RuleBook
from recsys.rules.changes import book_changes
from recsys.rules.draft_settings import (
    DraftPage,
    DraftSettings,
    PageSettings,
    keep_settings,
    read_settings,
)
from recsys.rules.published import RuleSet, newest_set, readable_book
from recsys.rules.rule import Rule
from recsys.rules.saying import Names
from recsys.rules.sets import set_kinds, set_names
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import ShelfName
from recsys.workflows.rule_conflicts import conflicts, match_counts, products_of
from recsys.workflows.rule_publishing import (
    changes,
    changes_of,
    discard_changes,
    draft_book,
    draft_stamp,
    names_of,
    publish_rules,
    roll_back_rules,
    rule_sets,
)
from recsys.workspace import Workspace

__all__ = [
    "BoardLine",
    "RuleBoard",
    "changes",
    "changes_of",
    "conflicts",
    "delete_rule",
    "discard_changes",
    "draft_book",
    "draft_stamp",
    "match_counts",
    "names_of",
    "products_of",
    "publish_rules",
    "read_rule",
    "restore_rule",
    "roll_back_rules",
    "rule_board",
    "rule_sets",
    "save_no_repeats",
    "save_rule",
    "save_shelf_settings",
]

State = Literal["live", "changed", "new"]
_MOST_GONE = 20


@dataclass(frozen=True)
class BoardLine:
    """A rule of the draft.

    Attributes
    ----------
    revision
        What to give back when it is saved or deleted.
    actor, at
        Who changed it last, and when.
    state
        Against what is live: the same, another, or not there.
    named
        Whether a person named it; otherwise its name follows what it says.
    """

    rule: Rule
    revision: int
    actor: str
    at: float
    state: State
    named: bool

    @property
    def given(self) -> Rule:
        """The rule as a person gave it, to save it again: without a name that was made."""
        return self.rule if self.named else self.rule.model_copy(update={"name": ""})


@dataclass(frozen=True)
class RuleBoard:
    """The draft beside what is live.

    Attributes
    ----------
    lines
        The rules of the draft, by id.
    removed
        Rules that are deleted in the draft and still live; :func:`restore_rule` brings them back.
    gone
        The newest rules that are deleted in the draft and not live; they come back as well.
    settings, page
        The settings in the draft, each with its revision.
    live
        The rule set that is live; None before the first.
    book, live_book
        The draft, and what is live.
    stamp
        Changes with every change of the draft; give it to :func:`publish_rules`.
    """

    lines: list[BoardLine]
    removed: list[Rule]
    gone: list[Rule]
    settings: dict[ShelfName, DraftSettings]
    page: DraftPage
    live: RuleSet | None
    book: RuleBook
    live_book: RuleBook
    stamp: str

    @property
    def differs(self) -> bool:
        """Whether publishing would change anything."""
        return bool(book_changes(self.live_book, self.book))


def rule_board(workspace: Workspace) -> RuleBoard:
    """Return the draft beside what is live."""
    stamp = draft_stamp(workspace)
    book = draft_book(workspace)
    now = readable_book(workspace)
    with workspace.database.read() as connection:
        rules = drafts.read_rules(connection)
        settings, page = read_settings(connection)
        live = newest_set(connection)
    before = {rule.id: rule for rule in now.rules}
    lines = [
        BoardLine(one.rule, one.revision, one.actor, one.at, _state(one.rule, before), one.named)
        for one in rules
        if not one.deleted
    ]
    here = {line.rule.id for line in lines}
    removed = [rule for rule in now.rules if rule.id not in here]
    deleted = sorted((one for one in rules if one.deleted), key=lambda one: (-one.at, -one.rule.id))
    gone = [one.rule for one in deleted if one.rule.id not in before][:_MOST_GONE]
    return RuleBoard(lines, removed, gone, settings, page, live, book, now, stamp)


def _state(rule: Rule, before: Mapping[int, Rule]) -> State:
    if rule.id not in before:
        return "new"
    return "live" if before[rule.id] == rule else "changed"


def read_rule(workspace: Workspace, document: Mapping[str, Any]) -> Rule:
    """Return the rule that a document says, as JSON or a form has it.

    Raises
    ------
    InputError
        It is none; the message lists every fault.
    """
    with workspace.database.read() as connection:
        sets = set_kinds(connection)
    return reading.read_rule(document, sets=sets, time_zone=workspace.settings.time_zone)


def save_rule(
    workspace: Workspace,
    rule: Rule,
    *,
    revision: int = 0,
    actor: str,
    names: Names | None = None,
) -> Rule:
    """Keep a rule in the draft; nothing goes live by this.

    Parameters
    ----------
    rule
        With id 0 a new one. A rule without a name is called by what it says.
    revision
        The one that was seen when the change began (:attr:`BoardLine.revision`).
    names
        What products are called in a name that is made.

    Returns
    -------
    Rule
        As it is kept, with its id and name.

    Raises
    ------
    InputError
        It says nothing that can be obeyed; the message lists every fault.
    Conflict
        Somebody else changed or deleted it meanwhile; nothing was overwritten.
    """
    zone = workspace.settings.time_zone
    with workspace.database.write() as connection:
        before = drafts.rule_of(connection, rule.id).rule if rule.id else None
        # An old rule may be switched off or renamed when it has ended.
        ended = before is not None and before.ends == rule.ends
        faults = reading.rule_faults(
            rule,
            sets=_known_sets(connection, before),
            time_zone=zone,
            now=None if ended else time.time(),
        )
        if faults:
            raise InputError(" ".join(faults), hint="Mend the rule; nothing has changed.")
        names = names or Names(sets=set_names(connection))
        return drafts.keep_rule(connection, rule, revision=revision, actor=actor, names=names)


def _known_sets(connection: Connection, before: Rule | None) -> dict[int, Any]:
    """Return the sets a rule may name; those it names already, too, though they were deleted."""
    known: dict[int, Any] = dict(set_kinds(connection))
    if before is not None:
        known |= dict.fromkeys(set(before.target.collections) - known.keys(), "collection")
        known |= dict.fromkeys(set(before.scope.segments) - known.keys(), "segment")
    return known


def delete_rule(workspace: Workspace, rule_id: int, *, revision: int, actor: str) -> None:
    """Delete a rule in the draft; :func:`restore_rule` brings it back.

    Raises
    ------
    NotFound
        There never was one of that id.
    Conflict
        Somebody else changed or deleted it meanwhile.
    """
    with workspace.database.write() as connection:
        names = Names(sets=set_names(connection))
        drafts.drop_rule(connection, rule_id, revision=revision, actor=actor, names=names)


def restore_rule(workspace: Workspace, rule_id: int, *, actor: str) -> Rule:
    """Bring back a rule that was deleted in the draft, as it was.

    Raises
    ------
    NotFound
        There never was one of that id.
    """
    with workspace.database.write() as connection:
        found = drafts.rule_of(connection, rule_id)
        if found.deleted:
            drafts.put_back(connection, found.rule, named=found.named, actor=actor)
        return found.rule


def save_shelf_settings(
    workspace: Workspace, shelf: ShelfName, settings: ShelfSettings, *, revision: int, actor: str
) -> None:
    """Keep the settings of a placement in the draft.

    Raises
    ------
    Conflict
        Somebody else changed them meanwhile; nothing was overwritten.
    """
    with workspace.database.write() as connection:
        keep_settings(connection, shelf, settings, revision=revision, actor=actor)


def save_no_repeats(workspace: Workspace, no_repeats: bool, *, revision: int, actor: str) -> None:
    """Keep in the draft whether a product stands on one shelf of a page only.

    Raises
    ------
    Conflict
        Somebody else changed it meanwhile.
    """
    page = PageSettings(no_repeats=no_repeats)
    with workspace.database.write() as connection:
        keep_settings(connection, "page", page, revision=revision, actor=actor)
