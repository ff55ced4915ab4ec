"""Bulk runs in the database: what each is to write, and what it has spent."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection, insert, select, update

from recsys.copywriting.providers.base import Usage
from recsys.copywriting.text import About, Brief
from recsys.errors import NotFound
from recsys.values import Value
from recsys.workspace.tables import copy_run_rows, copy_runs

_NUMBERS_END = 2**31  # of the column with the ids

Way = Literal["direct", "batch"]
RunState = Literal["running", "paused", "done", "cancelled", "capped"]


class Selection(Value):
    """The products that a run is about: those for which all that is given here holds.

    With ``kind`` "subject" in the brief, ``segments`` are what subjects are written for.
    """

    items: tuple[str, ...] = ()
    collection: int | None = None
    segment: int | None = Field(default=None, description="Products that its members buy most.")
    segments: tuple[int, ...] = ()
    category: str = ""
    brand: str = ""
    without_description: bool = False
    without_text: bool = Field(
        default=False, description="Leave out what has a text that waits in the queue."
    )
    limit: int = Field(default=1_000, ge=1, le=100_000)


class Handed(Value):
    """A batch at the provider; ``id`` is empty from before it is handed in until it is known.

    Attributes
    ----------
    tokens, dollars
        The most that it may take; no dollars where the price is not known.
    sure
        Whether the provider gave the id to this very run; else it was found by time and size.
    """

    id: str = ""
    requests: int
    at: float
    tokens: int
    dollars: float | None
    collected: bool = False
    sure: bool = True


class Order(Value):
    """What a run was asked to do.

    Attributes
    ----------
    selection
        As it was given, without the ids: these are the rows.
    about
        What the rows are.
    approved
        How many were left out since they have approved copy.
    why
        Why it stands still, in words.
    """

    selection: Selection
    about: About
    brief: Brief
    provider: str
    model: str
    way: Way
    cap: float | None
    cap_tokens: int | None
    approved: int = 0
    why: str = ""


class Spent(Value):
    """What a run has used: the sum over its answers; ``cost`` of those with a known price."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cost: float | None = None

    @property
    def usage(self) -> Usage:
        """The tokens alone."""
        return Usage(self.input, self.output, self.cache_read, self.cache_write)

    @property
    def tokens(self) -> int:
        """All tokens, however they are paid."""
        return self.input + self.output + self.cache_read + self.cache_write

    def plus(self, usage: Usage, cost: float | None) -> Spent:
        """Return this with an answer more."""
        return Spent(**asdict(added(self.usage, usage)), cost=_sum(self.cost, cost))


@dataclass(frozen=True)
class Run:
    """A bulk run as it is kept."""

    id: int
    label: str
    order: Order
    state: RunState
    batches: tuple[Handed, ...]
    spent: Spent
    job_id: int | None
    actor: str
    at: float


def added(one: Usage, other: Usage) -> Usage:
    """Return the sum of two usages."""
    return Usage(
        one.input + other.input,
        one.output + other.output,
        one.cache_read + other.cache_read,
        one.cache_write + other.cache_write,
    )


def _sum(one: float | None, other: float | None) -> float | None:
    return one if other is None else (one or 0.0) + other


def add_run(
    connection: Connection, order: Order, about_ids: Sequence[str], *, label: str, actor: str
) -> int:
    """Write a new run that waits for its first job; return its id."""
    values: dict[str, Any] = {
        "label": label,
        "body": order.model_dump(mode="json"),
        "state": "running",
        "batches": [],
        "spent": Spent().model_dump(),
        "actor": actor,
        "at": time.time(),
    }
    (run_id,) = connection.execute(insert(copy_runs).values(values).returning(copy_runs.c.id)).one()
    blank = {"run_id": run_id, "state": "waiting", "tries": 0, "error": "", "digest": ""}
    rows = [{**blank, "about_id": about_id} for about_id in about_ids]
    if rows:
        connection.execute(insert(copy_run_rows), rows)
    return int(run_id)


def one_run(connection: Connection, run_id: int, *, locked: bool = False) -> Run:
    """Return a run; ``locked`` where a write follows in the same transaction.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    statement = select(copy_runs).where(copy_runs.c.id == run_id)
    found = None
    if 0 < run_id < _NUMBERS_END:
        row = connection.execute(statement.with_for_update() if locked else statement).mappings()
        found = row.first()
    if found is None:
        raise NotFound(
            f"There is no bulk run {run_id}.", hint="The Copy page lists those there are."
        )
    return _run(found)


def newest_runs(connection: Connection, limit: int) -> list[Run]:
    """Return the newest runs, newest first."""
    statement = select(copy_runs).order_by(copy_runs.c.id.desc()).limit(limit)
    return [_run(row) for row in connection.execute(statement).mappings()]


def state_of(connection: Connection, run_id: int) -> RunState:
    """Return the state of a run alone, for who looks often."""
    return connection.execute(
        select(copy_runs.c.state).where(copy_runs.c.id == run_id)
    ).scalar_one()


def change_run(connection: Connection, run_id: int, **values: Any) -> None:
    """Write some columns of a run: ``order``, ``state``, ``batches``, ``spent``, ``job_id``."""
    if "order" in values:
        values["body"] = values.pop("order").model_dump(mode="json")
    if "batches" in values:
        values["batches"] = [one.model_dump() for one in values["batches"]]
    if "spent" in values:
        values["spent"] = values["spent"].model_dump()
    connection.execute(update(copy_runs).where(copy_runs.c.id == run_id).values(**values))


def _run(row: Mapping[Any, Any]) -> Run:
    return Run(
        id=row["id"],
        label=row["label"],
        order=Order.model_validate(row["body"]),
        state=row["state"],
        batches=tuple(Handed.model_validate(one) for one in row["batches"]),
        spent=Spent.model_validate(row["spent"]),
        job_id=row["job_id"],
        actor=row["actor"],
        at=row["at"],
    )
