"""Prompts for the tests of providers, and how their errors read."""

from __future__ import annotations

from recsys.copywriting.prompt import Prompt

SYSTEM = "You write product descriptions for an online shop, from facts alone."
USER = '<facts>\n[{"field": "name", "value": "Oat Drink 1 l"}]\n</facts>'
TEXT = {"type": "string"}
SCHEMA = {
    "type": "object",
    "properties": {"text": TEXT},
    "required": ["text"],
    "additionalProperties": False,
}
PROMPT = Prompt(SYSTEM, USER, SCHEMA, "description 0")
MODELS = {"anthropic": "claude-sonnet-5-5", "openai": "local-small"}
WHO = "The language model at 127.0.0.1"
HONEST = (
    '{"text": "The name is Oat Drink 1 l.", '
    '"claims": [{"words": "Oat Drink 1 l", "field": "name"}]}'
)
