"""How many requests are under way at once, and when the next may leave."""

from __future__ import annotations

import time
from collections.abc import Callable

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0
_MOST_PAUSE = 3_600.0  # of what a provider asks for
# So many answers in a row make up for half a place.
_ANSWERS_A_PLACE = 8
# So many things in a row without an answer, and it is the provider and not what was asked.
_IN_A_ROW = 3


class Pace:
    """The pace of many requests to one provider, shared by all of them.

    A provider that is busy or cannot be reached stops all for a while: for as long as it says, or
    half a second, then twice as long each time, up to a minute. Half as many are under way after
    that; each eight answers give a place back.

    Parameters
    ----------
    most
        Requests under way at once while all is well.
    clock
        Seconds that only rise.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.allowed = most
        self._most = most
        self._clock = clock
        self._not_before = 0.0
        self._stopped_at = -1.0
        self._pause = _FIRST_PAUSE
        self._answers = 0
        self._troubled: set[int] = set()
        self._trouble_since: float | None = None

    def wait(self) -> float:
        """Return the seconds until a request may leave."""
        return max(0.0, self._not_before - self._clock())

    def answered(self) -> None:
        """Note an answer."""
        self._pause = _FIRST_PAUSE
        self._troubled.clear()
        self._trouble_since = None
        self._answers += 1
        if self.allowed < self._most and self._answers % _ANSWERS_A_PLACE == 0:
            self.allowed += 1

    def lost(self, who: int) -> None:
        """Note that a request got no answer; ``who`` is what it was about."""
        self._troubled.add(who)
        if self._trouble_since is None:
            self._trouble_since = self._clock()

    def hold(self, sent_at: float, seconds: float | None = None) -> None:
        """Stop all for a while, since a request got no answer.

        Parameters
        ----------
        sent_at
            When it left, by the clock: those that were under way when all were stopped say the
            same again, and only the longest pause asked for counts.
        seconds
            What the provider asked for; None where it did not say.
        """
        now = self._clock()
        if sent_at >= self._stopped_at:
            self._stopped_at = now
            self.allowed = max(1, self.allowed // 2)
            self._not_before = max(self._not_before, now + self._pause * (seconds is None))
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        if seconds is not None:
            self._not_before = max(self._not_before, now + min(seconds, _MOST_PAUSE))

    @property
    def general(self) -> bool:
        """Whether no one gets an answer, so that it is not for what is asked."""
        return len(self._troubled) >= _IN_A_ROW

    @property
    def without_answer(self) -> float:
        """Seconds since the first of the requests in a row that got no answer."""
        return 0.0 if self._trouble_since is None else self._clock() - self._trouble_since
