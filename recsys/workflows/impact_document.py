"""An impact report: what two replays of many shoppers say, as a document and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotFound
from recsys.evaluation.diff import Exposure, Facts, Shown, diff_replays, exposure
from recsys.evaluation.evidence import DECIDING, paired, read_measured
from recsys.evaluation.replay import Replay, why_not_comparable
from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.types import Placement
from recsys.workflows.differing import column_of
from recsys.workspace import Workspace

NOTE = (
    "A replay shows what lists would change and whether they agree with past purchases. It does"
    " not predict sales."
)
_MOST = 10
_EXAMPLES = 5


@dataclass(frozen=True)
class Played:
    """The lists of one release, and what happened while it was asked.

    Attributes
    ----------
    own
        Which questions got a list of the model's, not a popular one in its place.
    sold_out
        How many products were left out because they are sold out.
    """

    replay: Replay
    own: NDArray[np.bool_]
    sold_out: int


class Named(Protocol):
    """A question with a shopper."""

    @property
    def user_id(self) -> str:
        """The shop's id of the shopper."""
        ...


@dataclass(frozen=True)
class Both:
    """The products of two releases numbered together.

    Attributes
    ----------
    candidate, current
        The releases; None when nothing is live.
    rows
        Item id -> row; the candidate's come first, in its order.
    """

    candidate: LiveView
    current: LiveView | None
    rows: Mapping[str, int]

    @cached_property
    def ids(self) -> list[str]:
        """Item id of each row."""
        return list(self.rows)

    @cached_property
    def _views(self) -> list[tuple[LiveView, list[int]]]:
        """The releases with their rows here; a later one holds where both have a product."""
        views = [view for view in (self.current, self.candidate) if view is not None]
        return [(view, [self.rows[one] for one in view.release.item_ids.ids]) for view in views]

    @cached_property
    def names(self) -> list[str]:
        """What each product is called."""
        found = list(self.ids)
        for view, rows in self._views:
            for row, name in zip(rows, view.release.names, strict=True):
                found[row] = name
        return found

    @cached_property
    def categories(self) -> list[str | None]:
        """The category of each product."""
        found: list[str | None] = [None] * len(self.rows)
        for view, rows in self._views:
            for row, name in zip(rows, column_of(view.release.catalogue, "category"), strict=True):
                found[row] = name
        return found

    @cached_property
    def category_names(self) -> list[str]:
        """All categories, sorted; their places are the codes in :attr:`facts`."""
        return sorted({name for name in self.categories if name})

    @cached_property
    def facts(self) -> Facts:
        """What a diff goes by."""
        codes = {name: code for code, name in enumerate(self.category_names)}
        price = np.full(len(self.rows), np.nan)
        buyers = np.zeros(len(self.rows), np.float32)
        for view, rows in self._views:
            price[rows], buyers[rows] = view.price, view.release.buyers
        category = [codes.get(name, -1) if name else -1 for name in self.categories]
        return Facts(np.array(category, np.int32), price, buyers)

    @cached_property
    def stock(self) -> NDArray[np.int64]:
        """Pieces of each product today."""
        found = np.zeros(len(self.rows), np.int64)
        for view, rows in self._views:
            found[rows] = view.stock
        return found


def describe(
    workspace: Workspace,
    both: Both,
    placement: Placement,
    *,
    before: Played | None,
    after: Played,
    questions: Sequence[Named],
) -> dict[str, Any]:
    """Return what changes on one placement.

    Returns
    -------
    dict
        ``before`` and ``after`` (lists, products, coverage, price, stock, popularity), shares of
        slots changed and items replaced, ``wins``, ``losses``, ``categories``, ``lost`` (shoppers
        without a list of the model's now), ``metrics`` and ``words``.
    """
    if before is None:
        nothing = np.full_like(after.replay.lists, -1)
        before = Played(Replay(after.replay.users, nothing), np.zeros_like(after.own), 0)
    old, new = before.replay.lists, after.replay.lists
    diff = diff_replays(old, new, both.facts, most=_MOST)
    lost = np.flatnonzero(before.own & ~after.own)
    document: dict[str, Any] = {
        "asked": len(new),
        "new": not (old >= 0).any(),
        "slots_changed": round(diff.slots_changed, 4),
        "items_replaced": round(diff.items_replaced, 4),
        "before": _shown(both, before, diff.before),
        "after": _shown(both, after, diff.after),
        "wins": _products(both, diff.wins),
        "losses": _products(both, diff.losses),
        "no_longer_shown": _no_longer(old, new, len(both.rows)),
        "categories": [
            {
                "category": both.category_names[one.row],
                "before": one.before,
                "after": one.after,
            }
            for one in diff.categories[:_MOST]
        ],
        "lost": {
            "shoppers": len(lost),
            "examples": [questions[int(number)].user_id for number in lost[:_EXAMPLES]],
        },
        "metrics": metric_changes(workspace, both, placement),
    }
    return {**document, "words": _words(document)}


