"""What is sent to a model, word for word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from recsys.copywriting.text import digest


@dataclass(frozen=True)
class Prompt:
    """One request for copy.

    Attributes
    ----------
    system
        What all requests of a run share: who writes, how, and what is never done. Providers cache
        it where they can.
    user
        What this one is about, the shop's data delimited.
    schema
        The JSON schema that the answer has to have.
    version
        Of the template: "description 3".
    max_tokens
        The most that the answer may have.
    """

    system: str
    user: str
    schema: dict[str, Any]
    version: str
    max_tokens: int = 2_000

    def digest(self, provider: str, model: str) -> str:
        """Return the name of this request's content: the same content is paid for once."""
        schema = json.dumps(self.schema, sort_keys=True)
        return digest(provider, model, self.system, self.user, schema, str(self.max_tokens))
