"""The files that are named on a command line: what they are, and which column plays which role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

    def of(self, kind: Kind, path: Path, columns: Sequence[str]) -> dict[str, str]:
        """Return what is said about a file of a kind; a column it does not have is not meant."""
        there = {
            role: column
            for role, column in self.kinds.get(kind, {}).items()
            if not column or column in columns
        }
        return there | self.names.get(path.name, {})


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
    previews = [preview_file(path) for path in paths]
    guessed = _guess(paths, previews, kinds, corrections)
    _check_columns(paths, previews, guessed, corrections)
    return [
        (kind, Source(path, _mapped(roles, corrections.of(kind, path, preview.columns)), "", order))
        for order in (dates.order,)
        for path, preview, (kind, roles) in zip(paths, previews, guessed, strict=True)
    ]


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
    paths: Sequence[Path],
    previews: Sequence[FilePreview],
    kinds: Sequence[Kind | None],
    corrections: _Corrections,
) -> list[tuple[Kind, dict[str, str]]]:
    """Return kind and roles of each file; a kind that is said holds.

    The one place that knows how guessing is done.
    """
    from recsys.workflows.loading import guess_file

    found: list[tuple[Kind, dict[str, str]]] = []
    for path, preview, kind in zip(paths, previews, kinds, strict=True):
        purchases = guess_file(preview.columns, "interactions")[1]
        said = corrections.of("interactions", path, preview.columns)
        chosen = kind
        # what is said of a file's columns may tell what the file is
        if chosen is None and said and {"user_id", "item_id"} <= _mapped(purchases, said).keys():
            chosen = "interactions"
        found.append(guess_file(preview.columns, chosen))
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
    paths: Sequence[Path],
    previews: Sequence[FilePreview],
    guessed: Sequence[tuple[Kind, Mapping[str, str]]],
    corrections: _Corrections,
) -> None:
    """Refuse a column that none of the files has that are meant."""
    for meant, said in corrections.kinds.items():
        there = [
            (path.name, preview.columns)
            for path, preview, (kind, _) in zip(paths, previews, guessed, strict=True)
            if kind == meant
        ]
        who = f"{there[0][0]} has no" if len(there) == 1 else f"No file of {meant} has a"
        found = ", ".join(f"'{name}'" for _, columns in there for name in columns[:12])
        for role, column in said.items():
            if column and not any(column in columns for _, columns in there):
                raise BadMapping(
                    f"{who} column '{column}' for {role}; found {found or 'no such file'}.",
                    hint="Say which file is meant: --interactions, --items or --shoppers FILE.",
                )
