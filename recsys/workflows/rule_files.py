"""Rules as a file: to keep, to compare, to carry from one shop to another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import replace as replaced
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from recsys.errors import BadFile, InputError
from recsys.rules import drafts, reading
from recsys.rules.book import RuleBook, SetKind
from recsys.rules.draft_settings import PageSettings, keep_settings, read_settings
from recsys.rules.published import readable_book
from recsys.rules.rule import Rule
from recsys.rules.saying import Names, counted
from recsys.rules.sets import keep_set, last_versions, load_sets, set_lines, set_names
from recsys.rules.shelf_settings import DEFAULTS, ShelfSettings
from recsys.types import ShelfName
from recsys.workflows.rule_publishing import draft_book
from recsys.workspace import Workspace

_MOST_BYTES = 100_000_000


class _Set(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: int
    kind: SetKind
    name: str
    members: list[str]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: list[dict[str, Any]]
    settings: dict[ShelfName, ShelfSettings] = Field(default_factory=dict[ShelfName, ShelfSettings])
    no_repeats: bool | None = None
    sets: list[_Set] = Field(default_factory=list[_Set])


@dataclass(frozen=True)
class Imported:
    """What an import did to the draft.

    Attributes
    ----------
    same
        Rules that the draft had already, word for word.
    removed
        Rules that went, since the file was to replace the draft.
    sets
        Names of the collections and segments that were made.
    """

    added: int
    same: int
    removed: int
    sets: tuple[str, ...]

    def words(self) -> str:
        """Say it in one or two sentences."""
        parts = [f"{counted(self.added, 'rule')} added to the draft"]
        if self.same:
            parts.append(f"{self.same:,} there already")
        if self.removed:
            parts.append(f"{self.removed:,} removed")
        made = f" Made: {', '.join(self.sets)}." if self.sets else ""
        return f"{', '.join(parts)}.{made} Nothing is live until you publish."


def export_rules(workspace: Workspace, *, live: bool = False) -> dict[str, Any]:
    """Return the draft, or what is live, as a document that :func:`import_rules` reads.

    A rule that nobody named has no name in it either: it is named anew where it is read. Sets that
    were deleted and that a rule still names come along as they were last, so that all of it can be
    read.
    """
    book: RuleBook = readable_book(workspace) if live else draft_book(workspace)
    with workspace.database.read() as connection:
        made = {one.rule.id for one in drafts.read_rules(connection) if not one.named}
        named = {
            one for rule in book.rules for one in (*rule.target.collections, *rule.scope.segments)
        }
        last = last_versions(connection, named - book.sets.keys())
    sets = {**book.sets, **load_sets(workspace.database, last)}
    rules = [_unnamed(rule) if rule.id in made else rule for rule in book.rules]
    return {
        "rules": [rule.model_dump(mode="json", exclude={"id"}) for rule in rules],
        "settings": {shelf: one.model_dump(mode="json") for shelf, one in book.settings.items()},
        "no_repeats": book.no_repeats,
        "sets": [
            {name: value for name, value in asdict(one).items() if name != "version"}
            for one in sets.values()
        ],
    }


def read_rule_file(path: Path) -> Any:
    """Return the document in a file of rules.

    Raises
    ------
    BadFile
        It cannot be read, or is not JSON.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadFile(f"{path.name} is larger than {_MOST_BYTES // 1_000_000} MB.")
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(
            f"{path} cannot be read: {error.strerror}.", hint="Check the name of the file."
        ) from error
    except (ValueError, RecursionError) as error:
        raise BadFile(
            f"{path.name} is not JSON: {error}.", hint="Use a file that 'rules export' wrote."
        ) from None


