from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.copy_options import (
    Keywords,
    Language,
    MergeTool,
    Model,
    Occasion,
    OfferEnds,
    Voice,
    Words,
    brief_of,
    check_text,
    open_workspace,
)
from recsys.cli.output import AsJson, actor, finish, give, say, table
from recsys.errors import BadFile, InputError

if TYPE_CHECKING:
    from recsys.workflows.copy_bulk import RunLine, Selection, Way
    from recsys.workspace import Workspace

app = typer.Typer()

# Of rows, in the order of their lives.
_STATES = ("waiting", "sent", "written", "failed", "skipped")

RunId = Annotated[int, typer.Argument(metavar="RUN", help="As 'aisle copy runs' says.")]


@app.command()
def bulk(
    *,
    kind: Annotated[str, typer.Option(help="description, subject or category.")] = "description",
    without_description: Annotated[
        bool, typer.Option("--without-description", help="Products that have no description.")
    ] = False,
    without_text: Annotated[
        bool, typer.Option("--without-text", help="What has no text waiting in the queue.")
    ] = False,
    category: Annotated[str, typer.Option(help="Products of a category.")] = "",
    brand: Annotated[str, typer.Option(help="Products of a brand.")] = "",
    collection: Annotated[int | None, typer.Option(help="Products of a collection.")] = None,
    segment: Annotated[
        list[int] | None,
        typer.Option(help="What its members buy most; with --kind subject, whom to write to."),
    ] = None,
    file: Annotated[Path | None, typer.Option(help="Product ids, one a line.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="So many at the most.")] = 1_000,
    batch: Annotated[bool, typer.Option("--batch", help="At half price, within a day.")] = False,
    cap: Annotated[float | None, typer.Option(help="US dollars that end the run.")] = None,
    cap_tokens: Annotated[int | None, typer.Option(min=1, help="Tokens that end the run.")] = None,
    voice: Voice = "professional",
    language: Language = "en",
    words: Words = 150,
    keyword: Keywords = None,
    occasion: Occasion = "",
    merge_tool: MergeTool = "",
    offer_ends: OfferEnds = "",
    model: Model = "",
    yes: Annotated[bool, typer.Option("--yes", help="Start without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write many texts: what it would take is told and asked first; then see the run to its end.

    Ctrl+C pauses the run; 'aisle copy resume' goes on with it.
    """
    from recsys.workflows.copy_bulk import estimate, start_run
    from recsys.workflows.copy_settings import model_of

    brief = brief_of(
        kind=kind, voice=voice, language=language, max_words=words,
        keywords=tuple(keyword or ()), occasion=occasion, merge_tool=merge_tool,
        offer_ends=offer_ends,
    )  # fmt: skip
    check_text(category, brand, model)
    if cap is not None and not cap > 0:
        raise InputError(f"--cap is {cap}, which is no amount of dollars above 0.")
    selection = _selection(
        segment or [], mail=kind == "subject", items=_ids_of(file) if file else (),
        collection=collection, category=category, brand=brand,
        without_description=without_description, without_text=without_text, limit=limit,
    )  # fmt: skip
    workspace = open_workspace()
    model = model or model_of(workspace)
    way: Way = "batch" if batch else "direct"
    found = estimate(workspace, selection, brief, model=model, way=way)
    say(_estimate_words(asdict(found), model))
    if found.rows and not yes:
        typer.confirm("Write them?", abort=True, err=True)
    run = start_run(
        workspace, selection, brief, model=model, way=way, cap=cap, cap_tokens=cap_tokens,
        actor=actor(),
    )  # fmt: skip
    _see(workspace, run, as_json=as_json, estimate=asdict(found))


@app.command()
def runs(as_json: AsJson = False) -> None:
    """List the newest bulk runs."""
    from recsys.workflows.copy_bulk import runs as newest

    found = newest(open_workspace())
    shown = [
        {
            "run": one.id,
            "state": one.state,
            "way": one.way,
            "rows": _counts(one),
            "cost": "" if one.cost is None else f"${one.cost:.2f}",
            "cap": "" if one.cap is None else f"${one.cap:.2f}",
            "by": one.actor,
            "what": one.label,
        }
        for one in found
    ]
    words = table(shown, list(shown[0])) if shown else "No bulk runs."
    give({"runs": [asdict(one) for one in found]}, words, as_json=as_json)


@app.command()
def pause(run_id: RunId, as_json: AsJson = False) -> None:
    """Pause a run; what was sent is kept when it comes."""
    from recsys.workflows.copy_bulk import pause_run

    _told(pause_run(open_workspace(), run_id, actor=actor()), as_json=as_json)


@app.command()
def resume(
    run_id: RunId,
    *,
    cap: Annotated[float | None, typer.Option(help="US dollars; by default as before.")] = None,
    cap_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens; by default as before.")
    ] = None,
    model: Annotated[str, typer.Option(help="Another model; by default as before.")] = "",
    as_json: AsJson = False,
) -> None:
    """Go on with a paused or capped run, and see it to its end."""
    from recsys.workflows.copy_bulk import resume_run

    check_text(model)
    workspace = open_workspace()
    run = resume_run(workspace, run_id, cap=cap, cap_tokens=cap_tokens, model=model, actor=actor())
    _see(workspace, run, as_json=as_json)


@app.command()
def cancel(run_id: RunId, as_json: AsJson = False) -> None:
    """End a run; what is written stays in the queue."""
    from recsys.workflows.copy_bulk import cancel_run

    _told(cancel_run(open_workspace(), run_id, actor=actor()), as_json=as_json)


@app.command()
def retry(run_id: RunId, as_json: AsJson = False) -> None:
    """Try the failed rows of a run again, and see it to its end."""
    from recsys.workflows.copy_bulk import retry_failed

    workspace = open_workspace()
    _see(workspace, retry_failed(workspace, run_id, actor=actor()), as_json=as_json)


def _see(
    workspace: Workspace, run: RunLine, *, as_json: bool, estimate: dict[str, Any] | None = None
) -> None:
    """See a run to its end or pause, and say what became of it."""
    from recsys.jobs.queue import Queue
    from recsys.workflows.copy_bulk import rows, run_line

    if run.job_id is not None:
        finish(workspace, Queue(workspace.database).get(run.job_id))
    run = run_line(workspace, run.id)
    failed = [asdict(one) for one in rows(workspace, run.id, state="failed")]
    for one in failed:
        say(f"{one['name'] or one['about_id']}: {one['error']}")
    document = {"run": asdict(run), "failed": failed}
    give(document if estimate is None else document | {"estimate": estimate}, _words(run),
         as_json=as_json)  # fmt: skip


def _told(run: RunLine, *, as_json: bool) -> None:
    give(asdict(run), _words(run), as_json=as_json)


def _words(run: RunLine) -> str:
    cost = "" if run.cost is None else f", ${run.cost:.2f}"
    words = f"Run {run.id} ({run.label}) is {run.state}: {_counts(run)}{cost}. {run.words}"
    return words.rstrip()


def _counts(run: RunLine) -> str:
    states = [state for state in _STATES if run.counts.get(state)]
    return ", ".join(f"{run.counts[state]:,} {state}" for state in states) or "no rows"


def _estimate_words(found: dict[str, Any], model: str) -> str:
    used = found["usage"]
    into = used["input"] + used["cache_read"] + used["cache_write"]
    cost = "the price of the model is not known" if found["cost"] is None else (
        f"about ${found['cost']:.2f}"
    )  # fmt: skip
    left = f"; {found['approved']:,} with approved copy are left out" if found["approved"] else ""
    return (
        f"{found['rows']:,} to write with {model}: some {into:,} tokens in,"
        f" {used['output']:,} out, {cost}{left}. {found['words']}"
    )


def _selection(segments: list[int], *, mail: bool, **chosen: Any) -> Selection:
    from recsys.workflows.copy_bulk import Selection

    if mail:
        return Selection(segments=tuple(segments), **chosen)
    if len(segments) > 1:
        raise InputError("Products are chosen by one segment; give --segment once.")
    return Selection(segment=segments[0] if segments else None, **chosen)


def _ids_of(file: Path) -> tuple[str, ...]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{file} is no text in UTF-8.", hint="Save it as UTF-8.") from None
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
