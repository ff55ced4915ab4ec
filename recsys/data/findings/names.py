"""What products are called in the purchases, and products that go by several names."""

from __future__ import annotations

from recsys.data.coding import KeptTable
from recsys.data.files.readers import sql_name
from recsys.data.findings.base import Bench, Finding, rows_do

_EXAMPLES = 5


def collect_names(bench: Bench) -> None:
    """Make ``names_said(i, text, rows, real)``: each name of each product, over all purchases.

    ``text`` is the name as it is written; ``real`` counts the rows that are purchases at a price.
    """
    said = " UNION ALL ".join(_said(table) for table in bench.tables_with("item_name"))
    if not said:
        bench.run("CREATE TABLE names_said (i INTEGER, text VARCHAR, rows BIGINT, real BIGINT)")
        return
    bench.run(
        "CREATE TABLE names_said AS SELECT i, text, count(*) AS rows,"
        " count(*) FILTER (weight > 0 AND coalesce(price, 1) > 0) AS real"
        f" FROM ({said}) JOIN coded USING (place) WHERE i IS NOT NULL GROUP BY i, text"
    )


def _said(table: KeptTable) -> str:
    cell = sql_name(table.file.mapping["item_name"])
    return (
        f"SELECT {table.place()} AS place, CAST({cell} AS VARCHAR) AS text FROM {table.view}"
        f" WHERE {cell} IS NOT NULL"
    )


def check_names(bench: Bench, *, shown: bool) -> list[Finding]:
    """Find products that have more than one name in the purchases, over all rows of the files.

    Parameters
    ----------
    shown
        Whether the names that shoppers see come from the purchases; else nothing is to find.
    """
    if not shown:
        return []
    several = "(SELECT i FROM names_said GROUP BY i HAVING count(*) > 1)"
    number = bench.count("true", several)
    if not number:
        return []
    some = bench.run(
        "SELECT item_id, name, any_value(trim(text) ORDER BY rows DESC, text) AS other"
        f" FROM names_said JOIN {several} USING (i) JOIN items_made ON n = i"
        " WHERE trim(text) <> trim(name) GROUP BY item_id, name"
        f" ORDER BY sum(rows) DESC, item_id LIMIT {_EXAMPLES}"
    )
    words = "more than one name in the purchases"
    return [
        Finding(
            code="several_names",
            about="items",
            message=rows_do(number, f"has {words}", f"have {words}", noun="product"),
            count=number,
            severity="note",
            advice="Shown is the name that most rows have, counting rows of real purchases first;"
            " a catalogue with names would settle it. Nothing is left out.",
            examples=tuple(f"{item}: {name}, also {other}"[:120] for item, name, other in some),
        )
    ]
