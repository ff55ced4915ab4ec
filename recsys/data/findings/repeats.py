"""Rows that stand in the files more than once."""

from __future__ import annotations

from recsys.data.coding import KeptTable
from recsys.data.files.readers import sql_name, sql_text
from recsys.data.findings.base import Bench, Finding, rows_do


def check_repeats(bench: Bench) -> list[Finding]:
    """Find rows that repeat another one: to the letter, or by shopper, product and second."""
    if not bench.coded.roles & {"timestamp", "order_id"}:
        # without a moment or an order, two equal rows may well be two purchases
        bench.run("CREATE TABLE repeats (place BIGINT)")
        return []
    # returns that are left out already are looked at, too: a copy of one was no second return
    rows = (
        f"(FROM {bench.left} UNION ALL FROM coded SEMI JOIN gone USING (place) WHERE quantity < 0)"
    )
    # one number to group and to join by is twice as fast as four that may be NULL
    same = "hash(u, i, ts, o)"
    bench.run(
        f"CREATE TABLE alike AS FROM {rows} WHERE {same} IN"
        f" (SELECT {same} FROM {rows} GROUP BY 1 HAVING count(*) > 1)"
    )
    copies = " UNION ALL ".join(_hashed(table) for table in bench.coded.purchases)
    bench.run(
        "CREATE TABLE repeats AS SELECT place FROM"
        f" (SELECT place, hash FROM ({copies}))"
        " QUALIFY row_number() OVER (PARTITION BY hash ORDER BY place) > 1"
    )
    bench.run(
        "CREATE TABLE same_second AS SELECT place FROM alike ANTI JOIN repeats USING (place)"
        " WHERE u IS NOT NULL"
        " QUALIFY row_number() OVER (PARTITION BY u, i, ts, o ORDER BY place) > 1"
    )
    found: list[Finding] = []
    if number := bench.count(_in("repeats"), bench.left):
        words = "repeat another row to the letter"
        found.append(
            Finding(
                code="duplicate",
                message=rows_do(number, "repeats another row to the letter", words),
                count=number,
                advice="Mostly a file that was exported twice. The fix keeps one of each.",
                examples=bench.examples("item_id", _in("repeats")),
                fix="Keep one of each",
                removes=number,
                proposed=True,
                reason="repeats another row",
                rows=_in("repeats"),
            )
        )
    if "timestamp" in bench.coded.roles and (number := bench.count(_in("same_second"), bench.left)):
        words = "the shopper, product and second of another row"
        found.append(
            Finding(
                code="same_second",
                message=rows_do(number, f"has {words}", f"have {words}"),
                count=number,
                severity="note",
                advice="They differ in another cell. A till may write two pieces as two rows; a"
                " page that sends its events twice does it too. The fix keeps the first.",
                examples=bench.examples("item_id", _in("same_second")),
                fix="Keep the first of each",
                removes=number,
                reason="has the shopper, product and second of another row",
                rows=_in("same_second"),
            )
        )
    return found


def _hashed(table: KeptTable) -> str:
    """Return the places of rows that may be copies, with a hash of all their cells."""
    # by name, since another file may have the same columns in another order, or others
    columns = sorted(table.types, key=str.lower)
    names = sql_text("|".join(columns).lower())
    cells = ", ".join([names, *(sql_name(column) for column in columns)])
    return (
        f"SELECT place, cell AS hash FROM {table.cells(cell=f'hash({cells})')}"
        f" JOIN {table.lines('alike', 'place')} USING (spot)"
    )


def _in(table: str) -> str:
    return f"place IN (FROM {table})"
