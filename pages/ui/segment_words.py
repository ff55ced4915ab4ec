"""A segment's definition in a sentence, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pages.ui.words import count, percent, shorten
from recsys.releases.live import LiveView
from recsys.segments.definition import Conditions, Definition, Leaving, Seeds, Wanted

Names = Mapping[int, str]
_NAMED = 3


def definition_words(view: LiveView, definition: Definition, segments: Names) -> str:
    """Say who belongs to a segment; not escaped.

    Parameters
    ----------
    segments
        What the segments are called.
    """
    words = _who(view, definition, segments)
    if definition.size is not None:
        words += f", the first {definition.size:,}"
    if definition.sample is not None:
        words += f", a random {percent(definition.sample)} of them"
    left = _left_out(definition.leaving, segments)
    if left:
        words += f", without {left}"
    if definition.holdout:
        words += f"; {percent(definition.holdout)} are set aside as hold-out group"
    return f"{words}."


def _who(view: LiveView, definition: Definition, segments: Names) -> str:
    if definition.kind == "rule" and definition.conditions is not None:
        return f"Shoppers {conditions_words(view, definition.conditions, segments)}"
    if definition.kind == "lookalikes" and definition.seeds is not None:
        words = f"Shoppers like {_seeds_words(view, definition.seeds, segments)}"
        return f"{words}, and these" if definition.with_seeds else words
    if definition.kind == "affinity" and definition.wanted is not None:
        return _wanted_words(view, definition.wanted)
    if definition.kind == "taste":
        return "A taste group of the map of shoppers"
    return f"A list of {count(len(definition.ids), 'shopper')}"


def _seeds_words(view: LiveView, seeds: Seeds, segments: Names) -> str:
    if seeds.buyers_of:
        words = f"the buyers of {_products(view, seeds.buyers_of)}"
    elif seeds.conditions is not None:
        words = f"those {conditions_words(view, seeds.conditions, segments)}"
    elif len(seeds.ids) == 1:
        words = f"shopper {seeds.ids[0]}"
    else:
        words = f"{len(seeds.ids):,} seeds of a list"
    return f"{words} before {seeds.happened_on}" if seeds.happened_on else words


def _wanted_words(view: LiveView, wanted: Wanted) -> str:
    parts = [_products(view, wanted.items)] if wanted.items else []
    parts += [_some(values) for values in (wanted.categories, wanted.brands) if values]
    words = f"Shoppers likeliest to want {' or '.join(parts)}"
    bought = {
        "not_yet": " who have not bought it yet",
        "due": " who are due to buy it again",
        "any": "",
    }
    return f"{words}{bought[wanted.bought]}"


def conditions_words(view: LiveView, one: Conditions, segments: Names) -> str:
    """Say what has to hold: ``who are loyal, with 3 orders or more``."""
    currency = view.release.currency
    parts = [f"who are {' or '.join(one.stages)}"] if one.stages else []
    parts += _range("with", one.orders_min, one.orders_max, "orders")
    parts += _range("who spent", one.spend_min, one.spend_max, currency)
    if one.top_spenders is not None:
        parts.append(f"among the {percent(one.top_spenders)} who spent most")
    parts += _range("silent for", one.days_since_min, one.days_since_max, "days")
    scores = {
        "recency": one.recency_min,
        "frequency": one.frequency_min,
        "monetary": one.monetary_min,
    }
    parts += [f"{name} score {least} or more" for name, least in scores.items() if least]
    bought = [_products(view, one.items)] if one.items else []
    bought += [_some(values) for values in (one.categories, one.brands) if values]
    when = f" since {one.bought_from}" if one.bought_from else ""
    when += f" until {one.bought_until}" if one.bought_until else ""
    if bought or when:
        parts.append(f"who bought {' and '.join(bought) or 'anything'}{when}")
    parts += [f"{column} {_some(values)}" for column, values in one.attributes.items()]
    if one.segments:
        parts.append(f"of {_some(_names(one.segments, segments))}")
    return ", ".join(parts) or "of the shop, all of them"


def _left_out(leaving: Leaving, segments: Names) -> str:
    parts: list[str] = []
    if leaving.segments:
        parts.append(f"the members of {_some(_names(leaving.segments, segments))}")
    if leaving.bought_within_days is not None:
        parts.append(f"who bought in the last {count(leaving.bought_within_days, 'day')}")
    if leaving.no_consent:
        parts.append("who did not consent")
    return " and ".join(parts)


def _names(ids: Iterable[int], segments: Names) -> list[str]:
    return [segments.get(one, f"a deleted segment ({one})") for one in ids]


def _range(start: str, low: float | None, high: float | None, unit: str) -> list[str]:
    if low is None and high is None:
        return []
    if low is not None and high is not None:
        return [f"{start} {low:,g} to {high:,g} {unit}".rstrip()]
    edge = f"{low:,g} {unit} or more" if low is not None else f"at most {high:,g} {unit}"
    return [f"{start} {edge}"]


def _products(view: LiveView, items: Iterable[str]) -> str:
    rows = {one: view.release.item_ids.row(one) for one in items}
    return _some(
        [one if row is None else shorten(view.release.names[row], 40) for one, row in rows.items()]
    )


def _some(values: Iterable[str]) -> str:
    every = list(values)
    words = " or ".join(every[:_NAMED])
    return f"{words} and {len(every) - _NAMED:,} more" if len(every) > _NAMED else words
