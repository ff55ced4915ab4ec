"""What a finding is, and the bench on which checks look for findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import duckdb

from recsys.data.coding import Coded, KeptTable
from recsys.data.files import readers
from recsys.data.reading.columns import Kind
from recsys.data.recipe import Recipe

# act: lists suffer until somebody decides; look: worth a minute; note: good to know.
Severity = Literal["act", "look", "note"]

_EXAMPLES = 5
_EXAMPLE_CHARACTERS = 80


@dataclass(frozen=True)
class Finding:
    """Something found in a shop's files, in words, and what its fix does.

    Attributes
    ----------
    message
        What was found, with its number: "135,080 rows have no shopper id."
    advice
        What it means for the lists, and what the fix would do, in a sentence or two.
    fix
        The label of the one-click fix; empty where there is none.
    removes
        Rows of purchases that the fix leaves out.
    proposed
        Whether Aisle would do it. Never for what may be somebody's real shopping.
    must
        The rows cannot be used, so they are left out in any case.
    reason
        Why a row is left out, as it stands beside the rejected row: "has no shopper id".
    rows
        SQL condition of the rows to leave out, over the columns of ``coded``.
    items
        SQL condition of the products to leave out of the catalogue, over ``items_made``.
    columns
        Catalogue columns that the fix adds: name -> SQL over ``items_made``.
    without
        Catalogue columns that the fix leaves out.
    quantities
        A table ``(place, quantity)`` of rows whose quantity the fix changes; empty for none.
    """

    code: str
    message: str
    count: int
    severity: Severity = "look"
    about: Kind = "interactions"
    advice: str = ""
    examples: tuple[str, ...] = ()
    fix: str = ""
    removes: int = 0
    proposed: bool = False
    must: bool = False
    reason: str = ""
    rows: str = ""
    items: str = ""
    columns: dict[str, str] = field(default_factory=dict[str, str])
    without: tuple[str, ...] = ()
    quantities: str = ""

    def as_dict(self, *, fixed: bool) -> dict[str, Any]:
        """Return what stands in a manifest: all but the SQL."""
        return {
            "code": self.code,
            "about": self.about,
            "severity": self.severity,
            "count": self.count,
            "message": self.message,
            "advice": self.advice,
            "examples": list(self.examples),
            "fix": self.fix,
            "removes": self.removes,
            "proposed": self.proposed,
            "must": self.must,
            "fixed": fixed,
        }


class Bench:
    """Where checks work: the coded rows, and which of them are still there.

    Attributes
    ----------
    left
        The relation of the rows that no fix has left out so far; columns as ``coded``.
    findings
        What was found so far, and whether its fix is applied.
    pairs
        A relation, and how many different pairs of shopper and product it has: it takes a moment
        to count them, and two ask.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, coded: Coded, recipe: Recipe, *, accept: bool
    ) -> None:
        self.connection = connection
        self.coded = coded
        self.recipe = recipe
        self.accept = accept
        self.left = "coded"
        self.findings: list[tuple[Finding, bool]] = []
        self.pairs: tuple[str, int] = ("", 0)
        self._stages = 0
        self.run("CREATE TABLE gone (place BIGINT, why VARCHAR)")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement on the whole tables and return its rows."""
        with readers.storing():
            return self.connection.execute(sql).fetchall()

    def count(self, where: str, rows: str = "coded") -> int:
        """Count the rows that meet a condition."""
        return self.run(f"SELECT count(*) FROM {rows} WHERE {where}")[0][0]

    def wanted(self, finding: Finding) -> bool:
        """Tell whether a finding's fix is applied in this version."""
        if finding.must:
            return True
        chosen = finding.code in self.recipe.fixes or (self.accept and finding.proposed)
        return bool(finding.fix) and chosen

    def settle(self, found: Sequence[Finding]) -> None:
        """Keep findings, and leave out the rows whose fix is wanted."""
        chosen = [finding for finding in found if self.wanted(finding)]
        self.findings += [(finding, finding in chosen) for finding in found]
        quantities = [finding.quantities for finding in chosen if finding.quantities]
        rows = [finding for finding in chosen if finding.rows and finding.removes]
        for finding in rows:
            self.run(
                f"INSERT INTO gone SELECT place, '{finding.code}' FROM {self.left}"
                f" WHERE {finding.rows}"
            )
        if not rows and not quantities:
            return
        self._stages += 1
        columns, join = "*", ""
        if quantities:
            columns = "* EXCLUDE (now) REPLACE (coalesce(now, quantity) AS quantity)"
            join = f" LEFT JOIN (SELECT place, quantity AS now FROM {quantities[0]}) USING (place)"
        table = f"left_{self._stages}"
        self.run(
            f"CREATE TABLE {table} AS SELECT {columns} FROM {self.left}{join} ANTI JOIN gone"
            " USING (place)"
        )
        if self.left != "coded":
            self.run(f"DROP TABLE {self.left}")
        self.left = table

    def examples(self, role: str, where: str, *, rows: str = "coded") -> tuple[str, ...]:
        """Return up to 5 different cells of a role, as they stand in the files, of some rows."""
        selects = [
            f"SELECT left(cell, {_EXAMPLE_CHARACTERS}) AS cell FROM"
            f" {table.cells(cell=table.text(role))} JOIN {table.lines('places', 'place')}"
            " USING (spot)"
            for table in self.coded.purchases
            if role in table.file.mapping
        ]
        if not selects:
            return ()
        found = self.run(
            f"WITH places AS MATERIALIZED (SELECT place FROM {rows} WHERE {where}"
            " ORDER BY place LIMIT 1000)"
            f" SELECT DISTINCT cell FROM ({' UNION ALL '.join(selects)}) WHERE cell IS NOT NULL"
            f" ORDER BY cell LIMIT {_EXAMPLES}"
        )
        return tuple(str(cell) for (cell,) in found)

    def ids(self, name: str, numbers: str) -> tuple[str, ...]:
        """Return up to 5 ids (of "user", "item" or "ordr") whose numbers a query gives."""
        found = self.run(
            f"SELECT id FROM all_{name} WHERE n IN ({numbers}) ORDER BY id LIMIT {_EXAMPLES}"
        )
        return tuple(str(one) for (one,) in found)

    def tables_with(self, role: str) -> list[KeptTable]:
        """Return the files of purchases that have a role."""
        return [table for table in self.coded.purchases if role in table.file.mapping]


def rows_do(number: int, singular: str, plural: str, *, noun: str = "row") -> str:
    """Say what rows do: ``1 row has no shopper id.``, ``1,200 rows have no shopper id.``."""
    return f"1 {noun} {singular}." if number == 1 else f"{number:,} {noun}s {plural}."
