"""Why a product does not stand on a shelf, and what would bring it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from recsys.releases.live import LiveView
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.shelf_settings import ShelfSettings
from recsys.shelves.among import among
from recsys.shelves.arrange import NOTHING_INCLUDED
from recsys.shelves.cold import preferring
from recsys.shelves.compiled import beats, label_of
from recsys.shelves.finders import Found
from recsys.shelves.lines import ASK_POPULAR
from recsys.shelves.plan import BOUGHT, ELSEWHERE, Plan, plan_of
from recsys.shelves.ranking import outside
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import FINDERS, show_shelf
from recsys.types import Filters, Shelf

RemedyKind = Literal[
    "filters", "unhide", "restock", "setting", "elsewhere", "rule_off", "pin", "none"
]
_MOST_REMEDIES = 20


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


@dataclass(frozen=True)
class WhyNot:
    """What became of one product on the way to a shelf.

    Attributes
    ----------
    place
        Where it stands; None where it does not.
    cause
        The step that removed it: "unknown product", "asked about", "outside the filters", "hidden
        now", "bought before", "elsewhere on the page", "sold out", "hidden by a rule", "not
        included", "another variant", "diversity", "setting", "buried", "unknown to the model",
        "below the cut"; empty where it stands.
    rank, of, score
        Its place in the model's own list of all products before anything is taken out, how many
        that list has, and its score; None and 0 where the model does not rank it.
    steps
        (Name, what happened to it there), as far as it came.
    remedies
        What brings it back, all of them together, in this order.
    sure
        Whether the shelf was made again with the remedies and the product stood on it.
    """

    item_id: str
    name: str
    shelf: Shelf
    sentence: str
    place: int | None = None
    cause: str = ""
    rank: int | None = None
    of: int = 0
    score: float | None = None
    steps: tuple[tuple[str, str], ...] = ()
    remedies: tuple[Remedy, ...] = ()
    sure: bool = False

    @property
    def rank_words(self) -> str:
        """Say the rank: ``4,711th of 68,256``."""
        return "not ranked" if self.rank is None else f"{ordinal(self.rank)} of {self.of:,}"


@dataclass(frozen=True)
class _Cause:
    name: str
    words: str
    remedy: Remedy | None
    step: str


def why_not(
    view: LiveView, request: ShelfRequest, item_id: str, *, now: float | None = None
) -> WhyNot:
    """Say where a product stands on a shelf, or which step took it out.

    It asks the model for the places of all products and makes the shelf again for every remedy, so
    it is for one question of a person, some 50 ms each.

    Raises
    ------
    InputError, NotFound, NotReady
        As :func:`recsys.shelves.show.show_shelf` does for the shelf itself.
    """
    shelf = show_shelf(view, request, now=now)
    row = view.release.item_ids.row(item_id)
    if row is None:
        words = f"The live catalogue has no product {item_id!r}."
        return WhyNot(item_id, item_id, shelf, words, cause="unknown product")
    asking = _Asking(view, request, row, now)
    name = view.release.names[row]
    rank, of, score = asking.standing()
    met = asking.met(rank, of)
    item = next((one for one in shelf.items if one.item_id == item_id), None)
    if item is not None:
        sentence = f"{name} stands at {item.rank}: {item.reason}."
        steps = (*met, ("shelf", f"stands at {item.rank}"))
        return WhyNot(
            item_id, name, shelf, sentence,
            place=item.rank, rank=rank, of=of, score=score, steps=steps,
        )  # fmt: skip
    cause = asking.cause(shelf, rank)
    remedies, sure = _remedies(view, request, row, now)
    there = f" In the model's own list it is {ordinal(rank)} of {of:,}." if rank else ""
    return WhyNot(
        item_id,
        name,
        shelf,
        f"{name} is not on this shelf: {cause.words}.{there}",
        cause=cause.name,
        rank=rank,
        of=of,
        score=score,
        steps=(*met, (cause.step, cause.words)),
        remedies=remedies,
        sure=sure,
    )


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


def _remedies(
    view: LiveView, request: ShelfRequest, row: int, now: float | None
) -> tuple[tuple[Remedy, ...], bool]:
    """Take away one cause after the other until the product stands on the shelf."""
    found: list[Remedy] = []
    item_id = view.release.item_ids.id(row)
    while len(found) < _MOST_REMEDIES:
        shelf = show_shelf(view, request, now=now)
        if any(item.item_id == item_id for item in shelf.items):
            return tuple(found), True
        asking = _Asking(view, request, row, now)
        remedy = asking.cause(shelf, asking.standing()[0]).remedy
        if remedy is None or remedy in found:
            break
        found.append(remedy)
        view, request = remedied(view, request, item_id, remedy)
    return tuple(found), False


@dataclass(frozen=True)
class _Asking:
    """One product and one shelf, as they stand."""

    view: LiveView
    request: ShelfRequest
    row: int
    now: float | None
    plan: Plan = field(init=False)

    def __post_init__(self) -> None:
        plan = preferring(self.view, plan_of(self.view, self.request, now=self.now))
        object.__setattr__(self, "plan", plan)

    def standing(self) -> tuple[int | None, int, float | None]:
        """Return rank, number and score in the model's own list of all products."""
        found: Found = FINDERS[self.request.placement](self.view, self.plan)
        if found.order is not None:
            here = np.flatnonzero(found.order == self.row)
            return (int(here[0]) + 1 if len(here) else None), len(found.order), None
        asked = ASK_POPULAR if found.asked is None else found.asked
        hits = among(self.view, asked, np.arange(len(self.view.stock)))
        here = np.flatnonzero(hits.rows == self.row)
        if not len(here):
            return None, len(hits.rows), None
        return int(here[0]) + 1, len(hits.rows), float(hits.scores[here[0]])

    def met(self, rank: int | None, of: int) -> tuple[tuple[str, str], ...]:
        """Say what the model says of it."""
        words = "not ranked by the model" if rank is None else f"{ordinal(rank)} of {of:,}"
        return (("engine", words),)

    def cause(self, shelf: Shelf, rank: int | None) -> _Cause:
        """Return the first step that takes the product off a shelf on which it does not stand."""
        return self._barred() or self._ruled(shelf) or self._outranked(shelf, rank)

    def _barred(self) -> _Cause | None:
        view, plan, row = self.view, self.plan, self.row
        one = np.array([row])
        if row in plan.asked:
            words = "the shelf stands beside it" if row in plan.anchors else "it is asked with"
            return _Cause("asked about", words, None, "left out")
        again = {"leave_out_bought": False}
        checks = (
            (
                outside(view, one, plan.filters)[0],
                "outside the filters",
                "it is outside the filters",
                Remedy("filters", "Show the shelf without filters"),
            ),
            (
                view.hidden[row],
                "hidden now",
                "it is hidden now",
                Remedy("unhide", "Take back Hide now"),
            ),
            (
                row in plan.without.get(BOUGHT, ()),
                BOUGHT,
                "the shopper bought it before",
                Remedy("setting", "Let products bought before come again", 0, again),
            ),
            (
                row in plan.without.get(ELSEWHERE, ()),
                ELSEWHERE,
                "it stands elsewhere on the page",
                Remedy("elsewhere", "Let products stand on several shelves of a page"),
            ),
            (
                view.stock[row] < 1,
                "sold out",
                "it is sold out",
                Remedy("restock", "Bring it back into stock"),
            ),
        )
        for holds, name, words, remedy in checks:
            if holds:
                step = "filters" if remedy.kind == "filters" else "left out"
                return _Cause(name, words, remedy, step)
        return None

    def _ruled(self, shelf: Shelf) -> _Cause | None:
        applied, one = self.plan.applied, np.array([self.row])
        own = [held.rule for held in applied.pins if held.match(one)[0]]
        only = () if shelf.fallback == NOTHING_INCLUDED else applied.only
        against = [("hidden by a rule", held) for held in applied.hides if held.match(one)[0]]
        against += [("not included", held) for held in only if not held.match(one)[0]]
        for name, held in against:
            if own and all(beats(rule, held.rule) for rule in own):
                continue
            label = label_of(held.rule)
            does = "hides it" if name == "hidden by a rule" else "includes other products only"
            remedy = Remedy("rule_off", f"Switch {label} off", held.rule.id)
            return _Cause(name, f"{label} {does}", remedy, "rules")
        return None

    def _outranked(self, shelf: Shelf, rank: int | None) -> _Cause:
        pin = Remedy("pin", "Pin it here")
        variant = self._variant(shelf)
        if variant is not None:
            return variant
        for name, words, remedy in self._levers():
            view, request = remedied(self.view, self.request, self._item_id, remedy)
            if self._item_id in {
                one.item_id for one in show_shelf(view, request, now=self.now).items
            }:
                return _Cause(name, words, remedy, "re-rank")
        if rank is None:
            words = "the model does not rank it, since it knows too little of it"
            return _Cause("unknown to the model", words, pin, "engine")
        if all(item.marks and item.marks[0].kind == "pinned" for item in shelf.items):
            last = shelf.items[-1].marks[0] if shelf.items else None
            if last is not None and len(shelf.items) == shelf.asked:
                pin = Remedy("rule_off", "Switch off the pin of the last place", last.rule_id)
        words = f"others fit better, and the shelf ends after {len(shelf.items)}"
        return _Cause("below the cut", words, pin, "cut")

    def _variant(self, shelf: Shelf) -> _Cause | None:
        groups, rows = (
            self.view.release.group_codes,
            self.view.release.item_ids.rows(item.item_id for item in shelf.items),
        )
        if groups is None or groups[self.row] < 0:
            return None
        pin = Remedy("pin", "Pin it here instead")
        if (groups[self.plan.asked] == groups[self.row]).any():
            words = "the shelf stands beside another variant of it"
            return _Cause("another variant", words, pin, "variants")
        for place, other in enumerate(rows):
            if groups[other] != groups[self.row]:
                continue
            marks = shelf.items[place].marks
            if marks and marks[0].kind == "pinned":
                pin = Remedy("rule_off", "Switch off the pin of its variant", marks[0].rule_id)
            words = f"another variant stands at {place + 1}: {self.view.release.names[other]}"
            return _Cause("another variant", words, pin, "variants")
        return None

    @property
    def _item_id(self) -> str:
        return self.view.release.item_ids.id(self.row)

    def _levers(self) -> list[tuple[str, str, Remedy]]:
        """Return the rules and settings that may have moved it down: cause, words, remedy."""
        applied, one = self.plan.applied, np.array([self.row])
        settings = applied.settings
        found: list[tuple[str, str, Remedy]] = []
        for held in applied.boosts:
            if held.rule.kind == "bury" and held.match(one)[0]:
                label = label_of(held.rule)
                remedy = Remedy("rule_off", f"Switch {label} off", held.rule.id)
                found.append(("buried", f"{label} buries it", remedy))
        spread: dict[str, Any] = {}
        if settings.diversity != "none":
            spread["diversity"] = "none"
        spread |= {
            name: None
            for name in ("most_of_category", "most_of_brand")
            if getattr(settings, name) is not None
        }
        if spread:
            remedy = Remedy("setting", "Switch diversity off", 0, spread)
            found.append(("diversity", "products like it stand there already", remedy))
        for name, words in _MOVERS.items():
            if getattr(settings, name) not in {"none", 0.0}:
                level = 0.0 if name == "surprise" else "none"
                remedy = Remedy("setting", f"Switch {words} off", 0, {name: level})
                found.append(("setting", f"the setting {words} moved it down", remedy))
        return found


_MOVERS = {
    "freshness": "freshness",
    "less_popular": "less popular",
    "price_affinity": "price affinity",
    "surprise": "surprise",
}


def ordinal(number: int) -> str:
    """Return a number as a place: ``4,711th``."""
    teens = 10 < number % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
