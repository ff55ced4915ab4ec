from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from recsys.cli.output import AsJson, Progress, actor, finish, give, say, table
from recsys.errors import InputError

if TYPE_CHECKING:
    from recsys.releases.live import LiveView
    from recsys.segments.definition import Definition
    from recsys.workflows.segment_exports import HeldOut
    from recsys.workspace import Workspace

app = typer.Typer(
    help="Segments: shoppers like those of a file, and saved segments.",
    invoke_without_command=True,
    no_args_is_help=True,
)

SegmentId = Annotated[int, typer.Argument(metavar="SEGMENT", help="As 'aisle segment list' says.")]
Out = Annotated[Path | None, typer.Option(help="The CSV file to write.")]
LayoutName = Annotated[
    str, typer.Option("--layout", help="people, machines, klaviyo, meta or google.")
]
Recommend = Annotated[int, typer.Option(help="So many products of For You beside each member.")]
Held = Annotated[str, typer.Option("--held-out", help="The hold-out group: out, column or only.")]


@app.callback()
def segment(  # noqa: PLR0917 - options of a command
    context: typer.Context,
    like: Annotated[
        Path | None, typer.Option(help="A file with ids or e-mail addresses of shoppers.")
    ] = None,
    size: Annotated[int, typer.Option(min=1, help="How many to find.")] = 1_000,
    out: Out = None,
    layout: LayoutName = "people",
    recommend: Recommend = 0,
    held_out: Held = "out",
    happened_on: Annotated[
        str, typer.Option(help="Day before which nobody knew them: 2026-11-01.")
    ] = "",
    holdout: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share that is set aside for measurement.")
    ] = 0.0,
    with_seeds: Annotated[
        bool, typer.Option("--with-seeds", help="The shoppers of the file belong to it.")
    ] = False,
    proof: Annotated[
        bool, typer.Option("--proof", help="Prove first how well they are found.")
    ] = False,
    save: Annotated[str, typer.Option(help="Save it as a segment of this name.")] = "",
    as_json: AsJson = False,
) -> None:
    """Find the shoppers who are most like those of a file."""
    if context.invoked_subcommand is not None:
        return
    if like is None:
        raise InputError(
            "No file of shoppers was given.",
            hint="aisle segment --like FILE --size 1000 --out FILE",
        )
    _check_text("--save", save)
    _check_text("--happened-on", happened_on)
    from recsys.segments.definition import Definition, Seeds
    from recsys.segments.picking import draws, with_seed
    from recsys.workflows.seed_files import read_seeds

    workspace, view = _live()
    found = read_seeds(workspace, view, like)
    say(found.words())
    definition = Definition(
        kind="lookalikes",
        seeds=Seeds(ids=found.ids, happened_on=happened_on),
        with_seeds=with_seeds,
        size=size,
        holdout=holdout,
    )
    if draws(definition):
        definition = with_seed(definition)
    if proof:
        _prove(workspace, definition)
    document: dict[str, Any] = {"seeds": asdict(found) | {"ids": len(found.ids)}}
    document |= _find(
        workspace, view, definition, save or like.name, out=out, layout=layout,
        recommend=recommend, held_out=held_out,
    )  # fmt: skip
    if save:
        document["saved"] = _save(workspace, view, save, definition)
    give(document, "\n".join(document["words"]), as_json=as_json)


@app.command("list")
def list_segments(as_json: AsJson = False) -> None:
    """List the saved segments."""
    from recsys.workflows.segments import segment_lines

    lines = segment_lines(_workspace())
    shown = [
        {
            "segment": one.id,
            "name": one.name,
            "kind": one.kind,
            "members": one.count,
            "held out": one.held_out,
            "refresh": "yes" if one.refresh else "no",
            "changed (UTC)": time.strftime("%Y-%m-%d %H:%M", time.gmtime(one.at)),
            "by": one.actor,
        }
        for one in lines
    ]
    words = table(shown, list(shown[0])) if shown else "No segments."
    give({"segments": [asdict(one) for one in lines]}, words, as_json=as_json)


@app.command()
def show(set_id: SegmentId, as_json: AsJson = False) -> None:
    """Show a segment: its definition, its counts, and who came and went."""
    import json

    from recsys.workflows.segment_exports import definition_document
    from recsys.workflows.segments import open_segment

    found = open_segment(_workspace(), set_id)
    document: dict[str, Any] = {
        "segment": asdict(found.line),
        "definition": definition_document(found.definition),
        "counts": asdict(found.counts),
        "proof_id": found.proof_id,
        "history": [asdict(one) for one in found.history],
    }
    words = [f"{found.line.name}: {found.line.count:,} members"]
    words += [f"{count:,} left out: {why}" for why, count in found.counts.removed.items()]
    words.append(json.dumps(definition_document(found.definition, most=5), indent=2))
    words += [f"Version {one.version} ({one.actor}): {_step(one)}" for one in found.history]
    give(document, "\n".join(words), as_json=as_json)


