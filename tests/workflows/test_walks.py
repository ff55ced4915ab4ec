from __future__ import annotations

from pathlib import Path

import pytest

from recsys.data.ingest import Source, ingest
from recsys.releases.live import LiveShop, LiveView
from recsys.settings import Settings
from recsys.shelves.request import ShelfRequest
from recsys.workflows.publishing import publish_release
from recsys.workflows.sessions import (
    Click,
    Walk,
    product,
    real_steps,
    session_of,
    shop_page,
    what_visit_says,
)
from recsys.workflows.shoppers import shopper_history
from recsys.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(demo_home: Path) -> Workspace:
    return Workspace(Settings(home=demo_home))


@pytest.fixture(scope="module")
def view(workspace: Workspace) -> LiveView:
    return LiveShop(workspace).current()


def test_a_walk_keeps_a_cart() -> None:
    walk = Walk().did("carted", "a", at=1).did("carted", "b", at=2).did("carted", "a", at=3)
    assert walk.cart == ["a", "b"]
    assert walk.did("removed", "a", at=4).cart == ["b"]
    assert walk.did("purchased", "a", "b", at=4).cart == []
    assert walk.did("removed", "a", at=4).did("carted", "a", at=5).cart == ["b", "a"]


def test_a_thousand_clicks_are_kept() -> None:
    walk = Walk()
    for n in range(1_200):
        walk = walk.did("viewed", str(n), at=float(n))
    assert len(walk.clicks) == 1_000
    assert walk.clicks[-1].what == "1199"


def test_clicks_that_name_nothing_live_are_counted_and_left_out(view: LiveView) -> None:
    known = view.release.item_ids.id(3)
    clicks = [
        Click("viewed", "no such", 1.0),
        Click("browsed", "no such", 2.0),
        Click("viewed", known, 3.0),
        Click("browsed", "Produce", 0.0),
    ]
    session, gone = session_of(view, clicks)
    assert gone == 2
    assert [event.kind for event in session.events] == ["browsed", "viewed"]
    assert session.events[1].item == 3


def test_what_a_visit_says_is_told_by_name(view: LiveView) -> None:
    release = view.release
    rows = [row for row in range(len(release.names)) if release.buyers[row] > 20]
    produce = [
        row
        for row in rows
        if release.categories[release.category_codes[row]] == "Produce" and view.price[row] > 0
    ][:3]
    clicks = [Click("viewed", release.item_ids.id(row), float(n)) for n, row in enumerate(produce)]
    said = what_visit_says(view, session_of(view, clicks)[0])
    assert [one.words for one in said.done] == ["Looked at"] * 3
    assert said.done[0].name == release.names[produce[-1]]
    assert said.done[0].weight > said.done[1].weight > said.done[2].weight
    assert said.prefers[0] == "Produce"
    assert said.interests
    assert sum(share for _, share in said.interests) <= 1 + 1e-6
    low, high = said.prices or (0, 0)
    assert 0 < low < high


def test_an_empty_visit_says_nothing(view: LiveView) -> None:
    said = what_visit_says(view, session_of(view, [])[0])
    assert (said.done, said.interests, said.prefers, said.prices) == ([], [], [], None)


def test_the_page_of_an_unknown_product_has_none(view: LiveView) -> None:
    assert product(view, "no such") is None
    found = product(view, view.release.item_ids.id(0))
    assert found is not None
    assert found.fields["name"] == view.release.names[0]


def test_real_steps_are_all_that_a_shopper_bought_oldest_first(
    workspace: Workspace, view: LiveView
) -> None:
    user_id = view.release.user_ids.id(7)
    steps = real_steps(workspace, view, user_id)
    at = [click.at for step in steps for click in step]
    assert at == sorted(at)
    assert len(steps) > 1
    bought = {line.item_id for line in shopper_history(view, user_id, limit=100_000)}
    assert {click.what for step in steps for click in step} == bought
    assert {click.kind for step in steps for click in step} == {"purchased"}
    assert real_steps(workspace, view, "nobody") == []


def test_a_replay_goes_on_and_back_and_never_beyond(workspace: Workspace, view: LiveView) -> None:
    steps = real_steps(workspace, view, view.release.user_ids.id(7))
    one = Walk().replayed(steps, 1)
    assert one.clicks == steps[0]
    assert one.replayed(steps, 2).clicks == steps[0] + steps[1]
    assert one.replayed(steps, 0) == Walk(steps=0)
    assert one.replayed(steps, 10**6).steps == len(steps)


def test_real_steps_have_the_kinds_of_the_events(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    lines = ["who,what,when,event"]
    lines += [
        f"c{n % 30},p{n % 11},2026-01-{1 + n % 28:02d} 10:{n % 60:02d}:00,{word}"
        for n in range(600)
        for word in ("view", "add to cart", "remove from cart", "purchase")
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    workspace = Workspace(Settings(home=tmp_path / "home"))
    roles = {"user_id": "who", "item_id": "what", "timestamp": "when", "event_type": "event"}
    ingest(workspace, interactions=Source(path, roles), name="Events")
    publish_release(workspace, evaluate=False, actor="tests")
    view = LiveShop(workspace).current()
    steps = real_steps(workspace, view, "c3")
    kinds = {click.kind for step in steps for click in step}
    assert kinds == {"viewed", "carted", "removed", "purchased"}
    # Shelves of such a visit can be asked for.
    session, gone = session_of(view, [click for step in steps[:3] for click in step])
    assert gone == 0
    (shelf,) = shop_page(view, session, [ShelfRequest("for_you")])
    assert shelf.placement == "for_you"
    workspace.database.close()
