"""The order of a list by rules and settings: arrays in, arrays out, without engine or SQL.

The steps, in this order: include only and hide; the score of each candidate, standardised, plus
what rules and settings add; one variant of each product; diversity and caps; places for products
from further afield; pins; the cut. docs/decisions/010-rules-and-steps.md says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from recsys.models.arrays import Floats
from recsys.rules.saying import label_of
from recsys.shelves.applied import Applied
from recsys.shelves.diversity import LAMBDA, Cap, spread
from recsys.shelves.facts import Facts
from recsys.shelves.pins import pinned
from recsys.shelves.scoring import (
    NOBODY,
    STRENGTH,
    Shopper,
    boosts_add,
    freshness,
    settings_add,
    shopper_beside,
    standardised,
)
from recsys.types import Mark, Step

# Rules speak of these in one breath with the order.
__all__ = [
    "NOBODY",
    "NOTHING_INCLUDED",
    "POOL",
    "STRENGTH",
    "Arranged",
    "Shopper",
    "arrange",
    "reranked",
    "reranks",
    "shopper_beside",
]

POOL = 200
_DAY = 86_400
_MOST_SURPRISING = 50


@dataclass(frozen=True)
class Arranged:
    """A list in its new order.

    Attributes
    ----------
    rows, scores
        Best first; the scores are as they came in.
    marks
        Row -> what rules and settings did to it, for those that they touched.
    steps, notes
        As on a :class:`recsys.types.Shelf`.
    """

    rows: NDArray[np.int64]
    scores: Floats
    marks: Mapping[int, tuple[Mark, ...]] = field(default_factory=dict[int, tuple[Mark, ...]])
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


def reranks(applied: Applied) -> bool:
    """Say whether rules or settings change the order of a list, pins apart."""
    settings = applied.settings
    levels = (
        settings.diversity,
        settings.freshness,
        settings.less_popular,
        settings.price_affinity,
    )
    caps = settings.most_of_category, settings.most_of_brand
    return bool(
        applied.boosts
        or any(level != "none" for level in levels)
        or any(cap is not None for cap in caps)
        or settings.surprise > 0
    )


def arrange(
    rows: NDArray[np.int64],
    scores: Floats,
    applied: Applied,
    *,
    n: int,
    shopper: Shopper = NOBODY,
) -> Arranged:
    """Return the list that rules and settings make of some candidates, for any scores.

    This is for scores from elsewhere, such as an evaluation twin's; a live shelf takes the same
    steps with its stock, filters and fallbacks between them.

    Parameters
    ----------
    rows, scores
        Candidates, best first, ties in the order wanted.
    """
    kept = np.flatnonzero(applied.kept(rows) & ~applied.hidden(rows))
    notes: tuple[str, ...] = ()
    if not len(kept) and applied.only:
        applied = replace(applied, only=())
        kept, notes = np.flatnonzero(~applied.hidden(rows)), (NOTHING_INCLUDED,)
    found = reranked(rows[kept], scores[kept], applied, n=n, shopper=shopper)
    order = pinned(found.rows.tolist(), applied, n=n, may_show=lambda _: "")
    scored = dict(zip(rows.tolist(), scores.tolist(), strict=True))
    marks = dict(found.marks)
    for row, mark in order.marks.items():
        marks[row] = (mark, *marks.get(row, ()))
    return Arranged(
        np.array(order.rows, np.int64),
        np.array([scored.get(row, 0.0) for row in order.rows], np.float32),
        {row: marks[row] for row in order.rows if row in marks},
        found.steps,
        (*notes, *order.notes),
    )


NOTHING_INCLUDED: Final = "Without include-only rules: none of their products can be shown"


def reranked(
    rows: NDArray[np.int64],
    scores: Floats,
    applied: Applied,
    *,
    n: int,
    shopper: Shopper = NOBODY,
) -> Arranged:
    """Return candidates in the order of rules and settings, pins apart; see :data:`STRENGTH`.

    One variant of each product stays, the best in the new order. Equal scores keep the order in
    which they came.
    """
    if not len(rows):
        return Arranged(rows, scores)
    facts, settings = applied.facts, applied.settings
    z = standardised(scores)
    total = z + boosts_add(rows, applied.boosts) + settings_add(rows, applied, shopper)
    order = np.argsort(-total, kind="stable")
    order = order[_one_of_a_group(facts, rows[order])]
    left = len(order)
    steps = [Step("re-rank", len(rows), len(rows), words=_said(applied, order))]
    if left < len(rows):
        steps.append(Step("variants", len(rows), left, {"another variant": len(rows) - left}))
    # Pins may take products out of the first places; those that follow are spread, too.
    places = min(left, n + len(applied.pins))
    before = order
    order = order[_spread(applied, rows[order], total[order], z, places)]
    if settings.diversity != "none" or settings.most_of_category or settings.most_of_brand:
        moved = int(np.isin(before[:n], order[:n], invert=True).sum())
        steps.append(Step("diversity", left, left, words=f"{moved} of the first {n} exchanged"))
    # What a rule buries is nothing to surprise with.
    fit = boosts_add(rows, applied.boosts) >= 0
    order, surprises = _surprised(applied, rows, order, fit, n=n, shopper=shopper)
    if settings.surprise:
        words = f"{len(surprises)} from further afield"
        steps.append(Step("surprise", left, left, words=words))
    shown = rows[order[: places + len(surprises)]]
    marks = _marks(shown, applied, {int(row) for row in rows[surprises]})
    return Arranged(rows[order], scores[order], marks, tuple(steps))


def _one_of_a_group(facts: Facts, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places of the best of each group, and of all that are in none."""
    every = np.arange(len(rows))
    if facts.groups is None:
        return every
    groups = facts.groups[rows].astype(np.int64)
    groups[groups < 0] = -1 - every[groups < 0]
    _, first = np.unique(groups, return_index=True)
    return np.sort(first)


