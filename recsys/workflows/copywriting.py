"""Writing one text: the prompt, the answer, the checks, and once more with the findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.prompt import Prompt
from recsys.copywriting.prompting import make_prompt, once_more
from recsys.copywriting.providers.base import NO_USAGE, Provider, Usage
from recsys.copywriting.providers.prices import Price
from recsys.copywriting.schema import Growing, parse
from recsys.copywriting.text import Brief, Copy, Facts, Kind, Voice
from recsys.errors import ProviderError
from recsys.workflows.copy_checking import checked_of
from recsys.workflows.copy_settings import (
    Kept,
    Template,
    cost_of,
    price_of,
    template,
    voice_left,
    voice_of,
)
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


@dataclass(frozen=True)
class Desk:
    """What texts of one brief need, read once: the template, the voice, the model's price.

    Attributes
    ----------
    model
        Empty where none is asked.
    """

    workspace: Workspace
    brief: Brief
    template: Kept[Template]
    voice: Voice | None
    model: str = ""
    price: Price | None = None

    @classmethod
    def of(cls, workspace: Workspace, brief: Brief, *, model: str = "") -> Desk:
        """Read what a brief names.

        Raises
        ------
        NotFound
            It names a voice that is not there.
        """
        return cls(
            workspace=workspace,
            brief=brief,
            template=template(workspace, brief.kind),
            voice=voice_of(workspace, brief.voice),
            model=model,
            price=price_of(workspace, model) if model else None,
        )

    def prompt(self, facts: Facts) -> Prompt:
        """Return exactly what would be sent.

        Raises
        ------
        InputError
            The language or the e-mail tool is not known.
        """
        return make_prompt(
            facts,
            self.brief,
            template=self.template.value.text,
            revision=self.template.revision,
            voice=self.voice,
        )

    def finish(
        self,
        facts: Facts,
        copy: Copy,
        prompt: Prompt,
        usage: Usage,
        *,
        batch: bool = False,
        others: Others | None = None,
    ) -> Written:
        """Check a text that the model wrote, and work out what it cost."""
        voice = self.voice
        return Written(
            copy=copy,
            checked=checked_of(self.workspace, copy, facts, self.brief, voice=voice, others=others),
            model=self.model,
            prompt_version=prompt.version,
            usage=usage,
            cost=cost_of(usage, self.price, batch=batch),
        )


def prompt_for(workspace: Workspace, facts: Facts, brief: Brief) -> Prompt:
    """Return exactly what would be sent.

    Raises
    ------
    NotFound
        The brief names a voice that is not there.
    InputError
        The language or the e-mail tool is not known.
    """
    return Desk.of(workspace, brief).prompt(facts)


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

    A text that does not pass goes back to the model once, with the findings; of the two the one
    with fewer findings is returned. Where the second cannot be had, that is the first.

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
    desk = Desk.of(workspace, brief, model=model)

    def one_try(prompt: Prompt) -> Written:
        copy, usage = ask(
            provider, prompt, brief.kind, model=model, on_text=on_text, patient=patient
        )
        return desk.finish(facts, copy, prompt, usage)

    prompt = desk.prompt(facts)
    first = one_try(prompt)
    if first.checked.clean:
        return first
    if on_again is not None:
        on_again(first.checked)
    try:
        return better(first, one_try(once_more(prompt, first.copy, first.checked)))
    except ProviderError:
        return replace(first, tries=2)


def ask(
    provider: Provider,
    prompt: Prompt,
    kind: Kind,
    *,
    model: str,
    on_text: Callable[[str], None] | None = None,
    patient: bool = True,
) -> tuple[Copy, Usage]:
    """Ask for one text and read the answer; it is streamed where ``on_text`` is given.

    Raises
    ------
    ProviderError
        As for :func:`write`.
    """
    growing = None if on_text is None else Growing(on_text)
    answer = provider.write(prompt, model=model, on_text=growing, patient=patient)
    return parse(answer, kind), answer.usage


def better(first: Written, second: Written) -> Written:
    """Return the one of two tries that has fewer findings, with what both took."""
    best = min(second, first, key=lambda one: _findings(one.checked))
    known = first.cost is not None and second.cost is not None
    return replace(
        best,
        usage=_sum(first.usage, second.usage),
        cost=(first.cost or 0.0) + (second.cost or 0.0) if known else None,
        tries=2,
    )


def check_by_hand(workspace: Workspace, copy: Copy, facts: Facts, brief: Brief) -> Written:
    """Check a text that a person wrote or pasted; no model is asked."""
    checked = checked_of(workspace, copy, facts, brief, voice=voice_left(workspace, brief.voice))
    return Written(copy=copy, checked=checked)


def _findings(checked: Checked) -> tuple[int, int]:
    blocking = sum(finding.blocks for finding in checked.findings)
    return blocking, len(checked.findings)


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(**{name: value + getattr(other, name) for name, value in vars(one).items()})
