"""The members of named sets: pasted, added and removed, and told by name."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from recsys.errors import InputError
from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet, SetKind
from recsys.rules.saying import counted
from recsys.rules.sets import MOST_MEMBERS

How = Literal["add", "remove", "replace"]


@dataclass(frozen=True)
class MemberRow:
    """A member of a set as people know it.

    Attributes
    ----------
    known
        Whether the live release has it.
    """

    id: str
    name: str = ""
    category: str = ""
    price: float | None = None
    known: bool = False


# What a file or a list may have as its first line.
_HEADERS = re.compile(
    r"(item|product|article|user|customer|shopper)s?(_?ids?)?|ids?|skus?", re.IGNORECASE
)
_MOST_CHARACTERS = 20_000_000


def read_ids(text: str) -> list[str]:
    r"""Return the ids of a pasted list, in its order, with those that are named twice.

    One on a line, or several with commas, semicolons or tabs between them; an id in quotes may
    hold any of these. A first line that is a column name ("product_id") is left out. Of a table
    that was pasted from a sheet, with a column name above its ids, that column is taken.

    Raises
    ------
    InputError
        The text is too long.

    Examples
    --------
    >>> read_ids('sku\n00123, "tea; green"\n00123')
    ['00123', 'tea; green', '00123']
    """
    if len(text) > _MOST_CHARACTERS:
        raise InputError(
            f"The list is longer than {_MOST_CHARACTERS:,} characters.",
            hint=f"A set has at most {MOST_MEMBERS:,} members.",
        )
    lines = [_cells(line) for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    if not lines:
        return []
    heads = [bool(_HEADERS.fullmatch(re.sub(r"[\s-]+", "_", cell))) for cell in lines[0]]
    if any(heads) and len(lines) > 1:
        column = heads.index(True)
        # Names without ids beside each other are a table; one column name is a header only.
        if len(lines[0]) > 1:
            lines = [line[column : column + 1] for line in lines]
        lines = lines[1:]
    return [cell for line in lines for cell in line if cell]


def _cells(line: str) -> list[str]:
    """Split a line at the sign that it uses, outside of quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    sign = next((sign for sign in ("\t", ";", ",") if sign in bare), ",")
    try:
        (cells,) = csv.reader(io.StringIO(line), delimiter=sign, skipinitialspace=True, strict=True)
    except (csv.Error, ValueError):  # a quote that is never closed is part of the id
        cells = line.split(sign)
    return [cell.strip() for cell in cells]


def edited(members: Sequence[str], ids: Sequence[str], how: How) -> tuple[list[str], str]:
    """Return members after ids were added, removed or put in their place, and what that did."""
    now, named = dict.fromkeys(members), dict.fromkeys(ids)
    there = [one for one in named if one in now]
    if how == "replace":
        return list(named), f"{counted(len(named), 'member')} now."
    if how == "add":
        done = [f"{counted(len(named) - len(there), 'member')} added"]
        other = f"{counted(len(there), 'was', 'were')} there already"
        return [*now, *(one for one in named if one not in now)], _two(done, there, other)
    missing = [one for one in named if one not in now]
    done = [f"{counted(len(there), 'member')} removed"]
    other = f"{counted(len(missing), 'was', 'were')} not among them"
    return [one for one in now if one not in named], _two(done, missing, other)


def _two(done: list[str], rest: Sequence[str], other: str) -> str:
    return f"{'; '.join([*done, other] if rest else done)}."


def member_rows(view: LiveView | None, chosen: NamedSet, start: int, end: int) -> list[MemberRow]:
    """Return some members as people know them; without a name where the live release has none."""
    members = chosen.members[start:end]
    if view is None:
        return [MemberRow(one) for one in members]
    if chosen.kind == "collection":
        return [_product(view, one) for one in members]
    release = view.release
    names: list[Any] = []
    if "name" in release.shoppers.column_names:
        names = release.shoppers.column("name").to_pylist()
    found: list[MemberRow] = []
    for one in members:
        row = release.user_ids.row(one)
        name = "" if row is None or not names else str(names[row] or "")
        found.append(MemberRow(one, name, known=row is not None))
    return found


def _product(view: LiveView, item_id: str) -> MemberRow:
    release = view.release
    row = release.item_ids.row(item_id)
    if row is None:
        return MemberRow(item_id)
    code, price = int(release.category_codes[row]), float(view.price[row])
    return MemberRow(
        item_id,
        release.names[row],
        release.categories[code] if code >= 0 else "",
        None if np.isnan(price) else price,
        known=True,
    )


def repeated_words(ids: Iterable[str]) -> str:
    """Say how many ids of a list were named before; empty where none was."""
    every = list(ids)
    again = len(every) - len(set(every))
    if not again:
        return ""
    return (
        f"{counted(again, 'id')} stood there twice and {'counts' if again == 1 else 'count'} once."
    )


def unknown_words(view: LiveView | None, kind: SetKind, members: Iterable[str]) -> str:
    """Say how many members the live release does not know; empty where it knows all."""
    if view is None:
        return ""
    known: Container[str] = view.release.item_ids if kind == "collection" else view.release.user_ids
    unknown = [one for one in members if one not in known]
    if not unknown:
        return ""
    what = "products of the live catalogue" if kind == "collection" else "shoppers it knows"
    some = ", ".join(map(repr, unknown[:3]))
    return (
        f"{counted(len(unknown), 'id is', 'ids are')} not among the {what}, such as {some};"
        " kept for a release that has them."
    )
