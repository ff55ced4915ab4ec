"""How long the checks of a description take, and how many false sentences they catch.

A description of 150 words about a product with nine fields, checked 500 times after a warm-up;
the question for a text nearly the same among 10,000; and the sentences of tests/copywriting.
``python -m benchmarks.copy_checks`` prints it alone.
"""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.demo import Demo
from benchmarks.results import Result, at_least, at_most, percentile, table, told
from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.text import Brief, Copy, Fact, Facts

_ROUNDS = 500
_TEXTS, _ASKED = 10_000, 100
_MUG = Facts(
    about="product",
    id="mug",
    name="Alba travel mug",
    facts=tuple(
        Fact(field=field, value=value)
        for field, value in {
            "brand": "Alba",
            "category": "Kitchen > Mugs & flasks",
            "material": "Stainless steel, silicone lid",
            "colour": "Navy",
            "capacity": "0.35 l",
            "size": "7 x 7 x 18 cm",
            "care": "Hand wash only, not dishwasher safe",
            "features": "Double-walled; keeps drinks hot for up to 6 hours; BPA-free",
            "weight_g": "310",
        }.items()
    ),
)
_PARAGRAPH = (
    "Mornings start slowly, and coffee should keep pace with them. The Alba travel mug holds"
    " 350 ml, enough for a generous flat white, and its double wall keeps drinks hot for up to six"
    " hours. The body is stainless steel in a calm navy, the lid soft silicone, and both are"
    " BPA-free, so nothing comes between you and the taste. At 310 g and 18 cm high it slips into"
    " the side pocket of a bag and stays there without a drip on the way. Rinse it by hand when you"
    " get home; it is ready again in no time. "
)


def run(_demo: Demo | None = None) -> list[Result]:
    """Time the checks, and count what they catch."""
    text = " ".join((_PARAGRAPH * 3).split()[:150])
    brief = Brief(keywords=("travel mug", "coffee"))
    copy = Copy(text=text)
    taken: list[float] = []
    for round_ in range(_ROUNDS + 20):
        started = time.perf_counter()
        check(copy, _MUG, brief)
        if round_ >= 20:
            taken.append(time.perf_counter() - started)
    rates = _sentences()
    caught, lies, alarms, truths = rates("claims.toml")
    held = rates("claims_held_out.toml")
    hard = rates("claims_hard.toml")
    other = rates("claims_by_another.toml")
    return [
        told("checks of a description of 150 words, median", percentile(taken, 50), unit="ms"),
        at_most("- of 100, the 95th slowest", percentile(taken, 95), 5, unit="ms"),
        at_most("a text asked for among 10,000, p95", percentile(_asked(), 95), 5, unit="ms"),
        at_least(f"false sentences caught, of {lies}", 100 * caught / lies, 95, unit="%"),
        at_most(f"true sentences flagged, of {truths}", 100 * alarms / truths, 5, unit="%"),
        told(f"- held out: false ones caught, of {held[1]}", 100 * held[0] / held[1], unit="%"),
        told(f"- held out: true ones flagged, of {held[3]}", 100 * held[2] / held[3], unit="%"),
        told(f"- sly: false ones caught, of {hard[1]}", 100 * hard[0] / hard[1], unit="%"),
        told(f"- sly: true ones flagged, of {hard[3]}", 100 * hard[2] / hard[3], unit="%"),
        told(
            f"- by another: false ones caught, of {other[1]}", 100 * other[0] / other[1], unit="%"
        ),
        told(
            f"- by another: true ones flagged, of {other[3]}", 100 * other[2] / other[3], unit="%"
        ),
    ]


def _sentences() -> Callable[[str], tuple[int, int, int, int]]:
    """Return what counts the sentences of the tests, which are no package."""
    path = Path(__file__).parents[1] / "tests" / "copywriting" / "copy_sentences.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    sys.modules[path.stem] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.rates


def _asked() -> list[float]:
    draw = random.Random(7)
    words = [f"word{n}" for n in range(3_000)]
    others = Others()
    for n in range(_TEXTS):
        others.add(str(n), " ".join(draw.choices(words, k=120)))
    taken: list[float] = []
    for _ in range(_ASKED):
        text = " ".join(draw.choices(words, k=120))
        started = time.perf_counter()
        others.nearest(text)
        taken.append(time.perf_counter() - started)
    return taken


if __name__ == "__main__":
    print(table(run()))
