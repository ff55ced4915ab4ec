"""The order in which checks look: each stage sees what the fixes before it left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recsys.data.findings.base import Bench, Finding, rows_do
from recsys.data.findings.repeats import check_repeats
from recsys.data.findings.returns import check_cancellations, check_returns
from recsys.data.findings.rows import check_rows
from recsys.data.side_tables import Field, SideTable

_STAGES: tuple[tuple[Callable[[Bench], list[Finding]], ...], ...] = (
    (check_rows, check_cancellations),
    (check_repeats,),
    (check_returns,),
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
    """Look at the products, and return the columns that the fixes wanted leave."""
    return list(fields)


def check_shop(bench: Bench, people: SideTable, *, idle: int) -> None:
    """Look at the whole, and say whether there is enough to learn from."""
    if idle:
        words = "names a shopper who did nothing", "name shoppers who did nothing"
        bench.settle(
            [
                Finding(
                    code="idle",
                    about="shoppers",
                    message=rows_do(idle, *words, noun="shopper row"),
                    count=idle,
                    severity="note",
                    advice="They are left out until they buy something.",
                )
            ]
        )
