"""What one list is held to: checked at the door, and looked up once."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from recsys.errors import InputError
from recsys.models.arrays import Floats, Rows
from recsys.releases.live import LiveView
from recsys.rules.schedule import local_day
from recsys.shelves.applied import Applied
from recsys.shelves.arrange import NOBODY, POOL, Shopper, reranks, shopper_beside
from recsys.shelves.asking import cart_rows, check_n, item_row
from recsys.shelves.compiled import compile_book
from recsys.shelves.facts import facts_of
from recsys.shelves.request import ShelfRequest
from recsys.types import Filters, ShelfName

BOUGHT, ELSEWHERE = "bought before", "elsewhere on the page"
NO_ROWS = np.empty(0, np.int32)
_DAY = 86_400


@dataclass(frozen=True)
class Plan:
    """A request with everything that it names looked up, and the rules that hold for it.

    Attributes
    ----------
    user
        Row of the shopper; None for nobody in particular, and for a stranger.
    anchors
        Rows of the products beside which the list stands.
    asked
        Rows that are never on it: the anchors, and what the shopper says they like.
    without
        Reason -> rows that are left out for it.
    history, times
        What the shopper bought, and how often; empty for those nobody knows.
    pool
        How many candidates a re-ranking chooses from; 0 where there is nothing to do.
    day
        The day in the shop's time zone, on which surprises stay the same.
    """

    request: ShelfRequest
    n: int
    user: int | None
    anchors: Rows
    asked: Rows
    without: Mapping[str, Rows]
    history: Rows
    times: Floats
    applied: Applied
    pool: int
    day: str

    @property
    def placement(self) -> ShelfName:
        """Where the list stands."""
        return self.request.placement

    @property
    def filters(self) -> Filters:
        """What the visitor narrows it to."""
        return self.request.filters

    @property
    def rules(self) -> Applied | None:
        """The rules that keep products off the list; None where none do."""
        return self.applied if self.applied.bars else None

    @cached_property
    def shopper(self) -> Shopper:
        """What re-ranking knows of those for whom the list is."""
        settings = self.applied.settings
        if settings.price_affinity == "none" and not settings.surprise:
            return NOBODY
        facts, request = self.applied.facts, self.request
        who = request.user_id or "|".join([request.item_id, *request.cart])
        seed = f"{self.placement}|{who}|{self.day}"
        return shopper_beside(facts, history=self.history, anchors=self.anchors, seed=seed)

    def without_only(self) -> Plan:
        """Return the plan without its include-only rules."""
        return replace(self, applied=replace(self.applied, only=()))


def plan_of(view: LiveView, request: ShelfRequest, *, now: float | None = None) -> Plan:
    """Look up what a request names, and the rules that hold for it.

    Raises
    ------
    InputError, NotFound, NotReady
        As for :func:`recsys.shelves.show.show_shelf`.
    """
    placement, release = request.placement, view.release
    n = check_n(placement, request.n)
    if placement == "lookalikes" and not 1 <= request.n_neighbours <= 100:
        raise InputError(f"n_neighbours is {request.n_neighbours}; it has to be from 1 to 100.")
    if placement != "buy_again":
        release.space(placement)
    anchors = NO_ROWS
    if placement == "similar":
        anchors = np.array([item_row(view, request.item_id)], np.int32)
    elif placement == "also_bought":
        anchors = cart_rows(view, request.cart)
    user = release.user_ids.row(request.user_id) if request.user_id else None
    history, times, last = (NO_ROWS, NO_ROWS, None) if user is None else release.history(user)
    now = time.time() if now is None else now
    applied = compile_book(view.book, facts_of(view)).applied(
        placement, user_id=request.user_id, anchors=anchors.tolist(), now=now
    )
    settings = applied.settings
    leave_out = request.leave_out_bought
    without: dict[str, Rows] = {}
    if user is not None and (settings.leave_out_bought if leave_out is None else leave_out):
        without[BOUGHT] = history
        if settings.repurchase_days is not None:
            if last is None:
                note = "The shop has no dates, so what was bought long ago stays out, too."
                applied = replace(applied, notes=(*applied.notes, note))
            else:
                ago = (release.newest or 0) - last
                without[BOUGHT] = history[ago <= settings.repurchase_days * _DAY]
    if request.but:
        without[ELSEWHERE] = np.array(release.item_ids.rows(request.but), np.int32)
    todo = bool(applied.pins) or reranks(applied)
    return Plan(
        request=request,
        n=n,
        user=user,
        anchors=anchors,
        asked=anchors,
        without=without,
        history=history,
        times=np.asarray(times, np.float32),
        applied=applied,
        pool=max(POOL, n) if todo else 0,
        day=local_day(now, view.book.time_zone),
    )