@app.command()
def refresh(set_id: SegmentId, as_json: AsJson = False) -> None:
    """Work a segment out anew on what is live."""
    from recsys.errors import NotFound
    from recsys.workflows.segment_refresh import refresh_segments
    from recsys.workflows.segments import open_segment

    workspace, view = _live()
    open_segment(workspace, set_id)
    done = refresh_segments(workspace, view, [set_id], actor=actor())
    if not done:
        raise NotFound(
            f"Segment {set_id} is a list made by hand, so there is nothing to work out.",
            hint="Change its members on the Segments page.",
        )
    give(asdict(done[0]), done[0].words, as_json=as_json)


@app.command()
def export(
    set_id: SegmentId,
    *,
    out: Annotated[Path, typer.Option(help="The CSV file to write.")],
    layout: LayoutName = "people",
    recommend: Recommend = 0,
    held_out: Held = "out",
    as_json: AsJson = False,
) -> None:
    """Write the members of a segment to a file, and a manifest beside it."""
    from recsys.workflows.segment_exports import submit_segment_export

    workspace = _workspace()
    job = submit_segment_export(
        workspace, set_id, layout=layout, recommend=recommend,
        held_out=cast("HeldOut", held_out), out=out, actor=actor(),
    )  # fmt: skip
    manifest = finish(workspace, job)
    give(manifest, "\n".join(_export_words(manifest, out)), as_json=as_json)


def _check_text(option: str, given: str) -> None:
    """Refuse bytes that are no text, which the shell hands over as they are."""
    try:
        given.encode()
    except UnicodeEncodeError:
        raise InputError(f"What stands behind {option} is no text (UTF-8).") from None


def _find(
    workspace: Workspace,
    view: LiveView,
    definition: Definition,
    name: str,
    *,
    out: Path | None,
    layout: str,
    recommend: int,
    held_out: str,
) -> dict[str, Any]:
    """Work the segment out and write it where that was asked for."""
    from recsys.workflows.segment_exports import Export, export_members
    from recsys.workflows.segments import work_out

    found = work_out(workspace, view, definition)
    words = [*found.notes, f"{len(found.members):,} shoppers found. {found.ranked.score_words}."]
    document: dict[str, Any] = {
        "counts": asdict(found.counts),
        "notes": list(found.notes),
        "score": found.ranked.score_words,
        "proof_id": found.proof_id,
        "release_id": view.release.id,
    }
    if out is not None:
        wanted = Export(layout, recommend, cast("HeldOut", held_out))
        progress = Progress()
        try:
            manifest = export_members(
                workspace, view, definition, found.members, out, wanted=wanted,
                about={"name": name}, actor=actor(), report=progress,
            )  # fmt: skip
        finally:
            progress.close()
        document["export"] = manifest
        words += _export_words(manifest, out)
    return document | {"words": words}


def _save(
    workspace: Workspace, view: LiveView, name: str, definition: Definition
) -> dict[str, Any]:
    from recsys.workflows.segments import save_segment

    return asdict(save_segment(workspace, view, name, definition, actor=actor()))


def _prove(workspace: Workspace, definition: Definition) -> None:
    from recsys.workflows.segment_proof import submit_proof
    from recsys.workflows.segments import lifecycle_rules

    rules = lifecycle_rules(workspace)
    say(finish(workspace, submit_proof(workspace, definition, rules=rules, actor=actor()))["words"])


def _export_words(manifest: dict[str, Any], out: Path) -> list[str]:
    words = [f"{manifest['rows']:,} of {manifest['members']:,} members are in {out}."]
    words += [f"{count:,} left out: {why}." for why, count in manifest["left_out"].items()]
    return [*words, *manifest["notes"]]


def _step(one: Any) -> str:
    if one.came is None:
        return f"{one.count:,} members, changed by hand"
    return f"{one.came:,} came, {one.went:,} went, {one.kept:,} stayed. {one.why}"


def _workspace() -> Workspace:
    from recsys.workspace import Workspace

    return Workspace.from_environment()


def _live() -> tuple[Workspace, LiveView]:
    from recsys.releases.live import LiveShop

    workspace = _workspace()
    return workspace, LiveShop(workspace).current()
