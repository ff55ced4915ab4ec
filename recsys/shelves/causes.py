"""Which step takes a product off a shelf."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recsys.releases.live import LiveView
from recsys.rules.saying import label_of
from recsys.shelves.among import among
from recsys.shelves.applied import beats
from recsys.shelves.arrange import NOTHING_INCLUDED
from recsys.shelves.cold import preferring
from recsys.shelves.filtering import outside
from recsys.shelves.finders import Found
from recsys.shelves.lines import ASK_POPULAR
from recsys.shelves.plan import BOUGHT, ELSEWHERE, Plan, plan_of
from recsys.shelves.remedies import Remedy, remedied
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import FINDERS, show_shelf
from recsys.types import Shelf


@dataclass(frozen=True)
class Cause:
    """A step that took a product out, and what undoes it; None where nothing does."""

    name: str
    words: str
    remedy: Remedy | None
    step: str


def ordinal(number: int) -> str:
    """Return a number as a place: ``4,711th``."""
    teens = 10 < number % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


@dataclass(frozen=True)
class Asking:
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

    def cause(self, shelf: Shelf, rank: int | None) -> Cause:
        """Return the first step that takes the product off a shelf on which it does not stand."""
        return self._barred() or self._ruled(shelf) or self._outranked(shelf, rank)

    def _barred(self) -> Cause | None:
        view, plan, row = self.view, self.plan, self.row
        one = np.array([row])
        if row in plan.asked:
            words = "the shelf stands beside it" if row in plan.anchors else "it is asked with"
            return Cause("asked about", words, None, "left out")
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
                return Cause(name, words, remedy, step)
        return None

    def _ruled(self, shelf: Shelf) -> Cause | None:
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
            return Cause(name, f"{label} {does}", remedy, "rules")
        return None

    def _outranked(self, shelf: Shelf, rank: int | None) -> Cause:
        pin = Remedy("pin", "Pin it here")
        variant = self._variant(shelf)
        if variant is not None:
            return variant
        for name, words, remedy in self._levers():
            view, request = remedied(self.view, self.request, self._item_id, remedy)
            if self._item_id in {
                one.item_id for one in show_shelf(view, request, now=self.now).items
            }:
                return Cause(name, words, remedy, "re-rank")
        if rank is None:
            words = "the model does not rank it, since it knows too little of it"
            return Cause("unknown to the model", words, pin, "engine")
        if all(item.marks and item.marks[0].kind == "pinned" for item in shelf.items):
            last = shelf.items[-1].marks[0] if shelf.items else None
            if last is not None and len(shelf.items) == shelf.asked:
                pin = Remedy("rule_off", "Switch off the pin of the last place", last.rule_id)
        words = f"others fit better, and the shelf ends after {len(shelf.items)}"
        return Cause("below the cut", words, pin, "cut")

    def _variant(self, shelf: Shelf) -> Cause | None:
        groups, rows = (
            self.view.release.group_codes,
            self.view.release.item_ids.rows(item.item_id for item in shelf.items),
        )
        if groups is None or groups[self.row] < 0:
            return None
        pin = Remedy("pin", "Pin it here instead")
        if (groups[self.plan.asked] == groups[self.row]).any():
            words = "the shelf stands beside another variant of it"
            return Cause("another variant", words, pin, "variants")
        for place, other in enumerate(rows):
            if groups[other] != groups[self.row]:
                continue
            marks = shelf.items[place].marks
            if marks and marks[0].kind == "pinned":
                pin = Remedy("rule_off", "Switch off the pin of its variant", marks[0].rule_id)
            words = f"another variant stands at {place + 1}: {self.view.release.names[other]}"
            return Cause("another variant", words, pin, "variants")
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
