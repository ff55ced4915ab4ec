"""Many texts at once: runs that can be paused, keep to a budget and outlive a kill."""

from __future__ import annotations

from sqlalchemy import Connection

from recsys.copywriting import run_rows
from recsys.copywriting import runs as stored
from recsys.copywriting.providers.opening import key_is_set, open_provider
from recsys.copywriting.runs import Order, Run, RunState, Selection, Way
from recsys.copywriting.text import Brief
from recsys.errors import InputError
from recsys.jobs.rows import ACTIVE
from recsys.jobs.rows import add as add_job
from recsys.workflows.copy_bulk_job import KIND, bulk_job, run_bulk
from recsys.workflows.copy_bulk_lines import RowLine, RunLine, jobs_of, rows, run_line, runs
from recsys.workflows.copy_estimate import Estimate, estimate
from recsys.workflows.copy_selection import choose
from recsys.workflows.copy_settings import price_of
from recsys.workflows.copywriting import Desk
from recsys.workspace import Workspace
from recsys.workspace.database import record

__all__ = [
    "KIND",
    "Estimate",
    "RowLine",
    "RunLine",
    "RunState",
    "Selection",
    "Way",
    "bulk_job",
    "cancel_run",
    "estimate",
    "pause_run",
    "resume_run",
    "retry_failed",
    "rows",
    "run_bulk",
    "run_line",
    "runs",
    "start_run",
]


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
    """Queue a run; it stops before what it has spent and has under way passes a cap.

    Raises
    ------
    InputError
        Nothing fits, the cap cannot be kept, or the provider takes no batches.
    NoKey
        No key is set.
    NotReady, NotFound
        As for :func:`estimate`.
    """
    if not key_is_set(workspace.settings):
        open_provider(workspace.settings)  # raises, with the words that say how to set one
    if way == "batch" and workspace.settings.llm_provider != "anthropic":
        raise InputError(
            "This provider takes no batches.", hint="Have the texts written now instead."
        )
    if not model:
        raise InputError("No model is chosen.", hint="Choose one in the settings of the Copy page.")
    _check_caps(workspace, model, cap, cap_tokens)
    chosen = choose(workspace, selection, brief)
    Desk.of(workspace, brief)  # a voice that is not there is said now
    order = Order(
        selection=selection.model_copy(update={"items": ()}),
        about=chosen.about,
        brief=brief,
        provider=workspace.settings.llm_provider,
        model=model,
        way=way,
        cap=cap,
        cap_tokens=cap_tokens,
        approved=chosen.approved,
    )
    label = chosen.label(brief)
    with workspace.database.write() as connection:
        run_id = stored.add_run(connection, order, chosen.ids, label=label, actor=actor)
        record(connection, actor, "start copy run", f"copy run {run_id}", label=label, cap=cap)
        _ensure_job(connection, stored.one_run(connection, run_id), actor=actor)
    return run_line(workspace, run_id)


def _check_caps(
    workspace: Workspace, model: str, cap: float | None, cap_tokens: int | None
) -> None:
    if (cap is not None and cap <= 0) or (cap_tokens is not None and cap_tokens <= 0):
        raise InputError("A cap has to be more than nothing.", hint="Leave it empty for none.")
    if cap is not None and price_of(workspace, model) is None:
        raise InputError(
            f"The price of {model} is not known, so that a cap in dollars cannot be kept.",
            hint="Set its price in the settings of the Copy page, or give a cap in tokens.",
        )


def _ensure_job(connection: Connection, run: Run, *, actor: str) -> None:
    """Queue a job for a run, unless one is at it."""
    if _is_at_work(connection, run):
        return
    new = add_job(connection, KIND, {"run_id": run.id}, label=run.label, actor=actor)
    record(connection, actor, "submit", f"job {new.id}", kind=KIND, label=run.label)
    stored.change_run(connection, run.id, job_id=new.id)


def _is_at_work(connection: Connection, run: Run) -> bool:
    """Whether a job does the run, or will."""
    if run.job_id is None:
        return False
    job = jobs_of(connection, [run.job_id]).get(run.job_id)
    return job is not None and job.status in ACTIVE and not job.cancel_asked


