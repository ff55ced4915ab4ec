"""Which role a column plays, guessed from its name and corrected by the merchandiser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from recsys.data.reading.roles import ROLES, Kind, Role, loose_words
from recsys.errors import BadMapping

__all__ = ["ROLES", "Kind", "Role", "check_mapping", "guess_mapping", "known_rank", "loose_rank"]

_ID_ROLES = ("user_id", "item_id", "order_id", "group_id")
_ID_ENDINGS = ("id", "no", "nr", "nummer", "number", "code", "key", "sku", "asin")


def guess_mapping(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    """Guess which column plays which role.

    Names that are known count before names that merely contain a known word; each column is used
    once, and a role that nothing fits is left out.

    Returns
    -------
    dict
        Role -> column, in the order of the roles.

    Examples
    --------
    >>> guess_mapping("interactions", ["CustomerID", "StockCode", "InvoiceDate"])
    {'user_id': 'CustomerID', 'item_id': 'StockCode', 'timestamp': 'InvoiceDate'}
    """
    free = list(columns)
    found: dict[str, str] = {}
    for rank in (known_rank, loose_rank):
        for role in ROLES[kind]:
            ranked = [
                (place, number)
                for number, column in enumerate(free)
                if (place := rank(role, column)) is not None
            ]
            if role.name not in found and ranked:
                found[role.name] = free.pop(min(ranked)[1])
    return {role.name: found[role.name] for role in ROLES[kind] if role.name in found}


def check_mapping(
    kind: Kind, mapping: Mapping[str, str], *, columns: Sequence[str], file_name: str
) -> None:
    """Check that a mapping fits a file.

    Raises
    ------
    BadMapping
        A role is unknown or required and missing, a column is not in the file, or it plays two
        roles.
    """
    known = {role.name: role for role in ROLES[kind]}
    there = _listing(columns)
    for name, column in mapping.items():
        if name not in known:
            raise BadMapping(
                f"{file_name} is mapped to '{name}', which is no role of {kind}.",
                hint=f"The roles are: {', '.join(known)}.",
            )
        if column not in columns:
            raise BadMapping(
                f"{file_name} has no column '{column}'; found {there}.",
                hint=f"Choose another column for {known[name].label.lower()}.",
            )
    # an order without a shopper still tells what goes together
    optional = {"user_id"} if kind == "interactions" and "order_id" in mapping else set[str]()
    for role in known.values():
        if role.required and role.name not in mapping and role.name not in optional:
            raise BadMapping(
                f"{file_name} has no column '{role.name}'; found {there}.",
                hint=f"Choose the column that holds the {role.label.lower()}.",
            )
    used: dict[str, str] = {}
    for name, column in mapping.items():
        if column in used:
            raise BadMapping(
                f"The column '{column}' of {file_name} is mapped to both"
                f" '{used[column]}' and '{name}'.",
                hint="Choose one of them, or another column.",
            )
        used[column] = name


@lru_cache(maxsize=8192)
def _bare(name: str) -> str:
    """Return a name without capitals, spaces and signs: ``Customer ID`` -> ``customerid``."""
    # some systems write an umlaut as two characters, of which one is a sign
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name)).lower()


@lru_cache(maxsize=8192)
def _words(name: str) -> list[str]:
    """Return the words of a name: ``CustomerID`` -> ``customer``, ``id``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).lower().split()


def known_rank(role: Role, column: str) -> int | None:
    """Return the place of a column's name among those of a role; None when it is no such name.

    Of ``items.item_id`` the last part counts, too, after all that have the name without more.
    """
    places = _places(role)
    whole = places.get(_bare(column))
    if whole is not None or "." not in column:
        return whole
    last = places.get(_bare(column.rpartition(".")[2]))
    return None if last is None else last + len(places)


def loose_rank(role: Role, column: str) -> int | None:
    """Return the place of the role's word that a column's name contains; None for none."""
    words = _words(column)
    for place, word in enumerate(loose_words(role.name)):
        # "customer" alone is no id: it may as well be customer_country
        if word in words and (
            role.name not in _ID_ROLES or words[-1] == word or words[-1] in _ID_ENDINGS
        ):
            return place
    return None


@lru_cache(maxsize=64)
def _places(role: Role) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, name in enumerate(role.names):
        places.setdefault(_bare(name), place)
    return places


def _listing(columns: Sequence[str]) -> str:
    shown = ", ".join(f"'{column}'" for column in columns[:12])
    more = len(columns) - 12
    return f"{shown} and {more:,} more" if more > 0 else shown
