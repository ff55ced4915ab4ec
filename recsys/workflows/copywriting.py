"""Writing one text: the prompt, the answer, the checks, and once more with the findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.prompt import Prompt
from recsys.copywriting.providers.base import NO_USAGE, Provider, Usage
from recsys.copywriting.text import Brief, Copy, Facts
from recsys.workspace import Workspace


@dataclass(frozen=True)
class Written:
    """A text with what is known of its making.

    Attributes
    ----------
    tries
        1, or 2 where the first did not pass the checks and went back with the findings.
    cost
        US dollars of all tries; None where the price of the model is not known.
    model
        Empty for a text by hand.
    """

    copy: Copy
    checked: Checked
    model: str = ""
    prompt_version: str = ""
    usage: Usage = NO_USAGE
    cost: float | None = None
    tries: int = 1


def prompt_for(workspace: Workspace, facts: Facts, brief: Brief) -> Prompt:
    """Return exactly what would be sent."""
    raise NotImplementedError


def write(
    workspace: Workspace,
    facts: Facts,
    brief: Brief,
    *,
    provider: Provider,
    model: str,
    on_text: Callable[[str], None] | None = None,
    on_again: Callable[[Checked], None] | None = None,
    patient: bool = True,
) -> Written:
    """Have one text written and checked; nothing is kept.

    Parameters
    ----------
    on_text
        Called with the whole text so far (not the JSON around it), as it grows.
    on_again
        Called when the first text did not pass and goes back to the model.

    Raises
    ------
    ProviderError
        No answer, or one that cannot be used; the message is for people.
    """
    raise NotImplementedError


def check_by_hand(workspace: Workspace, copy: Copy, facts: Facts, brief: Brief) -> Written:
    """Check a text that a person wrote or pasted; no model is asked."""
    raise NotImplementedError