def _shown(both: Both, played: Played, found: Shown) -> dict[str, Any]:
    lists = played.replay.lists
    stock = both.stock[lists[lists >= 0]]
    own = int(played.own.sum())
    return {
        "lists": own,
        "popular_instead": int((lists >= 0).any(axis=1).sum()) - own,
        "slots": found.slots,
        "products": found.products,
        "coverage": round(found.coverage, 5),
        "mean_price": None if found.price is None else round(found.price, 4),
        "mean_buyers": round(found.popularity, 2),
        "stock_known": _mean(stock != UNKNOWN_STOCK),
        "in_stock": _mean(stock > 0),
        "sold_out_left_out": played.sold_out,
    }


def _mean(said: NDArray[np.bool_]) -> float | None:
    return round(float(said.mean()), 4) if len(said) else None


def _products(both: Both, moved: Iterable[Exposure]) -> list[dict[str, Any]]:
    return [
        {
            "item_id": both.ids[one.row],
            "name": both.names[one.row],
            "before": one.before,
            "after": one.after,
        }
        for one in moved
    ]


def _no_longer(old: Rows, new: Rows, n_items: int) -> int:
    """Return how many products were shown and are not any more."""
    gone = (exposure(old, n_items) > 0) & (exposure(new, n_items) == 0)
    return int(gone.sum())


def metric_changes(workspace: Workspace, both: Both, placement: Placement) -> dict[str, Any]:
    """Return what the evaluations of the old and the new model say, or ``why_not``."""
    if both.current is None:
        return {"why_not": "There is nothing to compare with."}
    releases = [view.release for view in (both.current, both.candidate)]
    models = [release.manifest["strategies"].get(placement) for release in releases]
    if None in models:
        return {"models": models, "why_not": "Only one of the releases has this placement."}
    if models[0] == models[1]:
        return {"models": models, "why_not": "It is the same model."}
    try:
        first, second = (workspace.models.manifest(model) for model in models)
    except NotFound as error:
        return {"models": models, "why_not": error.message}
    why = why_not_comparable(first, second, placement)
    return (
        {"models": models, "why_not": why} if why else _changes(workspace, first, second, placement)
    )


def _changes(
    workspace: Workspace, first: dict[str, Any], second: dict[str, Any], placement: Placement
) -> dict[str, Any]:
    old, new = (
        read_measured(workspace.models.path(one["id"]), placement) for one in (first, second)
    )
    return {
        "models": [first["id"], second["id"]],
        "measured_on": second["evidence"]["measured_on"],
        "metric": DECIDING[placement],
        "before": first["metrics"][placement],
        "after": second["metrics"][placement],
        "difference": paired(new, old).as_dict(),
    }


def _words(document: Mapping[str, Any]) -> str:
    after, before = document["after"], document["before"]
    if not after["slots"]:
        return "no longer served." if before["slots"] else "nothing to show."
    if document["new"]:
        return f"new, with {after['products']:,} products on {document['asked']:,} lists."
    if not document["slots_changed"]:
        return f"nothing changes on {document['asked']:,} lists."
    words = [
        f"{document['slots_changed']:.0%} of the places hold another product",
        f"{document['items_replaced']:.0%} of the products are others",
        f"{after['products']:,} different products are shown ({before['products']:,} before)",
    ]
    if after["mean_price"] is not None and before["mean_price"] is not None:
        words.append(f"mean price {after['mean_price']:,.2f} ({before['mean_price']:,.2f} before)")
    if document["lost"]["shoppers"]:
        words.append(f"{document['lost']['shoppers']:,} shoppers lose their list")
    difference = document["metrics"].get("difference")
    if difference is not None:
        words.append(
            f"{document['metrics']['metric']} changes by {difference['value']:+.4f}"
            f" (95 %: {difference['low']:+.4f} to {difference['high']:+.4f})"
        )
    return f"{'; '.join(words)}."
