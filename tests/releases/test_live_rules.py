"""Rules go live by a pointer of their own."""

from __future__ import annotations

import gc
import weakref

import pytest
from release_shop import BuiltShop, item
from sqlalchemy import event

from recsys.releases.live import LiveChange, LiveShop, change_live
from recsys.releases.publishing import publish, roll_back
from recsys.rules.book import EMPTY
from recsys.rules.rule import Rule, Target
from recsys.shelves.facts import facts_of
from recsys.workflows.rules import (
    draft_book,
    publish_rules,
    roll_back_rules,
    rule_board,
    save_rule,
)
from recsys.workflows.shop import health
from recsys.workspace.tables import rule_sets


def hide(shop: BuiltShop, number: int) -> None:
    save_rule(shop.workspace, Rule(kind="hide", target=Target(items=(item(number),))), actor="ana")
    publish_rules(shop.workspace, actor="ana")


def state(live: LiveShop) -> tuple[str, int, int]:
    view = live.current()
    return view.release.id, view.book.rule_set_id, len(view.book.rules)


def test_rolling_back_one_never_brings_back_the_other(shop: BuiltShop) -> None:
    one, two = shop.releases
    live = LiveShop(shop.workspace, refresh_seconds=0)
    publish(shop.workspace, one, actor="me")
    assert live.current().book is EMPTY
    hide(shop, 1)
    assert state(live) == (one, 1, 1)
    publish(shop.workspace, two, actor="me")
    assert state(live) == (two, 1, 1)
    hide(shop, 2)
    assert state(live) == (two, 2, 2)
    roll_back(shop.workspace, actor="me")
    assert state(live) == (one, 2, 2), "the release alone goes back"
    roll_back_rules(shop.workspace, actor="me")
    assert state(live) == (one, 3, 1), "the rules alone go back"
    publish(shop.workspace, two, actor="me")
    assert state(live) == (two, 3, 1)
    assert state(LiveShop(shop.workspace)) == (two, 3, 1), "a restarted server sees it, too"
    assert live.view_of(one).book == live.current().book
    assert health(live)["rule_set"] == 3


def test_a_held_view_keeps_its_rules_and_live_changes_leave_them(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    held = live.current()
    hide(shop, 1)
    change_live(shop.workspace, [LiveChange(item(5), stock=0)], actor="me")
    view = live.current()
    assert (view.book.rule_set_id, int(view.stock[5])) == (1, 0)
    assert held.book is EMPTY
    assert live.current() is view


def test_looking_is_one_short_query(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    hide(shop, 1)
    live = LiveShop(shop.workspace, refresh_seconds=0)
    live.current()
    asked: list[str] = []
    event.listen(
        shop.workspace.database.engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, *rest: asked.append(statement),
    )
    live.current()
    assert [one.split()[0] for one in asked] == ["BEGIN", "SELECT"]
    kept = draft_book(shop.workspace)
    asked.clear()
    assert draft_book(shop.workspace) is kept
    assert [one.split()[0] for one in asked] == ["BEGIN", "SELECT"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"rules": [{"kind": "hide", "colour": 1}]}, "rules.0.target: Field required"),
        ([], "all of it"),
        ({"sets": {"7": 2}}, "Version 2 of the named set 7 is not in the database"),
    ],
    ids=["newer version", "no object", "no set"],
)
def test_rules_that_cannot_be_read_leave_the_old_ones_in_force(
    shop: BuiltShop, caplog: pytest.LogCaptureFixture, body: object, said: str
) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    hide(shop, 1)
    live = LiveShop(shop.workspace, refresh_seconds=0)
    live.current()
    with shop.workspace.database.write() as connection:
        row = {"beneath": 1, "action": "publish", "note": "", "actor": "x", "at": 1.0}
        connection.execute(rule_sets.insert().values(**row, body=body))
    for _ in range(3):
        assert state(live)[1:] == (1, 1)
    assert len(caplog.messages) == 1
    told = health(live)
    assert told["status"] == "ok"
    assert told["problem"].endswith("Shelves still obey rule set 1.")
    assert LiveShop(shop.workspace).current().book.rule_set_id == 1, "so does a new server"
    assert rule_board(shop.workspace).live_book.rule_set_id == 1
    roll_back_rules(shop.workspace, actor="me")
    assert state(live)[1:] == (3, 1)
    assert health(live)["problem"] == ""
    assert said in caplog.text


def test_a_release_that_is_live_no_more_leaves_the_memory(shop: BuiltShop) -> None:
    one, two = shop.releases
    live = LiveShop(shop.workspace, refresh_seconds=0)
    publish(shop.workspace, one, actor="me")
    facts_of(live.current()).columns()
    gone = weakref.ref(live.current().release)
    publish(shop.workspace, two, actor="me")
    facts_of(live.current())
    gc.collect()
    assert gone() is None
