"""The rows of bulk runs in the database: where each stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, bindparam, func, select, update

from recsys.copywriting.providers.base import NO_USAGE, Usage
from recsys.workspace.tables import copy_run_rows, copy_runs

_AT_ONCE = 500  # ids in one statement
_T = TypeVar("_T")

RowState = Literal["waiting", "sent", "written", "failed", "skipped"]


@dataclass(frozen=True)
class Row:
    """What a run writes about one thing.

    Attributes
    ----------
    tries
        Requests for it that came to an end.
    digest
        Of the request that is out, or was answered last.
    """

    id: int
    about_id: str
    state: RowState
    tries: int = 0
    copy_id: int | None = None
    usage: Usage = NO_USAGE
    cost: float | None = None
    error: str = ""
    digest: str = ""


def pieces(many: Sequence[_T], most: int = _AT_ONCE) -> Iterator[Sequence[_T]]:
    """Go through many things some at a time."""
    for start in range(0, len(many), most):
        yield many[start : start + most]


def count_rows(connection: Connection, run_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return how many rows of some runs are in each state."""
    wanted = list(run_ids)
    found: dict[int, dict[str, int]] = {run_id: {} for run_id in wanted}
    statement = (
        select(copy_run_rows.c.run_id, copy_run_rows.c.state, func.count())
        .where(copy_run_rows.c.run_id.in_(wanted))
        .group_by(copy_run_rows.c.run_id, copy_run_rows.c.state)
    )
    for run_id, state, number in connection.execute(statement):
        found[run_id][state] = number
    return found


def rows_in(
    connection: Connection, run_id: int, state: str, *, limit: int | None = None, after: int = 0
) -> list[Row]:
    """Return rows of a run in a state, in its order, from behind the row ``after``."""
    rows = copy_run_rows.c
    statement = (
        select(copy_run_rows)
        .where(rows.run_id == run_id, rows.state == state, rows.id > after)
        .order_by(rows.id)
        .limit(limit)
    )
    return [_row(row) for row in connection.execute(statement).mappings()]


def _row(row: Mapping[Any, Any]) -> Row:
    usage: dict[str, int] = row["usage"] or {}
    return Row(
        id=row["id"],
        about_id=row["about_id"],
        state=row["state"],
        tries=row["tries"],
        copy_id=row["copy_id"],
        usage=Usage(**usage),
        cost=row["cost"],
        error=row["error"],
        digest=row["digest"],
    )


def sent_elsewhere(connection: Connection, run_id: int, digests: Collection[str]) -> dict[str, int]:
    """Return which requests are out for another run, by digest, with that run's id."""
    rows = copy_run_rows.c
    others = (
        select(copy_runs.c.id)
        .where(copy_runs.c.id != run_id, copy_runs.c.state.in_(("running", "paused", "capped")))
        .scalar_subquery()
    )
    found: dict[str, int] = {}
    for some in pieces(list(digests)):
        statement = select(rows.digest, rows.run_id).where(
            rows.run_id.in_(others), rows.state == "sent", rows.digest.in_(some)
        )
        found |= {digest: int(other) for digest, other in connection.execute(statement)}
    return found


def forget_digests(connection: Connection, run_id: int) -> None:
    """Forget what the rows that wait have asked: another model is asked from now on."""
    statement = (
        update(copy_run_rows)
        .where(copy_run_rows.c.run_id == run_id, copy_run_rows.c.state == "waiting")
        .values(digest="")
    )
    connection.execute(statement)


def write_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Write rows as they are now."""
    values = [
        {
            "row_id": row.id,
            "new_state": row.state,
            "new_tries": row.tries,
            "new_copy_id": row.copy_id,
            "new_usage": asdict(row.usage),
            "new_cost": row.cost,
            "new_error": row.error,
            "new_digest": row.digest,
        }
        for row in rows
    ]
    if not values:
        return
    named = ("state", "tries", "copy_id", "usage", "cost", "error", "digest")
    table = copy_run_rows.c
    sent = {name: bindparam(f"new_{name}", type_=table[name].type) for name in named}
    statement = update(copy_run_rows).where(table.id == bindparam("row_id")).values(sent)
    connection.execute(statement, values)


def move_rows(connection: Connection, run_id: int, start: RowState, end: RowState) -> int:
    """Put all rows of a state into another, what was said of them forgotten; return how many."""
    statement = (
        update(copy_run_rows)
        .where(copy_run_rows.c.run_id == run_id, copy_run_rows.c.state == start)
        .values(state=end, error="")
    )
    return connection.execute(statement).rowcount
