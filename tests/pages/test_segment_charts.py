from __future__ import annotations

import math

import pytest

from pages.ui.segment_charts import FoundLine, lift_bars, overlap_map, reach_curve, times_words
from recsys.lifts import Lift

SIZES = [10, 100, 1000]
MINE = FoundLine("<b>Like", "segment", SIZES, [0.2, 0.6, 1.0], [0.1, 0.55, 1.0], [0.3, 0.66, 1.0])
RFM = FoundLine("RFM", "rfm", SIZES, [0.1, 0.4, 1.0], [0.0, 0.3, 1.0], [0.2, 0.5, 1.0])
RANDOM = FoundLine("Chance", "random", SIZES, [0.01, 0.1, 1.0])


def lift(value: str, ratio: float, low: float, high: float) -> Lift:
    return Lift(value, 3, 0.1 * ratio, 0.1, ratio, low, high)


def test_the_curve_has_bands_where_there_are_intervals_and_a_line_at_the_size() -> None:
    chart = reach_curve([MINE, RFM, RANDOM], 100)
    assert [one.name for one in chart.data if one.name] == ["Chance", "RFM", "&lt;b&gt;Like"]
    assert len([one for one in chart.data if one.fill == "toself"]) == 2
    assert [line.x0 for line in chart.layout.shapes] == [100]
    assert list(chart.layout.xaxis.tickvals) == [10, 20, 50, 100, 200, 500, 1000]


def test_lift_bars_go_right_for_more_and_left_for_less_and_stay_on_the_picture() -> None:
    rows = [
        ("<a href='http://x'>Tea</a>", lift("Tea", 2.0, 1.5, 2.5)),
        ("Wine", lift("Wine", 0.5, 0.0, 0.8)),
        ("Salt", lift("Salt", 1000.0, 2.0, math.inf)),
    ]
    (bars,) = lift_bars(rows).data
    assert list(bars.x) == [1.0, -1.0, 4.0]
    assert all(math.isfinite(end) for end in (*bars.error_x.array, *bars.error_x.arrayminus))
    assert bars.customdata[0].startswith("&lt;a href")
    assert bars.marker.color[0] != bars.marker.color[1]


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (4.12, "4.1 times as often"),
        (2.0, "2 times as often"),
        (1.01, "as often as all"),
        (0.5, "50 % as often"),
        (0.0, "never"),
    ],
)
def test_a_lift_in_words(ratio: float, words: str) -> None:
    assert times_words(ratio) == words


def test_the_overlap_says_both_names() -> None:
    (heat,) = overlap_map(["<b>VIPs", "Lost"], [[1.0, 0.25], [0.5, 1.0]]).data
    assert heat.customdata[0][1] == "25 % of &lt;b&gt;VIPs are in Lost, too"
    assert heat.text[1][0] == "50 %"
