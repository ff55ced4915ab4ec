"""An impact report: what two replays of many shoppers say, as a document and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotFound
from recsys.evaluation.diff import Exposure, Shown, by_group, diff_replays, exposure
from recsys.evaluation.evidence import DECIDING, paired, read_measured
from recsys.evaluation.replay import Replay, why_not_comparable
from recsys.models.arrays import Rows
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.types import Placement
from recsys.workflows.played import Both, Named, Played
from recsys.workspace import Workspace

NOTE = (
    "A replay shows what lists would change and whether they agree with past purchases. It does"
    " not predict sales."
)
_MOST = 10
_EXAMPLES = 5


def describe(
    workspace: Workspace,
    both: Both,
    placement: Placement,
    *,
    before: Played | None,
    after: Played,
    questions: Sequence[Named],
) -> dict[str, Any]:
    """Return what a release changes on one placement.

    Returns
    -------
    dict
        That of :func:`changes`, with ``metrics`` and ``words``.
    """
    document = changes(both, before=before, after=after, questions=questions)
    document["metrics"] = metric_changes(workspace, both, placement)
    return {**document, "words": _words(document)}


def changes(
    both: Both, *, before: Played | None, after: Played, questions: Sequence[Named]
) -> dict[str, Any]:
    """Return what is different between two replays of the same questions.

    Returns
    -------
    dict
        ``before`` and ``after`` (lists, products, coverage, price, stock, popularity), shares of
        slots changed and items replaced, ``wins``, ``losses``, ``categories``, ``brands``, ``lost``
        (shoppers without a list of the model's now).
    """
    if before is None:
        nothing = np.full_like(after.replay.lists, -1)
        before = Played(Replay(after.replay.users, nothing), np.zeros_like(after.own), 0)
    old, new = before.replay.lists, after.replay.lists
    diff = diff_replays(old, new, both.facts, most=_MOST)
    lost = np.flatnonzero(before.own & ~after.own)
    return {
        "asked": len(new),
        "new": not (old >= 0).any(),
        "slots_changed": round(diff.slots_changed, 4),
        "items_replaced": round(diff.items_replaced, 4),
        "lists_changed": int((diff.changed > 0).sum()),
        "before": _shown(both, before, diff.before),
        "after": _shown(both, after, diff.after),
        "wins": _products(both, diff.wins),
        "losses": _products(both, diff.losses),
        "no_longer_shown": _no_longer(old, new, len(both.rows)),
        "categories": _groups(old, new, both.categories, "category"),
        "brands": _groups(old, new, both.brands, "brand"),
        "lost": {
            "shoppers": len(lost),
            "examples": [questions[int(number)].user_id for number in lost[:_EXAMPLES]],
        },
    }


def _groups(old: Rows, new: Rows, names: Sequence[str | None], field: str) -> list[dict[str, Any]]:
    """Return the groups whose exposure changed most, with their names."""
    every = sorted({name for name in names if name})
    codes = {name: code for code, name in enumerate(every)}
    group = np.array([codes[name] if name else -1 for name in names], np.int32)
    moved = by_group(exposure(old, len(names)), exposure(new, len(names)), group)
    return [
        {field: every[one.row], "before": one.before, "after": one.after} for one in moved[:_MOST]
    ]


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
    if why:
        return {"models": models, "why_not": why}
    return _measured(workspace, first, second, placement)


def _measured(
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
