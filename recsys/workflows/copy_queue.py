"""The queue of copy: what was written, what state it is in, and who decided what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.text import About, Brief, Copy, Facts, Kind, State
from recsys.workflows.copywriting import Written
from recsys.workspace import Workspace


@dataclass(frozen=True)
class CopyVersion:
    """A state that a text was in, and how it came about."""

    version: int
    copy: Copy
    checked: Checked
    brief: Brief
    facts: Facts
    made_by: str  # "model" | "person"
    model: str
    prompt_version: str
    usage: Usage
    cost: float | None
    note: str
    actor: str
    at: float


@dataclass(frozen=True)
class CopyText:
    """A text of the queue as it stands.

    Attributes
    ----------
    original
        What the shop had when this was written first.
    revision
        What a change of it has to know.
    now
        Its newest version.
    """

    id: int
    kind: Kind
    about: About
    about_id: str
    name: str
    language: str
    state: State
    revision: int
    original: str
    run_id: int | None
    now: CopyVersion
    actor: str
    at: float


def keep(
    workspace: Workspace,
    facts: Facts,
    brief: Brief,
    written: Written,
    *,
    copy_id: int | None = None,
    revision: int = 0,
    run_id: int | None = None,
    actor: str,
) -> CopyText:
    """Put a text into the queue, "checked" if it is clean and "draft" if not.

    With ``copy_id`` it becomes a new version of that text, which then waits for approval again;
    without, a text of its own: what is approved already stays as it is.

    Raises
    ------
    Conflict
        Somebody changed the text meanwhile.
    """
    raise NotImplementedError


def count_texts(workspace: Workspace) -> dict[State, int]:
    """Return how many texts are in each state."""
    raise NotImplementedError


def queue(
    workspace: Workspace,
    *,
    states: Sequence[State] = (),
    kind: Kind | None = None,
    about_id: str | None = None,
    run_id: int | None = None,
    search: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[CopyText]:
    """Return texts, those that wait for somebody first, then the newest."""
    raise NotImplementedError


def copy_text(workspace: Workspace, copy_id: int) -> CopyText:
    """Return one text."""
    raise NotImplementedError


def history(workspace: Workspace, copy_id: int) -> list[CopyVersion]:
    """Return the versions of a text, newest first."""
    raise NotImplementedError


def edit(workspace: Workspace, copy_id: int, copy: Copy, *, revision: int, actor: str) -> CopyText:
    """Change a text by hand; it is checked anew, and an approval of it ends."""
    raise NotImplementedError


def approve(
    workspace: Workspace, copy_id: int, *, revision: int, reason: str = "", actor: str
) -> CopyText:
    """Approve a text.

    Raises
    ------
    InputError
        It is not clean, and no reason of at least ten characters is given to override that.
    Conflict
        Somebody changed it meanwhile.
    """
    raise NotImplementedError


def reject(
    workspace: Workspace, copy_id: int, *, revision: int, note: str = "", actor: str
) -> CopyText:
    """Reject a text; it stays in the history."""
    raise NotImplementedError


def restore(
    workspace: Workspace, copy_id: int, version: int, *, revision: int, actor: str
) -> CopyText:
    """Make an older version the newest one, checked anew against what is known now."""
    raise NotImplementedError


def export_approved(
    workspace: Workspace,
    path: Path,
    *,
    kind: Kind | None = None,
    raw: bool = False,
    actor: str,
) -> int:
    """Write approved texts as CSV, inert unless ``raw``; return how many. Audited."""
    raise NotImplementedError
