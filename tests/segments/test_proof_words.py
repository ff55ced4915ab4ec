"""What a proof says for and against itself."""

from __future__ import annotations

import numpy as np
import pytest

from recsys.segments.proof import Proof
from recsys.segments.proving import Curve

SIZES = np.array([50, 100])


def curve(mean: float, low: float, high: float) -> Curve:
    return Curve(*(np.array([value / 2, value]) for value in (mean, low, high)))


def proof(**against: tuple[float, float]) -> Proof:
    """A proof that finds 60 % (50 to 70) by the first 100."""
    bounds = {"random": (0.3, 0.5), "matched": (0.2, 0.4), "rfm": (0.1, 0.3), **against}
    return Proof(
        id="",
        chosen="centroid",
        wins={"centroid": 10},
        sizes=SIZES,
        curves={
            "chosen": curve(0.6, 0.5, 0.7),
            "centroid": curve(0.6, 0.5, 0.7),
            "nearest": curve(0.2, 0.05, 0.3),
            "rfm": curve(0.4, 0.4, 0.4),
            "matched": curve(0.3, 0.3, 0.3),
            "random": curve(0.1, 0.1, 0.1),
        },
        against={name: curve(sum(two) / 2, *two) for name, two in bounds.items()},
        seeds=100,
        hidden=20,
        base=1000,
        size=100,
        words="",
        notes=(),
        about={},
    )


def test_what_is_found_is_said_as_it_was_measured() -> None:
    assert proof().said_at(100) == (
        "Of hidden seeds 60 % (50 to 70) are among the first 100; RFM finds 40 %, shoppers who"
        " order as often 30 %, random 10 %.",
        "",
    )
    assert proof().words_at(75).startswith("Of hidden seeds 45 % (38 to 52) are among the first 75")


@pytest.mark.parametrize(
    ("against", "doubt"),
    [
        ({"random": (-0.1, 0.2)}, "That is no better than chance."),
        (
            {"rfm": (-0.3, -0.1), "matched": (-0.1, 0.1)},
            "RFM alone finds more: a rule on orders and spend serves better here.",
        ),
        (
            {"rfm": (-0.1, 0.1), "matched": (-0.1, 0.1)},
            "That is not surely more than among shoppers who order as often.",
        ),
        ({"rfm": (-0.1, 0.1)}, "That is not surely more than RFM alone finds."),
    ],
)
def test_every_doubt(against: dict[str, tuple[float, float]], doubt: str) -> None:
    found = proof(**against)
    assert found.said_at(100)[1] == doubt
    assert found.words_at(100).endswith(f"random 10 %. {doubt}")


def test_a_scorer_that_was_not_chosen_is_doubted_by_its_own_interval() -> None:
    assert proof().said_at(100, "centroid")[1] == ""
    assert proof().said_at(100, "nearest")[1] == "That is no better than chance."
