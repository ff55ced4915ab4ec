from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from recsys.cli.copy_options import check_text, open_workspace, written_words
from recsys.cli.output import AsJson, actor, give, table
from recsys.errors import InputError

if TYPE_CHECKING:
    from recsys.copywriting.queued import CopyText
    from recsys.copywriting.text import Kind, State

app = typer.Typer()

_NAMED = 20  # ids in a sentence

CopyId = Annotated[int, typer.Argument(metavar="COPY", help="As 'aisle copy queue' says.")]
Revision = Annotated[
    int | None,
    typer.Option(help="As 'aisle copy show' said: nothing is done if it was changed since."),
]
KindOption = Annotated[str, typer.Option(help="description, subject or category; all by default.")]


@app.command()
def queue(
    *,
    state: Annotated[
        list[str] | None,
        typer.Option(help="draft, checked, approved or rejected; may be given several times."),
    ] = None,
    kind: KindOption = "",
    search: Annotated[str, typer.Option(help="In names, ids and texts.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List texts, those that wait for somebody first."""
    from recsys.workflows.copy_once import text_document
    from recsys.workflows.copy_queue import count_texts
    from recsys.workflows.copy_queue import queue as waiting

    check_text(search)
    states: list[State] = [_state(one) for one in state or []]
    workspace = open_workspace()
    found = waiting(workspace, states=states, kind=_kind(kind), search=search, limit=limit)
    shown = [
        {
            "copy": one.id,
            "state": _state_words(one),
            "kind": one.kind,
            "language": one.language,
            "to mend": sum(finding.blocks for finding in one.now.checked.findings),
            "changed (UTC)": _moment(one.at),
            "by": one.actor,
            "name": one.name,
        }
        for one in found
    ]
    counts = count_texts(workspace)
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    words = f"{table(shown, list(shown[0]))}\n{told}" if shown else "No texts."
    document = {"texts": [text_document(one) for one in found], "counts": counts}
    give(document, words, as_json=as_json)


@app.command()
def show(copy_id: CopyId, as_json: AsJson = False) -> None:
    """Show a text, what the checks say of it, and its versions."""
    from recsys.workflows.copy_once import text_document, version_document
    from recsys.workflows.copy_queue import copy_text, history

    workspace = open_workspace()
    one = copy_text(workspace, copy_id)
    text = text_document(one)
    versions = [version_document(one) for one in history(workspace, copy_id)]
    state = f"{_state_words(one)}, revision {one.revision}"
    words = [f"{one.name}, {one.kind}, {state}", "", written_words(text)]
    words += ["", *(_version_words(one) for one in versions)]
    give({"text": text, "history": versions}, "\n".join(words), as_json=as_json)


@app.command()
def approve(
    copy_id: CopyId,
    *,
    reason: Annotated[
        str, typer.Option(help="Overrides what the checks found; kept in the audit log.")
    ] = "",
    revision: Revision = None,
    as_json: AsJson = False,
) -> None:
    """Approve a text, if it is clean by the catalogue of now; else it needs a reason.

    Without --revision the text that was approved is printed.
    """
    from recsys.workflows.copy_queue import approve as decide
    from recsys.workflows.copy_queue import copy_text

    check_text(reason)
    workspace = open_workspace()
    unseen = revision is None
    if revision is None:
        revision = copy_text(workspace, copy_id).revision
    done = decide(workspace, copy_id, revision=revision, reason=reason, actor=actor())
    copy = done.now.copy
    shown = (copy.text, copy.preheader and f"Preheader: {copy.preheader}") if unseen else ()
    _give_decided(done, *filter(None, shown), as_json=as_json)


@app.command()
def reject(
    copy_id: CopyId,
    *,
    note: Annotated[str, typer.Option(help="Why, for the history.")] = "",
    revision: Revision = None,
    as_json: AsJson = False,
) -> None:
    """Reject a text; it stays in the history."""
    from recsys.workflows.copy_queue import copy_text
    from recsys.workflows.copy_queue import reject as decide

    check_text(note)
    workspace = open_workspace()
    if revision is None:
        revision = copy_text(workspace, copy_id).revision
    done = decide(workspace, copy_id, revision=revision, note=note, actor=actor())
    _give_decided(done, as_json=as_json)


@app.command()
def export(
    *,
    out: Annotated[Path, typer.Option(help="The CSV file to write.")],
    kind: KindOption = "",
    raw: Annotated[
        bool, typer.Option("--raw", help="Text that a spreadsheet would run stays as it is.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the approved texts to a file, but those that the catalogue of now does not bear out."""
    from recsys.rules.saying import counted
    from recsys.workflows.copy_queue import export_approved

    done = export_approved(open_workspace(), out, kind=_kind(kind), raw=raw, actor=actor())
    words = f"{counted(done.texts, 'approved text')} in {out}."
    if done.held:
        named = ", ".join(str(one) for one in done.held[:_NAMED])
        more = f" and {len(done.held) - _NAMED:,} more" if len(done.held) > _NAMED else ""
        words += (
            f"\n{counted(len(done.held), 'text')} left out, since what is known changed after the"
            f" approval: {named}{more}. Approve them again to see what is found now."
        )
    document = {"file": str(out), "texts": done.texts, "left_out": list(done.held)}
    give(document, words, as_json=as_json)


def _state_words(text: CopyText) -> str:
    return "partly checked" if text.partly else text.state


def _give_decided(done: CopyText, *shown: str, as_json: bool) -> None:
    from recsys.workflows.copy_once import text_document

    words = f"Copy {done.id} ({done.name}) is {done.state}."
    give(text_document(done), "\n\n".join((*shown, words)), as_json=as_json)


def _version_words(one: dict[str, Any]) -> str:
    by = f"{one['model']}, {one['prompt_version']}" if one["model"] else "by hand"
    note = f": {one['note']}" if one["note"] else ""
    return f"Version {one['version']}, {_moment(one['at'])} UTC, {one['actor']}, {by}{note}"


def _moment(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))


def _kind(given: str) -> Kind | None:
    from recsys.copywriting.text import KINDS

    if given and given not in KINDS:
        raise InputError(f"There is no kind {given!r}.", hint=f"Choose {', '.join(KINDS)}.")
    return cast("Kind", given) or None


def _state(given: str) -> State:
    from recsys.copywriting.text import STATES

    if given not in STATES:
        raise InputError(f"There is no state {given!r}.", hint=f"Choose {', '.join(STATES)}.")
    return given
