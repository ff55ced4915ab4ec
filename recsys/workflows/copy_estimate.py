"""What a bulk run would take, before anything is sent."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import astuple, dataclass, replace

from recsys.copywriting.budget import HOW, all_tokens, expected, reserved, tokens
from recsys.copywriting.providers.base import NO_USAGE, Usage
from recsys.copywriting.runs import Selection, Way, added
from recsys.copywriting.text import Brief, Facts
from recsys.errors import InputError, NotFound
from recsys.rules.saying import counted
from recsys.workflows.copy_facts import many_product_facts, segment_facts
from recsys.workflows.copy_selection import Chosen, choose
from recsys.workflows.copy_settings import cost_of
from recsys.workflows.copywriting import Desk
from recsys.workspace import Workspace

_ROOM_TO_THINK = 4_000  # tokens, which some models get on top
_SAMPLE, _SAMPLE_SEGMENTS = 40, 3  # prompts that are counted


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    Attributes
    ----------
    rows
        Products to be written about.
    approved
        Of the selection, left out since they have approved copy of the kind and language.
    waiting
        Those that have a text waiting in the queue: left out, or about to get another.
    usage
        Tokens: counted from the prompts' characters, the answers by the length asked for.
    cost
        US dollars; None where the model's price is not known.
    words
        How it was worked out, in a sentence.
    least_cap, least_cap_tokens
        A cap below this may be too low for a single text, were its answer as long as it can be.
    """

    rows: int
    approved: int
    usage: Usage
    cost: float | None
    words: str
    waiting: int = 0
    least_cap: float | None = None
    least_cap_tokens: int = 0


def estimate(
    workspace: Workspace, selection: Selection, brief: Brief, *, model: str, way: Way
) -> Estimate:
    """Say what a run would take; nothing is sent.

    The prompts of some products, evenly spread, stand for all.

    Raises
    ------
    InputError
        Nothing fits the selection, or all that fits has approved copy.
    NotReady, NotFound
        There is no data, or no such collection, segment or voice.
    """
    chosen = choose(workspace, selection, brief)
    desk = Desk.of(workspace, brief, model=model)
    prompts = [desk.prompt(facts) for facts in _sample(workspace, chosen)]
    rows = len(chosen.ids)
    usage = NO_USAGE
    for prompt in prompts:
        usage = added(usage, expected(prompt, brief, cached=_caches(workspace)))
    share = rows / max(len(prompts), 1)
    usage = Usage(*(round(share * number) for number in astuple(usage)))
    said = [HOW]
    if usage.cache_read:
        # The first request writes what all others read.
        once = tokens(prompts[0].system)
        usage = replace(usage, cache_read=usage.cache_read - once, cache_write=once)
        said.append("The instructions are written to the provider's cache once, and read from it.")
    if way == "batch":
        said.append("Batches cost half.")
    if chosen.unknown:
        said.append(f"{counted(chosen.unknown, 'id is', 'ids are')} not in the catalogue.")
    if chosen.waiting:
        then = "left out" if selection.without_text else "written of once more"
        have = counted(chosen.waiting, f"{chosen.about} has", f"{chosen.about}s have")
        said.append(f"{have} a text waiting in the queue already: {then}.")
    cost = cost_of(usage, desk.price, batch=way == "batch")
    largest = max(
        (reserved(one, one.max_tokens + _ROOM_TO_THINK) for one in prompts),
        key=all_tokens,
        default=NO_USAGE,
    )
    cap, most = cost_of(largest, desk.price, batch=way == "batch"), all_tokens(largest)
    return Estimate(rows, chosen.approved, usage, cost, " ".join(said), chosen.waiting, cap, most)


def _sample(workspace: Workspace, chosen: Chosen) -> list[Facts]:
    step = max(1, len(chosen.ids) // _SAMPLE)
    some = chosen.ids[::step][:_SAMPLE]
    if chosen.about == "product":
        return list(many_product_facts(workspace, some).values())
    found: list[Facts] = []
    for one in some[:_SAMPLE_SEGMENTS]:
        with suppress(InputError, NotFound):
            found.append(segment_facts(workspace, int(one)))
    return found


def _caches(workspace: Workspace) -> bool:
    """Whether the provider is told to keep the shared part, and says what that saves."""
    return workspace.settings.llm_provider == "anthropic"
