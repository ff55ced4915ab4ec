from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from recsys.copywriting.checks.apart import Apart
from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.text import Brief, Copy, Fact, Facts
from recsys.errors import StorageError

TEXT = Copy(text="A cup of stone for tea and for coffee, for the morning and for the evening.")


def _facts(number: int) -> Facts:
    return Facts(
        about="product", id=str(number), name="Cup", facts=(Fact(field="name", value="Cup"),)
    )


@pytest.fixture
def apart() -> Iterator[Apart]:
    apart = Apart(Brief(), None, Others())
    yield apart
    apart.close()


def test_it_says_what_the_checks_say_and_knows_what_it_has_checked(apart: Apart) -> None:
    others = Others()
    first = apart.check(TEXT, _facts(1))
    assert first == check(TEXT, _facts(1), Brief(), others=others)
    others.add("1", TEXT.text)

    second = apart.check(TEXT, _facts(2))
    assert second == check(TEXT, _facts(2), Brief(), others=others)
    assert "duplicate" in {finding.check for finding in second.findings}


def test_the_end_of_its_process_is_said(apart: Apart) -> None:
    apart.check(TEXT, _facts(1))
    os.kill(apart.pid, signal.SIGKILL)
    with pytest.raises(StorageError, match="The process that checks texts has ended"):
        apart.check(TEXT, _facts(1))
