"""What commands write: a document or words on standard output, all else on standard error."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from recsys.jobs.queue import Job
    from recsys.workspace import Workspace

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

_WIDEST = 44


def say(words: str) -> None:
    """Write a line for people to standard error, so that the document stays alone."""
    typer.echo(printable(words, keep="\n"), err=True)


def give(document: Mapping[str, Any] | Sequence[Any], words: str, *, as_json: bool) -> None:
    """Write the result of a command: the document for programs, or the words for people."""
    # ASCII only: it can be read whatever the encoding of the pipe is.
    if as_json:
        typer.echo(json.dumps(document, indent=2, allow_nan=False))
    else:
        typer.echo(printable(words, keep="\n"))


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Return rows as text in columns; missing values are empty, long ones cut but in the last."""
    lines = [list(columns)]
    for row in rows:
        *cells, last = (_cell(row.get(column)) for column in columns)
        lines.append([*map(_cut, cells), last])
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else printable(str(value))


def printable(text: str, *, keep: str = "") -> str:
    """Take out what would steer a terminal: text of a shop may hold anything."""
    return "".join(
        sign if sign.isprintable() or sign in keep else " " if sign.isspace() else "\ufffd"
        for sign in text
    )


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def actor() -> str:
    """Return who is at the keyboard, for the audit log."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):  # a container may run under a user without a name
        return "command line"


def finish(workspace: Workspace, job: Job) -> dict[str, Any]:
    """See a job to its end, telling its progress, and return its result.

    Ctrl+C cancels the job, whoever is at work on it.
    """
    from recsys.workflows.jobs import await_job, cancel_job

    progress = Progress()
    try:
        return await_job(workspace, job, progress).result or {}
    except KeyboardInterrupt:
        cancel_job(workspace, job.id, actor=actor())
        raise
    finally:
        progress.close()


class Progress:
    """Progress on standard error: one line that changes, or where nobody watches, one a step."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._step = ""

    def __call__(self, share: float, step: str) -> None:
        """Tell how far the work is."""
        if self._live:
            typer.echo(f"\r\033[K{share:4.0%}  {printable(step)}", err=True, nl=False)
        elif step and step != self._step:
            say(f"{share:4.0%}  {step}")
        self._step = step

    def close(self) -> None:
        """Wipe the changing line."""
        if self._live:
            typer.echo("\r\033[K", err=True, nl=False)
