"""What commands say about datasets and findings, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from recsys.cli.output import give, printable, say

if TYPE_CHECKING:
    from recsys.workspace import Workspace

COUNTS = ("interactions", "items", "shoppers", "baskets")
KIND_WORDS = {"interactions": "purchases", "items": "catalogue", "shoppers": "shoppers"}

_SEVERITIES = {"act": "Act", "look": "Look", "note": "Note"}
_WORDS = {
    "interactions": ("purchase", "purchases"),
    "items": ("product", "products"),
    "shoppers": ("shopper", "shoppers"),
    "baskets": ("basket", "baskets"),
}


def counts_of(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts that every document about data has."""
    return {name: counts[name] for name in COUNTS}


def counted(counts: Mapping[str, int]) -> str:
    """Say how much there is: ``600 purchases, 40 products, 50 shoppers, 200 baskets``."""
    return ", ".join(f"{counts[name]:,} {_WORDS[name][counts[name] != 1]}" for name in COUNTS)


def sorted_findings(findings: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return findings by severity; within one in the order in which they were found."""
    return sorted(findings, key=lambda one: list(_SEVERITIES).index(one["severity"]))


def finding_words(finding: Mapping[str, Any]) -> str:
    """Say what was found, what it means, and what the fix would do, in a few lines."""
    lines = [f"{_SEVERITIES[finding['severity']]:4}  {finding['code']}: {finding['message']}"]
    if finding["advice"]:
        lines.append(finding["advice"])
    if finding["examples"]:
        lines.append(f"For example: {'; '.join(map(printable, finding['examples']))}")
    if finding["must"]:
        lines.append(f"Left out in any case: {_rows(finding['removes'])}.")
    elif finding["fix"]:
        cost = f"leaves out {_rows(finding['removes'])}" if finding["removes"] else "no row goes"
        state = "Fixed" if finding["fixed"] else "Fix, proposed" if finding["proposed"] else "Fix"
        lines.append(f"{state}: {finding['fix']} ({cost}).")
    return "\n      ".join(lines)


def proposed(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the codes of the fixes that Aisle proposes and that are not applied."""
    return [one["code"] for one in findings if one["proposed"] and not one["fixed"]]


def give_dataset(workspace: Workspace, dataset_id: str, *, as_json: bool) -> None:
    """Write how much a version holds and what was found in it."""
    manifest = workspace.datasets.manifest(dataset_id)
    findings: Sequence[Mapping[str, Any]] = manifest["findings"]
    document = {
        "dataset_id": dataset_id,
        **counts_of(manifest["counts"]),
        "findings": [
            {name: one[name] for name in ("code", "count", "fixed", "message")} for one in findings
        ],
    }
    for one in sorted_findings(findings):
        state = " Fixed." if one["fixed"] and not one["must"] else ""
        say(f"{one['code']}: {one['message']}{state}")
    for note in manifest["notes"]:
        say(note)
    codes = proposed(findings)
    if codes:
        say(f"Aisle proposes: aisle fix {' '.join(codes)}")
    words = f"{manifest['name']}, version {manifest['number']}: {counted(manifest['counts'])}"
    give(document, f"{words}\nDataset {dataset_id}", as_json=as_json)


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
