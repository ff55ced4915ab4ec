"""What brings a product back onto a shelf, tried out before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from recsys.releases.live import LiveView
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.shelf_settings import ShelfSettings
from recsys.shelves.request import ShelfRequest
from recsys.types import Filters

RemedyKind = Literal["filters", "unhide", "restock", "setting", "elsewhere", "rule_off", "pin"]


@dataclass(frozen=True)
class Remedy:
    """One thing to do.

    Attributes
    ----------
    kind
        "filters": drop what the visitor filters by; "unhide" and "restock" are live changes;
        "setting": give the placement ``settings``; "elsewhere": take it off the other shelf;
        "rule_off": switch ``rule_id`` off; "pin": pin it here.
    words
        For people, as an order: ``Pin it here``.
    """

    kind: RemedyKind
    words: str
    rule_id: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


def remedied(
    view: LiveView, request: ShelfRequest, item_id: str, remedy: Remedy
) -> tuple[LiveView, ShelfRequest]:
    """Return what is live and what is asked as they would be after a remedy."""
    row = view.release.item_ids.row(item_id)
    assert row is not None
    book, placement = view.book, request.placement
    if remedy.kind == "filters":
        return view, replace(request, filters=Filters())
    if remedy.kind == "elsewhere":
        return view, replace(request, but=tuple(one for one in request.but if one != item_id))
    if remedy.kind == "unhide":
        hidden = view.hidden.copy()
        hidden[row] = False
        return replace(view, hidden=hidden), request
    if remedy.kind == "restock":
        stock = view.stock.copy()
        stock[row] = max(1, request.filters.min_stock)
        return replace(view, stock=stock, restocked=view.restocked | {row}), request
    if remedy.kind == "setting":
        changed = ShelfSettings(**{**book.of(placement).model_dump(), **remedy.settings})
        book = replace(book, settings={**book.settings, placement: changed})
        if "leave_out_bought" in remedy.settings:
            request = replace(request, leave_out_bought=None)
    elif remedy.kind == "rule_off":
        rules = (
            rule.model_copy(update={"on": False}) if rule.id == remedy.rule_id else rule
            for rule in book.rules
        )
        book = replace(book, rules=tuple(rules))
    elif remedy.kind == "pin":
        book = replace(book, rules=(*book.rules, _pin(item_id, request)))
    return replace(view, book=book), request


def _pin(item_id: str, request: ShelfRequest) -> Rule:
    scope = Scope(placements=(request.placement,))
    return Rule(kind="pin", target=Target(items=(item_id,)), scope=scope, priority=100)
