"""Days as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from recsys.errors import InputError

DAY = 86_400


def day_of(text: str) -> int:
    """Return the beginning of a day, UTC, in seconds since the epoch.

    Raises
    ------
    InputError
        It is not a day such as 2026-11-01.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError(
            f"{text!r} is not a day.", hint="Write it as year, month and day: 2026-11-01."
        ) from error
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
