"""Checking a text against what is known, the shop's own words, and all other texts."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from recsys.copywriting import stored
from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.text import Brief, Copy, Facts, Kind, Voice
from recsys.workspace import Workspace
from recsys.workspace.database import Database

_LATE_SECONDS = 60.0


def checked_of(
    workspace: Workspace,
    copy: Copy,
    facts: Facts,
    brief: Brief,
    *,
    voice: Voice | None,
    others: Others | None = None,
) -> Checked:
    """Check a text against facts, and against all texts of its kind that were not rejected.

    Parameters
    ----------
    others
        These texts, where the caller has them from :func:`others_of`.
    """
    if others is not None:
        return check(copy, facts, brief, voice=voice, others=others)
    with _known.holding(workspace.database, brief.kind, brief.language) as known:
        return check(copy, facts, brief, voice=voice, others=known)


def others_of(workspace: Workspace, brief: Brief) -> Others:
    """Return all texts of a kind that were not rejected, for one thread that checks many."""
    with _known.holding(workspace.database, brief.kind, brief.language) as others:
        return others


@dataclass
class _Texts:
    """The texts of a kind in a language, and up to when they were read."""

    others: Others = field(default_factory=Others)
    revisions: dict[int, int] = field(default_factory=dict[int, int])
    until: float = 0.0


class _Known:
    """Texts in memory, to find what was written twice: only what is new is read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: WeakKeyDictionary[Database, dict[tuple[Kind, str], _Texts]]
        self._texts = WeakKeyDictionary()

    @contextmanager
    def holding(self, database: Database, kind: Kind, language: str) -> Generator[Others]:
        """Give the texts of a kind in a language that were not rejected; one thread at a time."""
        with self._lock:
            with database.read() as connection:
                others = self._read(
                    connection, self._texts.setdefault(database, {}), kind, language
                )
            yield others

    def _read(
        self,
        connection: Connection,
        held: dict[tuple[Kind, str], _Texts],
        kind: Kind,
        language: str,
    ) -> Others:
        texts = held.setdefault((kind, language), _Texts())
        # Who began to write first may come to an end later.
        since, now = texts.until - _LATE_SECONDS, time.time()
        changed = [
            line
            for line in stored.changed_since(connection, kind, language, since)
            if texts.revisions.get(line[0]) != line[1]
        ]
        abouts = sorted({about_id for _, _, about_id in changed})
        standing = stored.standing(connection, kind, language, abouts)
        for about_id in abouts:
            texts.others.add(about_id, standing.get(about_id, ""))
        texts.revisions |= {copy_id: revision for copy_id, revision, _ in changed}
        texts.until = now
        return texts.others


_known = _Known()
