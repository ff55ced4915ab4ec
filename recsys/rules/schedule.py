"""When a rule holds: its local times in the shop's zone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from recsys.rules.rule import Rule

Standing = Literal["on", "off", "waits", "ended"]


def moment(text: str, time_zone: str) -> float:
    """Return a local time in seconds since the epoch.

    A time that the clocks skip in spring is taken as so much later; one that comes twice in autumn
    is the first (PEP 495, fold 0).

    Raises
    ------
    ValueError
        It is no local time.

    Examples
    --------
    >>> moment("2026-12-01T08:00", "Europe/Berlin") - moment("2026-12-01T08:00", "UTC")
    -3600.0
    """
    local = datetime.fromisoformat(text)
    if local.tzinfo is not None:
        raise ValueError(text)
    return local.replace(tzinfo=ZoneInfo(time_zone)).timestamp()


def local_day(now: float, time_zone: str) -> str:
    """Return the day on which a moment falls in a zone.

    Examples
    --------
    >>> local_day(0.0, "America/New_York")
    '1969-12-31'
    """
    return datetime.fromtimestamp(now, ZoneInfo(time_zone)).date().isoformat()


def standing(rule: Rule, *, now: float, time_zone: str) -> Standing:
    """Say whether a rule holds now: it may be switched off, wait for its start, or have ended."""
    if not rule.on:
        return "off"
    if rule.ends and now >= moment(rule.ends, time_zone):
        return "ended"
    if rule.starts and now < moment(rule.starts, time_zone):
        return "waits"
    return "on"


def together(one: Rule, other: Rule, *, time_zone: str) -> bool:
    """Tell whether there is a moment at which both rules hold, if both are on."""
    starts = [moment(rule.starts, time_zone) for rule in (one, other) if rule.starts]
    ends = [moment(rule.ends, time_zone) for rule in (one, other) if rule.ends]
    return not starts or not ends or max(starts) < min(ends)
