"""What every provider of a language model can do, and says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from recsys.copywriting.prompt import Prompt
from recsys.errors import ProviderError

# "done"; cut off at max_tokens; refused by the model; ended without a word.
Stop = Literal["done", "length", "refused", "empty"]


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer, as the provider counted them.

    Attributes
    ----------
    input
        Paid in full; what was read from or written to the cache is not in it.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0


NO_USAGE = Usage()


@dataclass(frozen=True)
class Answer:
    """What came back: ``text`` is JSON only if ``stop`` is "done", and even then it may lie."""

    text: str
    stop: Stop
    usage: Usage
    model: str
    request_id: str = ""
    # Why a model refused, where it says so.
    why: str = ""


@dataclass(frozen=True)
class ModelLine:
    """A model that can be chosen."""

    id: str
    name: str


@dataclass(frozen=True)
class BatchState:
    """How far a batch is; counts of requests, and when it was handed in (seconds since 1970)."""

    id: str
    ended: bool
    waiting: int
    done: int
    failed: int
    at: float = field(default=0.0, compare=False)


class Provider(Protocol):
    """A language model behind HTTP. All methods raise :class:`ProviderError` and nothing else.

    Attributes
    ----------
    name
        "anthropic" or "openai".
    batches
        Whether answers can be had at half price and later.
    """

    name: str
    batches: bool

    def models(self) -> list[ModelLine]:
        """Return what can be chosen, newest first, asked of the provider now."""
        ...

    def write(
        self,
        prompt: Prompt,
        *,
        model: str,
        on_text: Callable[[str], None] | None = None,
        patient: bool = True,
    ) -> Answer:
        """Ask for one answer.

        Parameters
        ----------
        on_text
            Called with each piece of the answer as it comes; the answer is streamed then. What it
            raises ends the request and passes through.
        patient
            Whether to wait and try again after 429, 529 and lost connections; a caller that waits
            for many at once does so itself.
        """
        ...

    def most_tokens(self, prompt: Prompt, *, model: str) -> int:
        """Return how many tokens an answer may have at the most, thinking with it."""
        ...

    def send_batch(self, prompts: Mapping[str, Prompt], *, model: str) -> str:
        """Hand in requests by a name each (1 to 64 of ``[a-zA-Z0-9_-]``); return the batch's id."""
        ...

    def batch(self, batch_id: str) -> BatchState:
        """Say how far a batch is."""
        ...

    def recent_batches(self) -> list[BatchState]:
        """Return the newest batches of the key, newest first: to find one whose id was lost."""
        ...

    def batch_answers(self, batch_id: str) -> Iterator[tuple[str, Answer | ProviderError]]:
        """Go through the answers of a batch that has ended, in any order."""
        ...

    def cancel_batch(self, batch_id: str) -> None:
        """End a batch; what was answered by then is paid and can be had."""
        ...

    def close(self) -> None:
        """Give back the connections."""
        ...
