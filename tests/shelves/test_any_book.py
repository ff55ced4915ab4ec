"""What holds for every rule book: drawn at random, on a shop made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rule_shop import N_ITEMS, NOW, books

from recsys.releases.live import LiveView
from recsys.rules.book import RuleBook
from recsys.shelves.applied import Applied, beats
from recsys.shelves.arrange import NOTHING_INCLUDED
from recsys.shelves.compiled import compile_book
from recsys.shelves.facts import facts_of
from recsys.shelves.remedies import remedied
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.shelves.why_not import why_not
from recsys.types import Shelf

USERS = st.integers(0, 7).map("u{}".format)
ITEMS = st.integers(0, N_ITEMS - 1).map("i{:02}".format)
REQUESTS = st.one_of(
    st.builds(ShelfRequest, st.just("for_you"), user_id=USERS | st.just("eve")),
    st.builds(ShelfRequest, st.just("similar"), user_id=USERS | st.just(""), item_id=ITEMS),
    st.builds(
        ShelfRequest, st.just("also_bought"),
        user_id=USERS | st.just(""), cart=st.lists(ITEMS, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(ShelfRequest, st.just("lookalikes"), user_id=USERS),
    st.builds(ShelfRequest, st.just("buy_again"), user_id=USERS),
)  # fmt: skip
SHORT = st.tuples(REQUESTS, st.integers(1, 6)).map(lambda two: replace(two[0], n=two[1]))
HIDDEN = st.lists(st.integers(0, N_ITEMS - 1), max_size=4)
ANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def live_with(view: LiveView, book: RuleBook, hidden: list[int]) -> LiveView:
    mask = view.hidden.copy()
    mask[hidden] = True
    return replace(view, hidden=mask, book=book)


def anchors_of(view: LiveView, request: ShelfRequest) -> list[int]:
    beside = [request.item_id] if request.placement == "similar" else request.cart
    return view.release.item_ids.rows(beside)


def applied_to(view: LiveView, request: ShelfRequest) -> Applied:
    return compile_book(view.book, facts_of(view)).applied(
        request.placement,
        user_id=request.user_id,
        anchors=anchors_of(view, request),
        now=NOW,
    )


def rows_of(view: LiveView, shelf: Shelf) -> list[int]:
    return view.release.item_ids.rows(item.item_id for item in shelf.items)


def pins_of(shelf: Shelf) -> dict[int, int]:
    """Place -> rule."""
    return {
        item.rank: mark.rule_id
        for item in shelf.items
        for mark in item.marks
        if mark.kind == "pinned"
    }


@ANY
@given(book=books(), request=REQUESTS, n=st.integers(1, 12), hidden=HIDDEN)
def test_what_may_not_be_shown_never_is(
    rule_view: LiveView, book: RuleBook, request: ShelfRequest, n: int, hidden: list[int]
) -> None:
    view = live_with(rule_view, book, hidden)
    shelf = show_shelf(view, replace(request, n=n), now=NOW)
    rows = np.array(rows_of(view, shelf), np.int64)
    applied = applied_to(view, request)
    pinned = {shelf.items[place - 1].item_id: rule for place, rule in pins_of(shelf).items()}
    rules = {rule.id: rule for rule in book.rules}

    assert len(set(rows.tolist())) == len(rows) <= n
    assert not view.hidden[rows].any()
    assert (view.stock[rows] > 0).all()
    assert not set(rows.tolist()) & set(anchors_of(view, request))
    groups = facts_of(view).groups
    assert groups is not None
    own = groups[rows][groups[rows] >= 0]
    assert len(set(own.tolist())) == len(own), "one variant of each product"
    against = list(applied.hides)
    if shelf.fallback != NOTHING_INCLUDED:
        against += applied.only
    for held in against:
        matched = held.match(rows)
        out = matched if held.rule.kind == "hide" else ~matched
        for place in np.flatnonzero(out):
            pin = pinned.get(shelf.items[place].item_id)
            assert pin is not None, "nothing that a rule keeps off"
            assert beats(rules[pin], held.rule), "but by a pin with the greater right"


@ANY
@given(book=books(), request=REQUESTS, n=st.integers(1, 12), hidden=HIDDEN)
def test_a_pin_stands_in_its_place_or_says_why_not(
    rule_view: LiveView, book: RuleBook, request: ShelfRequest, n: int, hidden: list[int]
) -> None:
    view = live_with(rule_view, book, hidden)
    shelf = show_shelf(view, replace(request, n=n), now=NOW)
    pins = pins_of(shelf)
    applied = applied_to(view, request)
    for held in applied.pins:
        places = [place for place, rule_id in pins.items() if rule_id == held.rule.id]
        said = [note for note in shelf.notes if note.startswith(f"{held.title}: ")]
        if not places:
            assert any(" waits, since " in note for note in said)
        elif places != [held.rule.slot]:
            short = places[0] < held.rule.slot and places[0] >= len(shelf.items) - len(pins)
            assert short or any(f"stands at {places[0]}, since" in note for note in said)
    assert not (pins and not applied.pins)


@ANY
@given(book=books(), request=REQUESTS, n=st.integers(1, 12))
def test_a_list_is_as_long_as_products_allow(
    rule_view: LiveView, book: RuleBook, request: ShelfRequest, n: int
) -> None:
    view = replace(rule_view, book=book)
    applied = applied_to(view, request)
    shelf = show_shelf(view, replace(request, n=n), now=NOW)
    if "popular" not in applied.settings.fallbacks:
        return
    every = np.arange(N_ITEMS)
    may = (view.stock > 0) & ~applied.hidden(every)
    if shelf.fallback != NOTHING_INCLUDED:
        may &= applied.kept(every)
    user = view.release.user_ids.row(request.user_id)
    if applied.settings.leave_out_bought and user is not None:
        may[view.release.history(user)[0]] = False
    groups = view.release.group_codes
    assert groups is not None
    anchors = anchors_of(view, request)
    may[anchors] = False
    may &= ~np.isin(groups, groups[anchors][groups[anchors] >= 0])
    left = np.flatnonzero(may)
    products = len(set(groups[left][groups[left] >= 0])) + int((groups[left] < 0).sum())
    assert len(shelf.items) >= min(n, products)


@ANY
@given(book=books(), request=REQUESTS, n=st.integers(1, 12))
def test_steps_add_up(rule_view: LiveView, book: RuleBook, request: ShelfRequest, n: int) -> None:
    view = replace(rule_view, book=book)
    shelf = show_shelf(view, replace(request, n=n), now=NOW)
    assert shelf.rule_set_id == 1
    left = shelf.steps[0].before if shelf.steps else 0
    for step in shelf.steps:
        assert step.before == left
        if step.removed:
            assert step.after == step.before - sum(step.removed.values())
        left = step.after
    assert left == len(shelf.items)
    assert shelf == show_shelf(view, replace(request, n=n), now=NOW), "the same once more"


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(book=books(), request=SHORT, hidden=HIDDEN, item=ITEMS)
def test_why_not_agrees_with_the_shelf_and_its_remedies_bring_the_product_back(
    rule_view: LiveView, book: RuleBook, request: ShelfRequest, hidden: list[int], item: str
) -> None:
    view = live_with(rule_view, book, hidden)
    shelf = show_shelf(view, request, now=NOW)
    found = why_not(view, request, item, now=NOW)
    there = {one.item_id: one.rank for one in shelf.items}
    assert found.place == there.get(item)
    assert bool(found.cause) == (item not in there)
    if found.cause in {"", "asked about"}:
        assert not found.remedies
        return
    assert found.sure, found
    assert found.remedies
    for remedy in found.remedies:
        view, request = remedied(view, request, item, remedy)
    assert item in {one.item_id for one in show_shelf(view, request, now=NOW).items}
