"""Replays: the lists that many shoppers get under one configuration, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys.models.arrays import Rows
from recsys.types import Report

# Gives the item rows that one question gets, best first.
Ask = Callable[[int], Sequence[int]]


def title(task: str) -> str:
    """Return a task or a placement as people read it: ``For You``, ``Also bought``."""
    return "For You" if task == "for_you" else task.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Replay:
    """The lists of one configuration.

    Attributes
    ----------
    users
        Row number of the shopper of each question (int32); one may ask several times.
    lists
        Item rows, best first, shape ``(n, k)``; -1 fills up.
    """

    users: Rows
    lists: Rows

    def __len__(self) -> int:
        return len(self.users)


def replay(users: Rows, ask: Ask, k: int, report: Report, *, step: str = "Replaying") -> Replay:
    """Ask for the list of each question in turn; what ``report`` raises ends the replay.

    Parameters
    ----------
    users
        The shopper of each question.
    ask
        Gives the list of question number ``n``, of at most ``k`` items.
    step
        What the progress says; one text for all questions, since each new one is written down.
    """
    lists = np.full((len(users), k), -1, np.int32)
    for number in range(len(users)):
        report(number / len(users), step)
        found = ask(number)
        lists[number, : len(found)] = found
    return Replay(users, lists)


def why_not_comparable(first: Mapping[str, Any], second: Mapping[str, Any], task: str) -> str:
    """Say why the evaluations of two models cannot be compared; empty when they can.

    Parameters
    ----------
    first, second
        Manifests of the models.
    """
    for manifest in (first, second):
        name = f"{manifest['label']} ({manifest['id']})"
        if not manifest.get("evidence", {}).get("asked"):
            tested = bool(manifest.get("metrics"))
            why = "was tested by an older version of Aisle" if tested else "was not tested"
            return f"{name} {why}."
        if task not in manifest["evidence"]["asked"]:
            return f"{name} was not tested for {title(task)}."
    if first["evidence"]["key"] != second["evidence"]["key"]:
        return (
            f"{first['label']} ({first['id']}) and {second['label']} ({second['id']}) were tested"
            " on different data or questions."
        )
    return ""
