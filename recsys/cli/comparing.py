from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.output import AsJson, actor, finish, give, say, table
from recsys.errors import InputError, NotReady

if TYPE_CHECKING:
    from recsys.workspace import Workspace

app = typer.Typer()

Model = Annotated[str, typer.Argument(metavar="MODEL", help="As 'aisle models' names it.")]
User = Annotated[str, typer.Argument(metavar="USER", help="The shop's own id of a shopper.")]
Dataset = Annotated[str | None, typer.Option(metavar="ID", help="By default the newest.")]
_NEWEST = "By default the newest that is not live."


@app.command()
def compare(
    a: Model,
    b: Model,
    user_id: User,
    *,
    n: Annotated[int, typer.Option("-n", help="How many products.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Show what two models would show to one shopper, and what moved."""
    from recsys.workflows.comparing import compare_models
    from recsys.workspace import Workspace

    found = compare_models(Workspace.from_environment(), a, b, user_id, n)
    sides = (found.first, found.second)
    for side in sides:
        if side.note:
            say(side.note)
    moves = {move.item: move for move in found.diff.moves}
    rows: list[dict[str, Any]] = []
    for place in range(max(len(side.lines) for side in sides)):
        first, second = (side.lines[place : place + 1] for side in sides)
        row: dict[str, Any] = {"place": place + 1}
        for line in first:
            row |= {"first": line.name}
        for line in second:
            move = moves[line.item_id]
            moved = _moved(move.before, move.after)
            row |= {"second": line.name, "moved": moved, "reason": line.reason}
        rows.append(row)
    heads = [f"{side.label} {side.model_id}" for side in sides]
    words = f"first: {heads[0]}\nsecond: {heads[1]}\n{found.diff.words()}\n"
    shown = table(rows, ("place", "first", "second", "moved", "reason")) if rows else "Nothing."
    give(found.as_dict(), words + shown, as_json=as_json)


@app.command()
def candidate(*, dataset: Dataset = None, as_json: AsJson = False) -> None:
    """Build a release of the best models without publishing it, and show what it would change."""
    from recsys.workflows.candidates import submit_candidate
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    done = finish(workspace, submit_candidate(workspace, dataset_id=dataset, actor=actor()))
    if done["trained"]:
        say(f"Trained first, with default settings: {', '.join(done['trained'])}.")
    _give_impact(workspace, done["release_id"], as_json=as_json)


@app.command()
def impact(
    release: Annotated[str | None, typer.Argument(metavar="RELEASE", help=_NEWEST)] = None,
    *,
    again: Annotated[bool, typer.Option("--again", help="Measure it anew.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what would change if a release went live, on the shelves of 500 shoppers."""
    from recsys.workflows.impact import impact_of, submit_impact
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    release_id = release or _waiting(workspace)
    kept = impact_of(workspace, release_id)
    if again or kept is None or kept["outdated"]:
        finish(workspace, submit_impact(workspace, release_id, actor=actor()))
    _give_impact(workspace, release_id, as_json=as_json)


@app.command("go-live")
def go_live(
    release: Annotated[str | None, typer.Argument(metavar="RELEASE", help=_NEWEST)] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a release live that was built before."""
    from recsys.workflows.candidates import publish_candidate
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    done = publish_candidate(workspace, release or _waiting(workspace), actor=actor())
    document = {"release_id": done.release_id}
    give(document, f"Release {done.release_id} is live.", as_json=as_json)


@app.command("price-tag")
def price_tag(
    codes: Annotated[
        list[str], typer.Argument(metavar="CODE...", help="As 'aisle check' names them.")
    ],
    *,
    dataset: Dataset = None,
    as_json: AsJson = False,
) -> None:
    """Tell what a fix of the data, or undoing it, does to quality; no version is made."""
    from recsys.workflows.price_tags import submit_price_tag
    from recsys.workflows.training import newest_dataset
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    dataset_id = newest_dataset(workspace, dataset).id
    found = finish(workspace, submit_price_tag(workspace, dataset_id, codes, actor=actor()))
    give(found, "\n".join(found["words"]), as_json=as_json)


@app.command()
def export(
    placement: Annotated[str, typer.Argument(metavar="PLACEMENT", help="for-you")],
    *,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .csv or .parquet.")],
    everybody: Annotated[bool, typer.Option("--all", help="Every shopper.")] = False,
    n: Annotated[int | None, typer.Option("-n", help="How many products for each.")] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="CSV for machines; by default formulas are made harmless.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the lists of every shopper by the live release to a file."""
    from recsys.workflows.exports import submit_export
    from recsys.workspace import Workspace

    if placement != "for-you" or not everybody:
        raise InputError(
            f"{placement} of {'every shopper' if everybody else 'one shopper'} is not exported.",
            hint="Write: aisle export for-you --all --out lists.csv",
        )
    workspace = Workspace.from_environment()
    done = finish(workspace, submit_export(workspace, n=n, out=out, raw=raw, actor=actor()))
    words = f"{done['rows']:,} rows for {done['shoppers']:,} shoppers are in {done['file']}."
    give(done, words, as_json=as_json)


def _moved(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return "new"
    return "" if before == after else f"{before - after:+d}"


def _waiting(workspace: Workspace) -> str:
    """Return the newest release, unless it is live."""
    from recsys.releases.publishing import was_published

    ids = workspace.releases.ids()
    if not ids or was_published(workspace, ids[0]):
        raise NotReady("No release waits to go live.", hint="Build one: aisle candidate.")
    return ids[0]


def _give_impact(workspace: Workspace, release_id: str, *, as_json: bool) -> None:
    from recsys.workflows.impact import impact_of

    found = impact_of(workspace, release_id)
    if found is None:
        raise NotReady(f"Release {release_id} has no impact report.", hint="aisle impact --again")
    against = found["against"] or "nothing"
    words = [f"Release {release_id} against {against}, {found['shoppers']:,} shoppers:"]
    words += [found["problem"]] * bool(found["problem"])
    for place, part in found["placements"].items():
        words.append(f"  {found['words'][list(found['placements']).index(place)]}")
        words += [
            f"    {word}: {', '.join(one['name'] for one in part[word][:3])}"
            for word in ("wins", "losses")
            if part[word] and not part["new"]
        ]
    words.append(found["note"])
    give(found, "\n".join(words), as_json=as_json)
