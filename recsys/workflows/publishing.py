from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recsys.errors import InputError
from recsys.evaluation.champion import questions_of, rank
from recsys.evaluation.evidence import FEWEST_QUESTIONS
from recsys.models.registry import MODELS
from recsys.releases.build import build_release
from recsys.releases.publishing import Publication, publish, roll_back, was_published
from recsys.types import PLACEMENTS, Placement, Report, part_of, silent
from recsys.workflows.final_test import score_champions
from recsys.workflows.measuring import BASELINES
from recsys.workflows.segment_refresh import queue_refresh
from recsys.workflows.training import newest_dataset, train_model
from recsys.workspace import Workspace

__all__ = [
    "DEFAULT_KIND",
    "FEWEST_QUESTIONS",
    "Published",
    "best_models",
    "publish_release",
    "questions_of",
    "roll_back_release",
]

# What is trained for a placement that only baselines of the dataset can feed yet.
DEFAULT_KIND: dict[Placement, str] = {
    "for_you": "als",
    "similar": "als",
    "also_bought": "copurchase",
    "lookalikes": "als",
}


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


def best_models(workspace: Workspace, dataset_id: str) -> dict[Placement, str]:
    """Return the model of a dataset that should feed each placement, where there is one.

    The champion of the evidence (:func:`recsys.evaluation.champion.rank`). Where the evidence
    decides nothing, the default kind, then the newer model.
    """
    manifests = workspace.models.manifests()
    best: dict[Placement, str] = {}
    for placement in PLACEMENTS:
        ranking = rank(workspace, manifests, placement, dataset_id)
        if ranking.champion is not None:
            best[placement] = ranking.champion
            continue
        able = [
            manifest
            for manifest in manifests
            if manifest["dataset_id"] == dataset_id and placement in manifest["placements"]
        ]
        if able:
            # manifests are newest first, and index finds the first of equals
            ranks = [manifest["kind"] == DEFAULT_KIND[placement] for manifest in able]
            best[placement] = able[ranks.index(max(ranks))]["id"]
    return best


def _untrained(workspace: Workspace, dataset_id: str, places: Iterable[Placement]) -> list[str]:
    """Return the default kinds of the placements that no model but a baseline can feed."""
    manifests = [m for m in workspace.models.manifests() if m["dataset_id"] == dataset_id]
    real = [m for m in manifests if m["kind"] not in BASELINES]
    fed = {placement for manifest in real for placement in manifest["placements"]}
    return list(dict.fromkeys(DEFAULT_KIND[place] for place in places if place not in fed))


def publish_release(
    workspace: Workspace,
    *,
    strategies: Mapping[Placement, str] | None = None,
    dataset_id: str | None = None,
    only: tuple[Placement, ...] = PLACEMENTS,
    evaluate: bool = True,
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
            evaluate=evaluate,
            report=part_of(report, 0.0, later),
        )
        if look:
            look(before.release_id, part_of(report, later, 0.98))
    report(0.99, "Publishing")
    # A first try may have died after the publication and before it could write that down.
    if not was_published(workspace, before.release_id):
        publish(workspace, before.release_id, actor=actor)
    queue_refresh(workspace, actor=actor)
    return before


def make_release(
    workspace: Workspace,
    *,
    strategies: Mapping[Placement, str] | None = None,
    dataset_id: str | None = None,
    only: tuple[Placement, ...] = PLACEMENTS,
    evaluate: bool = True,
    report: Report = silent,
) -> Published:
    """Train what is missing, build a release and check it; nothing is published yet.

    A champion that was chosen by evidence is scored on the test part, once in its life, beside
    the baselines; the release keeps what was found.

    Parameters
    ----------
    strategies
        Placement -> model id; placements left out get the best model known for the dataset.
    dataset_id
        Default: the dataset of the chosen models, else the newest.
    only
        The placements to serve.
    evaluate
        False trains what is missing without a test and scores nothing: the quickest way.

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
    kinds = _untrained(workspace, dataset.id, [place for place in only if place not in chosen])
    for number, kind in enumerate(kinds):
        step = part_of(report, 0.5 * number / len(kinds), 0.5 * (number + 1) / len(kinds))
        train_model(workspace, kind, dataset_id=dataset.id, evaluate=evaluate, report=step)
    known = best_models(workspace, dataset.id)
    final: dict[Placement, str] = {place: chosen.get(place) or known[place] for place in only}
    share = 0.5 if kinds else 0.0
    tested: dict[str, Any] = {}
    if evaluate:
        tested = score_champions(workspace, dataset, final, part_of(report, share, share + 0.2))
        share += 0.2
    building = part_of(report, share, 1.0)
    release_id = build_release(workspace, final, building, about={"test": tested})
    return Published(release_id, final, [MODELS[kind].label for kind in kinds])


def release_of_first_try(workspace: Workspace) -> Published | None:
    """Return the release that a first try of this job made, if it got so far."""
    found = workspace.releases.of_job()
    if not found:
        return None
    trained = [model["label"] for model in reversed(workspace.models.of_job())]
    return Published(found[0]["id"], found[0]["strategies"], trained)


def roll_back_release(workspace: Workspace, *, actor: str) -> Publication:
    """Make the release live that was live before this one; segments that follow it are refreshed.

    Raises
    ------
    InputError
        There is nothing before.
    """
    done = roll_back(workspace, actor=actor)
    queue_refresh(workspace, actor=actor)
    return done
