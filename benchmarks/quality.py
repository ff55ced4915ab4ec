"""Our best for each placement against rivals, on the same split with the same scorer.

``python -m benchmarks.quality [--shop NAME] [--budget SECONDS]`` prints the tables of each shop and
puts them into ``docs/benchmarks.md`` in place of the shop's old ones. Settings are chosen on the
validation part; the test part is looked at once for each line.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.engine_answers import EngineAnswer, answered_by_engine
from benchmarks.quality_shops import Asked, shops, without_content
from benchmarks.results import machine
from benchmarks.rivals import RIVALS
from recsys.evaluation.evidence import accuracy
from recsys.evaluation.found import MOST_QUESTIONS, Values
from recsys.evaluation.intervals import Interval, bootstrap
from recsys.evaluation.lists import lists
from recsys.evaluation.parts import Part, Twin, fit_twin
from recsys.evaluation.tasks import task_of
from recsys.evaluation.tuning import Hunt
from recsys.models.base import Model, read_config
from recsys.models.registry import MODELS
from recsys.settings import Settings
from recsys.types import Placement, silent
from recsys.workflows.tuning import SEARCH_SHARE, contenders
from recsys.workspace import Workspace

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_HEAD = """# How good are the lists?

Written by `make bench-quality`. Each line learned from the older part, its settings chosen on a
part of that by a search (ours: one for all placements together; a rival: one of its own, as long),
and had to find what came later: no sampled negatives, the same questions and the same scorer for
all, 95 % intervals over shoppers. "As shipped" are the settings a library or the guide comes with.
Recent popularity has a half-life of 15 days. Differences are paired.
"""
_BASELINES = ("popularity", "recent_popularity")
_LATELY = {"half_life_days": 15.0}


@dataclass(frozen=True)
class Line:
    """One line of a table: a model with its score as shipped and as tuned."""

    name: str
    shipped: Interval | None
    tuned: Interval | None
    gain: Interval | None
    settings: str = ""


def main() -> None:
    """Measure the shops asked for, and keep what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--shop", help="this one only")
    parser.add_argument("--budget", type=float, default=120.0, help="seconds for each tuning")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="aisle-quality-") as folder:
        workspace = Workspace(Settings(home=Path(folder)))
        for name, read in shops(workspace).items():
            if given.shop in (None, name):
                tables = f"{_when(given.budget)}\n\n{_tables(read(), given.budget)}"
                print(tables, flush=True)
                _keep(name, tables)
        workspace.database.close()


def _tables(asked: Asked, budget: float) -> str:
    """Tune ours once for all placements, then each rival with the same budget."""
    started = time.monotonic()
    told = f"{asked.name}: {len(asked.test.known.rows):,} rows to learn from"
    print(told, file=sys.stderr, flush=True)
    ours = _tuned(asked, contenders(budget), budget, asked.validation)
    theirs: dict[str, dict[Placement, tuple[type[Model], dict[str, Any]]]] = {}
    for rival in RIVALS:
        print(f"{asked.name}: {rival.label}", file=sys.stderr, flush=True)
        plain = without_content(asked.validation)
        theirs[rival.name] = _tuned(asked, [rival], budget, plain) if rival.search.first else {}
    tables: list[str] = []
    for placement in asked.placements:
        values = _Values(asked, placement)
        lines = [values.line(MODELS[name], None) for name in _BASELINES]
        best = ours[placement]
        lines.append(values.line(*best, ours=True))
        for rival in RIVALS:
            tuned = theirs[rival.name].get(placement)
            lines.append(values.line(rival, None if tuned is None else tuned[1]))
        engine = answered_by_engine(*best, asked, placement)
        tables.append(_table(asked, placement, lines, engine))
    tables.append(f"All of it took {time.monotonic() - started:,.0f} s.\n")
    return "\n".join(tables)


