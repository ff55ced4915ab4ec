"""Approved copy as a file for the shop: what is still true by the catalogue of today."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from recsys.copywriting import stored
from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.queued import CopyText
from recsys.copywriting.text import Facts, Kind, Voice
from recsys.workflows.copy_checking import checked_of
from recsys.workflows.copy_facts import all_facts_now
from recsys.workflows.copy_revisions import new_findings
from recsys.workflows.copy_settings import voice_left
from recsys.workflows.exports import check_path, writing
from recsys.workspace import Workspace
from recsys.workspace.database import record

EXPORTED = (
    "kind",
    "about",
    "id",
    "name",
    "language",
    "text",
    "preheader",
    "approved_by",
    "approved_at",
    "overridden",
    "reason",
)
_AT_A_TIME = 1_000


@dataclass(frozen=True)
class Exported:
    """What was written into a file.

    Attributes
    ----------
    texts
        How many.
    held
        Ids of approved texts that were left out: by what is known today the checks find what
        they did not find when the text was approved.
    """

    texts: int
    held: tuple[int, ...]


def export_approved(
    workspace: Workspace,
    path: Path,
    *,
    kind: Kind | None = None,
    raw: bool = False,
    actor: str,
) -> Exported:
    """Write approved texts as CSV, inert unless ``raw``; return how many. Audited.

    Each is checked against the catalogue of today first, and left out where something new is
    found. Of a description or a category text the one approved last is written, since a page
    shows one.

    Raises
    ------
    InputError
        The file cannot be written there.
    """
    check_path(path, (".csv",))
    rows, held = 0, list[int]()
    with writing(path, EXPORTED, raw=raw) as write, workspace.database.read() as connection:
        for some in _approved(workspace, connection, kind):
            good = [text for text, holds in some if holds]
            write([_row(text) for text in good])
            rows += len(good)
            held += [text.id for text, holds in some if not holds]
    told: dict[str, Any] = {"texts": rows} | ({"held": len(held)} if held else {})
    with workspace.database.write() as connection:
        record(connection, actor, "export copy", kind or "all kinds", **told)
    return Exported(rows, tuple(held))


def held_back(workspace: Workspace, *, kind: Kind | None = None) -> list[CopyText]:
    """Return the approved texts that an export leaves out today."""
    with workspace.database.read() as connection:
        found = _approved(workspace, connection, kind)
        return [text for some in found for text, holds in some if not holds]


def _approved(
    workspace: Workspace, connection: Connection, kind: Kind | None
) -> Iterator[list[tuple[CopyText, bool]]]:
    """Give approved texts, some at a time, each with whether it still holds."""
    replaced = stored.replaced(connection)
    wanted = stored.Wanted(states=("approved",), kind=kind)
    texts = (one for one in stored.some_texts(connection, wanted) if one.id not in replaced)
    voices: dict[str, Voice | None] = {}
    while some := list(islice(texts, _AT_A_TIME)):
        now = all_facts_now(workspace, [text.now.facts for text in some])
        for name in {text.now.brief.voice for text in some} - voices.keys():
            voices[name] = voice_left(workspace, name)
        yield [
            (text, _holds(workspace, text, facts, voices[text.now.brief.voice]))
            for text, facts in zip(some, now, strict=True)
        ]


def _holds(workspace: Workspace, text: CopyText, facts: Facts, voice: Voice | None) -> bool:
    """Whether the checks find nothing new in a text."""
    version = text.now
    if facts == version.facts and not version.brief.offer_ends:
        return True
    # That another text became like it later is no reason to leave it out.
    checked = checked_of(
        workspace, version.copy, facts, version.brief, voice=voice, others=Others()
    )
    return not new_findings(version.checked, checked)


def _row(text: CopyText) -> tuple[Any, ...]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(text.at))
    overridden = not text.now.checked.clean
    copy = text.now.copy
    about = (text.kind, text.about, text.about_id, text.name, text.language)
    approval = (text.actor, at, "yes" if overridden else "no", text.now.note)
    return (*about, copy.text, copy.preheader, *approval)
