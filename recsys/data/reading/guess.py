"""Guess what a shop's files hold: from names, from contents, and from the ids that they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from recsys.data.files.readers import FilePreview
from recsys.data.reading import facts, placing, shared_ids, values
from recsys.data.reading.facts import Facts
from recsys.data.reading.fits import is_unique
from recsys.data.reading.placing import Guess
from recsys.data.reading.roles import Kind

__all__ = ["FileGuess", "Guess", "guess_files", "guess_roles", "overlap"]

_ID_OF: dict[Kind, Literal["item_id", "user_id"]] = {"items": "item_id", "shoppers": "user_id"}
# What only a catalogue, or only a list of shoppers, has.
_OF_ITEMS = ("price", "stock", "brand", "category", "image_url", "description", "cost", "group_id")
_OF_SHOPPERS = ("email", "age", "gender", "location", "consent")
_ENOUGH_ROWS = 20


@dataclass(frozen=True)
class FileGuess:
    """What a file seems to hold, and which column seems to play which role.

    Attributes
    ----------
    roles
        Role -> guess, in the order of the roles; columns that are left become attributes.
    """

    kind: Kind
    roles: dict[str, Guess]


def guess_files(previews: Sequence[FilePreview]) -> list[FileGuess]:
    """Guess what each of a shop's files holds.

    Only the first rows are looked at. Ids that two files share settle which of several columns
    is the product's, or the shopper's.
    """
    seen = [_facts(preview) for preview in previews]
    kinds: list[Kind] = [_guess_kind(one) for one in seen]
    found: list[FileGuess] = []
    for place, (kind, own) in enumerate(zip(kinds, seen, strict=True)):
        others: list[tuple[Kind, Mapping[str, Facts]]] = [
            (kinds[n], other) for n, other in enumerate(seen) if n != place
        ]
        found.append(FileGuess(kind, _roles(kind, own, others)))
    return found


def guess_roles(
    kind: Kind,
    preview: FilePreview,
    *,
    others: Sequence[tuple[Kind, FilePreview]] = (),
) -> dict[str, Guess]:
    """Guess which column plays which role in a file of a known kind.

    Parameters
    ----------
    others
        The shop's other files and their kinds, whose ids may tell which column holds the ids.

    Returns
    -------
    dict
        Role -> guess, in the order of the roles; without a role that nothing fits.
    """
    return _roles(kind, _facts(preview), [(other, _facts(one)) for other, one in others])


def overlap(
    connection: duckdb.DuckDBPyConnection, ids: Sequence[str], rows: str, column: str
) -> float:
    """Return the share of some ids that a whole column holds; 0 when there are none.

    Parameters
    ----------
    ids
        Ids as text, blanks around them trimmed; those that are repeated count once.
    rows, column
        What to write after FROM, and its column.
    """
    wanted = sorted({one for one in ids if one})
    kinds = connection.execute(f"SELECT typeof({column}) FROM {rows} LIMIT 1").fetchall()
    if not wanted or not kinds:
        return 0.0
    cell = values.text(column, str(kinds[0][0]).partition("(")[0])
    found = connection.execute(
        f"SELECT count(*) FROM (SELECT unnest($1) AS id) WHERE id IN (SELECT {cell} FROM {rows})",
        [wanted],
    ).fetchall()[0][0]
    return found / len(wanted)


def _facts(preview: FilePreview) -> dict[str, Facts]:
    return facts.of_sample(preview.columns, preview.sample, getattr(preview, "types", ()))


def _roles(
    kind: Kind, own: Mapping[str, Facts], others: Sequence[tuple[Kind, Mapping[str, Facts]]]
) -> dict[str, Guess]:
    """Guess the roles, those of ids by the ids that the other files hold."""
    settled: dict[str, Guess] = {}
    for other_kind, other in others:
        if kind == "interactions" and other_kind in _ID_OF:
            role = _ID_OF[other_kind]
            pair = shared_ids.best_pair(role, (kind, own), (other_kind, other))
            place = 0
        elif other_kind == "interactions" and kind in _ID_OF:
            role = _ID_OF[kind]
            pair = shared_ids.best_pair(role, (other_kind, other), (kind, own))
            place = 1
        else:
            continue
        if pair is not None and role not in settled:
            column = pair.columns[place]
            confidence = "sure" if placing.has_name(kind, role, column) else "likely"
            settled[role] = Guess(column, confidence, pair.why)
    return placing.place_roles(kind, own, settled)


def _guess_kind(own: Mapping[str, Facts]) -> Kind:
    """Guess what a file holds: what happened, products, or shoppers."""
    kinds: tuple[Kind, ...] = ("interactions", "items", "shoppers")
    roles = {kind: placing.place_roles(kind, own, {}) for kind in kinds}
    events = {name: one for name, one in roles["interactions"].items() if _is_named(one)}
    user, item = events.get("user_id"), events.get("item_id")
    if user and item:
        return "interactions"
    item_row = roles["items"].get("item_id")
    by_order = "order_id" in events and not _one_row_each(own, item_row)
    happened = "timestamp" in events and ("quantity" in events or "event_type" in events)
    if item and (by_order or (happened and not _one_row_each(own, item))):
        return "interactions"
    user_row = roles["shoppers"].get("user_id")
    of_items = sum(role in roles["items"] for role in _OF_ITEMS)
    of_shoppers = sum(role in roles["shoppers"] for role in _OF_SHOPPERS)
    if user_row and _is_named(user_row) and (user or of_shoppers > of_items):
        return "shoppers"
    if item_row and _is_named(item_row):
        return "items"
    return _by_contents(own, roles["interactions"])


def _by_contents(own: Mapping[str, Facts], events: Mapping[str, Guess]) -> Kind:
    """Guess the kind of a file whose names say nothing."""
    if {"user_id", "item_id"} <= events.keys():
        return "interactions"
    first = next(iter(own.values()), None)
    if first is None or not (is_unique(first) and first.codes and first.rows >= _ENOUGH_ROWS):
        return "interactions"
    return "shoppers" if any(one.share(one.emails) > 0.8 for one in own.values()) else "items"


def _is_named(guess: Guess) -> bool:
    return guess.confidence != "unsure"


def _one_row_each(own: Mapping[str, Facts], guess: Guess | None) -> bool:
    if guess is None:
        return False
    found = own[guess.column]
    return found.filled >= _ENOUGH_ROWS and is_unique(found)
