"""Passing the pieces of a stream on as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import TypeVar

T = TypeVar("T")

_MOST = 200_000  # characters, far beyond any limit of tokens that is asked for


def listen(
    events: Iterator[T],
    hear: Callable[[T], str],
    mapped: Callable[[], AbstractContextManager[None]],
    *,
    on_text: Callable[[str], None],
    heard: list[str],
) -> None:
    """Go through events to their end; what ``on_text`` raises passes through as it is.

    Parameters
    ----------
    hear
        Returns the piece of the text that an event holds.
    mapped
        Turns what the SDK raises into errors of Aisle.
    heard
        Gets all pieces that were passed on.
    """
    characters = 0
    while True:
        with mapped():
            event = next(events, None)
            piece = hear(event) if event is not None else ""
            characters += len(piece)
            if characters > _MOST:
                raise ValueError("a stream without an end")
        if event is None:
            return
        if piece:
            heard.append(piece)
            on_text(piece)
