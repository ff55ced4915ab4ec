"""How e-mail tools write a first name, and whether a text's merge tags are whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

# What a tag counts for where people see a name: as its fallback, and as this much at least.
NAME_LENGTH = 8


@dataclass(frozen=True)
class MergeTool:
    """An e-mail tool.

    Attributes
    ----------
    first_name
        The tag with a fallback, as the tool's documentation writes it.
    pattern
        All ways to write the first name there; its group ``fallback`` is what people without a
        name see.
    fallback_elsewhere
        Whether the tool keeps the fallback in its settings, not in the tag.
    """

    id: str
    name: str
    first_name: str
    pattern: re.Pattern[str]
    fallback_elsewhere: bool = False


class Tag(NamedTuple):
    """Something in a text that is, or was meant to be, a merge tag."""

    start: int
    end: int
    tool: str  # the first tool that writes it so; empty where none does
    fallback: str | None


def _liquid(name: str) -> re.Pattern[str]:
    """Return ``{{ name|default:'there' }}``; a fallback may be left out."""
    return re.compile(
        rf"\{{\{{\s*{name}\s*(?:\|\s*default:?\s*[\"'](?P<fallback>[^\"'{{}}]*)[\"']\s*)?\}}\}}"
    )


_ALL = (
    # help.klaviyo.com, "Message personalization reference"
    MergeTool(
        "klaviyo",
        "Klaviyo",
        "{{ first_name|default:'there' }}",
        _liquid(r"(?:person\.)?first_name"),
    ),
    # mailchimp.com/help/all-the-merge-tags-cheat-sheet, "Use conditional merge tag blocks"
    MergeTool(
        "mailchimp",
        "Mailchimp",
        "*|IF:FNAME|**|FNAME|**|ELSE:|*there*|END:IF|*",
        re.compile(
            r"\*\|IF:FNAME\|\*\s*\*\|(?:TITLE:)?FNAME\|\*\s*\*\|ELSE:\|\*(?P<fallback>[^*|]*)"
            r"\*\|END:IF\|\*|\*\|(?:TITLE:)?FNAME\|\*"
        ),
        fallback_elsewhere=True,
    ),
    # developers.hubspot.com, "HubL functions: personalization_token"
    MergeTool(
        "hubspot",
        "HubSpot",
        "{{ personalization_token('contact.firstname', 'there') }}",
        re.compile(
            r"\{\{\s*personalization_token\(\s*[\"']contact\.firstname[\"']"
            r"\s*(?:,\s*[\"'](?P<fallback>[^\"']*)[\"']\s*)?\)\s*\}\}|\{\{\s*contact\.firstname\s*\}\}"
        ),
        fallback_elsewhere=True,
    ),
    # braze.com/docs, "Using Liquid": default values
    MergeTool(
        "braze", "Braze", "{{${first_name} | default: 'there'}}", _liquid(r"\$\{first_name\}")
    ),
    # AMPscript guide, functions IIF and EMPTY
    MergeTool(
        "salesforce",
        "Salesforce Marketing Cloud",
        '%%=IIF(EMPTY(FirstName), "there", FirstName)=%%',
        re.compile(
            r"%%=IIF\(EMPTY\(\[?FirstName\]?\),\s*[\"'](?P<fallback>[^\"']*)[\"'],\s*\[?FirstName\]?\)=%%"
            r"|%%\[?[Ff]irst_?[Nn]ame\]?%%|%%=v\(@[Ff]irst_?[Nn]ame\)=%%"
        ),
    ),
    # help.activecampaign.com, "Personalization tags": the default value is kept with the field
    MergeTool(
        "activecampaign",
        "ActiveCampaign",
        "%FIRSTNAME%",
        re.compile(r"%FIRSTNAME%"),
        fallback_elsewhere=True,
    ),
    # developers.brevo.com, "Brevo's template language"
    MergeTool(
        "brevo",
        "Brevo",
        '{{ contact.FIRSTNAME | default: "there" }}',
        _liquid(r"contact\.FIRSTNAME"),
    ),
    # docs.customer.io, "Personalize messages with Liquid"
    MergeTool(
        "customerio",
        "Customer.io",
        '{{ customer.first_name | default: "there" }}',
        _liquid(r"customer\.first_name"),
    ),
    # support.omnisend.com, "Personalization in channels"
    MergeTool(
        "omnisend",
        "Omnisend",
        '[[contact.first_name | default: "there"]]',
        re.compile(
            r"\[\[\s*contact\.first_name\s*(?:\|\s*default:\s*[\"'](?P<fallback>[^\"'\[\]]*)[\"']\s*)?\]\]"
        ),
    ),
    # mailerlite.com/help, "How to use personalization variables"
    MergeTool(
        "mailerlite",
        "MailerLite",
        "{$name|default('there')}",
        re.compile(r"\{\$name(?:\|default\([\"'](?P<fallback>[^\"']*)[\"']\))?\}"),
    ),
)
TOOLS: dict[str, MergeTool] = {tool.id: tool for tool in _ALL}

# Whatever looks like a tag, whole or not.
_LOOKS = re.compile(
    r"\{\{[^{}]*(?:\{[^{}]*\}[^{}]*)?\}\}|\{%[^%]*%\}|\*\|[^|*]*\|\*|%%[^%]+%%|%[A-Z][A-Z_]{2,}%"
    r"|\[\[[^\[\]]*\]\]|\{\$[^{}]*\}|\$\{[^{}]*\}"
    r"|\[(?:first ?name|name|vorname)\]|\{(?:first_?name|name|vorname)\}|<(?:first ?name|name)>"
    r"|\{\{|\}\}|\*\||\|\*|%%|\[\[|\]\]|\{%|%\}|\$\{|\{\$",
    re.IGNORECASE,
)
_MARKS = frozenset("{}*%[]$<")


def find_tags(text: str) -> list[Tag]:
    """Find all merge tags of a text, of any tool, whole or broken, in their order."""
    if not _MARKS.intersection(text):
        return []
    found: list[Tag] = []
    taken = bytearray(len(text))  # by letter: a text may be made of nothing but tags
    for tool in (*_ALL, None):
        for match in (_LOOKS if tool is None else tool.pattern).finditer(text):
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            fallback = match.groupdict().get("fallback")
            found.append(Tag(start, end, "" if tool is None else tool.id, fallback))
    return sorted(found)


def as_seen(text: str) -> str:
    """Return a text as people see it: each merge tag as its fallback, eight characters at least.

    Examples
    --------
    >>> as_seen("Hi *|FNAME|*, your coffee")
    'Hi ________, your coffee'
    """
    pieces: list[str] = []
    at = 0
    for tag in find_tags(text):
        pieces.append(text[at : tag.start])
        shown = (tag.fallback or "").strip().ljust(NAME_LENGTH, "_")
        pieces.append(shown if tag.tool else text[tag.start : tag.end])
        at = tag.end
    return "".join([*pieces, text[at:]])