def _tuned(
    asked: Asked, models: list[type[Any]], budget: float, part: Part
) -> dict[Placement, tuple[type[Model], dict[str, Any]]]:
    """Return the best kind and settings of each placement, chosen on the validation part."""

    def score(twin: Twin, placement: Placement, share: float) -> Values:
        task = task_of(part, placement)
        order = np.random.default_rng(1).permutation(len(task))[:MOST_QUESTIONS]
        some = task.take(order[: max(1, int(len(order) * share))])
        return _score(twin, part, some, asked.metric[placement])

    hunt = Hunt(part.known, models, asked.placements, score, seconds=budget * SEARCH_SHARE)
    tuned = hunt.run(silent)
    return {
        placement: (found[0].model, dict(found[0].trial.settings))
        for placement, found in tuned.best.items()
        if found
    }


def _score(twin: Twin, part: Part, task: Any, metric: str) -> Values:
    twin.check(task.cut_at)
    return accuracy(task, lists(twin.space, task, 20), graded=part.graded)[metric]


class _Values:
    """Scores of one placement on the test part, beside recent popularity (else popularity)."""

    def __init__(self, asked: Asked, placement: Placement) -> None:
        self._asked = asked
        self._placement: Placement = placement
        self._task = task_of(asked.test, placement)
        self._base = self._of(MODELS["recent_popularity"], _LATELY)

    def _of(self, model: type[Any], settings: dict[str, Any]) -> Values:
        known = self._asked.test.known
        twin = fit_twin(model, read_config(model, settings), known, silent)
        metric = self._asked.metric[self._placement]
        return _score(twin, self._asked.test, self._task, metric)

    def _interval(self, values: Values) -> Interval:
        return bootstrap(values, groups=self._task.user)

    def line(
        self, model: type[Any], settings: dict[str, Any] | None, *, ours: bool = False
    ) -> Line:
        """Return a line; a rival is shown as shipped and as tuned, ours as tuned only."""
        plain = _LATELY if model.name == "recent_popularity" else {}
        shipped = None if ours else self._of(model, plain)
        tuned = None if settings is None else self._of(model, settings)
        last = tuned if tuned is not None else shipped
        gain = None if last is None else self._interval(last - self._base)
        chosen = ", ".join(f"{name} {value}" for name, value in (settings or {}).items())
        told = f"{self._placement}: {model.label} {shipped is None or shipped.mean():.4f}"
        print(f"{told} {tuned is None or tuned.mean():.4f} {chosen}", file=sys.stderr, flush=True)
        return Line(
            f"**Aisle: {model.label}**" if ours else model.label,
            None if shipped is None else self._interval(shipped),
            None if tuned is None else self._interval(tuned),
            gain,
            chosen,
        )


def _table(asked: Asked, placement: Placement, lines: list[Line], engine: EngineAnswer) -> str:
    task = task_of(asked.test, placement)
    rows = [
        f"### {asked.name}, {placement}: {asked.metric[placement]} of {len(task):,} lists",
        "",
        "| model | as shipped | tuned | against recent popularity |",
        "|---|---|---|---|",
    ]
    for line in lines:
        cells = [_words(one) for one in (line.shipped, line.tuned, line.gain)]
        rows.append(f"| {line.name} | {' | '.join(cells)} |")
    ours = next(line for line in lines if line.name.startswith("**"))
    return "\n".join([*rows, "", f"Ours: {ours.settings}.", "", str(engine), ""])


def _words(one: Interval | None) -> str:
    return "" if one is None else f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"


def _when(budget: float) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("implicit", "rusket", "optuna"))
    searched = (
        f"{budget * SEARCH_SHARE:.0f} s for each search, as a budget of {budget:.0f} s gives."
    )
    return f"{machine()}; {packages}; {searched}"


def _keep(shop: str, tables: str) -> None:
    """Put a shop's tables into the page, in place of its old ones."""
    page = _PAGE.read_text(encoding="utf-8") if _PAGE.is_file() else _HEAD
    parts = page.split("\n## ")
    kept = [part for part in parts[1:] if not part.startswith(f"{shop}\n")]
    sections = sorted([*kept, f"{shop}\n\n{tables.rstrip()}\n"])
    _PAGE.write_text("\n## ".join([parts[0], *sections]), encoding="utf-8")


if __name__ == "__main__":
    main()
