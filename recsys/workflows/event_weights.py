"""Read the weights of events that somebody typed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from recsys.errors import InputError

LEAST, MOST = -5.0, 5.0


def check_weight(event: str, weight: float) -> None:
    """Refuse a weight that is no number, or beyond -5 to 5.

    Raises
    ------
    InputError
        It is.
    """
    if not LEAST <= weight <= MOST:
        raise InputError(
            f"The weight of {event!r} is {weight:g}; it has to be from {LEAST:g} to {MOST:g}.",
            hint="A purchase counts 1; below 0 an event speaks against its product.",
        )


def changed_weights(
    events: Sequence[Mapping[str, Any]], typed: Sequence[float | None]
) -> dict[str, float]:
    """Return the weights that differ from those of a version.

    Parameters
    ----------
    events
        Events of the overview: ``event``, ``weight`` (None for one of unknown meaning),
        ``default``.
    typed
        The weight of each; None or NaN for an empty cell, which means the default.

    Raises
    ------
    InputError
        A weight is out of range, or an event that has a weight and no default was left without.
    """
    changed: dict[str, float] = {}
    for event, cell in zip(events, typed, strict=True):
        empty = cell is None or math.isnan(cell)
        weight = event["default"] if empty else cell
        if weight is None:
            if event["weight"] is not None:
                raise InputError(
                    f"The event {event['event']!r} has a weight and no default to go back to.",
                    hint="Give it 0, and it counts for nothing.",
                )
            continue
        check_weight(str(event["event"]), weight)
        if event["weight"] is None or not math.isclose(weight, event["weight"], abs_tol=1e-6):
            changed[str(event["event"])] = float(weight)
    return changed
