from __future__ import annotations

from datetime import UTC, datetime

import pytest

from recsys.errors import BadSetting
from recsys.rules.rule import Rule, Target
from recsys.rules.schedule import moment, standing, together
from recsys.settings import Settings


def rule(starts: str = "", ends: str = "", *, on: bool = True) -> Rule:
    return Rule(kind="hide", target=Target(brands=("A",)), starts=starts, ends=ends, on=on)


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "local", "same"),
    [
        ("UTC", "2026-12-01T08:00", "2026-12-01T08:00"),
        ("Europe/Berlin", "2026-12-01T08:00", "2026-12-01T07:00"),
        ("Europe/Berlin", "2026-07-01T08:00", "2026-07-01T06:00"),
        ("Asia/Kolkata", "2026-07-01T08:00", "2026-07-01T02:30"),
        # In spring the clocks skip 2:00 to 3:00: half past two is half past three.
        ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30"),
        ("Europe/Berlin", "2026-03-29T03:30", "2026-03-29T01:30"),
        # In autumn 2:00 to 3:00 comes twice: the first.
        ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
    ],
)
def test_local_times_of_the_shop(zone: str, local: str, same: str) -> None:
    assert moment(local, zone) == utc(same)


def test_when_a_rule_holds() -> None:
    season = rule("2026-12-01T00:00", "2026-12-27T00:00")

    def at(text: str) -> str:
        return standing(season, now=utc(text), time_zone="Europe/Berlin")

    assert at("2026-11-30T22:59") == "waits"
    assert at("2026-11-30T23:00") == "on"
    assert at("2026-12-26T22:59") == "on"
    assert at("2026-12-26T23:00") == "ended", "the end is the first moment without it"
    assert standing(rule(on=False), now=0, time_zone="UTC") == "off"
    assert standing(rule(), now=0, time_zone="UTC") == "on"


def test_two_rules_that_never_hold_together() -> None:
    first, second = rule(ends="2026-12-01T00:00"), rule("2026-12-01T00:00")
    assert not together(first, second, time_zone="UTC")
    assert together(first, rule(), time_zone="UTC")
    assert together(first, rule("2026-11-30T00:00"), time_zone="UTC")


def test_the_zone_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_TIME_ZONE", "America/New_York")
    assert Settings.from_environment().time_zone == "America/New_York"
    monkeypatch.setenv("AISLE_TIME_ZONE", "")
    assert Settings.from_environment().time_zone == "UTC"
    for wrong in ("Berlin", "../etc/passwd", "Europe", "/etc/passwd", "a\tb"):
        monkeypatch.setenv("AISLE_TIME_ZONE", wrong)
        with pytest.raises(BadSetting, match=r"which is no time zone\. Use a name of the IANA"):
            Settings.from_environment()
