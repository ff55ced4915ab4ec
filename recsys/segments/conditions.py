"""Who meets conditions: by purchases, stage, money, days, attributes and other segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError, NotReady
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.rules.book import NamedSet
from recsys.segments.about_shoppers import people_of, shopper_columns
from recsys.segments.days import DAY, day_of
from recsys.segments.definition import STAGES, Conditions
from recsys.segments.lifecycle import NO_DATES, LifecycleRules, rfm, stages
from recsys.shelves.facts import facts_of

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Met:
    """Who meets some conditions, and what there is to say about it.

    Attributes
    ----------
    who
        Of shape ``(n_shoppers,)``.
    items
        The products asked for, by id, category or brand, shape ``(n_items,)``; none of them where
        any product would do.
    """

    who: Mask
    items: Mask
    notes: tuple[str, ...] = ()


def meeting(
    view: LiveView,
    conditions: Conditions,
    *,
    sets: Mapping[int, NamedSet],
    rules: LifecycleRules,
) -> Met:
    """Return the shoppers for whom all conditions hold; everybody where there are none.

    Raises
    ------
    InputError
        A condition asks for what the shop does not say: dates, prices, a column, a segment.
    NotReady
        The release is of an earlier version and lacks what is asked for.
    """
    release = view.release
    who = np.ones(len(release.user_ids), np.bool_)
    if conditions.stages:
        codes = stages(people_of(release), rules)
        if (codes < 0).all():
            raise InputError(NO_DATES, hint="Choose a condition other than the stage.")
        who &= np.isin(codes, [STAGES.index(stage) for stage in conditions.stages])
    who &= _by_numbers(release, conditions)
    who &= _by_rfm(release, conditions)
    bought = _by_purchases(view, conditions)
    who &= bought.who
    for name, values in conditions.attributes.items():
        column = shopper_columns(release).column(name)
        if column is None:
            known = ", ".join(shopper_columns(release).names) or "none"
            raise InputError(f"The shoppers have no column {name!r}.", hint=f"There are: {known}.")
        who &= column.among(values)
    if conditions.segments:
        who &= members_of(release, conditions.segments, sets)
    return Met(who, bought.items, bought.notes)


def members_of(release: Release, segments: tuple[int, ...], sets: Mapping[int, NamedSet]) -> Mask:
    """Say who belongs to any of some segments.

    Raises
    ------
    InputError
        There is no such segment.
    """
    who = np.zeros(len(release.user_ids), np.bool_)
    for set_id in segments:
        if set_id not in sets:
            raise InputError(
                f"There is no segment {set_id}, which this one goes by.",
                hint="Take it out of the definition, or choose another.",
            )
        who[release.user_ids.rows(sets[set_id].members)] = True
    return who


def who_bought(release: Release, items: Mask, when: Mask | None = None) -> Mask:
    """Say who bought any of some products.

    Parameters
    ----------
    items
        Of shape ``(n_items,)``.
    when
        Which pairs of :attr:`Release.bought` count; None for all.
    """
    hit = items[release.bought.indices]
    if when is not None:
        hit &= when
    who = np.zeros(release.bought.shape[0], np.bool_)
    rows = np.searchsorted(release.bought.indptr, np.flatnonzero(hit), side="right") - 1
    who[rows] = True
    return who


def _by_numbers(release: Release, asked: Conditions) -> Mask:
    who = np.ones(len(release.user_ids), np.bool_)
    if (asked.orders_min, asked.orders_max) != (None, None):
        who &= _between(people_of(release).orders, asked.orders_min, asked.orders_max)
    if (asked.spend_min, asked.spend_max, asked.top_spenders) != (None, None, None):
        spend = _spend(release)
        who &= _between(spend, asked.spend_min, asked.spend_max)
        if asked.top_spenders is not None:
            buyers = int((people_of(release).orders > 0).sum())
            best = np.argsort(-spend, kind="stable")[: int(np.ceil(asked.top_spenders * buyers))]
            top = np.zeros(len(who), np.bool_)
            top[best] = True
            who &= top
    if (asked.days_since_min, asked.days_since_max) != (None, None):
        people = people_of(release)
        if people.last is None:
            raise InputError(
                "The shop's purchases have no dates, so nobody knows how long ago the last one was."
            )
        since = (int(people.last.max(initial=0)) - people.last) // DAY
        who &= _between(since, asked.days_since_min, asked.days_since_max) & (people.orders > 0)
    return who


def _between(values: NDArray[Any], low: float | None, high: float | None) -> Mask:
    found = np.ones(len(values), np.bool_)
    if low is not None:
        found &= values >= low
    if high is not None:
        found &= values <= high
    return found


def _spend(release: Release) -> NDArray[np.float64]:
    spend = people_of(release).spend
    if spend is None:
        raise InputError("The shop's purchases have no prices, so nobody knows what was spent.")
    return np.asarray(spend)


def _by_rfm(release: Release, asked: Conditions) -> Mask:
    who = np.ones(len(release.user_ids), np.bool_)
    wanted = {
        "recency": asked.recency_min,
        "frequency": asked.frequency_min,
        "monetary": asked.monetary_min,
    }
    for name, least in wanted.items():
        if least is None:
            continue
        scores = getattr(rfm(people_of(release)), name)
        if not scores.any():
            lacks = "dates" if name == "recency" else "prices"
            raise InputError(f"The shop's purchases have no {lacks}, so there is no {name} score.")
        who &= scores >= least
    return who


def _by_purchases(view: LiveView, asked: Conditions) -> Met:
    """Say who bought what is asked for, in the days asked for; all of it must hold."""
    release, facts = view.release, facts_of(view)
    notes: list[str] = []
    groups: list[Mask] = []
    if asked.items:
        rows = release.item_ids.rows(dict.fromkeys(asked.items))
        if len(rows) < len(set(asked.items)):
            notes.append(
                f"{len(set(asked.items)) - len(rows):,} of the products are not in the catalogue."
            )
        groups.append(np.zeros(len(release.item_ids), np.bool_))
        groups[-1][rows] = True
    if asked.categories:
        groups.append(facts.category.among(asked.categories))
    if asked.brands:
        groups.append(facts.brand.among(asked.brands))
    items = np.zeros(len(release.item_ids), np.bool_)
    for group in groups:
        items |= group
    when = None
    if asked.bought_from or asked.bought_until:
        when = _when(release, asked)
        notes.append(
            "Of each product the first and the last purchase are known: one between them, with"
            " both outside of the days, is not seen."
        )
        groups = groups or [np.ones(len(release.item_ids), np.bool_)]
    who = np.ones(len(release.user_ids), np.bool_)
    for group in groups:
        who &= who_bought(release, group, when)
    return Met(who, items, tuple(notes))


def _when(release: Release, asked: Conditions) -> Mask:
    """Say which pairs of a shopper and a product were bought first or last in the days."""
    if release.last is None:
        raise InputError("The shop's purchases have no dates, so nobody knows who bought when.")
    if release.first is None:
        raise NotReady(
            "The live release does not know first purchases: it was built by an earlier version.",
            hint="Publish a release again.",
        )
    low = day_of(asked.bought_from) if asked.bought_from else -(2**62)
    high = day_of(asked.bought_until) + DAY if asked.bought_until else 2**62
    first, last = release.first, release.last
    return ((first >= low) & (first < high)) | ((last >= low) & (last < high))
