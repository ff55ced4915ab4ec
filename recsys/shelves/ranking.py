from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats, Rows
from recsys.releases.engine import Asked, answer
from recsys.releases.live import LiveView
from recsys.shelves.among import among
from recsys.shelves.applied import Applied
from recsys.shelves.filtering import category_only, inside, outside, wide_limit
from recsys.types import Filters, Step
from recsys.vectors.base import Fusion

_NO_ROWS = np.empty(0, np.int32)
_HIDDEN, _SOLD_OUT, _VARIANT = "hidden now", "sold out", "another variant"
BY_RULES, NOT_INCLUDED = "hidden by rules", "not among what rules include only"
_LATER = (BY_RULES, NOT_INCLUDED, _VARIANT)
# Hits to fetch for each place of a shelf; variants of one product stand close to each other.
_FETCHED, _FETCHED_OF_VARIANTS = 3, 8


@dataclass(frozen=True)
class Ranked:
    """The items that stand on a shelf, best first, and what was taken out on the way.

    Attributes
    ----------
    removed
        Reason -> number of products inside the filters that scored high enough to stand here and
        were taken out: those above the last one shown.
    steps
        What became of all that were looked at.
    edge
        Score of the last one that a shelf without re-ranking would show; -inf where it is short.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    removed: dict[str, int]
    steps: tuple[Step, ...] = ()
    edge: float = -np.inf

    def first(self, n: int) -> Ranked:
        """Return the best ``n`` of them."""
        return replace(self, rows=self.rows[:n], scores=self.scores[:n])


NOTHING = Ranked(np.empty(0, np.int64), np.empty(0, np.float32), {})


def rank(
    view: LiveView,
    query: Asked | None,
    *,
    n: int,
    filters: Filters,
    without: Mapping[str, Rows],
    asked: Rows = _NO_ROWS,
    rules: Applied | None = None,
    pool: int = 0,
) -> Ranked:
    """Ask the engine for the nearest items and take out what may not be shown.

    A category narrows the search inside the engine; prices and stock do where few items pass.
    Sold-out, hidden and already bought items are fetched and then dropped by row number: that is
    faster than a filter of ids, holds for stock that changed a second ago, and lets every drop be
    counted. A fusion has all filters inside the engine, since places are counted among what passes;
    it goes deeper only when too few can be shown. Where rules let in some products only, these are
    scored one by one by the space's own arithmetic, which needs no depth.

    Parameters
    ----------
    query
        None, when nothing is known to ask with, finds nothing.
    without
        Reason -> rows that are left out for it.
    asked
        Rows that were asked about: never on the shelf, and not worth counting. Their variants are
        left out, too, and counted.
    rules
        What rules keep off the list.
    pool
        Return so many where there are, for a re-ranking to choose from; see :func:`shown`.
    """
    if query is None:
        return NOTHING
    where = inside(view, filters)
    fused = isinstance(query, Fusion)
    above = -np.inf if fused or query.above is None else query.above
    total = len(view.stock)
    room = len(asked) + sum(len(rows) for rows in without.values())
    most = max(n, pool)
    wanted = max(n * (_FETCHED if view.release.group_codes is None else _FETCHED_OF_VARIANTS), most)
    limit = min(total, wanted + room)
    first = None
    if where and where.ranges and not fused:
        first = wide_limit(view, filters, wanted, room)
    allowed = None if rules is None or not rules.only else _allowed(view, rules, filters)
    while True:
        narrow, size = (where, limit) if first is None else (category_only(filters), first)
        if allowed is not None:
            hits = among(view, query, allowed)
        else:
            hits = answer(view.release.index, query, limit=size, where=narrow)
        # Stores order equal scores as they like; here the smaller row, so the smaller id, is first.
        order = np.lexsort((hits.rows, -hits.scores))
        high = hits.scores[order] > above
        order = order[high & ~_among(asked, hits.rows[order], total)]
        rows, scores = hits.rows[order], hits.scores[order]
        found = shown(
            view, rows, scores,
            n=n, filters=filters, without=without, asked=asked, rules=rules, pool=pool,
        )  # fmt: skip
        whole = not isinstance(query, Fusion) or query.depth >= total
        ended = whole and (len(hits.rows) < size or size == total or not high.all())
        # Of items tied with the last hit the engine may have cut off those with smaller ids.
        if allowed is not None:
            return _narrowed(found, len(view.stock), len(allowed))
        if ended or found.edge > hits.scores.min(initial=np.inf):
            return found
        if first is None:
            limit = min(total, limit * 8)
        if isinstance(query, Fusion):
            query = replace(query, depth=query.depth * 8)
        first = None


def _allowed(view: LiveView, rules: Applied, filters: Filters) -> NDArray[np.int64]:
    """Return the rows that rules include and filters let through."""
    every = np.arange(len(view.stock))
    return every[rules.kept(every) & ~outside(view, every, filters)]


def _narrowed(found: Ranked, every: int, allowed: int) -> Ranked:
    """Say in the steps that only some products were asked for."""
    engine, *others = found.steps
    rules = Step("rules", every, allowed, {NOT_INCLUDED: every - allowed})
    return replace(found, steps=(rules, replace(engine, before=allowed), *others))


def shown(
    view: LiveView,
    rows: NDArray[np.int64],
    scores: Floats,
    *,
    n: int,
    filters: Filters,
    without: Mapping[str, Rows],
    asked: Rows = _NO_ROWS,
    rules: Applied | None = None,
    pool: int = 0,
) -> Ranked:
    """Keep the first ``n`` of some items, best first, that may be shown now.

    Of the variants of one product the best that may be shown stays; none does of what was asked
    about. An item with several reasons to go counts for the first of: outside the filters (not
    counted), hidden, the given reasons in their order, sold out, hidden by rules, outside what
    rules include only, another variant.

    Parameters
    ----------
    pool
        Above 0: keep so many, and all variants among them, since a re-ranking says which is best.
        What is counted as removed is the same.
    """
    out = outside(view, rows, filters)
    causes = {_HIDDEN: view.hidden[rows]}
    total = len(view.stock)
    causes |= {reason: _among(left_out, rows, total) for reason, left_out in without.items()}
    causes[_SOLD_OUT] = view.stock[rows] < 1
    if rules is not None and rules.hides:
        causes[BY_RULES] = rules.hidden(rows)
    if rules is not None and rules.only:
        causes[NOT_INCLUDED] = ~rules.kept(rows)
    gone = np.logical_or.reduce([out, *causes.values()])
    kept, groups = gone, view.release.group_codes
    if groups is not None:
        causes[_VARIANT] = _variants(groups[rows], ~gone, groups[asked])
        kept = gone | np.isin(groups[rows], groups[asked][groups[asked] >= 0])
        gone = gone | causes[_VARIANT]
    fit = np.flatnonzero(~gone)
    full = len(fit) >= n
    last = fit[n - 1] + 1 if full else len(rows)
    removed = _count(causes, out, last)
    stand = np.flatnonzero(~kept)[: max(n, pool)] if pool else fit[:n]
    return Ranked(
        rows[stand],
        scores[stand],
        removed=dict(sorted(removed.items(), key=lambda pair: -pair[1])),
        steps=_steps(view, causes, out, filters, variants=not pool),
        edge=float(scores[last - 1]) if full else -np.inf,
    )


def _among(some: Rows, rows: NDArray[np.int64], total: int) -> NDArray[np.bool_]:
    """Say of each row whether it is among some; ten times faster than sorting both."""
    found = np.zeros(total, np.bool_)
    found[some] = True
    return found[rows]


def _steps(
    view: LiveView,
    causes: Mapping[str, NDArray[np.bool_]],
    out: NDArray[np.bool_],
    filters: Filters,
    *,
    variants: bool,
) -> tuple[Step, ...]:
    """Return what became of all items that were looked at."""
    left = len(out)
    within = "" if filters.category is None else f"within {filters.category}"
    steps = [Step("engine", len(view.stock), left, words=within)]
    counts = _count(causes, out, left)
    stages = {
        "filters": {"outside the filters": int(np.count_nonzero(out))},
        "left out": {why: counts.pop(why, 0) for why in causes if why not in _LATER},
        "rules": {why: counts.pop(why, 0) for why in (BY_RULES, NOT_INCLUDED)},
        "variants": counts if variants else {},
    }
    for name, causes_ in stages.items():
        removed = {why: count for why, count in causes_.items() if count}
        if removed:
            steps.append(Step(name, left, left := left - sum(removed.values()), removed))
    return tuple(steps)


def _variants(
    groups: NDArray[np.int32], fit: NDArray[np.bool_], asked: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Say of each item, best first, whether a better one that fits is of its group, or was asked.

    Items that do not fit are no variants of anything; -1 is no group.
    """
    places = np.flatnonzero(fit & (groups >= 0))
    _, first = np.unique(groups[places], return_index=True)
    found = np.zeros(len(groups), np.bool_)
    found[places] = True
    found[places[first]] = np.isin(groups[places[first]], asked)
    return found


def _count(
    causes: Mapping[str, NDArray[np.bool_]], out: NDArray[np.bool_], last: int
) -> dict[str, int]:
    """Return reason -> how many of the items before ``last`` were taken out for it first."""
    counts: dict[str, int] = {}
    before = out[:last]
    for reason, cause in causes.items():
        counts[reason] = int(np.count_nonzero(cause[:last] & ~before))
        before = before | cause[:last]
    return {reason: count for reason, count in counts.items() if count}
