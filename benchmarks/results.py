"""What a benchmark found, and the table of all findings."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Result:
    """One line of the table.

    Attributes
    ----------
    measured
        With its unit, for people.
    hold
        The number to hold, or empty for a line that is only told.
    held
        Whether it is held; None where there is nothing to hold.
    """

    name: str
    measured: str
    hold: str = ""
    held: bool | None = None


def at_most(name: str, measured: float, limit: float, *, unit: str) -> Result:
    """Return a line whose number has to stay below a limit."""
    return Result(name, _words(measured, unit), f"<= {limit:g} {unit}", measured <= limit)


def at_least(name: str, measured: float, limit: float, *, unit: str) -> Result:
    """Return a line whose number has to reach a limit."""
    return Result(name, _words(measured, unit), f">= {limit:g} {unit}", measured >= limit)


def told(name: str, measured: float, *, unit: str) -> Result:
    """Return a line with nothing to hold."""
    return Result(name, _words(measured, unit))


def percentile(seconds: Sequence[float], share: float) -> float:
    """Return a percentile of times in milliseconds."""
    return float(np.percentile(seconds, share)) * 1000


def table(results: Sequence[Result]) -> str:
    """Return all lines as a Markdown table that is readable as text, too."""
    verdicts = {True: "held", False: "MISSED", None: ""}
    rows = [("what", "measured", "hold", "")]
    rows += [(one.name, one.measured, one.hold, verdicts[one.held]) for one in results]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def machine() -> str:
    """Say on what class of machine this ran, and when; no host names."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB memory, {platform.system()},"
        f" Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _words(number: float, unit: str) -> str:
    if isinstance(number, int):
        return f"{number:,} {unit}"
    digits = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2
    return f"{number:,.{digits}f} {unit}"
