from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.output import AsJson, actor, finish, give, say, table
from recsys.errors import BadSetting
from recsys.types import PLACEMENTS, Placement

if TYPE_CHECKING:
    from recsys.evaluation.split import SplitBy

app = typer.Typer()

Dataset = Annotated[str | None, typer.Option(metavar="ID", help="By default the newest.")]
_BY_TIME = "time"
Split = Annotated[
    str,
    typer.Option(
        metavar="WAY",
        help="time, or for a shop without dates last-out: hold back each shopper's last rows.",
    ),
]
_BEST = "Model for {}; by default the best known."


def _choice(placement: str) -> Any:
    return typer.Option(metavar="MODEL", help=_BEST.format(placement))


@app.command()
def train(
    *,
    dataset: Dataset = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="als, copurchase, popularity, ...; a wrong one lists all. auto lets Aisle choose"
            " a model for every placement.",
        ),
    ] = "als",
    budget: Annotated[float, typer.Option(help="Seconds that auto may take.")] = 120.0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="factors=64, ...")
    ] = None,
    evaluation: Annotated[
        bool, typer.Option(" /--no-evaluation", help="Do not test it on later purchases.")
    ] = True,
    split: Split = _BY_TIME,
    as_json: AsJson = False,
) -> None:
    """Train a model on a dataset and test it on later purchases."""
    from recsys.workflows.jobs import submit_training
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    if model == "auto":
        if settings or not evaluation or split != _BY_TIME:
            raise BadSetting(
                "auto chooses settings by a test of its own: --set, --no-evaluation and --split"
                " do not go with it.",
                hint="Leave them out, or name a kind of model.",
            )
        _give_chosen(workspace, dataset, budget, as_json=as_json)
        return
    job = submit_training(
        workspace,
        model,
        dataset_id=dataset,
        settings=_settings(settings or []),
        evaluate=evaluation,
        split=split_by(split),
        actor=actor(),
    )
    manifest = workspace.models.manifest(finish(workspace, job)["model_id"])
    words = (
        f"{manifest['label']} is trained ({manifest['seconds']:,.1f} s).\nModel {manifest['id']}"
    )
    lines = [words, *_found(manifest), manifest["not_measured_because"]]
    give(_document(manifest), "\n".join(filter(None, lines)), as_json=as_json)


def _give_chosen(workspace: Any, dataset: str | None, budget: float, *, as_json: bool) -> None:
    from recsys.workflows.tuning import submit_tuning

    job = submit_tuning(workspace, dataset_id=dataset, budget=budget, actor=actor())
    done = finish(workspace, job)
    say(done["ended"])
    lines: list[str] = []
    for placement, model_id in done["strategies"].items():
        manifest = workspace.models.manifest(model_id)
        found = [line for line in _found(manifest) if line.startswith(placement)]
        lines.append(f"{placement}: {manifest['label']} {model_id} {''.join(found)}")
    give(done["strategies"], "\n".join(lines), as_json=as_json)


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
            "": "" if manifest.get("evidence") else _why_not(manifest),
        }
        for manifest in manifests
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    words = table(rows, columns) if rows else "No model is trained yet: aisle train."
    give([_document(manifest) for manifest in manifests], words, as_json=as_json)


@app.command()
def evaluate(
    models: Annotated[
        list[str] | None,
        typer.Argument(metavar="[MODEL]...", help="By default all without a test."),
    ] = None,
    *,
    yardsticks: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="KIND", help="Test a yardstick, too: user_cf, which is slow."
        ),
    ] = None,
    dataset: Dataset = None,
    split: Split = _BY_TIME,
    as_json: AsJson = False,
) -> None:
    """Test models on later purchases that were trained without a test."""
    from recsys.workflows.jobs import submit_evaluation
    from recsys.workspace import Workspace

    workspace = Workspace.from_environment()
    job = submit_evaluation(
        workspace,
        models or [],
        yardsticks=yardsticks or [],
        dataset_id=dataset,
        split=split_by(split),
        actor=actor(),
    )
    tested = [workspace.models.manifest(one) for one in finish(workspace, job)["model_ids"]]
    words = [f"{one['label']} ({one['id']})\n" + "\n".join(_found(one)) for one in tested]
    nothing = "All models of this data have a test."
    give(
        [_document(one) for one in tested], "\n".join(words) if words else nothing, as_json=as_json
    )


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


def split_by(text: str) -> SplitBy:
    """Return how a test parts the past from the future.

    Raises
    ------
    BadSetting
        There is no such way.
    """
    ways: dict[str, SplitBy] = {"time": "time", "last-out": "last_out"}
    if text not in ways:
        raise BadSetting(
            f"There is no split called {text!r}.", hint=f"There are: {', '.join(ways)}."
        )
    return ways[text]


def _document(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a model as a document; of an old one without its numbers, whose shape was another."""
    named = ("kind", "label", "settings", "seconds", "dataset_id", "placements", "created_at")
    known = bool(manifest.get("evidence"))
    numbers = ("metrics", "intervals", "against", "evidence")
    return {
        "model_id": manifest["id"],
        **{name: manifest.get(name) for name in named},
        **{name: manifest[name] if known else {} for name in numbers},
        "not_measured_because": "" if known else _why_not(manifest),
    }


def _why_not(manifest: dict[str, Any]) -> str:
    from recsys.evaluation.champion import NOT_MEASURED, OLD

    if manifest.get("metrics"):
        return OLD
    return manifest.get("not_measured_because") or NOT_MEASURED


def _headlines(manifest: dict[str, Any]) -> dict[str, float]:
    """Return the number that decides for each placement that was measured."""
    from recsys.evaluation.champion import deciding_value
    from recsys.evaluation.evidence import DECIDING

    values = {
        f"{place} {DECIDING[place]}": deciding_value(manifest, place)
        for place in PLACEMENTS
        if manifest.get("evidence")
    }
    return {metric: value for metric, value in values.items() if value is not None}


def _found(manifest: dict[str, Any]) -> list[str]:
    """Say for each placement what was found, and by how much that beats the baselines."""
    lines: list[str] = []
    for name, value in _headlines(manifest).items():
        place = name.partition(" ")[0]
        lines.append(f"{name} {value:.4f}")
        for kind, found in manifest["against"].get(place, {}).items():
            if kind != manifest["kind"]:
                beside = f"{found['value']:+.4f} ({found['low']:+.4f} to {found['high']:+.4f})"
                lines.append(f"  against {kind}: {beside}")
    return lines
