from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from recsys.errors import BadSetting
from recsys.models.arrays import Floats
from recsys.models.base import ModelConfig, Search, TrainingData, read_config
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.models.spaces import Space
from recsys.types import Placement, Report, part_of

HybridHow = Literal["rrf", "weighted", "vector"]
_SAMPLE = 200  # shoppers whose best scores tell how large a model's scores are


class HybridPart(ModelConfig):
    """One model of a hybrid."""

    kind: str = Field(description="A model of the registry that is no hybrid itself.")
    weight: float = Field(1.0, gt=0, le=100, description="How much it counts beside the others.")
    settings: dict[str, Any] = Field(default_factory=dict[str, Any], description="Its settings.")


class HybridConfig(ModelConfig):
    """Settings of a hybrid."""

    parts: tuple[HybridPart, ...] = Field(
        (HybridPart(kind="als", weight=0.7), HybridPart(kind="copurchase", weight=0.3)),
        min_length=2,
        max_length=4,
        description="The models, as als:0.7,copurchase:0.3 or as JSON with settings.",
    )
    how: HybridHow = Field(
        "rrf",
        description="rrf: by place; weighted: by score; vector: one long vector of both.",
    )

    @field_validator("parts", mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """Read what a command line can hold."""
        if not isinstance(given, str):
            return given
        if given.lstrip().startswith("["):
            return json.loads(given)
        pairs = [text.strip().partition(":") for text in given.split(",")]
        return [
            {"kind": kind} if not weight else {"kind": kind, "weight": weight}
            for kind, _, weight in pairs
        ]

    @model_validator(mode="after")
    def _check(self) -> HybridConfig:
        """Refuse now what would only fail in the middle of a training."""
        from recsys.models.registry import find_model

        for part in self.parts:
            if part.kind == Hybrid.name:
                raise BadSetting("A hybrid of hybrids says no more than one of their models.")
            read_config(find_model(part.kind), part.settings)
        return self


class Hybrid:
    """Several models asked together: by place (RRF), by score, or as one vector.

    By place: Cormack, Clarke and Buettcher 2009. By score: each model's scores are first divided
    by its median best score, so that a weight means the same for all. As one vector: the vectors
    of factor models, each scaled to its typical length, one after the other; a shopper's vector
    asks all of them at once, and the dot product is the weighted sum of their scores.
    """

    name: ClassVar[str] = "hybrid"
    label: ClassVar[str] = "Hybrid"
    summary: ClassVar[str] = "Asks several models and fuses their lists."
    placements: ClassVar[frozenset[Placement]] = frozenset({"for_you", "similar", "also_bought"})
    measured: ClassVar[frozenset[Placement]] = frozenset()
    complexity: ClassVar[int] = 3
    because: ClassVar[str] = "Because you bought"
    search: ClassVar[Search] = Search({"how": ("rrf", "weighted")})
    Config: ClassVar[type[ModelConfig]] = HybridConfig

    def __init__(self, config: HybridConfig) -> None:
        self.config = config

    def fit(self, data: TrainingData, report: Report) -> Space:
        """Train every part on the same rows, then put them together.

        Raises
        ------
        BadSetting
            One long vector is asked for, and a part has no vectors.
        """
        from recsys.models.registry import find_model

        spaces: list[Space] = []
        for number, part in enumerate(self.config.parts):
            model = find_model(part.kind)
            done, of = number, len(self.config.parts)
            step = part_of(report, 0.98 * done / of, 0.98 * (done + 1) / of)
            spaces.append(model(read_config(model, part.settings)).fit(data, step))
        report(0.98, "Putting the models together")
        weights = [part.weight for part in self.config.parts]
        space = together(spaces, weights, self.config.how, n_users=data.n_users)
        report(1.0, "Putting the models together")
        return space


def together(
    spaces: Sequence[Space], weights: Sequence[float], how: HybridHow, *, n_users: int
) -> Space:
    """Return one space of several that are trained already.

    Raises
    ------
    BadSetting
        One long vector is asked for, and a space has no vectors.
    """
    if how == "vector":
        return _one_vector(spaces, weights)
    if how == "weighted":
        weights = [
            weight / _typical_best(space, n_users)
            for space, weight in zip(spaces, weights, strict=True)
        ]
    return FusedSpace(tuple(spaces), tuple(float(weight) for weight in weights), how)


def hybrid_of(
    parts: Sequence[tuple[str, dict[str, Any], float]], how: HybridHow = "rrf"
) -> dict[str, Any]:
    """Return the settings of a hybrid of models with these (kind, settings, weight)."""
    chosen = tuple(HybridPart(kind=kind, settings=one, weight=w) for kind, one, w in parts)
    return HybridConfig(parts=chosen, how=how).model_dump()


def _typical_best(space: Space, n_users: int) -> float:
    """Return the median over some shoppers of the best score each has; 1 where there is none."""
    sample = np.random.default_rng(1).permutation(n_users)[:_SAMPLE]
    asked = [space.shopper_query(int(user)) for user in sample]
    best = [float(space.scores([query]).max()) for query in asked if query is not None]
    found = float(np.median(best)) if best else 1.0
    return found if found > 0 else 1.0


def _one_vector(spaces: Sequence[Space], weights: Sequence[float]) -> FactorSpace:
    factors = [space for space in spaces if isinstance(space, FactorSpace)]
    if len(factors) < len(spaces):
        raise BadSetting(
            "Only models with vectors can be put into one vector.",
            hint="Use --set how=rrf, or parts such as als and lsa.",
        )
    items: list[Floats] = []
    users: list[Floats] = []
    bias = np.zeros(factors[0].n_items, np.float32)
    for space, weight in zip(factors, weights, strict=True):
        # Half of the weight to each side, so that it counts between items, too.
        item_scale = np.sqrt(weight) / _typical_length(space.items)
        user_scale = np.sqrt(weight) / _typical_length(space.users)
        items.append((space.items * item_scale).astype(np.float32))
        users.append((space.users * user_scale).astype(np.float32))
        if space.bias is not None:
            bias += space.bias * np.float32(item_scale * user_scale)
    longest = max(factors, key=lambda space: len(space.histories.data))
    return FactorSpace(
        np.hstack(items),
        np.hstack(users),
        longest.histories,
        fold="sum",
        bias=bias if bias.any() else None,
    )


def _typical_length(vectors: Floats) -> float:
    lengths = np.linalg.norm(vectors, axis=1)
    return float(np.median(lengths[lengths > 0])) if lengths.any() else 1.0
