from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.output import AsJson, actor, finish, give, say, table
from recsys.errors import InputError

if TYPE_CHECKING:
    from recsys.rules.published import RuleSet
    from recsys.rules.saying import Names
    from recsys.workspace import Workspace

app = typer.Typer(help="Rules: draft, publish, roll back.", no_args_is_help=True)

Live = Annotated[bool, typer.Option("--live", help="What is live; by default the draft.")]


@app.command("list")
def list_rules(*, live: Live = False, as_json: AsJson = False) -> None:
    """List the rules of the draft, and what differs from what is live."""
    from recsys.rules.saying import rule_words
    from recsys.workflows.rules import changes, rule_board

    workspace = _workspace()
    board, names = rule_board(workspace), _names(workspace)
    states = {line.rule.id: line.state for line in board.lines}
    book = board.live_book if live else board.book
    rows = [
        {
            "rule_id": rule.id,
            "state": "live" if live else states[rule.id],
            "priority": rule.priority,
            "name": rule.name,
            "says": rule_words(rule, names),
        }
        for rule in book.rules
    ]
    differs = [] if live else [change.words for change in changes(workspace, names)]
    words = table(rows, ("rule_id", "state", "priority", "name", "says")) if rows else "No rules."
    if differs:
        words += "\n\nNot published yet:\n" + "\n".join(f"- {one}" for one in differs)
    document = {"rule_set_id": board.live_book.rule_set_id, "rules": rows, "changes": differs}
    give(document, words, as_json=as_json)


@app.command()
def show(
    rule_id: Annotated[int, typer.Argument(metavar="RULE", help="As 'aisle rules list' says.")],
    as_json: AsJson = False,
) -> None:
    """Show one rule of the draft with all its fields."""
    from recsys.errors import NotFound
    from recsys.rules.saying import rule_words
    from recsys.workflows.rules import rule_board

    workspace = _workspace()
    line = next((one for one in rule_board(workspace).lines if one.rule.id == rule_id), None)
    if line is None:
        raise NotFound(f"There is no rule {rule_id}.", hint="aisle rules list shows them all.")
    document: dict[str, Any] = {
        "rule": line.rule.model_dump(mode="json"),
        "says": rule_words(line.rule, _names(workspace)),
        "state": line.state,
        "revision": line.revision,
        "actor": line.actor,
        "at": line.at,
    }
    words = f"{document['says']}\n{json.dumps(document['rule'], indent=2)}"
    give(document, words, as_json=as_json)


@app.command()
def publish(
    note: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make the draft live on every list within a second; releases are not touched."""
    from recsys.workflows.rules import changes, publish_rules

    workspace = _workspace()
    differs = [change.words for change in changes(workspace, _names(workspace))]
    done = publish_rules(workspace, actor=actor(), note=note)
    words = "\n".join([f"Rule set {done.id} is live.", *(f"- {one}" for one in differs)])
    give({"rule_set_id": done.id, "changes": differs}, words, as_json=as_json)


@app.command()
def rollback(as_json: AsJson = False) -> None:
    """Make the rules live that were live before these; releases and the draft stay."""
    from recsys.workflows.rules import roll_back_rules

    done = roll_back_rules(_workspace(), actor=actor())
    words = f"Rule set {done.id} is live. {done.note}."
    give({"rule_set_id": done.id, "note": done.note}, words, as_json=as_json)


@app.command()
def history(as_json: AsJson = False) -> None:
    """List what rules went live, newest first."""
    from recsys.workflows.rules import rule_sets

    found = rule_sets(_workspace())
    shown = [
        {
            "rule_set": one.id,
            "at (UTC)": time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.at)),
            "rules": one.n_rules,
            "by": one.actor,
            "what": one.action,
            "note": one.note,
        }
        for one in found
    ]
    words = table(shown, list(shown[0])) if shown else "No rules were published yet."
    give({"rule_sets": [_document(one) for one in found]}, words, as_json=as_json)


@app.command()
def audit(as_json: AsJson = False) -> None:
    """List who changed what on rules, collections, segments and live products, newest first."""
    from dataclasses import asdict

    from recsys.workflows.audit import audit_lines

    found = audit_lines(_workspace())
    shown = [
        {
            "at (UTC)": time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.at)),
            "by": one.actor,
            "what": one.words,
        }
        for one in found
    ]
    words = table(shown, list(shown[0])) if shown else "Nothing was changed yet."
    give({"changes": [asdict(one) for one in found]}, words, as_json=as_json)


@app.command("export")
def export_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="Where to write them.")],
    *,
    live: Live = False,
    as_json: AsJson = False,
) -> None:
    """Write rules, settings and the sets they name into a file."""
    from recsys.workflows.rule_files import export_rules

    document = export_rules(_workspace(), live=live)
    try:
        file.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"{file} cannot be written: {error.strerror}.",
            hint="Name a file in a folder that exists.",
        ) from error
    words = f"{len(document['rules'])} rules are in {file}."
    give({"file": str(file), "rules": len(document["rules"])}, words, as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="That 'export' wrote.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Also delete the draft's other rules.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take rules, settings and missing sets from a file into the draft; nothing goes live."""
    from recsys.workflows.rule_files import import_rules, read_rule_file

    document = read_rule_file(file)
    workspace = _workspace()
    names = _names(workspace)
    done = import_rules(workspace, document, replace=replace, actor=actor(), names=names)
    counts = {"added": done.added, "same": done.same, "removed": done.removed}
    give({**counts, "sets": list(done.sets)}, done.words(), as_json=as_json)


@app.command()
def price(
    rule_id: Annotated[
        int, typer.Argument(metavar="[RULE]", help="By default all changes of the draft together.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Tell what a rule does to the agreement of lists with past purchases."""
    from recsys.workflows.rule_price import submit_rule_price

    workspace = _workspace()
    found = finish(workspace, submit_rule_price(workspace, rule_id, actor=actor()))
    give(found, "\n".join((*found["words"], found["note"])), as_json=as_json)


def _workspace() -> Workspace:
    from recsys.workspace import Workspace

    return Workspace.from_environment()


def _names(workspace: Workspace) -> Names:
    """Return what products are called, where something is live."""
    from recsys.errors import NotReady, StorageError
    from recsys.releases.live import LiveShop
    from recsys.workflows.rules import names_of

    try:
        return names_of(workspace, LiveShop(workspace).current())
    except NotReady:
        return names_of(workspace)
    except StorageError as error:  # rules can be looked at while a release cannot be opened
        say(str(error))
        return names_of(workspace)


def _document(one: RuleSet) -> dict[str, Any]:
    return {
        "rule_set_id": one.id,
        "action": one.action,
        "at": one.at,
        "actor": one.actor,
        "note": one.note,
        "rules": one.n_rules,
    }
