from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from recsys.data.arrow import read_parquet
from recsys.data.files.readers import sql_text


@dataclass(frozen=True)
class IdMap:
    """The shop's ids in row order: maps an id to its row number and back.

    Parameters
    ----------
    ids
        Distinct ids; the position of each is its row number. Any text is an id.

    Examples
    --------
    >>> shoppers = IdMap(("00123", "1e5"))
    >>> shoppers.row("1e5"), shoppers.id(0), shoppers.row("123")
    (1, '00123', None)
    """

    ids: Sequence[str]
    _rows: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(self.ids))
        object.__setattr__(self, "_rows", {value: row for row, value in enumerate(self.ids)})
        if len(self._rows) != len(self.ids):
            raise ValueError("An IdMap was given the same id twice.")

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, value: object) -> bool:
        return value in self._rows

    def row(self, value: str) -> int | None:
        """Return the row number of an id, or None for an unknown one."""
        return self._rows.get(value)

    def rows(self, values: Iterable[str]) -> list[int]:
        """Return the row numbers of the ids that are known, in the order given."""
        found = (self._rows.get(value) for value in values)
        return [row for row in found if row is not None]

    def id(self, row: int) -> str:
        """Return the id of a row number.

        Raises
        ------
        IndexError
            There is no such row.
        """
        if row < 0:
            raise IndexError(row)  # a negative row would quietly be another shopper
        return self.ids[row]

    def save(self, path: Path) -> None:
        """Write the ids to a Parquet file of one column."""
        # by DuckDB, since pyarrow loads pandas to make an array of texts
        with duckdb.connect(":memory:") as connection:
            ids = "SELECT unnest($1::VARCHAR[]) AS id"
            query = f"COPY ({ids}) TO {sql_text(str(path))} (FORMAT parquet)"
            connection.execute(query, [self.ids]).fetchall()

    @classmethod
    def load(cls, path: Path) -> IdMap:
        """Read the ids that :meth:`save` wrote."""
        return cls(read_parquet(path).column("id").to_pylist())
