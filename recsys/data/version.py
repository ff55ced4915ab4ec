"""Make a version of a dataset: a recipe over kept files becomes the tables of a shop."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from recsys.data import tables
from recsys.data.coding import code_files
from recsys.data.dataset import GUESTS, INTERACTIONS, ITEMS, REJECTS, SHOPPERS
from recsys.data.findings import checkup
from recsys.data.findings.base import Bench
from recsys.data.overview import OVERVIEW, write_overview
from recsys.data.recipe import Recipe
from recsys.data.rejects import write_rejects
from recsys.data.side_tables import load_side
from recsys.errors import NoUsableRows
from recsys.types import Report, silent


def build(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    recipe: Recipe,
    *,
    intake: Callable[[str], Path],
    accept: bool = False,
    report: Report = silent,
) -> dict[str, Any]:
    """Write the tables of a version to ``folder`` and return what its manifest tells.

    Parameters
    ----------
    intake
        Gives the folder of an intake by its id.
    accept
        Apply all fixes that are proposed, beside those of the recipe.

    Returns
    -------
    dict
        ``recipe`` (with the fixes that were applied), ``findings``, ``counts``, what the data
        has, and the ``fingerprint`` of the tables.

    Raises
    ------
    BadFile
        A kept file turns out to be damaged.
    NoUsableRows
        Nothing is left.
    StorageError
        The disk is full.
    """
    report(0.0, "Reading the rows")
    coded = code_files(connection, recipe, folder=intake)
    bench = Bench(connection, coded, recipe, accept=accept)
    report(0.3, "Checking the rows")
    catalogue = load_side(bench, "items", coded.catalogues)
    people = load_side(bench, "shoppers", coded.people)
    checkup.check_purchases(bench)
    _check_some_left(bench)
    report(0.6, "Numbering shoppers, products and baskets")
    described = tables.attributes(bench)
    made = tables.make_items(bench, catalogue, described)
    made = checkup.check_products(bench, made)
    tables.number(bench)
    report(0.7, "Writing purchases")
    roles = coded.roles
    basket_source = tables.write_purchases(bench, folder, roles=roles)
    report(0.85, "Writing products and shoppers")
    tables.write_items(bench, folder / ITEMS, made)
    idle = tables.write_shoppers(bench, folder / SHOPPERS, people, described)
    checkup.check_shop(bench, people, idle=idle)
    report(0.95, "Summing up")
    write_rejects(bench, folder / REJECTS)
    write_overview(bench, folder / OVERVIEW)
    fixed = frozenset(one.code for one, applied in bench.findings if applied and not one.must)
    return {
        "recipe": replace(recipe, fixes=recipe.fixes | fixed).as_dict(),
        "findings": [one.as_dict(fixed=applied) for one, applied in bench.findings],
        "understood": {
            table.file.name: [
                *filter(None, [table.file.understood]),
                *coded.understood.get(table.file.name, ()),
            ]
            for table in coded.tables
        },
        "currencies": list(coded.currencies),
        "basket_source": basket_source,
        **tables.summary(bench, folder, people),
        "fingerprint": _fingerprint(folder),
    }


def _check_some_left(bench: Bench) -> None:
    if bench.count("true", bench.left):
        return
    read = bench.count("true")
    why = " ".join(one.message for one, applied in bench.findings if applied and one.removes)
    names = ", ".join(table.file.name for table in bench.coded.purchases)
    raise NoUsableRows(
        f"None of the {read:,} rows of {names} can be used: {why}",
        hint="Check which column plays which role.",
    )


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in (INTERACTIONS, GUESTS, ITEMS, SHOPPERS):
        with (folder / name).open("rb") as handle:
            digest.update(hashlib.file_digest(handle, "sha256").digest())
    return digest.hexdigest()
