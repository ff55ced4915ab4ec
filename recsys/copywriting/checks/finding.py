"""What the checks find in a text: receipts for what is known, findings for what is not."""

from __future__ import annotations

from typing import Literal

from recsys.values import Value

Where = Literal["text", "preheader"]


class Finding(Value):
    """Something that keeps copy from being approved, or that is worth a look.

    Attributes
    ----------
    check
        Which check: "number", "unit", "material", "colour", "brand", "certification",
        "superlative", "property" (what it can be, hold or lack), "origin", "offer", "negation",
        "claim", "urgency", "length", "banned", "spam", "capitals", "letters" (that hide words),
        "punctuation", "emoji",
        "merge tag", "keywords", "duplicate", "language", "personal", "leak" (talk between a writer
        and a model, markup, web addresses).
    words
        A sentence for the merchandiser: what was found and what to do.
    start, end
        Characters of the text that it is about; equal where it is about the whole.
    blocks
        Whether approval waits for it; else it is advice.
    to_model
        What the model is told in place of ``words``, where those say what is never sent: how many
        pieces are in stock, what a segment is called. Empty where ``words`` may be sent.
    """

    check: str
    words: str
    where: Where = "text"
    start: int = 0
    end: int = 0
    blocks: bool = True
    to_model: str = ""


class Receipt(Value):
    """A piece of the text that a fact bears out."""

    start: int
    end: int
    field: str
    value: str
    where: Where = "text"


class Checked(Value):
    """What the checks say of one text; ``limits`` says in words what was not looked at."""

    findings: tuple[Finding, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    limits: str = ""

    @property
    def clean(self) -> bool:
        """Whether nothing blocks."""
        return not any(finding.blocks for finding in self.findings)