def _spread(
    applied: Applied,
    rows: NDArray[np.int64],
    total: NDArray[np.float64],
    z: NDArray[np.float64],
    places: int,
) -> NDArray[np.int64]:
    """Return the order of diversity and caps; see :func:`recsys.shelves.diversity.spread`."""
    facts, settings = applied.facts, applied.settings
    caps = [
        Cap(column.codes[rows], most)
        for column, most in (
            (facts.category, settings.most_of_category),
            (facts.brand, settings.most_of_brand),
        )
        if most is not None
    ]
    level = LAMBDA[settings.diversity]
    if level == 1.0 and not caps:
        return np.arange(len(rows))
    # Not the range of the totals: what a rule adds to one must not change the others.
    low, width = float(z.min()), float(z.max() - z.min()) or 1.0
    alike = None if level == 1.0 or facts.alike is None else facts.alike(rows)
    return spread((total - low) / width, alike, level, caps, places)


def _surprised(
    applied: Applied,
    rows: NDArray[np.int64],
    order: NDArray[np.int64],
    fit: NDArray[np.bool_],
    *,
    n: int,
    shopper: Shopper,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give some places to candidates from further down, in categories the shopper does not know.

    Of the first so many that qualify those with the smallest hash of shopper, day and product are
    chosen: the same all day, whoever else sells out. Never more than the share says.

    Returns
    -------
    order, surprises
        Positions in ``rows``.
    """
    facts = applied.facts
    wanted = math.floor(applied.settings.surprise * n + 1e-9)
    head, tail = order[:n], order[n:]
    tail = tail[fit[tail]]
    if not wanted or not len(tail):
        return order, tail[:0]
    codes = facts.category.codes
    familiar = shopper.familiar or frozenset(codes[rows[head]].tolist())
    if facts.category.values:
        far = ~np.isin(codes[rows[tail]], [*familiar, -1])
        tail = tail[far]
    tail = tail[:_MOST_SURPRISING]

    def lot(position: int) -> bytes:
        item = facts.item_ids.id(int(rows[position]))
        return blake2b(f"{shopper.seed}|{item}".encode(), digest_size=8).digest()

    chosen = sorted(tail.tolist(), key=lot)[:wanted]
    block = n // wanted
    found = [position for position in order.tolist() if position not in set(chosen)]
    for number, position in enumerate(chosen, 1):
        # The last place of a block may go to a new product.
        found.insert(number * block - 2, position)
    return np.array(found, np.int64), np.array(chosen, np.int64)


def _marks(
    rows: NDArray[np.int64], applied: Applied, surprises: set[int]
) -> dict[int, tuple[Mark, ...]]:
    marks: dict[int, list[Mark]] = {}
    for held in applied.boosts:
        rule = held.rule
        done = "boosted" if rule.kind == "boost" else "buried"
        words = f"{done.capitalize()} ({rule.strength}) by {label_of(rule)}"
        for row in rows[held.match(rows)].tolist():
            marks.setdefault(row, []).append(Mark(done, words, rule.id))
    if applied.settings.freshness != "none":
        fresh = freshness(applied.facts, rows, applied.now) >= 0.5
        for row in rows[fresh].tolist():
            marks.setdefault(row, []).append(Mark("fresh", _launched(applied, row)))
    for row in surprises:
        marks.setdefault(row, []).append(Mark("surprise", "From further afield"))
    return {row: tuple(some) for row, some in marks.items()}


def _launched(applied: Applied, row: int) -> str:
    days = int((applied.now - applied.facts.launched[row]) // _DAY)
    if days < 0:
        return "New: not launched yet"
    when = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago")
    return f"New: launched {when}"


def _said(applied: Applied, order: NDArray[np.int64]) -> str:
    """Say what the order goes by beside the model, and how many products it moved."""
    count = len(applied.boosts)
    by = [f"{count} rule{'' if count == 1 else 's'}"] if count else []
    settings = applied.settings
    names = {
        "freshness": settings.freshness,
        "less popular": settings.less_popular,
        "price affinity": settings.price_affinity,
    }
    by += [f"{name} {level}" for name, level in names.items() if level != "none"]
    if not by:
        return ""
    moved = int(np.count_nonzero(order != np.sort(order)))
    return f"{', '.join(by)}: {moved} moved"
