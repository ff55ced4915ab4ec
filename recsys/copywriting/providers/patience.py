"""Asking again after a while, for who waits for one answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from recsys.copywriting.providers.failures import Silent
from recsys.errors import Busy, Unreachable

T = TypeVar("T")

_PAUSES = (0.5, 2.0)  # seconds before the second and the third time
_LONGEST = 20.0  # what a person at a page waits for; beyond it the words say how long it takes


def patiently(
    ask: Callable[[], T], *, patient: bool = True, again: Callable[[], bool] = lambda: True
) -> T:
    """Ask up to three times while the provider is busy or the connection is lost.

    ``retry-after`` is honoured. A silent provider is not asked again.

    Parameters
    ----------
    again
        Whether another time is possible: not once a part of the answer has been passed on.
    """
    for pause in _PAUSES:
        try:
            return ask()
        except (Busy, Unreachable) as error:
            asked = error.retry_after if isinstance(error, Busy) else None
            wait = pause if asked is None else asked
            if not patient or isinstance(error, Silent) or wait > _LONGEST or not again():
                raise
            time.sleep(max(wait, 0.0))
    return ask()
