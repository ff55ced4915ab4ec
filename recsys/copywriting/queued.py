"""A text of the queue, and the versions that it had."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.checks.lexicon import READ
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.text import About, Brief, Copy, Facts, Kind, State


@dataclass(frozen=True)
class CopyVersion:
    """A state that a text was in, and how it came about.

    Attributes
    ----------
    made_by
        "model" or "person".
    note
        Why it was approved in spite of findings, or rejected.
    """

    version: int
    copy: Copy
    checked: Checked
    brief: Brief
    facts: Facts
    made_by: str
    model: str
    prompt_version: str
    usage: Usage
    cost: float | None
    note: str
    actor: str
    at: float


@dataclass(frozen=True)
class CopyText:
    """A text of the queue as it stands.

    Attributes
    ----------
    original
        What the shop had when this was written first.
    revision
        What a change of it has to know.
    now
        Its newest version.
    """

    id: int
    kind: Kind
    about: About
    about_id: str
    name: str
    language: str
    state: State
    revision: int
    original: str
    run_id: int | None
    now: CopyVersion
    actor: str
    at: float

    @property
    def partly(self) -> bool:
        """Whether it is checked, but not the words of its language: they are not read."""
        return self.state == "checked" and not is_read(self.language)


def is_read(language: str) -> bool:
    """Whether the checks know the words of a language; else they see figures, lengths and marks."""
    return language in READ
