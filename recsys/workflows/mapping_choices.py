"""What people correct before files are loaded: kind, columns, the order of day and month."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from recsys.data.reading.columns import ROLES, Kind, Role, check_mapping
from recsys.data.recipe import DateOrder, Source
from recsys.errors import InputError
from recsys.jobs.queue import Job
from recsys.settings import Settings
from recsys.workflows.arrivals import AS_LAST_TIME, KINDS, Arrival, Card
from recsys.workflows.data_jobs import submit_ingest
from recsys.workflows.mappings import remember_mappings
from recsys.workflows.server_files import server_files
from recsys.workspace import Workspace

Played = Kind | Literal["out"]
Confidence = Literal["sure", "likely", "unsure", "yours", "last time"]

_DATE = re.compile(r"\s*(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
CURRENCIES = ("EUR", "GBP", "USD", "CHF", "SEK", "PLN", "CAD", "AUD", "JPY", "INR", "BRL")
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "¥": "JPY", "₹": "INR", "R$": "BRL"}
_AMOUNT = re.compile(r"[\d.,'()\s+-]")


@dataclass(frozen=True)
class Choices:
    """What somebody chose for a card; None and missing kinds leave it to the guess.

    Attributes
    ----------
    kind
        What the files hold; "out" leaves them out.
    taken
        Kind -> role -> column, whole, for the kinds that were corrected.
    """

    kind: Played | None = None
    date_order: DateOrder | None = None
    taken: Mapping[Kind, Mapping[str, str]] = field(
        default_factory=dict[Kind, Mapping[str, str]],
    )


@dataclass(frozen=True)
class Taken:
    """What a column is taken for, how sure that is, and why."""

    role: Role
    confidence: Confidence
    why: str


@dataclass(frozen=True)
class DateChoice:
    """A date that can be read in two ways, and both readings."""

    cell: str
    day_first: date
    month_first: date


def with_kind(choices: Choices, kind: str | None) -> Choices:
    """Return the choices with another kind; what is none changes nothing."""
    known: tuple[Played, ...] = (*KINDS, "out")
    found = next((one for one in known if one == kind), choices.kind)
    return replace(choices, kind=found)


def with_date_order(choices: Choices, order: str | None) -> Choices:
    """Return the choices with another order of day and month; what is none changes nothing."""
    known: tuple[DateOrder, ...] = ("auto", "day first", "month first")
    found = next((one for one in known if one == order), choices.date_order)
    return replace(choices, date_order=found)


def played(card: Card, choices: Choices) -> Played:
    """Return what a card's files are taken for."""
    return choices.kind or card.kind


def mapping_of(card: Card, choices: Choices) -> dict[str, str]:
    """Return role -> column as it would be loaded; empty for files that are left out."""
    kind = played(card, choices)
    if kind == "out":
        return {}
    if kind in choices.taken:
        return dict(choices.taken[kind])
    return {role: found.column for role, found in card.guesses[kind].items()}


def taken_for(card: Card, choices: Choices) -> dict[str, Taken]:
    """Return column -> what it is taken for; columns that are not there stay attributes."""
    kind = played(card, choices)
    if kind == "out":
        return {}
    roles = {role.name: role for role in ROLES[kind]}
    found: dict[str, Taken] = {}
    for name, column in mapping_of(card, choices).items():
        guessed = card.guesses[kind].get(name)
        if guessed is None or guessed.column != column:
            found[column] = Taken(roles[name], "yours", "You chose it.")
        else:
            last = guessed.why == AS_LAST_TIME
            confidence: Confidence = "last time" if last else guessed.confidence
            found[column] = Taken(roles[name], confidence, guessed.why)
    return found


def take(card: Card, choices: Choices, column: str, role: str | None) -> Choices:
    """Return the choices in which a column plays another role, or none.

    The column that played it before becomes an attribute.
    """
    kind = played(card, choices)
    if kind == "out" or (role is not None and role not in {one.name for one in ROLES[kind]}):
        return choices
    mapping = {one: other for one, other in mapping_of(card, choices).items() if other != column}
    if role is not None:
        mapping[role] = column
    ordered = {one.name: mapping[one.name] for one in ROLES[kind] if one.name in mapping}
    return replace(choices, taken={**choices.taken, kind: ordered})


def missing_roles(card: Card, choices: Choices) -> list[Role]:
    """Return the roles that the files need and no column plays."""
    kind = played(card, choices)
    if kind == "out":
        return []
    mapping = mapping_of(card, choices)
    return [role for role in ROLES[kind] if role.required and role.name not in mapping]


