"""How e-mail tools write a first name, and whether a text's merge tags are whole."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MergeTool:
    """An e-mail tool.

    Attributes
    ----------
    first_name
        The tag with a fallback, as the tool's documentation writes it.
    """

    id: str
    name: str
    first_name: str


TOOLS: dict[str, MergeTool] = {}
