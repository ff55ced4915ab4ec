"""Names of groups: what their members have more often than all others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.lifts import lifts

MIXED = "Mixed"
_UNNAMED = f"{MIXED}: a bit of everything"
# A value names a group when so many of it have it, and so much more often than all do.
_LEAST_SHARE, _LEAST_LIFT, _LEAST_COUNT = 0.03, 1.2, 3
# A second value is named when so many of the group have it and not the first.
_SECOND_SHARE = 0.05
_LONGEST = 60
_WORD = re.compile(r"[^\W\d_]{3,}")
_EMPTY_WORDS = frozenset(
    (
        *("and", "the", "with", "for", "from", "per", "set", "pack", "size", "new", "all"),
        *("der", "die", "das", "und", "mit", "von", "les", "des", "avec", "pour", "para", "con"),
        *("unknown", "none", "other", "others", "misc", "miscellaneous"),
    )
)


@dataclass(frozen=True)
class Traits:
    """Which points have which values, each pair once.

    Attributes
    ----------
    values
        What there is to have, for people.
    rows, codes
        Parallel: point ``rows[i]`` has ``values[codes[i]]``.
    """

    values: Sequence[str]
    rows: NDArray[np.int64]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, values: Sequence[str], rows: NDArray[np.int64], codes: NDArray[np.int64]) -> Traits:
        """Return traits of pairs that may come twice or have the code -1."""
        there = codes >= 0
        size = max(len(values), 1)
        pairs = np.unique(rows[there] * size + codes[there])
        return cls(values, pairs // size, pairs % size)


def traits_of_columns(columns: Iterable[Sequence[object]]) -> Traits:
    """Return the values of some columns; the same text in two columns is one value."""
    numbers: dict[str, int] = {}
    rows: list[NDArray[np.int64]] = []
    codes: list[NDArray[np.int64]] = []
    for column in columns:
        found = [
            -1 if cell is None or cell == "" else numbers.setdefault(str(cell), len(numbers))
            for cell in column
        ]
        codes.append(np.array(found, np.int64))
        rows.append(np.arange(len(found), dtype=np.int64))
    none = [np.empty(0, np.int64)]
    return Traits.of(tuple(numbers), np.concatenate(rows or none), np.concatenate(codes or none))


def traits_of_words(texts: Iterable[str]) -> Traits:
    """Return the telling words of some texts, in small letters."""
    numbers: dict[str, int] = {}
    rows: list[int] = []
    codes: list[int] = []
    for row, text in enumerate(texts):
        # Sorted: the order of a set differs from run to run.
        for word in sorted(set(_WORD.findall(text.lower())) - _EMPTY_WORDS):
            rows.append(row)
            codes.append(numbers.setdefault(word, len(numbers)))
    return Traits.of(tuple(numbers), np.array(rows, np.int64), np.array(codes, np.int64))


def name_groups(
    groups: NDArray[np.int16], count: int, traits: Traits, words: Traits | None = None
) -> list[str]:
    """Return a name for each of ``count`` groups, no two alike.

    The value with the strongest evidence (:mod:`recsys.lifts`), and with it the one that most of
    the others of the group have; where no value is surely more frequent the words. The first
    group that has nothing more often is "Mixed: a bit of everything", a second one "Mixed 2".

    Parameters
    ----------
    groups
        Number of each point's group, -1 for none.
    words
        What tells two groups of one name apart, and names a group without values. Without words
        further values tell them apart.
    """
    found = [_name(groups, group, traits) for group in range(count)]
    if words is not None:
        found = [
            name or _name(groups, group, words).capitalize() for group, name in enumerate(found)
        ]
    apart = traits if words is None else words
    names: list[str] = []
    for group, name in enumerate(found):
        names.append(_unique(name, names, groups, group, apart))
    return names


def _name(groups: NDArray[np.int16], group: int, traits: Traits) -> str:
    candidates = _lifted(groups, group, traits)
    if not candidates:
        return ""
    first = candidates[0]
    ours = groups[traits.rows] == group
    rows, codes = traits.rows[ours], traits.codes[ours]
    # Of those without the first value, what most have.
    covered = np.zeros(len(groups), np.bool_)
    covered[rows[codes == first]] = True
    left = np.bincount(codes[~covered[rows]], minlength=len(traits.values))
    second = max(candidates[1:], key=lambda code: int(left[code]), default=None)
    name = traits.values[first]
    if second is not None and left[second] >= _SECOND_SHARE * (groups == group).sum():
        both = f"{name} and {traits.values[second]}"
        name = both if len(both) <= _LONGEST else name
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _lifted(groups: NDArray[np.int16], group: int, traits: Traits) -> list[int]:
    """Return the values that are surely more frequent in a group, the surest first."""
    of = groups[traits.rows]
    size, every = int((groups == group).sum()), int((groups >= 0).sum())
    chosen = np.bincount(traits.codes[of == group], minlength=len(traits.values))
    total = np.bincount(traits.codes[of >= 0], minlength=len(traits.values))
    some = np.flatnonzero(chosen >= max(_LEAST_COUNT, _LEAST_SHARE * size))
    found = lifts(
        [f"{code:09}" for code in some],
        chosen[some],
        total[some],
        n_chosen=size,
        n_everyone=every,
    )
    return [int(one.value) for one in found if one.sure and one.lift >= _LEAST_LIFT]


def _unique(
    name: str, taken: Sequence[str], groups: NDArray[np.int16], group: int, apart: Traits
) -> str:
    first = name or _UNNAMED
    if first not in taken:
        return first
    if name:
        known = {word for one in (name, *taken) for word in _WORD.findall(one.lower())}
        for code in _lifted(groups, group, apart):
            more = apart.values[code]
            longer = f"{name}: {more}"
            fits = longer not in taken and len(longer) <= _LONGEST
            if fits and not known.issuperset(_WORD.findall(more.lower())):
                return longer
    number, name = 2, name or MIXED
    while f"{name} {number}" in taken:
        number += 1
    return f"{name} {number}"
