"""Which model should feed a placement, as the evidence has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from recsys.evaluation.evidence import (
    DECIDING,
    FEWEST_QUESTIONS,
    Measured,
    paired,
    read_measured,
)
from recsys.evaluation.intervals import Interval
from recsys.models.registry import MODELS
from recsys.types import Placement
from recsys.workspace import Workspace

Manifest = Mapping[str, Any]
Verdict = Literal["best", "tie", "alone", "too few", "none"]

OLD = "Trained by an older version; train it again."
NOT_MEASURED = "Not tested on later purchases."


@dataclass(frozen=True)
class Ranking:
    """The models of one placement that may be compared, best first.

    Attributes
    ----------
    models
        Manifests, best deciding metric first. Yardsticks, which can feed nothing, stand among
        them.
    champion
        The id of the model that should feed the placement; None where nothing is decided.
    verdict
        "best": the paired 95 % lower bound over the runner-up is above 0. "tie": it is not, and
        the simplest of the tied models is the champion. "alone": there is no other model. "too
        few": the test asked fewer than 30 questions. "none": nothing is measured.
    tied
        The ids of the models that are not clearly worse than the first; with "best" just one.
    over
        The paired difference to the runner-up.
    apart
        (Manifest, why it is not ranked with the others).
    """

    placement: Placement
    models: list[Manifest] = field(default_factory=list[Manifest])
    champion: str | None = None
    verdict: Verdict = "none"
    tied: tuple[str, ...] = ()
    over: Interval | None = None
    apart: list[tuple[Manifest, str]] = field(default_factory=list[tuple[Manifest, str]])


def rank(
    workspace: Workspace, manifests: Sequence[Manifest], placement: Placement, dataset_id: str
) -> Ranking:
    """Rank the models of a dataset for a placement, and name the champion.

    Parameters
    ----------
    manifests
        All models, newest first. Only those that answered the same questions as the newest
        measured one of the dataset are ranked together; the others are set apart, with the reason.
        Of models of one kind with the same settings the newest stands for all.
    """
    able = [m for m in manifests if placement in tasks_of(m) or placement in m["placements"]]
    ranked, apart = comparable(able, placement, dataset_id)
    ranked.sort(key=lambda manifest: -value_of(manifest, placement))
    found = Ranking(placement, ranked, apart=apart)
    rivals = [m for m in ranked if placement in m["placements"]]
    if not rivals:
        return found
    if questions_of(rivals[0], placement) < FEWEST_QUESTIONS:
        return Ranking(placement, ranked, verdict="too few", apart=apart)
    return _decided(workspace, found, rivals)


def _decided(workspace: Workspace, found: Ranking, rivals: list[Manifest]) -> Ranking:
    first, *others = rivals
    placement = found.placement
    best = _measured(workspace, first, placement)
    over: Interval | None = None
    tied = [first]
    for other in others:
        difference = paired(best, _measured(workspace, other, placement))
        over = over or difference
        if difference.low <= 0:
            tied.append(other)
    champion = min(tied, key=_cost)
    return Ranking(
        placement,
        found.models,
        champion=champion["id"],
        verdict="alone" if over is None else "tie" if len(tied) > 1 else "best",
        tied=tuple(manifest["id"] for manifest in tied),
        over=over,
        apart=found.apart,
    )


def _cost(manifest: Manifest) -> tuple[int, int, float]:
    """Return what makes a model less simple: its kind, its size, its training."""
    kind = MODELS.get(manifest["kind"])
    evidence = manifest["evidence"]
    complexity = 9 if kind is None else kind.complexity
    return complexity, int(evidence["bytes"]), float(evidence["fit_seconds"])


def comparable(
    manifests: Iterable[Manifest], placement: Placement, dataset_id: str
) -> tuple[list[Manifest], list[tuple[Manifest, str]]]:
    """Part the models that may be ranked together from those that may not, with the reason."""
    ranked: list[Manifest] = []
    apart: list[tuple[Manifest, str]] = []
    seen: set[str] = set()
    key = ""
    for manifest in manifests:
        same = manifest["kind"] + json.dumps(manifest.get("settings"), sort_keys=True)
        why = _why_apart(manifest, placement, dataset_id, key)
        if why:
            apart.append((manifest, why))
        elif same in seen:
            apart.append((manifest, "Trained again since with the same settings."))
        else:
            key = manifest["evidence"]["key"]
            seen.add(same)
            ranked.append(manifest)
    return ranked, apart


def _why_apart(manifest: Manifest, placement: Placement, dataset_id: str, key: str) -> str:
    if manifest["dataset_id"] != dataset_id:
        return f"Trained on other data: {manifest.get('dataset_name', manifest['dataset_id'])}."
    evidence = manifest.get("evidence")
    if not evidence:
        return OLD if manifest.get("metrics") else NOT_MEASURED
    if DECIDING[placement] not in manifest["metrics"].get(placement, {}):
        return "Not tested for this placement."
    if key and evidence["key"] != key:
        return "Tested on other questions: another split, or other rows."
    return ""


def _measured(workspace: Workspace, manifest: Manifest, placement: Placement) -> Measured:
    return read_measured(workspace.models.path(manifest["id"]), placement)


def tasks_of(manifest: Manifest) -> Mapping[str, Any]:
    """Return the metrics of a model by task, empty where it was not measured."""
    return manifest["metrics"] if manifest.get("evidence") else {}


def questions_of(manifest: Manifest, placement: Placement) -> int:
    """Return how many shoppers, baskets or products a model was asked about for a placement."""
    evidence: Mapping[str, Any] = manifest.get("evidence") or {}
    return int(evidence.get("asked", {}).get(placement, 0))


def value_of(manifest: Manifest, placement: Placement) -> float:
    """Return the value that decides for a placement.

    Raises
    ------
    KeyError
        The model was not measured for it.
    """
    return float(manifest["metrics"][placement][DECIDING[placement]])


def deciding_value(manifest: Manifest, placement: Placement) -> float | None:
    """Return the value that decides, or None where nothing or too little was measured."""
    if questions_of(manifest, placement) < FEWEST_QUESTIONS:
        return None
    return manifest["metrics"].get(placement, {}).get(DECIDING[placement])
