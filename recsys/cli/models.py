from __future__ import annotations

from typing import Annotated, Any

import typer

from recsys.cli.output import AsJson, actor, finish, give, say, table
from recsys.errors import BadSetting
from recsys.types import Placement

app = typer.Typer()

Dataset = Annotated[str | None, typer.Option(metavar="ID", help="By default the newest.")]
_BEST = "Model for {}; by default the best known."


def _choice(placement: str) -> Any:
    return typer.Option(metavar="MODEL", help=_BEST.format(placement))


@app.command()
def train(
    *,
    dataset: Dataset = None,
    model: Annotated[str, typer.Option(help="popularity, als or copurchase.")] = "als",
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="factors=64, ...")
    ] = None,
    evaluation: Annotated[
        bool, typer.Option(" /--no-evaluation", help="Do not test it on later purchases.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Train a model on a dataset and test it on later purchases."""
    from recsys.workflows.jobs import submit_training
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    job = submit_training(
        workspace,
        model,
        dataset_id=dataset,
        settings=_settings(settings or []),
        evaluate=evaluation,
        actor=actor(),
    )
    manifest = workspace.models.manifest(finish(workspace, job)["model_id"])
    document = _document(manifest)
    words = (
        f"{manifest['label']} is trained ({manifest['seconds']:,.1f} s).\nModel {manifest['id']}"
    )
    measured = ", ".join(f"{name} {value:.3f}" for name, value in _headlines(manifest).items())
    give(document, f"{words}\n{measured}".strip(), as_json=as_json)


@app.command()
def models(as_json: AsJson = False) -> None:
    """List the trained models, newest first."""
    from recsys.workflows.shop import shop_state
    from recsys.workspace import Workspace

    manifests = shop_state(Workspace.from_environment()).models
    rows = [
        {
            "model_id": manifest["id"],
            "model": manifest["label"],
            "dataset": manifest["dataset_name"],
            **_headlines(manifest),
        }
        for manifest in manifests
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    words = table(rows, columns) if rows else "No model is trained yet: aisle train."
    give({"models": [_document(manifest) for manifest in manifests]}, words, as_json=as_json)


@app.command()
def publish(
    *,
    for_you: Annotated[str | None, _choice("For You")] = None,
    similar: Annotated[str | None, _choice("Similar")] = None,
    also_bought: Annotated[str | None, _choice("Also bought")] = None,
    lookalikes: Annotated[str | None, _choice("Lookalikes")] = None,
    dataset: Dataset = None,
    as_json: AsJson = False,
) -> None:
    """Build a release of the chosen or best models and make it live; train what is missing."""
    from recsys.workflows.jobs import submit_publish
    from recsys.workspace import Workspace

    given: dict[Placement, str | None] = {
        "for_you": for_you,
        "similar": similar,
        "also_bought": also_bought,
        "lookalikes": lookalikes,
    }
    workspace = Workspace.from_environment()
    job = submit_publish(
        workspace,
        strategies={place: model for place, model in given.items() if model},
        dataset_id=dataset,
        actor=actor(),
    )
    done = finish(workspace, job)
    if done["trained"]:
        say(f"Trained first, with default settings: {', '.join(done['trained'])}.")
    used = "\n".join(f"  {place}: {model}" for place, model in done["strategies"].items())
    give(done, f"Release {done['release_id']} is live.\n{used}", as_json=as_json)


@app.command()
def rollback(as_json: AsJson = False) -> None:
    """Make the release live again that was live before this one."""
    from recsys.workflows.publishing import roll_back_release
    from recsys.workspace import Workspace

    release_id = roll_back_release(Workspace.from_environment(), actor=actor()).release_id
    give({"release_id": release_id}, f"Release {release_id} is live again.", as_json=as_json)


def _settings(given: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise BadSetting(
                f"--set {text!r} is not of the form NAME=VALUE.", hint="For example factors=64."
            )
        found[name] = value
    return found


def _document(manifest: dict[str, Any]) -> dict[str, Any]:
    named = ("metrics", "kind", "label", "settings", "dataset_id", "placements", "created_at")
    return {"model_id": manifest["id"], **{name: manifest[name] for name in named}}


def _headlines(manifest: dict[str, Any]) -> dict[str, float]:
    """Return the number that decides for each placement that was measured."""
    from recsys.workflows.publishing import DECIDING, deciding_value

    values = {metric: deciding_value(manifest, place) for place, metric in DECIDING.items()}
    return {metric: value for metric, value in values.items() if value is not None}
