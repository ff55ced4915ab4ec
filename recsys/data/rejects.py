"""The rows that a version leaves out: never gone, each with its number, its reason, its cells."""

from __future__ import annotations

from pathlib import Path

from recsys.data.coding import FILE_BITS, KeptTable
from recsys.data.files.readers import sql_name, sql_text
from recsys.data.findings.base import Bench
from recsys.data.intake import PLACE

# Columns beside those of the files; a file may have such names itself.
FILE, ROW, REASON = "aisle_file", "aisle_row", "aisle_reason"


def write_rejects(bench: Bench, path: Path) -> None:
    """Write every row that was left out, in the order of the files.

    Beside the cells as they stood in the file, as text, there are the name of the file, the number
    of the row as people count rows (a header is row 1), and all reasons.
    """
    words = [(one.code, one.reason or one.code) for one, _ in bench.findings]
    bench.run("CREATE TABLE reasons (why VARCHAR, words VARCHAR)")
    for code, reason in words:
        bench.run(f"INSERT INTO reasons VALUES ({sql_text(code)}, {sql_text(reason)})")
    bench.run(
        "CREATE TABLE rejected AS SELECT place, string_agg(words, '; ' ORDER BY why) AS reason"
        " FROM (SELECT DISTINCT place, why FROM gone) JOIN reasons USING (why) GROUP BY place"
    )
    there = {
        int(number) for (number,) in bench.run(f"SELECT DISTINCT place >> {FILE_BITS} FROM gone")
    }
    selects = [_rows(table) for table in bench.coded.tables if table.number in there]
    empty = f"SELECT '' AS {FILE}, 0::BIGINT AS {ROW}, '' AS {REASON} WHERE false"
    query = " UNION ALL BY NAME ".join(selects) or empty
    bench.run(f"COPY ({query}) TO {sql_text(str(path))} (FORMAT parquet, COMPRESSION zstd)")


def _rows(table: KeptTable) -> str:
    cells = ", ".join(
        f"CAST(file.{sql_name(column)} AS VARCHAR) AS {sql_name(column)}" for column in table.types
    )
    return (
        f"(SELECT {sql_text(table.file.name)} AS {FILE},"
        f" line.spot + {table.file.first_row} AS {ROW}, line.reason AS {REASON}, {cells}"
        f" FROM {table.view} AS file JOIN {table.lines('rejected', 'reason')} AS line"
        f" ON file.{PLACE} = line.spot ORDER BY line.spot)"
    )
