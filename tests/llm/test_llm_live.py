"""One real question to a real provider; only where a key is set."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from llm_prompts import PROMPT

from recsys.copywriting.providers.opening import DEFAULT_MODEL, open_provider
from recsys.settings import Settings


@pytest.mark.skipif("ANTHROPIC_API_KEY" not in os.environ, reason="no key is set")
def test_a_real_answer() -> None:
    provider = open_provider(Settings(home=Path("unused")))
    pieces: list[str] = []
    answer = provider.write(PROMPT, model=DEFAULT_MODEL, on_text=pieces.append)
    listed = [line.id for line in provider.models()]
    provider.close()
    assert answer.stop == "done"
    assert "Oat Drink" in json.loads(answer.text)["text"]
    assert "".join(pieces) == answer.text
    assert answer.usage.output > 0
    assert DEFAULT_MODEL in listed
