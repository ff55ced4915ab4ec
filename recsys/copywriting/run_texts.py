"""What a bulk run has to know of answers that came already, and of texts that are there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from recsys.copywriting.providers.base import Answer, Usage
from recsys.copywriting.queued import CopyVersion
from recsys.copywriting.run_rows import pieces
from recsys.copywriting.stored import text_values, version_values
from recsys.copywriting.text import About, Brief, Facts, State
from recsys.workspace.tables import copy_answers, copy_texts, copy_versions

_UNDECIDED: tuple[State, ...] = ("draft", "checked")


def kept_answers(connection: Connection, digests: Iterable[str]) -> dict[str, Answer]:
    """Return the answers that are there to what was asked, by the digest of the request."""
    found: dict[str, Answer] = {}
    for some in pieces(sorted(set(digests))):
        statement = select(copy_answers).where(copy_answers.c.digest.in_(some))
        for row in connection.execute(statement).mappings():
            body: dict[str, Any] = dict(row["body"])
            usage = Usage(**body.pop("usage"))
            found[row["digest"]] = Answer(**body, usage=usage)
    return found


def keep_answers(connection: Connection, answers: Mapping[str, Answer]) -> None:
    """Keep answers by the digest of the request; a newer one takes the place of the last."""
    if not answers:
        return
    now = time.time()
    values = [
        {"digest": digest, "body": asdict(answer), "at": now} for digest, answer in answers.items()
    ]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(copy_answers)
    newer = {"body": new.excluded.body, "at": new.excluded.at}
    connection.execute(new.on_conflict_do_update(index_elements=["digest"], set_=newer), values)


def approved_ids(
    connection: Connection, about: About, brief: Brief, ids: Sequence[str]
) -> set[str]:
    """Return those of some ids that have approved copy of the brief's kind and language."""
    return _ids_with(connection, about, brief, ids, ("approved",))


def ids_in_queue(
    connection: Connection, about: About, brief: Brief, ids: Sequence[str]
) -> set[str]:
    """Return those of some ids that have a text of the kind and language to be decided on."""
    return _ids_with(connection, about, brief, ids, _UNDECIDED)


def _ids_with(
    connection: Connection,
    about: About,
    brief: Brief,
    ids: Sequence[str],
    states: Sequence[State],
) -> set[str]:
    texts = copy_texts.c
    found: set[str] = set()
    for some in pieces(ids):
        of = (*_of(about, brief), texts.state.in_(states), texts.about_id.in_(some))
        found |= set(connection.execute(select(texts.about_id).where(*of)).scalars())
    return found


def waiting_texts(
    connection: Connection, about: About, brief: Brief, facts: Iterable[Facts], version: str
) -> dict[str, int]:
    """Return the texts that wait in the queue and were written from the very same.

    Parameters
    ----------
    version
        Of the template, as prompts name it.

    Returns
    -------
    dict
        About what -> id of the text.
    """
    wanted = {one.id: one.model_dump(mode="json") for one in facts}
    asked = brief.model_dump(mode="json")
    texts, versions = copy_texts.c, copy_versions.c
    found: dict[str, int] = {}
    for some in pieces(list(wanted)):
        statement = (
            select(texts.about_id, texts.id, versions.facts, versions.brief)
            .join(copy_versions, versions.copy_id == texts.id)
            .where(
                *_of(about, brief),
                texts.state.in_(_UNDECIDED),
                texts.about_id.in_(some),
                versions.made_by == "model",
                versions.prompt_version == version,
            )
        )
        for about_id, copy_id, held, brought in connection.execute(statement):
            if held == wanted[about_id] and brought == asked:
                found[about_id] = copy_id
    return found


def rejected_texts(
    connection: Connection, about: About, brief: Brief, ids: Sequence[str]
) -> set[tuple[str, str]]:
    """Return what a model wrote about some ids and somebody rejected, as id and words."""
    texts, versions = copy_texts.c, copy_versions.c
    found: set[tuple[str, str]] = set()
    for some in pieces(ids):
        statement = (
            select(texts.about_id, versions.body)
            .join(copy_versions, versions.copy_id == texts.id)
            .where(
                *_of(about, brief),
                texts.state == "rejected",
                texts.about_id.in_(some),
                versions.made_by == "model",
            )
        )
        found |= {(about_id, body["text"]) for about_id, body in connection.execute(statement)}
    return found


def put_texts(
    connection: Connection, run_id: int, states: Sequence[State], versions: Sequence[CopyVersion]
) -> list[int]:
    """Write new texts with their first versions, many at once; return their ids in order."""
    texts = [text_values(one, state, run_id) for one, state in zip(versions, states, strict=True)]
    statement = insert(copy_texts).returning(copy_texts.c.id, sort_by_parameter_order=True)
    ids = [int(one) for one in connection.execute(statement, texts).scalars()]
    values = [version_values(copy_id, one) for copy_id, one in zip(ids, versions, strict=True)]
    connection.execute(insert(copy_versions), values)
    return ids


def _of(about: About, brief: Brief) -> tuple[Any, ...]:
    texts = copy_texts.c
    return (texts.kind == brief.kind, texts.language == brief.language, texts.about == about)
