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
