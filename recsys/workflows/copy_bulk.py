"""Many texts at once: what they would cost, and runs that can be paused and outlive a kill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from recsys.copywriting.providers.base import Provider, Usage
from recsys.copywriting.text import Brief
from recsys.types import Report
from recsys.values import Value
from recsys.workspace import Workspace

KIND = "copy_bulk"
Way = Literal["direct", "batch"]
RunState = Literal["running", "paused", "done", "cancelled", "capped"]


class Selection(Value):
    """The products that a run is about: those for which all that is given here holds.

    With ``kind`` "subject" in the brief, ``segments`` are what subjects are written for.
    """

    items: tuple[str, ...] = ()
    collection: int | None = None
    segment: int | None = Field(default=None, description="Products that its members buy most.")
    segments: tuple[int, ...] = ()
    category: str = ""
    brand: str = ""
    without_description: bool = False
    limit: int = Field(default=1_000, ge=1, le=100_000)


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    Attributes
    ----------
    rows
        Products to be written about.
    approved
        Of the selection, left out since they have approved copy of the kind and language.
    usage
        Tokens: counted from the prompts' characters, the answers by the length asked for.
    cost
        US dollars; None where the model's price is not known.
    words
        How it was worked out, in a sentence.
    """

    rows: int
    approved: int
    usage: Usage
    cost: float | None
    words: str


@dataclass(frozen=True)
class RunLine:
    """A bulk run as lists show it; ``counts`` by the state of its rows."""

    id: int
    label: str
    state: RunState
    way: Way
    model: str
    counts: dict[str, int]
    usage: Usage
    cost: float | None
    cap: float | None
    job_id: int | None
    actor: str
    at: float


def estimate(
    workspace: Workspace, selection: Selection, brief: Brief, *, model: str, way: Way
) -> Estimate:
    """Say what a run would take; nothing is sent."""
    raise NotImplementedError


def start_run(
    workspace: Workspace,
    selection: Selection,
    brief: Brief,
    *,
    model: str,
    way: Way,
    cap: float | None,
    cap_tokens: int | None = None,
    actor: str,
) -> RunLine:
    """Queue a run; it stops before what it has spent and has under way passes a cap."""
    raise NotImplementedError


def bulk_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`start_run` or :func:`resume_run`."""
    raise NotImplementedError


def run_bulk(
    workspace: Workspace, run_id: int, report: Report, *, provider: Provider, concurrency: int = 8
) -> dict[str, Any]:
    """Write what a run still waits for."""
    raise NotImplementedError


def runs(workspace: Workspace, limit: int = 20) -> list[RunLine]:
    """Return the newest runs."""
    raise NotImplementedError


def run_line(workspace: Workspace, run_id: int) -> RunLine:
    """Return one run."""
    raise NotImplementedError


@dataclass(frozen=True)
class RowLine:
    """A row of a run that went wrong or was left out, and why."""

    about_id: str
    name: str
    state: str
    tries: int
    error: str
    copy_id: int | None


def rows(workspace: Workspace, run_id: int, *, state: str, limit: int = 100) -> list[RowLine]:
    """Return rows of a run in a state."""
    raise NotImplementedError


def pause_run(workspace: Workspace, run_id: int, *, actor: str) -> RunLine:
    """Pause: what was sent is kept when it comes, nothing more is sent."""
    raise NotImplementedError


def resume_run(
    workspace: Workspace, run_id: int, *, cap: float | None = None, actor: str
) -> RunLine:
    """Go on with a paused or capped run; a new cap may be given."""
    raise NotImplementedError


def cancel_run(workspace: Workspace, run_id: int, *, actor: str) -> RunLine:
    """End a run; what is written stays in the queue."""
    raise NotImplementedError


def retry_failed(workspace: Workspace, run_id: int, *, actor: str) -> RunLine:
    """Try the failed rows of a run again."""
    raise NotImplementedError
