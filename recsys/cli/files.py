"""The files that are named on a command line: what they are, and which column plays which role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from recsys.errors import BadMapping, InputError

if TYPE_CHECKING:
    from recsys.data.files.readers import FilePreview
    from recsys.data.ingest import Source
    from recsys.data.reading.columns import Kind
    from recsys.data.recipe import DateOrder

# Of a folder only these are taken; a file that is named itself may be called anything.
_ENDINGS = frozenset(
    {".csv", ".tsv", ".tab", ".psv", ".txt", ".gz", ".zip", ".parquet", ".pq"}
    | {".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".ods"}
)
_KINDS: dict[str, Kind] = {kind: kind for kind in ("interactions", "items", "shoppers")}


class DateOrders(Enum):
    """How dates such as 01/02/2026 are read."""

    AUTO = "auto"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"

    @property
    def order(self) -> DateOrder:
        """The order as files take it."""
        orders: dict[DateOrders, DateOrder] = {
            DateOrders.DAY_FIRST: "day first",
            DateOrders.MONTH_FIRST: "month first",
        }
        return orders.get(self, "auto")


def _files(words: str) -> Any:
    return typer.Option(metavar="FILE", help=f"{words} May be repeated; a folder is its files.")


Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE...",
        help="Files of any kind, or folders of them; what each holds is guessed.",
        show_default=False,
    ),
]
Interactions = Annotated[list[Path] | None, _files("Purchases or other events.")]
Items = Annotated[list[Path] | None, _files("The catalogue.")]
Shoppers = Annotated[list[Path] | None, _files("Facts about shoppers.")]
Mapped = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="[FILE.]ROLE=COLUMN",
        help="Which column plays a role, where the guess is wrong: user_id=CustomerID,"
        " items.price=Cost, jan.csv.price=Paid; without a column the role is left out.",
    ),
]
Dates = Annotated[DateOrders, typer.Option(help="How dates such as 01/02/2026 are read.")]


@dataclass(frozen=True)
class _Corrections:
    """What ``--map`` says: kind of a file, or its name -> role -> column."""

    kinds: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])
    names: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def of(self, kind: Kind, name: str, columns: Sequence[str]) -> dict[str, str]:
        """Return what is said about a file of a kind; a column it does not have is not meant."""
        there = {
            role: column
            for role, column in self.kinds.get(kind, {}).items()
            if not column or column in columns
        }
        return there | self.names.get(name, {})


class _Look(NamedTuple):
    """What files of one look share: so many daily files need one guess."""

    said: Kind | None
    columns: tuple[str, ...]
    name: str  # empty but for a file about which --map says something


def given_files(
    files: Sequence[Path] | None,
    named: Mapping[Kind, Sequence[Path] | None],
    *,
    mapping: Sequence[str] | None,
    dates: DateOrders,
) -> list[tuple[Kind, Source]]:
    """Return the files with their kinds and the guessed and corrected roles of their columns.

    Parameters
    ----------
    files
        Files whose kind is guessed.
    named
        Files whose kind is said.

    Raises
    ------
    InputError
        No file is given, or a folder holds none.
    BadFile, BadMapping
        A file is no table, or ``--map`` names a column or a file that is not there.
    """
    from recsys.data.recipe import Source
    from recsys.workflows.loading import preview_file

    kinds: list[Kind | None] = []
    paths: list[Path] = []
    for kind, some in (*named.items(), (None, files)):
        for path in _listed(some or ()):
            kinds.append(kind)
            paths.append(path)
    if not paths:
        raise InputError("No file is given.", hint="For example: aisle ingest orders.csv")
    corrections = _read_corrections(mapping or (), names={path.name for path in paths})
    looks: list[_Look] = []
    previews: dict[_Look, FilePreview] = {}
    for path, kind in zip(paths, kinds, strict=True):
        preview = preview_file(path)
        own = path.name if path.name in corrections.names else ""
        looks.append(_Look(kind, preview.columns, own))
        previews.setdefault(looks[-1], preview)
    guessed = _guess(previews, corrections)
    _check_columns(guessed, paths[0].name if len(paths) == 1 else "", corrections)
    given: list[tuple[Kind, Source]] = []
    for path, look in zip(paths, looks, strict=True):
        kind, roles = guessed[look]
        said = corrections.of(kind, look.name, look.columns)
        given.append((kind, Source(path, _mapped(roles, said), date_order=dates.order)))
    return given


def _listed(given: Sequence[Path]) -> list[Path]:
    """Return files as they are named, and of each folder its files in the order of their names."""
    found: list[Path] = []
    for path in given:
        path = path.resolve()  # noqa: PLW2901  # a worker may have another working folder
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(
            one
            for one in path.iterdir()
            if one.is_file() and one.suffix.lower() in _ENDINGS and not one.name.startswith(".")
        )
        if not inside:
            raise InputError(
                f"The folder {path.name} holds no file that can be read.",
                hint=f"Files that are looked for end in {', '.join(sorted(_ENDINGS))}.",
            )
        found += inside
    return found


def _guess(
    previews: Mapping[_Look, FilePreview], corrections: _Corrections
) -> dict[_Look, tuple[Kind, dict[str, str]]]:
    """Return kind and roles of each look; a kind that is said holds.

    The one place that knows how guessing is done.
    """
    from recsys.workflows.loading import guess_files, guess_roles

    kinds: dict[_Look, Kind] = {}
    for (look, preview), guessed in zip(
        previews.items(), guess_files(list(previews.values())), strict=True
    ):
        kinds[look] = look.said or guessed.kind
        said = corrections.of("interactions", look.name, look.columns)
        # what is said of a file's columns may tell what the file is
        if look.said is None and said:
            roles = {role: one.column for role, one in guess_roles("interactions", preview).items()}
            if {"user_id", "item_id"} <= _mapped(roles, said).keys():
                kinds[look] = "interactions"
    found: dict[_Look, tuple[Kind, dict[str, str]]] = {}
    for look, preview in previews.items():
        others: list[tuple[Kind, FilePreview]] = [
            (kinds[other], one) for other, one in previews.items() if other != look
        ]
        roles = guess_roles(kinds[look], preview, others=others)
        found[look] = (kinds[look], {role: one.column for role, one in roles.items()})
    return found


def _mapped(guessed: Mapping[str, str], corrections: Mapping[str, str]) -> dict[str, str]:
    # A column that is given a role by hand loses the one that was guessed for it.
    kept = {role: column for role, column in guessed.items() if column not in corrections.values()}
    return {role: column for role, column in (kept | dict(corrections)).items() if column}


def _read_corrections(given: Sequence[str], *, names: set[str]) -> _Corrections:
    found = _Corrections()
    for text in given:
        left, equals, column = text.partition("=")
        file, dot, role = left.rpartition(".")
        file = file if dot else "interactions"
        if not equals or not role or (file not in _KINDS and file not in names):
            raise BadMapping(
                f"--map {text!r} is not of the form ROLE=COLUMN.",
                hint="For example user_id=CustomerID, or items.price=Cost for the catalogue;"
                " before the dot stands interactions, items, shoppers or the name of a file.",
            )
        about = found.names if file in names else found.kinds
        about.setdefault(file, {})[role] = column
    return found


def _check_columns(
    guessed: Mapping[_Look, tuple[Kind, Mapping[str, str]]], only: str, corrections: _Corrections
) -> None:
    """Refuse a column that none of the files has that are meant; ``only`` names a sole file."""
    for meant, said in corrections.kinds.items():
        there = [look.columns for look, (kind, _) in guessed.items() if kind == meant]
        found = ", ".join(f"'{name}'" for columns in there for name in columns[:12])
        who = f"{only} has no" if only and there else f"No file of {meant} has a"
        for role, column in said.items():
            if column and not any(column in columns for columns in there):
                raise BadMapping(
                    f"{who} column '{column}' for {role}; found {found or 'no such file'}.",
                    hint="Say which file is meant: --interactions, --items or --shoppers FILE.",
                )
