"""What answers cost, where it is known.

Prices in US dollars a million tokens, from https://platform.claude.com/docs/en/about-claude/pricing
and the pages of the models there, as of 2026-10-24. Haiku 5.5 costs more where a prompt has over
100,000 tokens, which copy never has. Prices of other endpoints are set on the page.
"""

from __future__ import annotations

import re

from pydantic import Field

from recsys.copywriting.providers.base import Usage
from recsys.values import Value

# Of the price of input: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
_CACHE_READ, _CACHE_WRITE = 0.1, 1.25
# https://platform.claude.com/docs/en/build-with-claude/batch-processing
_BATCH = 0.5
_DATED = re.compile(r"-20\d{6}$")


class Price(Value):
    """US dollars a million tokens.

    Attributes
    ----------
    cache_read
        Of input that is read from the provider's cache; None: a tenth of ``input``.
    """

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cache_read: float | None = Field(default=None, ge=0)


PRICES = {
    "claude-fable-5-1": Price(input=10, output=50, cache_read=0.25),
    "claude-fable-5": Price(input=10, output=50),
    "claude-opus-5-5": Price(input=4, output=20, cache_read=0.2),
    "claude-opus-5": Price(input=5, output=25),
    "claude-opus-4-8": Price(input=5, output=25),
    "claude-opus-4-7": Price(input=5, output=25),
    "claude-opus-4-6": Price(input=5, output=25),
    "claude-opus-4-5": Price(input=5, output=25),
    "claude-sonnet-5-5": Price(input=2, output=10, cache_read=0.1),
    "claude-sonnet-5": Price(input=2, output=10),
    "claude-sonnet-4-6": Price(input=3, output=15),
    "claude-sonnet-4-5": Price(input=3, output=15),
    "claude-haiku-5-5": Price(input=0.1, output=0.5),
    "claude-haiku-4-5": Price(input=1, output=5),
}


def known_price(model: str) -> Price | None:
    """Return what a model costs, None where Aisle does not know: it never guesses."""
    return PRICES.get(_DATED.sub("", model))


def cost(usage: Usage, price: Price, *, batch: bool = False) -> float:
    """Return what an answer costs in US dollars.

    Reading from the cache costs what the price says, writing to it 1.25 times the input; a batch
    costs half of all.
    """
    read = _CACHE_READ * price.input if price.cache_read is None else price.cache_read
    paid = (
        usage.input * price.input
        + usage.cache_read * read
        + usage.cache_write * _CACHE_WRITE * price.input
        + usage.output * price.output
    )
    return paid / 1_000_000 * (_BATCH if batch else 1.0)
