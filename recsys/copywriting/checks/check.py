"""All checks of a text, in one call; no language model has a say in them."""

from __future__ import annotations

from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.text import Brief, Copy, Facts, Voice


def check(
    copy: Copy,
    facts: Facts,
    brief: Brief,
    *,
    voice: Voice | None = None,
    others: Others | None = None,
) -> Checked:
    """Check a text against what is known, and against the rules of the trade.

    Parameters
    ----------
    voice
        A voice of the shop's own, for its banned words.
    others
        Texts about other things, to find what was written twice.
    """
    raise NotImplementedError
