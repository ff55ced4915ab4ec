"""The shoppers whose like is looked for: ids as they come, conditions, or buyers of products."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.rules.book import NamedSet
from recsys.rules.saying import counted
from recsys.segments.conditions import meeting, who_bought
from recsys.segments.days import day_of
from recsys.segments.definition import Seeds
from recsys.segments.lifecycle import LifecycleRules
from recsys.shelves.facts import text_of

_MOST_NAMED = 5
# Below so many no proof is made, and what is found may be chance.
FEWEST_SEEDS = 20
_NEARLY_ALL = 0.5


@dataclass(frozen=True)
class Matched:
    """Which of some ids are shoppers of a release.

    Attributes
    ----------
    rows
        Row numbers, in the order in which the ids came, each once.
    given
        How many ids there were; empty cells are no ids.
    twice
        How many of them were named before.
    unknown, unknown_some
        How many different ones the release does not know, and the first five.
    """

    rows: Rows
    given: int
    twice: int
    unknown: int
    unknown_some: tuple[str, ...]

    def words(self) -> str:
        """Say what became of the ids, in one or two sentences."""
        words = f"{len(self.rows):,} of {counted(self.given, 'id')} are shoppers of the shop."
        parts: list[str] = []
        if self.twice:
            parts.append(f"{self.twice:,} named more than once")
        if self.unknown:
            more = ", ..." if self.unknown > len(self.unknown_some) else ""
            parts.append(f"{self.unknown:,} unknown: {', '.join(self.unknown_some)}{more}")
        return f"{words} {'; '.join(parts)}." if parts else words


def match(release: Release, ids: Iterable[object]) -> Matched:
    """Look ids up. They are text: ``00123`` stays so, and a number is what it is written as.

    Blanks around an id are dropped; empty cells, None and NaN are no ids.
    """
    seen: dict[str, int | None] = {}
    given = 0
    for cell in ids:
        if cell is None or (isinstance(cell, float) and math.isnan(cell)):
            continue
        text = text_of(cell).strip()
        if text:
            given += 1
            if text not in seen:
                seen[text] = release.user_ids.row(text)
    rows = [row for row in seen.values() if row is not None]
    unknown = [text for text, row in seen.items() if row is None]
    return Matched(
        np.array(rows, np.int32),
        given,
        given - len(seen),
        len(unknown),
        tuple(text[:80] for text in unknown[:_MOST_NAMED]),
    )


@dataclass(frozen=True)
class Seeded:
    """The seeds of a definition, and what there is to say about them.

    Attributes
    ----------
    rows
        Row numbers, ascending.
    before
        Seconds since the epoch at which the event began that made them seeds; None: unknown.
    masked
        Row numbers, ascending, of the products that nobody may be told by: who bought one of them
        is a seed, or may be.
    """

    rows: Rows
    notes: tuple[str, ...]
    before: int | None
    masked: Rows

    @property
    def by_event(self) -> bool:
        """Whether vectors of seeds have to be made of what came before."""
        return self.before is not None or len(self.masked) > 0


def seeded(
    view: LiveView, seeds: Seeds, *, sets: Mapping[int, NamedSet], rules: LifecycleRules
) -> Seeded:
    """Return the seeds: those named, those who meet the conditions, and the buyers, together.

    Raises
    ------
    InputError
        There are none, everybody is one, or the day is not a day.
    """
    release = view.release
    chosen = np.zeros(len(release.user_ids), np.bool_)
    notes: list[str] = []
    if seeds.ids:
        matched = match(release, seeds.ids)
        chosen[matched.rows] = True
        if matched.twice or matched.unknown:
            notes.append(matched.words())
    wanted = np.zeros(len(release.item_ids), np.bool_)
    if seeds.conditions is not None:
        met = meeting(view, seeds.conditions, sets=sets, rules=rules)
        chosen |= met.who
        notes += met.notes
        wanted |= met.items
    if seeds.buyers_of:
        bought = release.item_ids.rows(dict.fromkeys(seeds.buyers_of))
        unknown = len(set(seeds.buyers_of)) - len(bought)
        if unknown:
            notes.append(f"{counted(unknown, 'product')} of the seeds' purchases are unknown.")
        chosen |= who_bought(release, as_mask(np.array(bought, np.int32), len(wanted)))
        wanted[bought] = True
    before = day_of(seeds.happened_on) if seeds.happened_on else None
    if before is not None and not release.dated:
        notes.append("The purchases have no dates, so all of them count as made before the day.")
        before = None
    rows = np.flatnonzero(chosen).astype(np.int32)
    notes += warnings(len(rows), len(chosen))
    return Seeded(rows, tuple(notes), before, np.flatnonzero(wanted).astype(np.int32))


def warnings(seeds: int, everyone: int) -> list[str]:
    """Return what to know about so many seeds.

    Raises
    ------
    InputError
        There are none, or everybody is one.
    """
    if not seeds:
        raise InputError(
            "None of the seeds is a shopper of the shop, so there is nobody to look like.",
            hint="Check the ids against the shoppers of the live release.",
        )
    if seeds == everyone:
        raise InputError(
            f"The seeds are all {everyone:,} shoppers, so there is nobody left to find.",
            hint="Choose fewer: those who did something that the others did not.",
        )
    if seeds > _NEARLY_ALL * everyone:
        return [
            f"The seeds are {seeds:,} of {everyone:,} shoppers: where most are seeds, few are left"
            " to find, and what tells them apart is weak."
        ]
    if seeds < FEWEST_SEEDS:
        return [
            f"Only {counted(seeds, 'seed')}: below {FEWEST_SEEDS} what they share may be chance,"
            " and no proof is made."
        ]
    return []


def as_mask(rows: NDArray[np.int32] | NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Return which of so many rows are among some."""
    found = np.zeros(count, np.bool_)
    found[rows] = True
    return found
