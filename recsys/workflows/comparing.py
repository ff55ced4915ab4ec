"""Two models beside each other: one shopper's lists, and the shoppers where they differ most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset, Interactions
from recsys.errors import InputError, NotFound
from recsys.evaluation.diff import ListDiff, diff_lists
from recsys.evaluation.metrics import top_k
from recsys.models.arrays import Floats, Rows
from recsys.models.registry import find_model
from recsys.models.spaces import Space
from recsys.models.store import open_served
from recsys.releases.tables import SENSITIVE
from recsys.shelves.reasons import Told, because_of, popular
from recsys.workflows.differing import Differing, column_of, diff_models, differ_most
from recsys.workspace import Workspace

__all__ = [
    "Differing",
    "Line",
    "Side",
    "SideBySide",
    "compare_models",
    "diff_models",
    "differ_most",
]

_MOST = 50
_K = 10


@dataclass(frozen=True)
class Line:
    """One product of a model's list."""

    item_id: str
    name: str
    category: str | None
    price: float | None
    score: float
    reason: str


@dataclass(frozen=True)
class Side:
    """What one model would show; ``note`` says why the list is empty."""

    model_id: str
    label: str
    lines: list[Line]
    note: str = ""


@dataclass(frozen=True)
class SideBySide:
    """Two models on the same shopper.

    Attributes
    ----------
    diff
        How the first list becomes the second, by item id; what came or went is told where the
        other model has it.
    """

    user_id: str
    first: Side
    second: Side
    diff: ListDiff[str]

    def as_dict(self) -> dict[str, Any]:
        """Return the document that ``aisle compare --json`` gives out."""
        return {
            "user_id": self.user_id,
            "models": [_side_dict(side) for side in (self.first, self.second)],
            "words": self.diff.words(),
            "moves": [
                {
                    "item_id": move.item,
                    "kind": move.kind,
                    "before": move.before,
                    "after": move.after,
                    "why": move.why,
                }
                for move in self.diff.moves
            ],
        }


def _side_dict(side: Side) -> dict[str, Any]:
    items = [
        {**vars(line), "rank": rank, "score": round(line.score, 6)}
        for rank, line in enumerate(side.lines, 1)
    ]
    return {"model_id": side.model_id, "label": side.label, "note": side.note, "items": items}


@dataclass(frozen=True)
class _Shop:
    """What both sides need of a dataset, for one shopper."""

    dataset: Dataset
    bought: Rows
    rows: Interactions

    @property
    def names(self) -> list[str]:
        """What each item is called; its id where the catalogue has no name."""
        ids = self.dataset.item_ids.ids
        return [
            name or ids[row] for row, name in enumerate(column_of(self.dataset.items(), "name"))
        ]

    @property
    def sensitive(self) -> NDArray[np.bool_] | None:
        """Items that no reason may name."""
        found = column_of(self.dataset.items(), SENSITIVE)
        # A column of the shop's own that happens to be called so holds text.
        return np.array([value is True for value in found]) if True in found else None

    def buyers_of(self, items: NDArray[np.int64]) -> Floats:
        """Return how many shoppers bought each of some items, 0 for all others."""
        kept = np.isin(self.rows.item, items) & self.rows.purchased()
        pairs = np.unique(
            self.rows.user[kept].astype(np.int64) * self.dataset.n_items + self.rows.item[kept]
        )
        counts = np.bincount(pairs % self.dataset.n_items, minlength=self.dataset.n_items)
        return counts.astype(np.float32)


