"""What is worked out once a release, and goes with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from recsys.releases.release import Release

T = TypeVar("T")


def once_a_release(make: Callable[[Release], T]) -> Callable[[Release], T]:
    """Keep what a function makes of a release for as long as the release is in memory.

    Of two threads that ask first the second one waits. The result is shared: nobody may change it.
    """
    lock = threading.Lock()

    @wraps(make)
    def kept_or_made(release: Release) -> T:
        with lock:
            # On the release itself: what holds on to a release must not be held by a registry.
            if make not in release.memo:
                release.memo[make] = make(release)
            return release.memo[make]

    return kept_or_made