def import_rules(
    workspace: Workspace,
    document: Any,
    *,
    replace: bool = False,
    actor: str,
    names: Names | None = None,
) -> Imported:
    """Put the rules and settings of a document into the draft: all of it, or nothing.

    Collections and segments are found by their names; those that are missing are made, with the
    members that the document gives.

    Parameters
    ----------
    replace
        Also delete the rules of the draft that the document does not have.
    names
        What products are called in the names of rules that nobody named.

    Raises
    ------
    InputError
        It holds no rules, or some that cannot be obeyed; the message lists every fault.
    """
    try:
        found = _File.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InputError(
            f"The document holds no rules that can be read ({where}: {first['msg']}).",
            hint="Use a file that 'rules export' wrote.",
        ) from None
    with workspace.database.write() as connection:
        ids, made = _find_sets(connection, found.sets, actor)
        rules = _read_rules(found, ids, workspace.settings.time_zone)
        draft = {one.rule.id: one for one in drafts.read_rules(connection) if not one.deleted}
        there = {_bare(one.rule): rule_id for rule_id, one in draft.items()}
        there |= {
            _bare(_unnamed(one.rule)): rule_id for rule_id, one in draft.items() if not one.named
        }
        new = [rule for rule in rules if _bare(rule) not in there]
        names = replaced(names or Names(), sets=set_names(connection))
        for rule in new:
            drafts.keep_rule(connection, rule, revision=0, actor=actor, names=names)
        kept = {there[_bare(rule)] for rule in rules if _bare(rule) in there}
        gone = [one for one in draft.values() if replace and one.rule.id not in kept]
        for one in gone:
            drafts.drop_rule(
                connection, one.rule.id, revision=one.revision, actor=actor, names=names
            )
        _keep_settings(connection, found, replace, actor)
    return Imported(len(new), len(rules) - len(new), len(gone), tuple(made))


def _find_sets(
    connection: Connection, sets: list[_Set], actor: str
) -> tuple[dict[int, tuple[SetKind, int]], list[str]]:
    """Return the sets of a document -> kind and id here, and the names of those it had to make."""
    here = {(line.kind, line.name.casefold()): line.id for line in set_lines(connection)}
    ids: dict[int, tuple[SetKind, int]] = {}
    made: list[str] = []
    for one in sets:
        set_id = here.get((one.kind, one.name.casefold()))
        if set_id is None:
            line = keep_set(
                connection,
                one.kind,
                one.name,
                one.members,
                set_id=None,
                version=0,
                note=None,
                actor=actor,
            )
            set_id = line.id
            made.append(one.name)
        ids[one.id] = (one.kind, set_id)
    return ids, made


def _read_rules(found: _File, ids: Mapping[int, tuple[SetKind, int]], time_zone: str) -> list[Rule]:
    kinds: dict[int, SetKind] = {number: kind for number, (kind, _) in ids.items()}
    rules: list[Rule] = []
    faults: list[str] = []
    for number, document in enumerate(found.rules, 1):
        try:
            rule = reading.read_rule({**document, "id": 0}, sets=kinds, time_zone=time_zone)
        except InputError as error:
            faults.append(f"Rule {number} of the file: {error.message}")
            continue
        target, scope = rule.target, rule.scope
        collections = tuple(ids[one][1] for one in target.collections)
        segments = tuple(ids[one][1] for one in scope.segments)
        rules.append(
            rule.model_copy(
                update={
                    "target": target.model_copy(update={"collections": collections}),
                    "scope": scope.model_copy(update={"segments": segments}),
                }
            )
        )
    if faults:
        raise InputError(" ".join(faults), hint="Mend the file; nothing has changed.")
    return rules


def _keep_settings(connection: Connection, found: _File, replace: bool, actor: str) -> None:
    each, page = read_settings(connection)
    for shelf, line in each.items():
        wanted = found.settings.get(shelf, DEFAULTS[shelf] if replace else line.settings)
        keep_settings(connection, shelf, wanted, revision=line.revision, actor=actor)
    if found.no_repeats is not None:
        shared = PageSettings(no_repeats=found.no_repeats)
        keep_settings(connection, "page", shared, revision=page.revision, actor=actor)


def _unnamed(rule: Rule) -> Rule:
    return rule.model_copy(update={"name": ""})


def _bare(rule: Rule) -> str:
    return json.dumps(rule.model_dump(mode="json", exclude={"id"}), sort_keys=True)
