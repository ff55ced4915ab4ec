"""How a shop's files were mapped last time, so that nobody maps the same columns twice."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from recsys.data.ingest import Given
from recsys.data.reading.columns import Kind
from recsys.data.recipe import DateOrder
from recsys.workspace import Workspace
from recsys.workspace.tables import mappings


@dataclass(frozen=True)
class Remembered:
    """What files with these columns were taken for."""

    kind: Kind
    mapping: dict[str, str]
    date_order: DateOrder


def remember_mappings(workspace: Workspace, given: Given, columns: Iterable[Sequence[str]]) -> None:
    """Keep how files were mapped; ``columns`` are those of each file, in the same order."""
    for (kind, source), names in zip(given, columns, strict=True):
        key = _hash(names)
        with workspace.database.write() as connection:
            connection.execute(delete(mappings).where(mappings.c.columns_hash == key))
            connection.execute(
                insert(mappings).values(
                    columns_hash=key,
                    kind=kind,
                    mapping=dict(source.mapping),
                    date_order=source.date_order,
                    at=time.time(),
                )
            )


def remembered_mapping(workspace: Workspace, columns: Sequence[str]) -> Remembered | None:
    """Return how files with exactly these columns were mapped last time; None for new ones."""
    query = select(mappings).where(mappings.c.columns_hash == _hash(columns))
    with workspace.database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Remembered(row.kind, row.mapping, row.date_order)


def _hash(columns: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(columns)).encode()).hexdigest()
