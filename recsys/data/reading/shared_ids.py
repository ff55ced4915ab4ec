"""Which columns of two files hold the same ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from recsys.data.reading.columns import known_rank, loose_rank
from recsys.data.reading.facts import Facts
from recsys.data.reading.fits import fit
from recsys.data.reading.roles import ROLES, Kind

File: TypeAlias = tuple[Kind, Mapping[str, Facts]]

# Fewer ids in common may be chance: two files can both count from 1.
_FEWEST = 3
# Another pair of columns has to share so many times as many ids as the pair of the best names.
_CLEARLY = 2


@dataclass(frozen=True)
class Pair:
    """A column of the interactions and one of the other file that share ids."""

    columns: tuple[str, str]
    shared: int
    of: int

    @property
    def why(self) -> str:
        """Say it in a short sentence."""
        return f"{self.shared:,} of {self.of:,} ids are in the first rows of the other file, too"


def best_pair(role: Literal["user_id", "item_id"], events: File, side: File) -> Pair | None:
    """Find the columns of two files that hold the ids of one role.

    Parameters
    ----------
    events, side
        The interactions, and the file with one row for each id.

    Returns
    -------
    Pair or None
        The columns of the best names when they share ids; another pair when it shares twice as
        many; None when hardly any ids are shared.
    """
    ours, theirs = list(_columns(role, *events)), list(_columns(role, *side))
    pairs: list[Pair] = []
    for own in ours:
        for other in theirs:
            mine, yours = events[1][own].values, side[1][other].values
            shared = len(mine & yours)
            if shared >= min(_FEWEST, len(mine), len(yours)) and shared:
                pairs.append(Pair((own, other), shared, min(len(mine), len(yours))))
    if not pairs:
        return None
    most = max(pair.shared for pair in pairs)
    # columns come by their names, the best first
    return next(pair for pair in pairs if pair.shared * _CLEARLY > most)


def _columns(
    role_name: Literal["user_id", "item_id"], kind: Kind, own: Mapping[str, Facts]
) -> Iterator[str]:
    """Yield the columns that may hold the ids of a role, those of the best names first."""
    role = next(role for role in ROLES[kind] if role.name == role_name)
    ranked: list[tuple[int, int, str]] = []
    for column, seen in own.items():
        if not seen.filled or fit(kind, role_name, seen).verdict != "fits":
            continue
        known, loose = known_rank(role, column), loose_rank(role, column)
        if known is not None:
            ranked.append((0, known, column))
        elif loose is not None:
            ranked.append((1, loose, column))
        elif not _is_of_another_role(kind, role_name, column) and _tells(seen):
            ranked.append((2, 0, column))
    for _, _, column in sorted(ranked, key=lambda one: one[:2]):
        yield column


def _is_of_another_role(kind: Kind, role_name: str, column: str) -> bool:
    return any(
        known_rank(role, column) is not None or loose_rank(role, column) is not None
        for role in ROLES[kind]
        if role.name != role_name
    )


def _tells(seen: Facts) -> bool:
    """Tell whether values are hardly the same by chance: not small numbers, not a few words."""
    letters = sum(not value.isdigit() for value in seen.values)
    long = sum(len(value) >= 5 for value in seen.values)
    return seen.distinct >= 10 and (2 * letters >= seen.distinct or 2 * long >= seen.distinct)
