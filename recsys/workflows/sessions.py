"""Walk through the shop as a shopper: what was done, what it says, and the shelves of each page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

import numpy as np

from recsys.data.dataset import INTERACTIONS, Dataset, EventKind
from recsys.data.files import duck
from recsys.releases.live import LiveView
from recsys.sessions.events import Event, Kind, Session
from recsys.shelves.in_session import page_in_session
from recsys.shelves.lines import item_fields
from recsys.shelves.request import ShelfRequest
from recsys.shelves.visit import Visit
from recsys.types import Shelf, ShelfItem
from recsys.workspace import Workspace

WORDS: dict[Kind, str] = {
    "viewed": "Looked at",
    "browsed": "Browsed",
    "carted": "Put in the cart",
    "purchased": "Bought",
    "removed": "Took out",
}
_REPLAYED: dict[int, Kind] = {
    EventKind.VIEWED: "viewed",
    EventKind.CARTED: "carted",
    EventKind.PURCHASED: "purchased",
    EventKind.REMOVED: "removed",
}
# A preference has to be so strong to be named: e ** .3 is a third more than usual.
_WORTH_SAYING = 0.3
_MOST_SAID = 2


@dataclass(frozen=True)
class Click:
    """What somebody did, by the shop's own ids, so that it outlives a release.

    Attributes
    ----------
    what
        Id of the product; of "browsed" the name of the category.
    at
        Seconds since the epoch.
    """

    kind: Kind
    what: str
    at: float


Place = Literal["home", "category", "product", "cart"]
_MOST_CLICKS = 1_000


@dataclass(frozen=True)
class Walk:
    """Where a visitor stands in the shop, and what they did on the way.

    Attributes
    ----------
    place, what
        The page that is open, and the category or the id of the product whose page it is.
    steps
        How many steps of somebody's real history were walked; None where it is not one.
    """

    clicks: tuple[Click, ...] = ()
    place: Place = "home"
    what: str = ""
    steps: int | None = None

    def did(self, kind: Kind, *what: str, at: float) -> Walk:
        """Return the walk after something was done with some products, or a category."""
        clicks = (*self.clicks, *(Click(kind, one, at) for one in what))
        return replace(self, clicks=clicks[-_MOST_CLICKS:])

    def to(self, place: Place, what: str = "") -> Walk:
        """Return the walk at another page."""
        return replace(self, place=place, what=what)

    def replayed(self, history: Sequence[Sequence[Click]], steps: int) -> Walk:
        """Return the walk that so many steps of a real history are, at Home."""
        steps = max(0, min(steps, len(history)))
        clicks = [click for step in history[:steps] for click in step]
        return Walk(tuple(clicks[-_MOST_CLICKS:]), steps=steps)

    @property
    def cart(self) -> list[str]:
        """What lies in the cart, by id, in the order in which it was put there."""
        cart: dict[str, None] = {}
        for click in self.clicks:
            if click.kind == "carted":
                cart[click.what] = None
            elif click.kind in {"removed", "purchased"}:
                cart.pop(click.what, None)
        return list(cart)


@dataclass(frozen=True)
class Done:
    """One event as a person reads it.

    Attributes
    ----------
    weight
        What it counts by now.
    """

    words: str
    name: str
    at: float
    weight: float


@dataclass(frozen=True)
class Said:
    """What a visit says by now.

    Attributes
    ----------
    done
        What was done, latest first.
    interests
        Name of the product that counts most, and the share, of each thing the visit is after.
    prefers
        Categories and brands that it turns to.
    prices
        Between which prices most of what was looked at lies; None: nothing can be said.
    """

    done: list[Done]
    interests: list[tuple[str, float]]
    prefers: list[str]
    prices: tuple[float, float] | None


def session_of(view: LiveView, clicks: Iterable[Click]) -> tuple[Session, int]:
    """Return the session of some clicks, and how many of them name nothing that is live."""
    release = view.release
    codes = {name: code for code, name in enumerate(release.categories)}
    events: list[Event] = []
    gone = 0
    for click in clicks:
        if click.kind == "browsed":
            code = codes.get(click.what, -1)
            event = Event(click.kind, click.at, category=code)
        else:
            row = release.item_ids.row(click.what)
            event = Event(click.kind, click.at, item=-1 if row is None else row)
        if event.item < 0 and event.category < 0:
            gone += 1
        else:
            events.append(event)
    return Session(tuple(events)), gone


def shop_page(view: LiveView, session: Session, requests: Sequence[ShelfRequest]) -> list[Shelf]:
    """Return the shelves of a page in a visit; see :func:`recsys.shelves.in_session`."""
    return page_in_session(view, session, requests)


def product(view: LiveView, item_id: str) -> ShelfItem | None:
    """Return a product as a card shows it; None where the live catalogue has none of that id."""
    row = view.release.item_ids.row(item_id)
    if row is None:
        return None
    (fields,) = item_fields(view, np.array([row], np.int64))
    return ShelfItem(item_id, 1, 0.0, "", fields)


def what_visit_says(view: LiveView, session: Session) -> Said:
    """Say in words what a visit counts and turns to by now."""
    visit, release = Visit(view, session), view.release
    weights = session.weights.tolist()
    done = [
        Done(
            WORDS[event.kind],
            release.names[event.item] if event.item >= 0 else release.categories[event.category],
            event.at,
            weight,
        )
        for event, weight in zip(session.events, weights, strict=True)
    ]
    rows = session.liked[0]
    interests = [(release.names[int(rows[one.places[0]])], one.share) for one in visit.interests]
    return Said(done[::-1], interests, _prefers(visit), _prices(visit))


def _prefers(visit: Visit) -> list[str]:
    preferences, release = visit.preferences, visit.view.release
    lifts = [
        (name, float(lift))
        for name, lift in zip(release.categories, preferences.category, strict=False)
    ]
    best = sorted((pair for pair in lifts if pair[1] >= _WORTH_SAYING), key=lambda pair: -pair[1])
    found = [name for name, _ in best[:_MOST_SAID]]
    for code, lift in enumerate(preferences.brand.tolist()):
        if lift >= _WORTH_SAYING and len(found) < _MOST_SAID + 1:
            found.append(visit.brands[code])
    return found


def _prices(visit: Visit) -> tuple[float, float] | None:
    found = visit.preferences.price
    if found is None:
        return None
    mean, deviation = found
    return float(np.exp(mean - deviation)), float(np.exp(mean + deviation))


def real_steps(workspace: Workspace, view: LiveView, user_id: str) -> list[tuple[Click, ...]]:
    """Return what a shopper really did, one step for each order or moment, oldest first.

    Only this shopper's rows are read. Products that are not live any more stay in; a session
    leaves them out. A shopper nobody knows did nothing.

    Raises
    ------
    NotFound
        The data that the live release was made from has been deleted.
    """
    user = view.release.user_ids.row(user_id)
    if user is None:
        return []
    dataset = Dataset.open(workspace, view.release.manifest["dataset_id"])
    table = duck.sql_parquet(dataset.folder / INTERACTIONS)
    rows: list[tuple[int, int, float, int]] = []
    with duck.connect(workspace.home / "tmp") as connection, duck.storing():
        described = connection.execute(f"DESCRIBE FROM {table}").fetchall()
        columns = {str(row[0]) for row in described}
        at = "timestamp" if "timestamp" in columns else "0"
        event = "event" if "event" in columns else str(int(EventKind.PURCHASED))
        rows = connection.execute(
            f'SELECT item, basket, {at}, {event} FROM {table} WHERE "user" = ? AND quantity > 0',
            [user],
        ).fetchall()
    steps: list[tuple[Click, ...]] = []
    for _, group in groupby(rows, key=lambda row: (row[1], row[2])):
        clicks = dict.fromkeys(
            Click(_REPLAYED[kind], view.release.item_ids.id(item), float(when))
            for item, _, when, kind in group
            if kind in _REPLAYED
        )
        if clicks:
            steps.append(tuple(clicks))
    return steps
