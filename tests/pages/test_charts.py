from __future__ import annotations

import pytest

from pages.ui import charts


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(1, 1, "1"), (4, 7, "4 to 7"), (1024, 2047, "1,024 to 2,047"), (512, None, "512 and more")],
)
def test_span(first: int, last: int | None, shown: str) -> None:
    assert charts.span(first, last) == shown


def test_prices_are_in_the_currency_of_the_shop_and_the_last_bar_is_open() -> None:
    rows = [{"from": 0.0, "to": 2.5, "products": 9}, {"from": 2.5, "to": None, "products": 6}]
    chart = charts.prices(rows, "GBP")
    assert list(chart.data[0].customdata) == ["£0.00 to £2.50", "£2.50 and more"]
    assert chart.data[0].marker.color[0] != chart.data[0].marker.color[1]
    assert chart.layout.xaxis.title.text == "Price in GBP"


def test_one_open_bar_of_prices_has_a_width() -> None:
    chart = charts.prices([{"from": 3.0, "to": None, "products": 6}], "")
    assert list(chart.data[0].width) == [1.0]


def test_text_of_the_shop_is_no_html_in_a_chart() -> None:
    rows = [{"category": '<a href="http://x">Tea</a> & co', "interactions": 7, "products": 3}]
    (label,) = charts.categories(rows).layout.yaxis.ticktext
    assert label == '&lt;a href="http://x"&gt;Tea&lt;/a&gt; &amp; co'
    assert (
        "<"
        not in charts.prices([{"from": 0, "to": 1, "products": 1}], "<b>").layout.xaxis.title.text
    )


def test_the_top_one_per_cent_is_marked_on_the_curve() -> None:
    rows = [{"products": n / 10, "sales": (n / 10) ** 0.5} for n in range(11)]
    chart = charts.popularity_curve(rows, 0.318)
    assert (chart.data[1].x[0], chart.data[1].y[0]) == (0.01, 0.318)
    assert chart.layout.annotations[0].text == "The top 1 % make 32 % of sales"


RANKED = [
    {"name": "<b>ALS", "value": 0.10, "low": 0.09, "high": 0.11, "role": "model"},
    {"name": "Popularity", "value": 0.07, "low": 0.06, "high": 0.08, "role": "baseline"},
    {"name": "Random", "value": 0.01, "low": 0.00, "high": 0.02, "role": "yardstick"},
]


def test_the_ranking_has_the_best_on_top_and_baselines_as_lines() -> None:
    chart = charts.ranking(RANKED)
    assert list(chart.layout.yaxis.ticktext) == ["Random", "Popularity", "&lt;b&gt;ALS"]
    dots = chart.data[-1]
    assert list(dots.x) == [0.01, 0.07, 0.10]
    assert dots.customdata[2] == "&lt;b&gt;ALS: 0.100 (95 %: 0.090 to 0.110)"
    assert len({dots.marker.color[0], dots.marker.color[1]}) == 1, "what feeds nothing is grey"
    assert dots.marker.color[2] != dots.marker.color[0]
    assert [line.x0 for line in chart.layout.shapes] == [0.07]


def test_quality_against_something_else_says_both_in_words() -> None:
    rows = [{**row, "other": 2.0, "shown": "2 ms a list"} for row in RANKED]
    chart = charts.quality_against(rows, "Score", "Milliseconds", log=True)
    assert chart.layout.xaxis.type == "log"
    assert chart.data[0].customdata[1] == "Popularity: 0.070, 2 ms a list"
    assert list(chart.data[0].text) == ["&lt;b&gt;ALS", "", ""], "the grey ones would overlap"