def compare_models(workspace: Workspace, a: str, b: str, user_id: str, n: int = _K) -> SideBySide:
    """Return what two models would show to one shopper, and how the lists differ.

    By the served models over the whole catalogue, without what the shopper has bought; stock and
    rules are left out.

    Raises
    ------
    NotFound
        There is no such model, or its data has no such shopper.
    InputError
        The models are of different data, or ``n`` is not from 1 to 50.
    """
    if not 1 <= n <= _MOST:
        raise InputError(f"n is {n}; a comparison shows from 1 to {_MOST} products.")
    first, second = _of_same_data(workspace, a, b)
    dataset = Dataset.open(workspace, first["dataset_id"])
    user = dataset.user_ids.row(user_id)
    if user is None:
        raise NotFound(
            f"{dataset.name} has no shopper {user_id!r}.",
            hint="Check the id; it is compared as text, so 00123 and 123 are different.",
        )
    rows = dataset.interactions()
    bought = np.unique(rows.item[(rows.user == user) & rows.purchased()])
    shop = _Shop(dataset, bought, rows)
    spaces = [open_served(workspace, model) for model in (a, b)]
    scores = [_scores(space, shop, user) for space in spaces]
    sides = [
        _side(manifest, space, shop, score, user=user, n=n)
        for manifest, space, score in zip((first, second), spaces, scores, strict=True)
    ]
    lists = [[line.item_id for line in side.lines] for side in sides]
    why = {
        item_id: _place(dataset, score, item_id, which)
        for here, there, score, which in (
            (lists[1], lists[0], scores[0], "first"),
            (lists[0], lists[1], scores[1], "second"),
        )
        for item_id in here
        if item_id not in there
    }
    return SideBySide(user_id, sides[0], sides[1], diff_lists(*lists, why=why))


def _scores(space: Space, shop: _Shop, user: int) -> Floats | None:
    """Return each item's score for a shopper, -inf for what is not to be shown."""
    query = space.shopper_query(user)
    if query is None:
        return None
    scores = space.scores([query])[0].copy()
    scores[~space.known_items] = -np.inf
    if space.kind in {"sparse", "fused"}:
        scores[scores <= 0] = -np.inf  # what shares nothing with the query is not given out
    scores[shop.bought] = -np.inf
    return scores


def _side(
    manifest: Mapping[str, Any],
    space: Space,
    shop: _Shop,
    scores: Floats | None,
    *,
    user: int,
    n: int,
) -> Side:
    if scores is None:
        note = f"{manifest['label']} has no purchases of this shopper to learn from."
        return Side(manifest["id"], manifest["label"], [], note)
    best = top_k(scores[None, :], n)[0]
    best = best[best >= 0]
    names = shop.names
    told = Told(names, shop.buyers_of(best), shop.sensitive)
    because = because_of(
        told,
        space,
        best,
        *space.history(user),
        verb=find_model(manifest["kind"]).because,
        bought=shop.bought,
    )
    # Where no purchase speaks for it: how many bought it.
    reasons = [said or word for said, word in zip(because, popular(told, best), strict=True)]
    categories, prices = (column_of(shop.dataset.items(), name) for name in ("category", "price"))
    lines = [
        Line(
            item_id=shop.dataset.item_ids.id(int(row)),
            name=names[int(row)],
            category=categories[row],
            price=None if prices[row] is None else float(prices[row]),
            score=float(scores[row]),
            reason=reason,
        )
        for row, reason in zip(best, reasons, strict=True)
    ]
    return Side(manifest["id"], manifest["label"], lines)


def _place(dataset: Dataset, scores: Floats | None, item_id: str, which: str) -> str:
    """Say where a model has an item that is not on its list."""
    row = dataset.item_ids.row(item_id)
    if scores is None or row is None or not np.isfinite(scores[row]):
        return f"The {which} model does not rank it."
    above = (scores > scores[row]) | ((scores == scores[row]) & (np.arange(len(scores)) < row))
    return f"The {which} model has it at place {int(above.sum()) + 1:,}."


def _of_same_data(workspace: Workspace, a: str, b: str) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = workspace.models.manifest(a), workspace.models.manifest(b)
    if first["dataset_id"] != second["dataset_id"]:
        raise InputError(
            f"{first['label']} ({a}) and {second['label']} ({b}) were trained on different data.",
            hint="Train both on one version of the data.",
        )
    return first, second
