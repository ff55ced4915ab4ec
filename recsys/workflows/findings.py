"""Which findings of a version want attention, and what Aisle would do about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ORDER = {"act": 0, "look": 1, "note": 2}


@dataclass(frozen=True)
class Standing:
    """Where a version stands.

    Attributes
    ----------
    findings
        All findings, those that want attention most first; fixed ones come last.
    proposed
        Codes of the fixes that Aisle would apply and that are not applied.
    leaves_out
        About how many rows those fixes leave out; a row with two faults is counted twice.
    must_act
        Open findings that make lists suffer until somebody decides.
    need_a_look
        Open findings that must be acted on or have a proposed fix.
    """

    findings: tuple[dict[str, Any], ...]
    proposed: tuple[str, ...]
    leaves_out: int
    must_act: int
    need_a_look: int


def standing(manifest: Mapping[str, Any]) -> Standing:
    """Say where a version stands, by its manifest alone."""
    findings: list[dict[str, Any]] = sorted(manifest["findings"], key=_urgency)
    open_ones = [finding for finding in findings if is_open(finding)]
    proposed = [finding for finding in open_ones if finding["proposed"] and finding["fix"]]
    counts = manifest["counts"]
    most = counts["read"] - counts["removed"]
    acts = [finding for finding in open_ones if finding["severity"] == "act"]
    return Standing(
        findings=tuple(findings),
        proposed=tuple(finding["code"] for finding in proposed),
        leaves_out=min(sum(finding["removes"] for finding in proposed), most),
        must_act=len(acts),
        need_a_look=len({finding["code"] for finding in (*acts, *proposed)}),
    )


def is_open(finding: Mapping[str, Any]) -> bool:
    """Tell whether a finding still waits: not fixed, nor left out in any case."""
    return not (finding["fixed"] or finding["must"])


def _urgency(finding: Mapping[str, Any]) -> tuple[bool, int, bool, bool, int]:
    """Sort by what waits, then how badly, then what would or could be done, then how many."""
    done = finding["fixed"] and not finding["must"]
    badly = _ORDER[finding["severity"]]
    return done, badly, not finding["proposed"], not finding["fix"], -finding["count"]


def newest_of_each(manifests: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the newest version of each dataset, the one that changed last first.

    Parameters
    ----------
    manifests
        All versions of all datasets. Their ids do not tell which of two is newer that were made
        within a second; the moment does.
    """
    newest: dict[str, Mapping[str, Any]] = {}
    for manifest in sorted(manifests, key=lambda one: one["created_at"], reverse=True):
        newest.setdefault(manifest["lineage"], manifest)
    return list(newest.values())
