"""What the live rules do to each product."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from recsys.releases.live import LiveView
from recsys.rules.rule import Rule
from recsys.rules.schedule import moment
from recsys.shelves.compiled import compile_book
from recsys.shelves.facts import facts_of

RULE_LABELS = ("Pinned", "Boosted", "Buried", "Shown only", "Hidden")
_PINNED, _BOOSTED, _BURIED, _ONLY, _HIDDEN = range(5)
_CODES = {
    "only": _ONLY,
    "bury": _BURIED,
    "boost": _BOOSTED,
    "pin": _PINNED,
    "hide": _HIDDEN,
}


def rule_codes(view: LiveView) -> NDArray[np.int16]:
    """Return what live rules do to each product now: a code of ``RULE_LABELS``, -1 for nothing.

    A rule of any placement and audience counts while it is on and in its time. Of several the
    later of include-only, bury, boost, pin and hide is told; what is hidden by hand is hidden.
    """
    found = np.full(len(view.stock), -1, np.int16)
    book, now = view.book, time.time()
    compiled = compile_book(book, facts_of(view))
    at_work = [rule for rule in book.rules if _holds(rule, book.time_zone, now)]
    for kind, code in _CODES.items():
        for rule in at_work:
            if rule.kind == kind:
                found[compiled.products(rule.target, now=now)] = code
    found[view.hidden] = _HIDDEN
    return found


def _holds(rule: Rule, zone: str, now: float) -> bool:
    started = not rule.starts or moment(rule.starts, zone) <= now
    return rule.on and started and not (rule.ends and moment(rule.ends, zone) <= now)
