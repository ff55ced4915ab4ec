"""Who of a ranked set belongs to a segment: left out, cut to size, drawn, and set aside."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from recsys.errors import InputError
from recsys.models.arrays import Rows
from recsys.releases.live import LiveView
from recsys.releases.release import Release
from recsys.rules.book import NamedSet
from recsys.rules.saying import counted
from recsys.segments.about_shoppers import consenting, people_of
from recsys.segments.conditions import members_of
from recsys.segments.days import DAY
from recsys.segments.definition import Definition, Leaving
from recsys.segments.ranked import Ranked


@dataclass(frozen=True)
class Picked:
    """The members of a segment.

    Attributes
    ----------
    rows
        Row numbers, best first.
    held_out
        Those of them that are set aside for measurement, in the same order.
    removed
        Why others who were ranked are no members -> how many; each counts once, for the first
        reason that holds.
    notes
        What else to know: fewer than asked for.
    """

    rows: Rows
    held_out: Rows
    removed: dict[str, int]
    notes: tuple[str, ...] = ()


def pick(
    view: LiveView, ranked: Ranked, definition: Definition, *, sets: Mapping[int, NamedSet]
) -> Picked:
    """Leave out who is to be left out, keep the best, draw the sample, and set some aside.

    Raises
    ------
    InputError
        Something is asked for that the shop does not say: consent, dates, a segment.
    """
    release = view.release
    rows, removed = ranked.rows, dict[str, int]()
    for reason, gone in _left_out(release, definition.leaving, sets):
        out = gone[rows]
        if out.any():
            removed[reason] = int(out.sum())
            rows = rows[~out]
    notes: list[str] = []
    if definition.size is not None:
        if len(rows) < definition.size:
            notes.append(f"{definition.size:,} asked for, and only {len(rows):,} are there.")
        elif len(rows) > definition.size:
            removed[f"beyond the best {definition.size:,}"] = len(rows) - definition.size
        rows = rows[: definition.size]
    if definition.sample is not None:
        part = share_of(release, rows, definition.sample, f"sample {definition.seed}")
        if not part.all():
            removed["not drawn for the sample"] = int((~part).sum())
        rows = rows[part]
    ids = [release.user_ids.id(row) for row in rows.tolist()] if definition.holdout else []
    held = held_out_of(definition, ids) if ids else np.zeros(len(rows), np.bool_)
    return Picked(rows, rows[held], removed, tuple(notes))


def _left_out(
    release: Release, leaving: Leaving, sets: Mapping[int, NamedSet]
) -> list[tuple[str, NDArray[np.bool_]]]:
    found: list[tuple[str, NDArray[np.bool_]]] = []
    for set_id in leaving.segments:
        who = members_of(release, (set_id,), sets)
        found.append((f"in segment {sets[set_id].name}", who))
    if leaving.bought_within_days is not None:
        people = people_of(release)
        if people.last is None:
            raise InputError("The shop's purchases have no dates, so nobody knows who just bought.")
        age = (int(people.last.max(initial=0)) - people.last) / DAY
        who = (people.orders > 0) & (age <= leaving.bought_within_days)
        days = leaving.bought_within_days
        found.append((f"bought in the newest {counted(days, 'day')}", who))
    if leaving.no_consent:
        agreed = consenting(release)
        if agreed is None:
            raise InputError(
                "The shop does not say who consented, so nobody could be written to.",
                hint="Map the column with the consent on the Data page.",
            )
        found.append(("without consent", ~agreed))
    return found


def share_of(release: Release, rows: Rows, share: float, salt: str) -> NDArray[np.bool_]:
    """Draw about a share of some shoppers, each by the hash of the salt and the own id alone.

    So the same shoppers are drawn at each refresh, whatever else changes, in whatever order.
    """
    return drawn(map(release.user_ids.id, rows.tolist()), share, salt)


def drawn(ids: Iterable[str], share: float, salt: str) -> NDArray[np.bool_]:
    """Draw about a share of some ids, as :func:`share_of` does of shoppers."""
    start = blake2b(f"{salt}:".encode(), digest_size=8)
    limit = int(share * 2**64)
    found = list[bool]()
    for user_id in ids:
        one = start.copy()
        one.update(user_id.encode())
        found.append(int.from_bytes(one.digest(), "big") < limit)
    return np.array(found, np.bool_)


def held_out_of(definition: Definition, ids: Sequence[str]) -> NDArray[np.bool_]:
    """Say which members of a segment are set aside; of ids that nobody knows yet, too."""
    if not definition.holdout:
        return np.zeros(len(ids), np.bool_)
    return drawn(ids, definition.holdout, f"holdout {definition.seed}")


def draws(definition: Definition) -> bool:
    """Say whether chance has a say in who is a member, or who is set aside."""
    return bool(definition.holdout) or definition.sample is not None


def with_seed(definition: Definition) -> Definition:
    """Return a definition with a random seed where it has none.

    Else all segments would set the same shoppers aside, who would then get no campaign ever.
    """
    if definition.seed:
        return definition
    return definition.model_copy(update={"seed": 1 + secrets.randbelow(2**31 - 1)})
