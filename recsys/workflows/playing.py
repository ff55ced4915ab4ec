"""Asking a view for the shelves of many shoppers: what each of them would get now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from recsys.errors import NotFound
from recsys.evaluation.replay import replay, title
from recsys.releases.live import LiveView
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import LIMITS, Report, Shelf, ShelfName
from recsys.workflows.played import Both, Played

_SEED = 1
_LARGEST_CART = 30


@dataclass(frozen=True)
class Question:
    """What is asked for one shopper: their list, and lists for what they bought last."""

    user_id: str
    item_id: str
    cart: tuple[str, ...]


def served(view: LiveView, shelf: ShelfName) -> bool:
    """Tell whether a view has a shelf; Buy again needs no model."""
    return shelf == "buy_again" or shelf in view.release.manifest["strategies"]


def play(
    view: LiveView, both: Both, shelf: ShelfName, questions: list[Question], report: Report
) -> Played:
    """Return the lists of a placement; empty ones where the view does not serve it."""
    own = np.zeros(len(questions), np.bool_)
    sold_out = 0
    rules: Counter[int] = Counter()
    here = served(view, shelf)

    def ask(number: int) -> list[int]:
        nonlocal sold_out
        found = _shelf(view, shelf, questions[number]) if here else None
        if found is None:
            return []
        own[number] = bool(found.items) and not found.fallback
        sold_out += found.removed.get("sold out", 0)
        rules.update({mark.rule_id for item in found.items for mark in item.marks})
        return [both.rows[item.item_id] for item in found.items]

    users = np.arange(len(questions), dtype=np.int32)
    step = f"Replaying {title(shelf)}"
    replayed = replay(users, ask, LIMITS[shelf][0], report, step=step)
    return Played(replayed, own, sold_out, {rule: rules[rule] for rule in sorted(rules) if rule})


def draw(view: LiveView, most: int) -> tuple[list[Question], int]:
    """Return questions of shoppers drawn at random, and how many there are to draw from."""
    release = view.release
    able = np.flatnonzero(np.diff(release.bought.indptr) > 0)
    chosen = able
    if len(able) > most:
        chosen = np.sort(np.random.default_rng(_SEED).choice(able, most, replace=False))
    questions = [question_of(view, int(user)) for user in chosen]
    return [one for one in questions if one is not None], len(able)


def question_of(view: LiveView, user: int) -> Question | None:
    """Return what to ask for a shopper; None for one who bought nothing."""
    release = view.release
    items, times, last = release.history(user)
    if not len(items):
        return None
    # Without dates: what was bought most often.
    often = items[np.lexsort((items, -times))][:1]
    basket = often if last is None else items[last == last.max()]
    ids = tuple(release.item_ids.id(int(item)) for item in basket[:_LARGEST_CART])
    return Question(release.user_ids.id(user), ids[0], ids)


def request_of(view: LiveView, shelf: ShelfName, question: Question) -> ShelfRequest | None:
    """Return what to ask a view; None where it does not know the products of the question."""
    known = tuple(item for item in question.cart if item in view.release.item_ids)
    if shelf in {"similar", "also_bought"} and not known:
        return None
    return ShelfRequest(
        shelf,
        user_id=question.user_id,
        item_id=question.item_id if shelf == "similar" else "",
        cart=known if shelf == "also_bought" else (),
    )


def _shelf(view: LiveView, shelf: ShelfName, question: Question) -> Shelf | None:
    """Return what a shopper would get; None where the release does not know whom or what."""
    request = request_of(view, shelf, question)
    try:
        return None if request is None else show_shelf(view, request)
    except NotFound:
        return None


def both_of(candidate: LiveView, current: LiveView | None) -> Both:
    """Give the products of both catalogues one row each, those of the candidate first."""
    rows = {item_id: row for row, item_id in enumerate(candidate.release.item_ids.ids)}
    if current is not None and current.release is not candidate.release:
        for item_id in current.release.item_ids.ids:
            rows.setdefault(item_id, len(rows))
    return Both(candidate, current, rows)
