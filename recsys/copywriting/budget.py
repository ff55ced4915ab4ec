"""What requests are expected to take, before they are sent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from recsys.copywriting.prompt import Prompt
from recsys.copywriting.providers.base import NO_USAGE, Usage
from recsys.copywriting.runs import Spent
from recsys.copywriting.text import Brief

# European languages have some four characters a token; a word has six with the space behind it.
CHARACTERS_A_TOKEN = 4
_TOKENS_A_WORD = 1.5
# Claims repeat about as much of the text as there is of it, with the JSON around them.
_CLAIMS = 1.0
_AROUND = 40
_SUBJECT_WORDS = 45  # with the preheader and the claims
# Shorter shared parts are not put into the cache by the provider.
FEWEST_CACHED = 1_024
HOW = (
    "Four characters of the prompts count as a token. Answers count as long as asked for, and their"
    " claims as long again. Texts that go back to the model once with what the checks found come on"
    " top."
)


def tokens(text: str) -> int:
    """Return how many tokens a text is expected to be."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def answer_tokens(brief: Brief) -> int:
    """Return how long an answer is expected to be."""
    words = _SUBJECT_WORDS if brief.kind == "subject" else brief.max_words * (1 + _CLAIMS)
    return round(words * _TOKENS_A_WORD) + _AROUND


def expected(prompt: Prompt, brief: Brief, *, cached: bool) -> Usage:
    """Return what a request is expected to take; ``cached`` where its shared part is there."""
    shared = tokens(prompt.system)
    own = tokens(prompt.user)
    output = answer_tokens(brief)
    if cached and shared >= FEWEST_CACHED:
        return Usage(input=own, output=output, cache_read=shared)
    return Usage(input=own + shared, output=output)


def reserved(prompt: Prompt, most: int) -> Usage:
    """Return the most that a request may take, its answer ``most`` tokens long."""
    return Usage(input=tokens(prompt.user) + tokens(prompt.system), output=most)


@dataclass
class Budget:
    """Whether one more request may be sent, given what was spent and what is under way.

    Parameters
    ----------
    cap
        US dollars.
    cap_tokens
        Tokens of any kind.
    """

    cap: float | None
    cap_tokens: int | None
    dollars: float = 0.0
    tokens: int = 0

    def take(self, usage: Usage, cost: float | None) -> None:
        """Note that a request is under way."""
        self.dollars += cost or 0.0
        self.tokens += all_tokens(usage)

    def give_back(self, usage: Usage, cost: float | None) -> None:
        """Note that it came to an end."""
        self.take(_less(usage), -(cost or 0.0))

    def allows(self, spent: Spent, usage: Usage, cost: float | None) -> bool:
        """Say whether a request more keeps what is spent and under way below the caps."""
        if self.cap is not None:
            if cost is None:
                return False
            if (spent.cost or 0.0) + self.dollars + cost > self.cap:
                return False
        return (
            self.cap_tokens is None
            or spent.tokens + self.tokens + all_tokens(usage) <= self.cap_tokens
        )


def all_tokens(usage: Usage) -> int:
    """Return all tokens, however they are paid."""
    return usage.input + usage.output + usage.cache_read + usage.cache_write


def _less(usage: Usage) -> Usage:
    return replace(
        NO_USAGE,
        input=-usage.input,
        output=-usage.output,
        cache_read=-usage.cache_read,
        cache_write=-usage.cache_write,
    )
