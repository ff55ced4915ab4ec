"""Any shelf, as a shopper sees it: what a placement finds, and what rules make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from recsys.releases.live import LiveView
from recsys.shelves.arrange import NOTHING_INCLUDED, Arranged, reranked
from recsys.shelves.cold import explored, find_for_you, preferring
from recsys.shelves.fallbacks import Filling, beside, fillings
from recsys.shelves.filtering import outside
from recsys.shelves.finders import (
    Found,
    find_also_bought,
    find_buy_again,
    find_lookalikes,
    find_similar,
)
from recsys.shelves.lines import IS_NEW, IS_POPULAR, Line, lines_of, shelf_of
from recsys.shelves.pins import Pinned, pinned
from recsys.shelves.plan import ELSEWHERE, Plan, plan_of
from recsys.shelves.ranking import Ranked
from recsys.shelves.request import ShelfRequest
from recsys.types import Mark, Shelf, ShelfItem, ShelfName, Step

FINDERS: Mapping[ShelfName, Callable[[LiveView, Plan], Found]] = {
    "for_you": find_for_you,
    "similar": find_similar,
    "also_bought": find_also_bought,
    "lookalikes": find_lookalikes,
    "buy_again": find_buy_again,
}
BY_PIN = "pinned"


def show_shelf(view: LiveView, request: ShelfRequest, *, now: float | None = None) -> Shelf:
    """Return a shelf as it stands under the rules and settings of the view.

    Parameters
    ----------
    now
        Seconds since the epoch for what rules say about time; None for this moment.

    Returns
    -------
    Shelf
        Where nothing that the placement finds can be shown, what its fallbacks give, labelled; so
        too where rules include only products of which none can be shown.

    Raises
    ------
    InputError
        ``n`` or ``n_neighbours`` is out of range, or the cart is empty.
    NotFound
        The live catalogue does not have a product or category that is named; or nobody knows the
        shopper whose lookalikes are asked for.
    NotReady
        The live release does not serve the placement.
    """
    plan = preferring(view, plan_of(view, request, now=now))
    return finish(view, plan, FINDERS[request.placement])


def finish(view: LiveView, plan: Plan, find: Callable[[LiveView, Plan], Found]) -> Shelf:
    """Return the shelf that rules and settings make of what is found.

    Parameters
    ----------
    find
        Finds the candidates; asked again without the rules that include only some products where
        none of these can be shown.
    """
    shelf = _Making(view, plan).shelf(find(view, plan))
    own = [item for item in shelf.items if not is_pinned(item)]
    if own or not plan.applied.only:
        return shelf
    notes = [
        f"{held.title}: none of its products can be shown, so it does not hold here."
        for held in plan.applied.only
    ]
    plan = plan.without_only()
    others = _Making(view, plan).shelf(find(view, plan))
    if not any(not is_pinned(item) for item in others.items):
        return shelf
    return replace(others, fallback=NOTHING_INCLUDED, notes=[*notes, *others.notes])


def is_pinned(item: ShelfItem) -> bool:
    """Say whether a product stands on a shelf because somebody put it there."""
    return any(mark.kind == "pinned" for mark in item.marks)


@dataclass
class _Making:
    """A shelf in the making: each step changes the lines and leaves its trace."""

    view: LiveView
    plan: Plan
    left: int = 0
    lines: list[Line] = field(default_factory=list[Line])
    steps: list[Step] = field(default_factory=list[Step])
    marks: dict[int, tuple[Mark, ...]] = field(default_factory=dict[int, tuple[Mark, ...]])

    def shelf(self, found: Found) -> Shelf:
        """Return the shelf of what was found."""
        view, plan = self.view, self.plan
        first, others = self._first(found)
        arranged = self._arrange(first)
        self._fill(others)
        if first.explore:
            lines = explored(view, plan, self.lines)
            new = sum(line.source == IS_NEW for line in lines)
            self._step("new products", new, words=f"{new} that nobody bought yet")
            self.lines = lines
        order = self._pin(arranged, first)
        self._step("cut", len(self.lines) - self.left)
        return shelf_of(
            view,
            plan.placement,
            self.lines,
            first.ranked.removed,
            asked=plan.n,
            fallback=first.fallback,
            neighbours=found.neighbours,
            marks=self.marks,
            steps=self.steps,
            notes=(*plan.applied.notes, *order.notes),
        )

    def _step(self, name: str, more: int, *, words: str = "") -> None:
        """Add a step that changes the number of products, if it does."""
        if more:
            self.steps.append(Step(name, self.left, self.left + more, words=words))
            self.left += more

    def _first(self, found: Found) -> tuple[Found, list[Filling]]:
        """Return what the list begins with, and what may fill it up."""
        ways, nothing = fillings(self.plan), found
        if len(found.ranked.rows):
            return found, ways
        for number, way in enumerate(ways):
            instead = way.find(self.view, self.plan)
            popular = way.source == IS_POPULAR
            if not len(instead.ranked.rows):
                # What was taken out of the popular products is what somebody can act on.
                nothing = replace(found, ranked=instead.ranked) if popular else nothing
                continue
            ranked = instead.ranked
            if not popular:
                ranked = replace(ranked, removed=found.ranked.removed)
            label = f"{way.label}: {found.why}"
            return Found(ranked, instead.tell, fallback=label), ways[number + 1 :]
        return nothing, []

    def _arrange(self, first: Found) -> Arranged:
        """Put the candidates into the order of rules and settings, and say the first of them."""
        plan, ranked = self.plan, first.ranked
        self.steps += ranked.steps
        self.left = self.steps[-1].after if self.steps else 0
        arranged = Arranged(ranked.rows, ranked.scores)
        if plan.pool:
            self._step("cut", len(ranked.rows) - self.left, words=f"the best {plan.pool} go on")
            arranged = reranked(
                ranked.rows, ranked.scores, plan.applied, n=plan.n, shopper=plan.shopper
            )
            self.steps += arranged.steps
            self.left = len(arranged.rows)
            self.marks |= arranged.marks
        # Where pins take products out of their places, others follow.
        head = slice(plan.n + len(plan.applied.pins))
        self.lines = first.tell(Ranked(arranged.rows[head], arranged.scores[head], {}))
        return arranged

    def _fill(self, ways: Sequence[Filling]) -> None:
        """Add what fills the list up; it says so, and scores no more than the list itself."""
        for way in ways:
            if len(self.lines) >= self.plan.n:
                return
            found = way.find(self.view, beside(self.plan, self.lines))
            least = min([0.0, *(line.score for line in self.lines)])
            more = [line._replace(score=least) for line in found.tell(found.ranked)]
            self._step("fill", len(more), words=f"{len(more)} {way.source}")
            self.lines = [*self.lines, *more]

    def _pin(self, arranged: Arranged, first: Found) -> Pinned:
        """Put the pins into their places, and cut the list."""
        plan = self.plan
        lines = {line.row: line for line in self.lines}
        order = pinned(list(lines), plan.applied, n=plan.n, may_show=self._barred)
        if plan.applied.pins:
            known = {*arranged.rows.tolist(), *lines}
            for row in order.marks:
                if row not in lines:
                    lines[row] = self._line(row, arranged, first)
                lines[row] = lines[row]._replace(source=BY_PIN)
            new = len([row for row in order.marks if row not in known])
            words = f"{len(order.marks)} pinned"
            words += f", {len(order.waiting)} waiting" if order.waiting else ""
            self.steps.append(Step("pins", self.left, self.left + new, words=words))
            self.left += new
        for row, mark in order.marks.items():
            self.marks[row] = (mark, *self.marks.get(row, ()))
        self.lines = [lines[row] for row in order.rows]
        return order

    def _line(self, row: int, arranged: Arranged, first: Found) -> Line:
        """Return a pinned product with the model's reason, where the model found it."""
        here = np.flatnonzero(arranged.rows == row)
        if len(here):
            return first.tell(Ranked(arranged.rows[here], arranged.scores[here], {}))[0]
        alone = Ranked(np.array([row]), np.zeros(1, np.float32), {})
        return lines_of(self.view, alone, [""])[0]

    def _barred(self, row: int) -> str:
        """Say why a product may not be shown, even pinned; empty where it may."""
        view, plan = self.view, self.plan
        one = np.array([row])
        if row in plan.asked:
            return "the shelf stands beside it"
        if view.hidden[row]:
            return "it is hidden now"
        if view.stock[row] < 1:
            return "it is sold out"
        if outside(view, one, plan.filters)[0]:
            return "it is outside the filters"
        if row in plan.without.get(ELSEWHERE, ()):
            return "it stands elsewhere on the page"
        return ""
