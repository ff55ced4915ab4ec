"""How states, findings and makers of copy are said."""

from __future__ import annotations

from pages.ui.copy_write_about import KIND_WORDS
from pages.ui.words import ago, count, plain
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.text import LANGUAGES, State
from recsys.workflows.copy_queue import CopyText, CopyVersion

STATE_WORDS: dict[State, str] = {
    "draft": "Draft",
    "checked": "Checked",
    "approved": "Approved",
    "rejected": "Rejected",
}
STATE_HELP: dict[State, str] = {
    "draft": "The checks found something that has to be mended first",
    "checked": "The checks found nothing; it waits for somebody to approve it",
    "approved": "May be exported; no bulk run writes over it",
    "rejected": "Not to be used; it stays in the records",
}
STATE_COLOURS: dict[State, str] = {
    "draft": "orange",
    "checked": "blue",
    "approved": "green",
    "rejected": "gray",
}


def state_mark(text: CopyText) -> str:
    """Return a badge that says the state of a text, in Markdown."""
    if text.partly:
        return ":violet-badge[Partly checked]"
    return f":{STATE_COLOURS[text.state]}-badge[{STATE_WORDS[text.state]}]"


def language_words(language: str) -> str:
    """Return the name of a language."""
    return LANGUAGES.get(language, language)


def found_words(checked: Checked) -> str:
    """Say how many findings a text has, in a few words."""
    stop = sum(finding.blocks for finding in checked.findings)
    advice = len(checked.findings) - stop
    found = [count(stop, "finding")] if stop else []
    found += [f"{advice} to look at"] if advice else []
    return ", ".join(found) or "no findings"


def about_words(text: CopyText) -> str:
    """Say what a text is, what was found in it and who made it when; escaped."""
    kind = f"{KIND_WORDS[text.kind]}, {language_words(text.language)}"
    return plain(f"{kind} · {found_words(text.now.checked)} · {ago(text.at)} by {text.actor}")


def usage_words(usage: Usage) -> str:
    """Say how many tokens were used."""
    into = usage.input + usage.cache_read + usage.cache_write
    return f"{into:,} tokens in, {usage.output:,} out"


def cost_words(cost: float | None) -> str:
    """Say what was paid, to the digits that matter; escaped."""
    if cost is None:
        return "price not known"
    if cost == 0:
        return "\\$0"
    return f"\\${cost:,.2f}" if cost >= 1 else f"\\${cost:.2g}"


def made_words(version: CopyVersion) -> str:
    """Say who or what made a version, and what it took; escaped."""
    if version.made_by != "model":
        return f"by {plain(version.actor)}"
    words = [f"by {version.model}", version.prompt_version, usage_words(version.usage)]
    said = " · ".join(plain(one) for one in words if one)
    return f"{said} · {cost_words(version.cost)} · asked by {plain(version.actor)}"
