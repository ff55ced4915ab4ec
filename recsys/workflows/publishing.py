from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from recsys.errors import InputError
from recsys.models.registry import MODELS
from recsys.releases.build import build_release
from recsys.releases.publishing import Publication, publish, roll_back, was_published
from recsys.types import PLACEMENTS, Placement, Report, part_of, silent
from recsys.workflows.training import newest_dataset, train_model
from recsys.workspace import Workspace

# What is trained for a placement that no model of the dataset can feed yet.
DEFAULT_KIND: dict[Placement, str] = {
    "for_you": "als",
    "similar": "als",
    "also_bought": "copurchase",
    "lookalikes": "als",
}
# The number that decides; placements without one follow For You.
DECIDING: dict[Placement, str] = {"for_you": "ndcg@10", "also_bought": "hit_rate@10"}


# A test with fewer shoppers or baskets decides nothing.
FEWEST_QUESTIONS = 30


@dataclass(frozen=True)
class Published:
    """What was built, to be published.

    Attributes
    ----------
    strategies
        Placement -> model id, as released.
    trained
        Labels of the models that had to be trained first.
    """

    release_id: str
    strategies: dict[Placement, str]
    trained: list[str]


def questions_of(manifest: Mapping[str, Any], placement: Placement) -> int:
    """Return how many shoppers or baskets a model was tested on for a placement."""
    found = manifest["metrics"].get(placement, {})
    return int(found.get("shoppers", found.get("baskets", 0)))


def _deciding(manifest: Mapping[str, Any], placement: Placement) -> dict[str, Any] | None:
    """Return the validation figures that decide for a placement, or None without enough tests."""
    metric = DECIDING.get(placement)
    if metric is None or questions_of(manifest, placement) < FEWEST_QUESTIONS:
        return None
    return manifest["metrics"][placement].get(metric)


def deciding_value(manifest: Mapping[str, Any], placement: Placement) -> float | None:
    """Return the validation value that decides for a placement, or None without one."""
    found = _deciding(manifest, placement)
    return None if found is None else float(found["value"])


def loses_to_popularity(manifest: Mapping[str, Any], placement: Placement) -> bool:
    """Tell whether the test found a model clearly worse than popularity."""
    found = _deciding(manifest, placement)
    return found is not None and found["difference"]["high"] < 0


def best_models(workspace: Workspace, dataset_id: str) -> dict[Placement, str]:
    """Return the best known model of a dataset for each placement that has one.

    Measured models come before unmeasured ones, then the better number, then the default kind,
    then the newer model. Similar and Lookalikes have no number yet: they follow the best For You
    model that can.
    """
    manifests = [m for m in workspace.models.manifests() if m["dataset_id"] == dataset_id]
    best: dict[Placement, str] = {}
    for placement in PLACEMENTS:
        deciding: Placement = placement if placement in DECIDING else "for_you"
        able = [m for m in manifests if placement in m["placements"]]
        if able:
            # manifests are newest first, and index finds the first of equals
            ranks = [_rank(manifest, placement, deciding) for manifest in able]
            best[placement] = able[ranks.index(max(ranks))]["id"]
    return best


def _rank(
    manifest: Mapping[str, Any], placement: Placement, deciding: Placement
) -> tuple[float, bool]:
    value = deciding_value(manifest, deciding)
    return (-1.0 if value is None else value, manifest["kind"] == DEFAULT_KIND[placement])


def publish_release(
    workspace: Workspace,
    *,
    strategies: Mapping[Placement, str] | None = None,
    dataset_id: str | None = None,
    only: tuple[Placement, ...] = PLACEMENTS,
    actor: str,
    look: Callable[[str, Report], object] | None = None,
    report: Report = silent,
) -> Published:
    """Make a release as :func:`make_release` does, and make it live.

    A job that is tried again takes the release its first try built, and publishes it once.

    Parameters
    ----------
    look
        Is given the id of the release before it is published.

    Raises
    ------
    NotReady, InputError
        As for :func:`make_release`.
    """
    before = release_of_first_try(workspace)
    if before is None:
        later = 0.8 if look else 0.98
        before = make_release(
            workspace,
            strategies=strategies,
            dataset_id=dataset_id,
            only=only,
            report=part_of(report, 0.0, later),
        )
        if look:
            look(before.release_id, part_of(report, later, 0.98))
    report(0.99, "Publishing")
    # A first try may have died after the publication and before it could write that down.
    if not was_published(workspace, before.release_id):
        publish(workspace, before.release_id, actor=actor)
    return before


def make_release(
    workspace: Workspace,
    *,
    strategies: Mapping[Placement, str] | None = None,
    dataset_id: str | None = None,
    only: tuple[Placement, ...] = PLACEMENTS,
    report: Report = silent,
) -> Published:
    """Train what is missing, build a release and check it; nothing is published yet.

    Where the best model known is clearly worse than popularity, popularity is trained and takes
    its place, unless the model was chosen by hand.

    Parameters
    ----------
    strategies
        Placement -> model id; placements left out get the best model known for the dataset.
    dataset_id
        Default: the dataset of the chosen models, else the newest.
    only
        The placements to serve.

    Raises
    ------
    NotReady
        There is no data yet.
    InputError
        A chosen model cannot feed its placement.
    """
    chosen = dict(strategies or {})
    for placement, model_id in chosen.items():
        manifest = workspace.models.manifest(model_id)
        dataset_id = dataset_id or manifest["dataset_id"]
        if placement not in manifest["placements"]:
            able = ", ".join(m.label for m in MODELS.values() if placement in m.placements)
            raise InputError(
                f"{manifest['label']} cannot feed {placement.replace('_', ' ')}.",
                hint=f"These can: {able}.",
            )
    dataset = newest_dataset(workspace, dataset_id)
    known = best_models(workspace, dataset.id)
    have = chosen.keys() | known.keys()
    missing: list[Placement] = [place for place in only if place not in have]
    kinds = list(dict.fromkeys(DEFAULT_KIND[place] for place in missing))
    for number, kind in enumerate(kinds):
        step = part_of(report, 0.6 * number / len(kinds), 0.6 * (number + 1) / len(kinds))
        train_model(workspace, kind, dataset_id=dataset.id, report=step)
    known = best_models(workspace, dataset.id)
    if any(
        place not in chosen and loses_to_popularity(workspace.models.manifest(known[place]), place)
        for place in only
    ):
        kinds.append("popularity")
        train_model(
            workspace, "popularity", dataset_id=dataset.id, report=part_of(report, 0.58, 0.6)
        )
        known = best_models(workspace, dataset.id)
    final: dict[Placement, str] = {place: chosen.get(place) or known[place] for place in only}
    building = part_of(report, 0.6 if kinds else 0.0, 1.0)
    release_id = build_release(workspace, final, building)
    return Published(release_id, final, [MODELS[kind].label for kind in kinds])


def release_of_first_try(workspace: Workspace) -> Published | None:
    """Return the release that a first try of this job made, if it got so far."""
    found = workspace.releases.of_job()
    if not found:
        return None
    trained = [model["label"] for model in reversed(workspace.models.of_job())]
    return Published(found[0]["id"], found[0]["strategies"], trained)


def roll_back_release(workspace: Workspace, *, actor: str) -> Publication:
    """Make the release live that was live before this one.

    Raises
    ------
    InputError
        There is nothing before.
    """
    return roll_back(workspace, actor=actor)
