"""Whether what stands in a column fits a role."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from recsys.data.reading.facts import Facts
from recsys.data.reading.roles import Kind

Verdict = Literal["fits", "silent", "doubtful", "contradicts"]

_MOST = 0.8
# One row for each product: a few repeated rows do not make it a file of something else.
_UNIQUE = 0.95
_PARTLY_UNIQUE = 0.5


@dataclass(frozen=True)
class Fit:
    """How a column fits a role, and why in a few words."""

    verdict: Verdict
    why: str


def fit(kind: Kind, role: str, facts: Facts) -> Fit:
    """Judge whether the cells of a column fit a role; an empty column tells nothing."""
    if not facts.filled:
        return Fit("silent", "its first rows are empty")
    if (kind, role) in (("items", "item_id"), ("shoppers", "user_id")):
        return _one_for_each_row(facts)
    return _JUDGES.get(role, _text)(facts)


def is_unique(facts: Facts) -> bool:
    """Tell whether a column has a value of its own in nearly every filled row."""
    return facts.filled > 0 and facts.distinct >= _UNIQUE * facts.filled


def _counted(count: int, facts: Facts, what: str) -> str:
    return f"{count:,} of {facts.filled:,} values {what}"


def _different(facts: Facts) -> str:
    return "one value" if facts.distinct == 1 else f"{facts.distinct:,} different values"


def _most(facts: Facts, count: int, what: str) -> Fit:
    enough = facts.share(count) >= _MOST
    return Fit("fits" if enough else "contradicts", _counted(count, facts, what))


def _dates(facts: Facts) -> Fit:
    return _most(facts, max(facts.dates, facts.moments), "are dates")


def _numbers(facts: Facts) -> Fit:
    return _most(facts, facts.numbers, "are numbers")


def _ids(facts: Facts) -> Fit:
    words = f"{_different(facts)} in {facts.filled:,} rows"
    if not facts.codes:
        return Fit("contradicts", "its values are no ids")
    if facts.share(facts.countries) >= _MOST:
        return Fit("contradicts", _counted(facts.countries, facts, "are countries"))
    return Fit("fits", words)


def _one_for_each_row(facts: Facts) -> Fit:
    found = _ids(facts)
    if found.verdict != "fits" or is_unique(facts):
        return found
    partly = facts.distinct >= _PARTLY_UNIQUE * facts.filled
    return Fit("doubtful" if partly else "contradicts", f"{found.why}, so it repeats")


def _group(facts: Facts) -> Fit:
    if facts.codes and facts.filled == facts.rows and is_unique(facts) and facts.rows > 1:
        return Fit("contradicts", "no two products share a value")
    return _ids(facts)


def _event(facts: Facts) -> Fit:
    if facts.share(facts.events) >= _PARTLY_UNIQUE:
        return Fit("fits", _counted(facts.events, facts, "are events that Aisle knows"))
    few = facts.distinct <= 20 and not facts.dates and not facts.numbers
    return Fit("silent" if few else "contradicts", "its values are no events that Aisle knows")


def _text(facts: Facts) -> Fit:
    texts = facts.filled - max(
        facts.numbers, facts.dates, facts.pictures, facts.emails, facts.marked
    )
    return _most(facts, texts, "are text")


def _category(facts: Facts) -> Fit:
    found = _text(facts)
    if found.verdict == "contradicts" and facts.share(facts.numbers) >= _MOST and facts.codes:
        return Fit("silent", "its values are codes, not names")
    return found


def _stock(facts: Facts) -> Fit:
    if facts.share(facts.answers) >= _MOST:
        return Fit("fits", _counted(facts.answers, facts, "say whether there is stock"))
    return _most(facts, facts.numbers, "are numbers")


def _pictures(facts: Facts) -> Fit:
    return _most(facts, facts.pictures, "are addresses of pictures")


def _emails(facts: Facts) -> Fit:
    return _most(facts, facts.emails, "are addresses")


def _age(facts: Facts) -> Fit:
    short = facts.distinct <= 150 and not facts.decimals and facts.share(facts.dates) < _MOST
    return Fit("fits" if short else "contradicts", _different(facts))


def _few(facts: Facts) -> Fit:
    few = facts.distinct <= 12 and not facts.decimals and not facts.dates
    return Fit("fits" if few else "contradicts", _different(facts))


def _place(facts: Facts) -> Fit:
    wrong = facts.dates or facts.decimals or facts.emails
    return Fit("contradicts" if wrong else "fits", _different(facts))


def _consent(facts: Facts) -> Fit:
    return _most(facts, facts.answers, "say yes or no")


_JUDGES: dict[str, Callable[[Facts], Fit]] = {
    "user_id": _ids,
    "item_id": _ids,
    "order_id": _ids,
    "group_id": _group,
    "timestamp": _dates,
    "launched_at": _dates,
    "quantity": _numbers,
    "price": _numbers,
    "line_total": _numbers,
    "rating": _numbers,
    "cost": _numbers,
    "event_type": _event,
    "stock": _stock,
    "image_url": _pictures,
    "email": _emails,
    "category": _category,
    "category_2": _category,
    "category_3": _category,
    "item_category": _category,
    "age": _age,
    "gender": _few,
    "location": _place,
    "consent": _consent,
}
