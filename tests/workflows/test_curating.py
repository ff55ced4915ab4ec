from __future__ import annotations

import pytest

from recsys.errors import Conflict, NotFound
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.saying import Names
from recsys.workflows.curating import curate, switch_off, undo
from recsys.workflows.rules import rule_board, save_rule
from recsys.workspace import Workspace


def rules(workspace: Workspace) -> list[Rule]:
    return [line.rule for line in rule_board(workspace).lines]


def test_a_click_makes_a_rule_of_the_draft_about_this_placement(workspace: Workspace) -> None:
    made = curate(workspace, "pin", "i1", "for_you", slot=3, actor="ana")
    (rule,) = rules(workspace)
    assert rule == made.rule
    assert (rule.kind, rule.slot) == ("pin", 3)
    assert rule.target == Target(items=("i1",))
    assert rule.scope == Scope(placements=("for_you",))
    assert rule.name == "Pin i1 to slot 3 on For You"
    assert rule_board(workspace).live is None


def test_on_similar_it_holds_beside_one_product(workspace: Workspace) -> None:
    curate(workspace, "hide", "i1", "similar", anchor="i2", actor="ana")
    curate(workspace, "hide", "i1", "similar", anchor="i3", actor="ana")
    assert [rule.scope.anchor_items for rule in rules(workspace)] == [("i2",), ("i3",)]


def test_a_second_click_changes_the_rule_of_the_first(workspace: Workspace) -> None:
    curate(workspace, "pin", "i1", "for_you", slot=3, actor="ana")
    curate(workspace, "pin", "i1", "for_you", slot=1, actor="ana")
    assert [rule.slot for rule in rules(workspace)] == [1]
    for action, expected in (
        ("boost", ("boost", "medium")),
        ("boost", ("boost", "strong")),
        ("bury", ("bury", "medium")),
    ):
        curate(workspace, action, "i1", "for_you", actor="ana")  # type: ignore[arg-type]
        _, rule = rules(workspace)
        assert (rule.kind, rule.strength) == expected


def test_a_rule_with_a_schedule_of_its_own_is_left_alone(workspace: Workspace) -> None:
    there = Rule(
        kind="hide",
        target=Target(items=("i1",)),
        scope=Scope(placements=("for_you",)),
        ends="2999-01-01T00:00",
    )
    save_rule(workspace, there, actor="bob")
    curate(workspace, "hide", "i1", "for_you", actor="ana")
    assert [rule.ends for rule in rules(workspace)] == ["2999-01-01T00:00", ""]


def test_every_change_can_be_undone(workspace: Workspace) -> None:
    first = curate(workspace, "boost", "i1", "for_you", actor="ana")
    second = curate(workspace, "boost", "i1", "for_you", actor="ana")
    undo(workspace, second, actor="ana")
    assert rules(workspace) == [first.rule]
    off = switch_off(workspace, first.rule.id, actor="ana")
    assert [rule.on for rule in rules(workspace)] == [False]
    undo(workspace, off, actor="ana")
    assert [rule.on for rule in rules(workspace)] == [True]


def test_a_name_that_was_made_follows_the_rule_after_undo_too(workspace: Workspace) -> None:
    names = Names(item=lambda item_id: "Tea")
    curate(workspace, "boost", "i1", "for_you", actor="ana", names=names)
    second = curate(workspace, "bury", "i1", "for_you", actor="ana", names=names)
    undo(workspace, second, actor="ana", names=names)
    assert [rule.name for rule in rules(workspace)] == ["Boost Tea (medium) on For You"]
    curate(workspace, "bury", "i1", "for_you", actor="ana", names=names)
    assert [rule.name for rule in rules(workspace)] == ["Bury Tea (medium) on For You"]


def test_a_name_that_was_given_stays_after_undo(workspace: Workspace) -> None:
    scope = Scope(placements=("for_you",))
    there = Rule(name="Mine", kind="boost", target=Target(items=("i1",)), scope=scope)
    there = save_rule(workspace, there, actor="ana")
    undo(workspace, curate(workspace, "bury", "i1", "for_you", actor="ana"), actor="ana")
    assert rules(workspace) == [there]


def test_what_was_made_is_deleted_by_undoing_and_never_over_others(workspace: Workspace) -> None:
    made = curate(workspace, "hide", "i1", "for_you", actor="ana")
    undo(workspace, made, actor="ana")
    assert rules(workspace) == []
    made = curate(workspace, "boost", "i1", "for_you", actor="ana")
    curate(workspace, "bury", "i1", "for_you", actor="bob")
    with pytest.raises(Conflict, match="was changed by bob"):
        undo(workspace, made, actor="ana")
    assert [rule.kind for rule in rules(workspace)] == ["bury"]


def test_a_rule_that_is_gone_cannot_be_switched_off(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no rule 7"):
        switch_off(workspace, 7, actor="ana")
