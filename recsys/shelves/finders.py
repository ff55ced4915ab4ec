"""What each placement finds before rules arrange it: one engine query each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotFound
from recsys.models.arrays import Floats
from recsys.releases.engine import Asked, asked_of
from recsys.releases.live import LiveView
from recsys.shelves.buy_again import BY_RHYTHM, NOTHING_BOUGHT, due_again
from recsys.shelves.lines import BY_MODEL, NO_ROWS, Line, lines_of
from recsys.shelves.plan import Plan
from recsys.shelves.ranking import NOTHING, Ranked, rank, shown
from recsys.shelves.reasons import because_of, because_word, like_one

YOU_BOUGHT = "Because you bought"
Tell = Callable[[Ranked], list[Line]]


def _silence(ranked: Ranked) -> list[Line]:
    return []


@dataclass(frozen=True)
class Found:
    """Candidates for a list, best first.

    Attributes
    ----------
    tell
        Gives some of the candidates, in any order, with their reasons.
    why
        Why there are none, where there are none.
    fallback
        Why this is not the list that was asked for.
    explore
        Whether some places go to products that nobody bought yet.
    asked, order
        What the candidates are the best of, to say where any product stands: a query, or all rows,
        best first.
    """

    ranked: Ranked = NOTHING
    tell: Tell = _silence
    why: str = ""
    fallback: str = ""
    explore: bool = False
    neighbours: Sequence[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    asked: Asked | None = None
    order: NDArray[np.int64] | None = None


def ranked_for(view: LiveView, plan: Plan, query: Asked | None) -> Ranked:
    """Ask the engine with everything that the plan holds the list to."""
    return rank(
        view,
        query,
        n=plan.n,
        filters=plan.filters,
        without=plan.without,
        asked=plan.asked,
        rules=plan.rules,
        pool=plan.pool,
    )


def shown_for(view: LiveView, plan: Plan, rows: NDArray[np.int64], scores: Floats) -> Ranked:
    """Take out of some items, best first, what the plan does not let stand on the list."""
    return shown(
        view,
        rows,
        scores,
        n=plan.n,
        filters=plan.filters,
        without=plan.without,
        asked=plan.asked,
        rules=plan.rules,
        pool=plan.pool,
    )


def find_by_history(view: LiveView, plan: Plan) -> Found:
    """Find what the For You model says to a shopper whom the release knows."""
    assert plan.user is not None
    release, space = view.release, view.release.space("for_you")
    query = space.shopper_query(plan.user)
    asked = None if query is None else asked_of("for_you", space, query)
    verb = because_word(release, "for_you", otherwise=YOU_BOUGHT)
    items, weights = space.history(plan.user)

    def tell(ranked: Ranked) -> list[Line]:
        reasons = because_of(
            release, space, ranked.rows, items, weights, verb=verb, bought=plan.history
        )
        return lines_of(view, ranked, reasons)

    why = "nothing that fits can be shown" if query else "no purchases to learn from"
    return Found(ranked_for(view, plan, asked), tell, why, explore=True, asked=asked)


def find_similar(view: LiveView, plan: Plan) -> Found:
    """Find what is like the product of a page."""
    release, space = view.release, view.release.space("similar")
    item = int(plan.anchors[0])
    query = space.item_query(item)
    # What points the other way (a cosine below 0) is not like it.
    asked = None if query is None else asked_of("similar", space, query, cosine=True)

    def tell(ranked: Ranked) -> list[Line]:
        kinds = release.kinds("similar")
        return lines_of(view, ranked, like_one(release, space, ranked.rows, item, kinds))

    why = "nothing like it can be shown" if query else "nobody has bought it yet"
    return Found(ranked_for(view, plan, asked), tell, why, asked=asked)


def find_also_bought(view: LiveView, plan: Plan) -> Found:
    """Find what is bought together with a cart."""
    release, space = view.release, view.release.space("also_bought")
    ones = np.ones(len(plan.anchors), np.float32)
    query = space.items_query(plan.anchors, ones)
    asked = None if query is None else asked_of("also_bought", space, query)
    verb = because_word(release, "also_bought", otherwise="Often bought with")

    def tell(ranked: Ranked) -> list[Line]:
        reasons = because_of(release, space, ranked.rows, plan.anchors, ones, verb=verb)
        return lines_of(view, ranked, reasons)

    why = "nothing bought with this cart can be shown"
    return Found(ranked_for(view, plan, asked), tell, why, asked=asked)


def find_lookalikes(view: LiveView, plan: Plan) -> Found:
    """Find what the most similar shoppers bought.

    The score of a product is the sum of the similarities (cosine) of the neighbours who bought it;
    only shoppers with a similarity above 0 are neighbours.
    """
    release, user = view.release, plan.user
    space = release.space("lookalikes")
    query = None if user is None else space.shopper_query(user)
    if user is None or query is None:
        raise NotFound(
            f"The live release does not know shopper {plan.request.user_id!r}.",
            hint="Ask for For You instead: it shows popular products to strangers.",
        )
    most = plan.request.n_neighbours
    hits = release.shopper_index.query("lookalikes", query.unit().values, limit=most + 1)
    others = (hits.rows != user) & (hits.scores > 0)
    near, similarity = hits.rows[others][:most], hits.scores[others][:most]
    items, scores, buyers = _bought_by(view, near, similarity)

    def tell(ranked: Ranked) -> list[Line]:
        place = np.minimum(np.searchsorted(items, ranked.rows), max(len(items) - 1, 0))
        counts = [
            int(buyers[at]) if len(items) and items[at] == row else 0
            for at, row in zip(place, ranked.rows, strict=True)
        ]
        reasons = [
            f"Bought by {count} of the {len(near)} most similar shoppers" if count else ""
            for count in counts
        ]
        return lines_of(view, ranked, reasons)

    # Equal scores: the product more shoppers bought, then the smaller item id.
    order = np.lexsort((items, -release.buyers[items], -scores))
    best = items[order].astype(np.int64)
    ranked = shown_for(view, plan, best, scores[order])
    neighbours = [
        {"user_id": release.user_ids.id(int(row)), "similarity": round(float(score), 4)}
        for row, score in zip(near, similarity, strict=True)
    ]
    why = "similar shoppers bought nothing else that can be shown"
    return Found(ranked, tell, why, neighbours=neighbours, order=best)


def _bought_by(
    view: LiveView, neighbours: NDArray[np.int64], similarity: Floats
) -> tuple[NDArray[np.int32], Floats, NDArray[np.int64]]:
    """Return what the neighbours bought by row, its scores, and how many of them bought it."""
    bought = [view.release.history(int(row))[0] for row in neighbours]
    every = np.concatenate([*bought, NO_ROWS])
    weight = np.repeat(similarity, [len(items) for items in bought])
    items, place, buyers = np.unique(every, return_inverse=True, return_counts=True)
    scores = np.bincount(place, weights=weight, minlength=len(items)).astype(np.float32)
    return items, scores, buyers


def find_buy_again(view: LiveView, plan: Plan) -> Found:
    """Find what a shopper buys regularly, most due first."""
    if plan.user is None or not len(plan.history):
        why = "unknown shopper" if plan.user is None else "no purchases yet"
        return Found(fallback=f"{NOTHING_BOUGHT}: {why}", why=why)
    again = due_again(view.release, plan.user)
    known = set(again.rows.tolist())

    def tell(ranked: Ranked) -> list[Line]:
        bought = [row for row in ranked.rows.tolist() if row in known]
        said = dict(zip(bought, again.reasons(np.array(bought, np.int64)), strict=True))
        reasons = [said.get(row, "") for row in ranked.rows.tolist()]
        sources = [BY_RHYTHM if row in known else BY_MODEL for row in ranked.rows.tolist()]
        lines = lines_of(view, ranked, reasons)
        return [line._replace(source=one) for line, one in zip(lines, sources, strict=True)]

    ranked = shown_for(view, plan, again.rows, again.scores)
    return Found(ranked, tell, "nothing bought before can be shown", order=again.rows)
