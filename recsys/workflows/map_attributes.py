"""Columns of a shop's own by which a map can be coloured and a selection described."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recsys.releases.release import Release
from recsys.releases.tables import LAUNCHED
from recsys.shelves.facts import Column
from recsys.shelves.once import once_a_release

# A column with more different texts names things and does not group them.
_MOST_VALUES = 50
_MOST_COLUMNS = 40
# Who a shopper is, and what is found elsewhere.
_PERSONAL = frozenset({"user_id", "name", "email", "e_mail", "phone", "address"})


@dataclass(frozen=True)
class Attribute:
    """A column with few values, or of numbers.

    Attributes
    ----------
    column
        Its values as text; None where it is of many numbers.
    numbers
        float64, NaN for none; empty for a column of texts.
    """

    name: str
    column: Column | None
    numbers: NDArray[np.float64]


@once_a_release
def item_attributes(release: Release) -> tuple[Attribute, ...]:
    """Return the further columns of the catalogue that can be drawn."""
    names = [name for name in release.attribute_names if name != LAUNCHED]
    return _read((name, release.attribute(name)) for name in names[:_MOST_COLUMNS])


@once_a_release
def shopper_attributes(release: Release) -> tuple[Attribute, ...]:
    """Return the columns of the shoppers that can be drawn; never names and e-mails."""
    table = release.shoppers
    names = [name for name in table.column_names if name.lower() not in _PERSONAL]
    return _read((name, table.column(name).to_pylist()) for name in names[:_MOST_COLUMNS])


def _read(columns: Iterable[tuple[str, Sequence[object]]]) -> tuple[Attribute, ...]:
    found = (_attribute(name, cells) for name, cells in columns)
    return tuple(one for one in found if one is not None)


def _attribute(name: str, cells: Sequence[object]) -> Attribute | None:
    column = Column.of(cells)
    none = np.empty(0, np.float64)
    if len(column.values) < 2:
        return None  # all alike
    if len(column.values) <= _MOST_VALUES:
        return Attribute(name, column, none)
    numbers = [_number(value) for value in column.values]
    if any(number is None for number in numbers):
        return None
    of_codes = np.array([*numbers, np.nan], np.float64)  # the last is for code -1
    return Attribute(name, None, of_codes[column.codes])


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return None if math.isinf(number) else number
