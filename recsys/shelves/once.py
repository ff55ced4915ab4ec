"""What is worked out once a release, and goes with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

from recsys.releases.release import Release

T = TypeVar("T")


def once_a_release(make: Callable[[Release], T]) -> Callable[[Release], T]:
    """Keep what a function makes of a release for as long as the release is in memory.

    Of two threads that ask first the second one waits. The result is shared: nobody may change it.
    """
    kept: WeakKeyDictionary[Release, T] = WeakKeyDictionary()
    lock = threading.Lock()

    @wraps(make)
    def kept_or_made(release: Release) -> T:
        with lock:
            if release not in kept:
                kept[release] = make(release)
            return kept[release]

    return kept_or_made
