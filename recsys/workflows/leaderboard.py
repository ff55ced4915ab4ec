from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recsys.evaluation.champion import (
    Manifest,
    Ranking,
    Verdict,
    questions_of,
    rank,
    value_of,
)
from recsys.evaluation.evidence import DECIDING
from recsys.models.registry import MODELS
from recsys.types import PLACEMENTS, Placement
from recsys.workspace import Workspace


@dataclass(frozen=True)
class Row:
    """A model and a placement.

    Attributes
    ----------
    value, low, high
        The metric that decides for the placement, with its 95 % interval.
    against
        Baseline kind -> ``{"value", "low", "high"}``: the paired difference to it.
    place
        1 for the best value among the models that can feed the placement; None for a yardstick.
    badge
        "best" for the champion that beats the runner-up for sure; "tie" for those that are not
        clearly worse than the first where there is no such champion; else "".
    champion
        Whether this model is the one to feed the placement.
    metrics
        All metrics of the placement.
    """

    placement: Placement
    model_id: str
    kind: str
    label: str
    settings: Mapping[str, Any]
    metric: str
    value: float
    low: float
    high: float
    asked: int
    against: Mapping[str, Mapping[str, float]]
    place: int | None
    badge: str
    champion: bool
    baseline: bool
    fit_seconds: float
    query_ms: float
    size_bytes: int
    metrics: Mapping[str, float]
    groups: Mapping[str, Any]
    created_at: float


@dataclass(frozen=True)
class Board:
    """The models of one placement.

    Attributes
    ----------
    rows
        Best first, baselines and yardsticks among them.
    verdict
        See :class:`recsys.evaluation.champion.Ranking`.
    champion
        The id of the model that should feed the placement, None where nothing is decided.
    over
        The paired difference of the first to the runner-up, ``{"value", "low", "high"}``.
    apart
        (Model, why it is not ranked with the others).
    """

    placement: Placement
    rows: list[Row]
    verdict: Verdict
    champion: str | None
    over: Mapping[str, float] | None
    apart: list[tuple[Manifest, str]]


def leaderboard(workspace: Workspace, dataset_id: str) -> dict[Placement, Board]:
    """Rank all models of a dataset for each placement.

    Only models that answered the same questions are ranked together; the others, and those of
    other data, are set apart with the reason.
    """
    manifests = workspace.models.manifests()
    return {
        placement: _board(rank(workspace, manifests, placement, dataset_id))
        for placement in PLACEMENTS
    }


def _board(ranking: Ranking) -> Board:
    rivals = [m["id"] for m in ranking.models if ranking.placement in m["placements"]]
    return Board(
        placement=ranking.placement,
        rows=[_row(manifest, ranking, rivals) for manifest in ranking.models],
        verdict=ranking.verdict,
        champion=ranking.champion,
        over=None if ranking.over is None else ranking.over.as_dict(),
        apart=ranking.apart,
    )


def _row(manifest: Manifest, ranking: Ranking, rivals: list[str]) -> Row:
    placement, model_id = ranking.placement, manifest["id"]
    metric = DECIDING[placement]
    low, high = manifest["intervals"][placement][metric]
    evidence = manifest["evidence"]
    badge = ""
    if ranking.verdict == "best" and model_id == ranking.champion:
        badge = "best"
    elif ranking.verdict == "tie" and model_id in ranking.tied:
        badge = "tie"
    kind = MODELS.get(manifest["kind"])
    return Row(
        placement=placement,
        model_id=model_id,
        kind=manifest["kind"],
        label=manifest["label"],
        settings=manifest["settings"],
        metric=metric,
        value=value_of(manifest, placement),
        low=low,
        high=high,
        asked=questions_of(manifest, placement),
        against=manifest["against"].get(placement, {}),
        place=rivals.index(model_id) + 1 if model_id in rivals else None,
        badge=badge,
        champion=model_id == ranking.champion,
        baseline=kind is not None and (kind.complexity == 0 or not kind.placements),
        fit_seconds=evidence["fit_seconds"],
        query_ms=evidence["query_ms"],
        size_bytes=evidence["bytes"],
        metrics=manifest["metrics"][placement],
        groups=evidence["groups"].get(placement, {}),
        created_at=manifest["created_at"],
    )
