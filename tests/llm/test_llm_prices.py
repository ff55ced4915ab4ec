"""What answers cost."""

from __future__ import annotations

import pytest

from recsys.copywriting.providers.base import NO_USAGE, Usage
from recsys.copywriting.providers.prices import PRICES, Price, cost, known_price


def test_a_million_of_each_by_hand() -> None:
    price = Price(input=2.0, output=10.0)
    assert cost(Usage(input=1_000_000), price) == pytest.approx(2.0)
    assert cost(Usage(output=1_000_000), price) == pytest.approx(10.0)
    assert cost(Usage(cache_read=1_000_000), price) == pytest.approx(0.2)
    assert cost(Usage(cache_write=1_000_000), price) == pytest.approx(2.5)
    assert cost(NO_USAGE, price) == 0.0


def test_one_description_by_hand() -> None:
    # 400 x 2 + 300 x 10 + 1,000 x 0.1 = 3,900 millionths of a dollar
    usage = Usage(input=400, output=300, cache_read=1_000)
    price = known_price("claude-sonnet-5-5")
    assert price is not None
    assert cost(usage, price) == pytest.approx(0.0039)
    assert cost(usage, price, batch=True) == pytest.approx(0.00195)


def test_a_dated_model_costs_what_its_line_does() -> None:
    assert known_price("claude-haiku-4-5-20251001") == PRICES["claude-haiku-4-5"]


@pytest.mark.parametrize("model", ["claude-fable-5-2", "claude-sonnet-5-5-fast", "gpt-6-sol", ""])
def test_what_is_not_known_has_no_price(model: str) -> None:
    assert known_price(model) is None
