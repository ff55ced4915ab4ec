"""Our best for each placement against rivals, on the same split with the same scorer.

``python -m benchmarks.quality [--shop NAME] [--budget SECONDS]`` prints a table for each shop and
keeps it in ``docs/benchmarks.md`` once all are done. Settings are chosen on the validation part;
the test part is looked at once for each line.
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
from recsys.evaluation.intervals import Interval, bootstrap
from recsys.evaluation.lists import lists
from recsys.evaluation.parts import Part, Twin, fit_twin
from recsys.evaluation.tasks import task_of
from recsys.evaluation.tuning import Hunt, Values
from recsys.models.base import Model, read_config
from recsys.models.registry import MODELS
from recsys.settings import Settings
from recsys.types import Placement, silent
from recsys.workspace import Workspace

_PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
_BASELINES = ("popularity", "recent_popularity")


@dataclass(frozen=True)
class Line:
    """One line of a table: a model with its score as shipped and as tuned."""

    name: str
    shipped: Interval | None
    tuned: Interval | None
    gain: Interval | None
    settings: str = ""


def main() -> None:
    """Measure the shops asked for, and keep the page when all were."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--shop", help="this one, printed and not kept")
    parser.add_argument("--budget", type=float, default=120.0, help="seconds for each tuning")
    given = parser.parse_args()
    parts: list[str] = []
    with TemporaryDirectory(prefix="aisle-quality-") as folder:
        workspace = Workspace(Settings(home=Path(folder)))
        for name, read in shops(workspace).items():
            if given.shop in (None, name):
                parts.append(_tables(read(), given.budget))
                print(parts[-1], flush=True)
        workspace.database.close()
    if given.shop is None:
        _PAGE.write_text(_page(parts, given.budget), encoding="utf-8")


def _tables(asked: Asked, budget: float) -> str:
    """Tune ours once for all placements, then each rival with the same budget."""
    started = time.monotonic()
    told = f"{asked.name}: {len(asked.test.known.rows):,} rows to learn from"
    print(told, file=sys.stderr, flush=True)
    ours = _tuned(asked, list(MODELS.values()), budget, asked.validation)
    tables: list[str] = []
    for placement in asked.placements:
        values = _Values(asked, placement)
        lines = [values.line(MODELS[name], None) for name in _BASELINES]
        best = ours[placement]
        lines.append(values.line(*best, ours=True))
        for rival in RIVALS:
            print(f"{asked.name} {placement}: {rival.label}", file=sys.stderr, flush=True)
            plain = without_content(asked.validation)
            hunted = _tuned(asked, [rival], budget, plain) if rival.search.first else {}
            lines.append(values.line(rival, hunted.get(placement, (rival, None))[1]))
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
        order = np.random.default_rng(1).permutation(len(task))
        some = task.take(order[: max(1, int(len(task) * share))])
        return _score(twin, part, some, asked.metric[placement])

    hunt = Hunt(part.known, models, asked.placements, score, seconds=budget)
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
        self._asked, self._placement = asked, placement
        self._task = task_of(asked.test, placement)
        self._base = self._of(MODELS["recent_popularity"], {})

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
        shipped = None if ours else self._of(model, {})
        tuned = None if settings is None else self._of(model, settings)
        last = tuned if tuned is not None else shipped
        gain = None if last is None else self._interval(last - self._base)
        chosen = ", ".join(f"{name} {value}" for name, value in (settings or {}).items())
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


def _page(parts: list[str], budget: float) -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("implicit", "rusket", "optuna"))
    return f"""# How good are the lists?

Written by `make bench-quality` on {machine()}; {packages}.

Each line learned from the older part, its settings chosen on a part of that with {budget:.0f} s
of search (ours: for all placements together; a rival: each), and had to find what came later: no
sampled negatives, the same questions and the same scorer for all, 95 % intervals over shoppers.
"As shipped" are the settings a library or the guide comes with. Differences are paired.

{chr(10).join(parts)}"""


if __name__ == "__main__":
    main()
