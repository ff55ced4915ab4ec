"""A text of the queue that is about to be changed: in the revision that was looked at, or not."""

from __future__ import annotations

from sqlalchemy import Connection

from recsys.copywriting import stored
from recsys.copywriting.queued import CopyText
from recsys.copywriting.text import Copy
from recsys.errors import Conflict, NotFound
from recsys.rules.saying import ago

_NUMBERS_END = 2**31  # of the column with the ids


def now_of(connection: Connection, copy_id: int, *, locked: bool = False) -> CopyText:
    """Return a text as it stands.

    Raises
    ------
    NotFound
        There is none of that id.
    """
    text = None
    if 0 < copy_id < _NUMBERS_END:
        text = stored.text_of(connection, copy_id, locked=locked)
    if text is None:
        raise NotFound(f"There is no text {copy_id}.", hint="Choose one of the queue.")
    return text


def seen(
    connection: Connection, copy_id: int, revision: int, *, yours: Copy | None = None
) -> CopyText:
    """Return a text that is about to be changed, if it is as it was when it was looked at.

    Raises
    ------
    NotFound
        There is none of that id.
    Conflict
        It is in another revision; it says who changed it and when.
    """
    text = now_of(connection, copy_id, locked=True)
    if text.revision != revision:
        done = text.state if text.state in {"approved", "rejected"} else "changed"
        raise Conflict(
            f"This text was {done} by {text.actor} {ago(text.at)}. Yours was not saved.",
            hint="Look at it as it is now, then decide again.",
            theirs=text,
            yours=yours,
        )
    return text