def columns_in_order(card: Card, kind: Kind) -> tuple[list[str], list[str]]:
    """Return the columns that were guessed to play a role, needed ones first, and all others.

    The order does not follow corrections: a row must not move while somebody works on it.
    """
    guessed = card.guesses[kind]
    roles = sorted(ROLES[kind], key=lambda role: not role.required)
    first = [guessed[role.name].column for role in roles if role.name in guessed]
    return first, [column for column in card.preview.columns if column not in first]


def first_values(card: Card, column: str, *, most: int = 3) -> list[str]:
    """Return the first different values of a column that are not empty."""
    values = (row[column].strip() for row in card.preview.sample)
    return list(dict.fromkeys(value for value in values if value))[:most]


def date_choice(card: Card, choices: Choices) -> DateChoice | None:
    """Return a date of the first rows that two orders read differently, where none settles it."""
    column = mapping_of(card, choices).get("timestamp")
    if column is None:
        return None
    return ambiguous_date([row[column] for row in card.preview.sample])


def ambiguous_date(cells: Iterable[str]) -> DateChoice | None:
    """Return a date that may be read in two ways; None when a cell shows which is right.

    Examples
    --------
    >>> ambiguous_date(["01/02/2026"]).day_first
    datetime.date(2026, 2, 1)
    >>> ambiguous_date(["01/02/2026", "13/02/2026"])
    """
    found: DateChoice | None = None
    for cell in filter(str.strip, cells):
        written = _DATE.match(cell)
        if written is None:
            return None
        first, second, year = int(written[1]), int(written[3]), int(written[4])
        if not (1 <= first <= 12 and 1 <= second <= 12):
            return None
        year += 2000 if year < 70 else 1900 if year < 100 else 0
        if found is None and first != second and year:
            found = DateChoice(cell.strip(), date(year, second, first), date(year, first, second))
    return found


def currency_seen(cards: Sequence[Card]) -> str:
    """Return the currency whose sign or code stands in the first rows; empty when none does."""
    seen: Counter[str] = Counter()
    for card in cards:
        for row in card.preview.sample[:100]:
            for cell in row.values():
                left = _AMOUNT.sub("", cell) if len(cell) < 30 else ""  # longer is a text
                if left in _SIGNS or left in CURRENCIES:
                    seen[_SIGNS.get(left, left)] += 1
    return seen.most_common(1)[0][0] if seen else ""


def proposed_name(cards: Sequence[tuple[Card, Choices]]) -> str:
    """Return a name for the data, after the files of purchases: what their names begin with."""
    first = [card for card, one in cards if played(card, one) == "interactions"]
    first += [card for card, _ in cards]
    if not first:
        return "My shop"
    names = [Path(file.name).name.split(".")[0] for file in first[0].files]
    start = names[0]
    if len(names) > 1:
        same = itertools.takewhile(lambda signs: len(set(signs)) == 1, zip(*names, strict=False))
        start = "".join(signs[0] for signs in same).rstrip("0123456789-_ .")
    words = re.sub(r"[_\s]+", " ", start if len(start) > 2 else names[0]).strip()
    return words[:1].upper() + words[1:] or "My shop"


def submit_files(
    workspace: Workspace,
    cards: Sequence[tuple[Card, Choices]],
    *,
    name: str,
    currency: str = "",
    accept: bool = False,
    into: str | None = None,
    actor: str,
) -> Job:
    """Queue the loading of files as they were mapped, and remember how for the next time.

    Parameters
    ----------
    into
        A version that the files are added to; its name and currency stay.

    Raises
    ------
    BadMapping
        A column that is needed is missing.
    InputError
        No purchases are among them, or a path is not allowed any more.
    """
    given: list[tuple[Kind, Source]] = []
    heads: list[tuple[Kind, Source]] = []
    columns: list[Sequence[str]] = []
    for card, choices in cards:
        kind = played(card, choices)
        if kind == "out":
            continue
        mapping = mapping_of(card, choices)
        first = card.files[0].name
        check_mapping(kind, mapping, columns=card.preview.columns, file_name=first)
        order = choices.date_order or card.date_order
        for file in card.files:
            _check_path(workspace.settings, file)
            given.append((kind, Source(file.path, mapping, file.name, order)))
        heads.append(given[-1])
        columns.append(card.preview.columns)
    if into is None and all(kind != "interactions" for kind, _ in given):
        raise InputError(
            "A file of purchases is still missing: who bought what.",
            hint="Add it, or mark which file it is.",
        )
    if into is not None:
        name = workspace.datasets.manifest(into)["name"]
    job = submit_ingest(
        workspace,
        given,
        name=name.strip() or proposed_name(cards),
        currency=currency,
        accept=accept,
        into=into,
        actor=actor,
    )
    remember_mappings(workspace, heads, columns)
    return job


def _check_path(settings: Settings, file: Arrival) -> None:
    if not file.uploaded:
        server_files(settings, str(file.path))
