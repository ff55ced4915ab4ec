"""Shelves that follow a visit: what goes with it, its interests apart, and what it turns to.

docs/decisions/013-sessions.md has the maths and the figures by which it was chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.releases.engine import Asked, asked_of
from recsys.releases.live import LiveView
from recsys.sessions.events import Kind, Session
from recsys.sessions.interests import seated
from recsys.shelves.arrange import POOL
from recsys.shelves.cold import find_for_you
from recsys.shelves.finders import (
    YOU_BOUGHT,
    Found,
    find_also_bought,
    find_similar,
    ranked_for,
)
from recsys.shelves.lines import ASK_POPULAR, IS_POPULAR, Line, lines_of
from recsys.shelves.plan import Plan, plan_of
from recsys.shelves.ranking import Ranked
from recsys.shelves.reasons import because_of, because_word
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import finish, show_shelf
from recsys.shelves.visit import Visit
from recsys.types import Shelf, Step
from recsys.vectors.base import Fusion, Part

# What each list counts beside that of the whole visit, which counts 1: an interest of its own, and
# what is popular. What the shopper bought before counts 1 / k ** 2 for the k products of the visit,
# but never less than popular products do.
INTEREST, POPULAR = 0.1, 0.05
# How many of each list are fused, and over how many scores are standardised; products bought before
# are fetched, too, up to the second number.
_DEPTH, _DEEPEST = 60, 500
_LEFT_OUT: Final[dict[Kind, str]] = {"viewed": "just looked at", "removed": "taken out of the cart"}


def show_in_session(
    view: LiveView, session: Session, request: ShelfRequest, *, now: float | None = None
) -> Shelf:
    """Return a shelf as it stands in a visit, under the rules and settings of the view.

    For You is made from the visit. Similar and Also bought keep their products, in an order that
    follows what the visit turns to. Lookalikes and Buy again only leave out what was bought just
    now. A visit in which nothing happened changes nothing.

    Parameters
    ----------
    now
        Seconds since the epoch for what rules say about time; None for this moment.

    Raises
    ------
    InputError, NotFound, NotReady
        As for :func:`recsys.shelves.show.show_shelf`.
    """
    if not session.events:
        return show_shelf(view, request, now=now)
    placement = request.placement
    if placement in {"lookalikes", "buy_again"}:
        ids = view.release.item_ids
        gone = [ids.id(row) for row in session.done("purchased", "carted").tolist()]
        return show_shelf(view, replace(request, but=(*request.but, *gone)), now=now)
    plan = plan_of(view, request, now=now)
    visit = Visit(view, session)
    asked = np.concatenate([plan.asked, session.done("purchased", "carted")])
    without = dict(plan.without)
    if placement == "for_you":
        without = {why: session.done(kind) for kind, why in _LEFT_OUT.items()} | without
    plan = replace(plan, asked=asked.astype(np.int32), without=without, pool=max(POOL, plan.n))
    return finish(view, plan, _finder(visit, placement))


def page_in_session(
    view: LiveView, session: Session, requests: Sequence[ShelfRequest], *, now: float | None = None
) -> list[Shelf]:
    """Return the shelves of one page, from the top; an empty session for a page outside a visit.

    Where the rule book says so, what stands on one shelf does not stand on those below it.
    """
    shelves: list[Shelf] = []
    there: list[str] = []
    for request in requests:
        but = (*request.but, *there) if view.book.no_repeats else request.but
        shelves.append(show_in_session(view, session, replace(request, but=but), now=now))
        there += [item.item_id for item in shelves[-1].items]
    return shelves


def _finder(visit: Visit, placement: str) -> Callable[[LiveView, Plan], Found]:
    if placement == "for_you":
        return lambda view, plan: _find_for_you(visit, plan)
    find = find_similar if placement == "similar" else find_also_bought

    def turned(view: LiveView, plan: Plan) -> Found:
        found = find(view, plan)
        return replace(found, ranked=_in_order(visit, found.ranked, plan.n, apart=False))

    return turned


def _find_for_you(visit: Visit, plan: Plan) -> Found:
    """Find what goes with a visit; where it asks for nothing, what the shopper would see else."""
    view = visit.view
    parts = _parts(visit)
    if not parts:
        found = find_for_you(view, plan)
        return replace(found, ranked=_in_order(visit, found.ranked, plan.n, apart=False))
    parts += _own(view, plan, len(visit.session.liked[0]))
    depth = min(_DEEPEST, _DEPTH + sum(len(rows) for rows in plan.without.values()))
    ranked = ranked_for(view, plan, Fusion(tuple(parts), "rrf", depth))

    def tell(some: Ranked) -> list[Line]:
        reasons = visit.reasons(some.rows)
        own = _own_reasons(view, plan, some.rows)
        lines = lines_of(
            view, some, [one or other for one, other in zip(reasons, own, strict=True)]
        )
        return [
            line
            if one or other
            else line._replace(source=IS_POPULAR, badge=line.badge or IS_POPULAR)
            for line, one, other in zip(lines, reasons, own, strict=True)
        ]

    why = "nothing that goes with this visit can be shown"
    return Found(_in_order(visit, ranked, plan.n, apart=True), tell, why)


def _parts(visit: Visit) -> list[Part]:
    """Return what the engine is asked for a visit: as a whole, its interests, its categories."""
    session, release = visit.session, visit.view.release
    items, weights = session.liked
    parts: list[Part] = []
    if visit.asks is not None and len(items):
        placement, space = visit.asks
        groups = [one.places for one in visit.interests] if len(visit.interests) > 1 else []
        for places, counts in [(range(len(items)), 1.0), *((group, INTEREST) for group in groups)]:
            chosen = list(places)
            query = space.items_query(items[chosen], weights[chosen])
            if query is not None:
                parts += _weighed(asked_of(placement, space, query), counts)
    browsed = session.browsed
    every = float(weights.sum()) + sum(browsed.values())
    for code, weight in browsed.items():
        share = weight / every
        if share >= INTEREST:
            within = {"category": release.categories[code]}
            parts.append(replace(ASK_POPULAR, weight=share, equals=within))
    return parts


def _own(view: LiveView, plan: Plan, products: int) -> list[Part]:
    """Return the list of what the shopper bought before; the popular one for a stranger."""
    space = view.release.space("for_you")
    query = None if plan.user is None else space.shopper_query(plan.user)
    if query is None:
        return _weighed(ASK_POPULAR, POPULAR)
    return _weighed(asked_of("for_you", space, query), max(POPULAR, 1 / max(products, 1) ** 2))


def _weighed(asked: Asked, weight: float) -> list[Part]:
    """Return what is asked as parts of a fusion that count so much together."""
    parts = asked.parts if isinstance(asked, Fusion) else (replace(asked, weight=1.0),)
    every = sum(part.weight for part in parts)
    return [replace(part, weight=weight * part.weight / every) for part in parts]


def _own_reasons(view: LiveView, plan: Plan, rows: NDArray[np.int64]) -> list[str]:
    if plan.user is None:
        return [""] * len(rows)
    space = view.release.space("for_you")
    verb = because_word(view.release, "for_you", otherwise=YOU_BOUGHT)
    return because_of(
        view.release, space, rows, *space.history(plan.user), verb=verb, bought=plan.history
    )


def _in_order(visit: Visit, ranked: Ranked, n: int, *, apart: bool) -> Ranked:
    """Put candidates into the order of the visit: standardised scores and what it adds to them.

    Parameters
    ----------
    apart
        Whether each interest is given a place among the first ``n``.
    """
    rows = ranked.rows
    if not len(rows):
        return ranked
    head = ranked.scores[:_DEPTH].astype(np.float64)
    total = (ranked.scores - head.mean()) / max(float(head.std()), 1e-9) + visit.adds(rows)
    order = np.argsort(-total, kind="stable")
    places = np.arange(len(rows))
    if apart and len(visit.interests) > 1:
        said = visit.says(rows[order])
        places = seated([said[:, list(one.places)].sum(axis=1) for one in visit.interests], n)
    moved = int(np.isin(rows[order][places][:n], rows[:n], invert=True).sum())
    words = f"{moved} of the first {n} exchanged for what this visit turns to"
    steps = (*ranked.steps, Step("session", len(rows), len(rows), words=words))
    scores = total[order].astype(np.float32)
    return replace(ranked, rows=rows[order][places], scores=scores, steps=steps)