def pause_run(workspace: Workspace, run_id: int, *, actor: str) -> RunLine:
    """Pause: what was sent is kept when it comes, nothing more is sent.

    Batches that were handed in are answered all the same, and their answers taken on resuming.

    Raises
    ------
    InputError
        The run has ended.
    NotFound
        There is no such run.
    """
    with workspace.database.write() as connection:
        run = _unended(connection, run_id)
        if run.state == "running":
            order = run.order.model_copy(update={"why": ""})
            stored.change_run(connection, run_id, state="paused", order=order)
            record(connection, actor, "pause copy run", f"copy run {run_id}")
    return run_line(workspace, run_id)


def resume_run(
    workspace: Workspace,
    run_id: int,
    *,
    cap: float | None = None,
    cap_tokens: int | None = None,
    model: str = "",
    actor: str,
) -> RunLine:
    """Go on with a paused or capped run; a new cap and another model may be given.

    Raises
    ------
    InputError
        The run has ended, its cap is reached and not raised, or what it has under way is of its
        model.
    NotFound
        There is no such run.
    """
    with workspace.database.write() as connection:
        run = _unended(connection, run_id)
        changed = {"cap": cap, "cap_tokens": cap_tokens, "model": model or None}
        order = run.order.model_copy(
            update={"why": "", **{name: one for name, one in changed.items() if one is not None}}
        )
        if run.state == "capped" and not _raised(run.order, order):
            raise InputError(
                "The run has reached its cap, which has not been raised.",
                hint="Give a higher one to go on.",
            )
        if order.model != run.order.model:
            _change_model(connection, run)
            cap = order.cap  # whose price has to be known
        _check_caps(workspace, order.model, cap, cap_tokens)
        stored.change_run(connection, run_id, state="running", order=order)
        _ensure_job(connection, run, actor=actor)
        record(connection, actor, "resume copy run", f"copy run {run_id}", cap=order.cap)
    return run_line(workspace, run_id)


def _raised(before: Order, after: Order) -> bool:
    """Whether one of two caps is higher and none is lower."""
    pairs = ((before.cap, after.cap), (before.cap_tokens, after.cap_tokens))
    given = [(old, new) for old, new in pairs if old is not None and new is not None]
    return all(new >= old for old, new in given) and any(new > old for old, new in given)


def _change_model(connection: Connection, run: Run) -> None:
    """See that nothing is under way by the model of before, and begin anew what waits."""
    if any(not one.collected for one in run.batches) or _is_at_work(connection, run):
        raise InputError(
            f"Run {run.id} has requests under way to {run.order.model}.",
            hint="Choose another model once they are answered, or cancel the run.",
        )
    run_rows.forget_digests(connection, run.id)


def cancel_run(workspace: Workspace, run_id: int, *, actor: str) -> RunLine:
    """End a run; what is written stays in the queue.

    Batches that are under way are ended by a job, which keeps what was answered: it is paid.

    Raises
    ------
    InputError
        The run is done.
    NotFound
        There is no such run.
    """
    with workspace.database.write() as connection:
        run = stored.one_run(connection, run_id, locked=True)
        if run.state == "done":
            raise InputError(f"Run {run_id} is done.", hint="Reject what it wrote in the queue.")
        if run.state != "cancelled":
            order = run.order.model_copy(update={"why": ""})
            stored.change_run(connection, run_id, state="cancelled", order=order)
            if any(not one.collected for one in run.batches):
                _ensure_job(connection, run, actor=actor)
            record(connection, actor, "cancel copy run", f"copy run {run_id}")
    return run_line(workspace, run_id)


def retry_failed(workspace: Workspace, run_id: int, *, actor: str) -> RunLine:
    """Try the failed rows of a run again.

    Raises
    ------
    InputError
        None has failed, or the run was cancelled.
    NotFound
        There is no such run.
    """
    with workspace.database.write() as connection:
        run = stored.one_run(connection, run_id, locked=True)
        if run.state == "cancelled":
            raise InputError(f"Run {run_id} was cancelled.", hint="Start a new one.")
        again = run_rows.move_rows(connection, run_id, "failed", "waiting")
        if not again:
            raise InputError("No row of this run has failed.", hint="There is nothing to retry.")
        order = run.order.model_copy(update={"why": ""})
        stored.change_run(connection, run_id, state="running", order=order)
        _ensure_job(connection, run, actor=actor)
        record(connection, actor, "retry copy run", f"copy run {run_id}", rows=again)
    return run_line(workspace, run_id)


def _unended(connection: Connection, run_id: int) -> Run:
    run = stored.one_run(connection, run_id, locked=True)
    if run.state in {"done", "cancelled"}:
        raise InputError(f"Run {run_id} is {run.state}.", hint="Start a new one.")
    return run
