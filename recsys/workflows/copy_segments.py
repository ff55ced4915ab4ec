"""What the members of a segment share, for e-mails to it: never anything of one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from recsys.copywriting.text import MOST_PRODUCTS, Fact, Facts
from recsys.errors import InputError, NotFound
from recsys.lifts import Lift
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.publishing import live
from recsys.rules.sets import SetLine, load_sets
from recsys.segments.sharing import shared
from recsys.segments.stored import segment_set
from recsys.workflows.copy_products import many_product_facts, numbered
from recsys.workflows.segment_rules import lifecycle_line, lifecycle_rules
from recsys.workspace import Workspace
from recsys.workspace.database import Database

LEAST_MEMBERS = 20  # of a segment, before anything that its members share may leave the shop
# Of the members so many have a trait before it is said, and such a part of them.
_LEAST_SHARING, _LEAST_SHARE = 10, 0.25
_LEAST_LIFT = 1.2
# What was bought, each with how many of it are said; a member may have several.
_BOUGHT = {"category": 3, "brand": 2}
# What a member has one of; said where most have the same. Columns of the shoppers' own never are.
_TRAITS = {
    "price": "usual price of a piece",
    "stage": "stage of the customers",
    "recency": "time since the last purchase",
    "orders": "number of orders",
}
_SHARES = (
    (0.9, "nearly all"),
    (0.75, "three quarters"),
    (0.5, "more than half"),
    (0.33, "a third"),
)
_LIFTS = ((3.0, "far more often"), (1.5, "much more often"), (_LEAST_LIFT, "more often"))

# What segments share, in words: a few facts each.
_MOST_KEPT = 200
_found: WeakKeyDictionary[Database, dict[Any, tuple[Fact, ...]]] = WeakKeyDictionary()


def segment_facts(
    workspace: Workspace,
    set_id: int,
    item_ids: Sequence[str] = (),
    *,
    view: LiveView | None = None,
) -> Facts:
    """Return what the members of a segment share, never anything of one of them.

    That are the categories and brands that many of them buy, more often than others do, and what
    most of them have in common: usual price, stage, last purchase, number of orders. All is said
    in words without counts; sensitive products count for nothing, columns of the shoppers' file
    are never used, and the segment's name is not sent.

    Parameters
    ----------
    item_ids
        At most three products that the e-mail shows.
    view
        What is live, where the caller has it open; else it is opened, at the first call for the
        same segment and release.

    Raises
    ------
    InputError
        It has fewer than twenty members that the live release knows, or there are too many
        products.
    NotFound
        There is no such segment or product.
    NotReady
        Nothing is live.
    """
    if len(item_ids) > MOST_PRODUCTS:
        raise InputError(f"A subject shows at most {MOST_PRODUCTS} products, not {len(item_ids)}.")
    with workspace.database.read() as connection:
        line = segment_set(connection, set_id)
    common = _kept(workspace, line) if view is None else _common(workspace, line, view)
    products = many_product_facts(workspace, item_ids) if item_ids else {}
    for item_id in item_ids:
        if item_id not in products:
            raise NotFound(f"The catalogue has no product {item_id!r}.", hint="Check the id.")
    several = [products[item_id] for item_id in item_ids]
    facts = (*common, *numbered(several))
    return Facts(about="segment", id=str(set_id), name=line.name, facts=facts)


def _kept(workspace: Workspace, line: SetLine) -> tuple[Fact, ...]:
    """Return what the same members shared on the same release: to open one is slow."""
    now = live(workspace)
    key = (line.id, line.version, now and now.release_id, lifecycle_line(workspace).revision)
    held = _found.setdefault(workspace.database, {})
    if key not in held:
        common = _common(workspace, line, LiveShop(workspace).current())
        if len(held) >= _MOST_KEPT:
            held.clear()
        held[key] = common
        return common
    return held[key]


def _common(workspace: Workspace, line: SetLine, view: LiveView) -> tuple[Fact, ...]:
    members = load_sets(workspace.database, {line.id: line.version})[line.id].members
    rows = np.array(sorted(set(view.release.user_ids.rows(members))), np.int32)
    if len(rows) < LEAST_MEMBERS:
        raise InputError(
            f"The segment {line.name!r} has {len(rows)} members that the live release knows;"
            f" {LEAST_MEMBERS} are needed before what they share may leave the shop.",
            hint="Choose a larger segment, or write for products instead.",
        )
    found = shared(view, rows, rules=lifecycle_rules(workspace))
    return (*_bought(found), *_traits(view, found))


def _bought(found: dict[str, list[Lift]]) -> Iterable[Fact]:
    for name, most in _BOUGHT.items():
        common = [one for one in found.get(name, ()) if _is_common(one)]
        for number, one in enumerate(common[:most], 1):
            yield Fact(field=f"{name} {number}", value=f"{one.value}, {_words(one)}")


def _is_common(one: Lift) -> bool:
    often = one.share >= 0.5 or (one.sure and one.lift >= _LEAST_LIFT)
    return one.count >= _LEAST_SHARING and one.share >= _LEAST_SHARE and often


def _words(one: Lift) -> str:
    part = next((words for least, words in _SHARES if one.share >= least), "a quarter")
    often = next((words for least, words in _LIFTS if one.lift >= least), "")
    words = f"bought by {part} of the group"
    return f"{words}, {often} than by others" if often and one.sure else words


def _traits(view: LiveView, found: dict[str, list[Lift]]) -> Iterable[Fact]:
    if view.release.people is None:  # a column of the shop's own may have such a name then
        return
    for name, field in _TRAITS.items():
        for one in found.get(name, ()):
            if one.count >= _LEAST_SHARING and one.share > 0.5:
                yield Fact(field=field, value=one.value)
