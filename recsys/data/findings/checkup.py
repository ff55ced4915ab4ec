"""The order in which checks look: each stage sees what the fixes before it left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recsys.data.findings.base import Bench, Finding, rows_do
from recsys.data.findings.names import check_names
from recsys.data.findings.products import check_filled, check_metadata, check_unsold
from recsys.data.findings.pseudo import check_pseudo
from recsys.data.findings.repeats import check_repeats
from recsys.data.findings.returns import check_cancellations, check_returns
from recsys.data.findings.rows import check_rows
from recsys.data.findings.sensitive import check_sensitive
from recsys.data.findings.shoppers import check_shoppers
from recsys.data.findings.thin import check_thin
from recsys.data.findings.unlikely import check_early
from recsys.data.findings.variants import GROUP, check_variants
from recsys.data.findings.volume import check_volume
from recsys.data.side_tables import Field, SideTable

_STAGES: tuple[tuple[Callable[[Bench], list[Finding]], ...], ...] = (
    (check_rows, check_cancellations),
    (check_pseudo, check_early),
    (check_repeats,),
    (check_returns,),
    (check_shoppers,),
    (check_thin,),
)


def check_purchases(bench: Bench) -> None:
    """Look at the purchases, and leave out the rows whose fix is wanted."""
    if bench.coded.catalogues:
        bench.run(
            "CREATE TABLE catalogue_items AS SELECT n FROM all_item JOIN items_side USING (id)"
        )
    for stage in _STAGES:
        bench.settle([finding for check in stage for finding in check(bench)])


def check_products(bench: Bench, fields: Sequence[Field]) -> list[Field]:
    """Look at the products, and return the columns that the fixes wanted leave.

    Table ``items_made`` loses the products and gains the columns of these fixes.
    """
    _leave_out(bench, bench.findings)
    before = len(bench.findings)
    bench.settle(check_unsold(bench))
    _leave_out(bench, bench.findings[before:])
    before = len(bench.findings)
    catalogue_names = any("name" in table.file.mapping for table in bench.coded.catalogues)
    bench.settle(
        [
            *check_names(bench, shown="item_name" in bench.coded.roles and not catalogue_names),
            *check_metadata(bench, fields),
            *check_filled(bench, fields),
            *check_sensitive(bench, fields),
            *check_variants(bench, fields),
        ]
    )
    return _dress(bench, fields, [one for one, applied in bench.findings[before:] if applied])


def _leave_out(bench: Bench, settled: Sequence[tuple[Finding, bool]]) -> None:
    """Take the products of the fixes applied out; their catalogue rows count as rejected."""
    for finding in [one for one, applied in settled if applied and one.items]:
        bench.run(f"CREATE TABLE out AS SELECT n FROM items_made WHERE {finding.items}")
        for table in bench.coded.catalogues:
            # a subquery each: the shop may call its own columns n or raw
            bench.run(
                f"INSERT INTO gone SELECT place, '{finding.code}' FROM"
                f" (SELECT {table.place()} AS place, {table.cell('item_id')} AS raw"
                f" FROM {table.view}) JOIN item_{table.number} USING (raw) SEMI JOIN out USING (n)"
            )
        bench.run("DELETE FROM items_made WHERE n IN (SELECT n FROM out)")
        bench.run("DROP TABLE out")


def _dress(bench: Bench, fields: Sequence[Field], fixing: Sequence[Finding]) -> list[Field]:
    """Add and drop the columns of the fixes applied; of two that add one, the later holds."""
    added: dict[str, list[str]] = {}
    for finding in fixing:
        for name, sql in finding.columns.items():
            added.setdefault(name, []).insert(0, sql)
    if added:
        cells = ", ".join(f"coalesce({', '.join(sql)}) AS {name}" for name, sql in added.items())
        bench.run(f"CREATE TABLE items_dressed AS SELECT *, {cells} FROM items_made")
        bench.run("DROP TABLE items_made")
        bench.run("ALTER TABLE items_dressed RENAME TO items_made")
    without = {name for finding in fixing for name in finding.without}
    kept = [field for field in fields if field.name not in without or field.role]
    return [*kept, *(Field(name, GROUP if name == GROUP else "", name) for name in added)]


def check_shop(bench: Bench, people: SideTable, *, idle: int) -> None:
    """Look at the whole, and say whether there is enough to learn from."""
    found = check_volume(bench)
    if idle:
        words = "names a shopper who did nothing", "name shoppers who did nothing"
        found.append(
            Finding(
                code="idle",
                about="shoppers",
                message=rows_do(idle, *words, noun="shopper row"),
                count=idle,
                severity="note",
                advice="They are left out until they buy something.",
            )
        )
    bench.settle(found)
