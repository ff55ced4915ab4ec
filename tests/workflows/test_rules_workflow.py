from __future__ import annotations

import pytest

from recsys.errors import Conflict, InputError, NotFound
from recsys.rules.published import live_book
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.saying import Names
from recsys.rules.shelf_settings import DEFAULTS
from recsys.workflows.named_sets import delete_named_set, save_named_set
from recsys.workflows.rules import (
    changes,
    changes_of,
    delete_rule,
    discard_changes,
    draft_book,
    draft_stamp,
    publish_rules,
    read_rule,
    restore_rule,
    roll_back_rules,
    rule_board,
    rule_sets,
    save_no_repeats,
    save_rule,
    save_shelf_settings,
)
from recsys.workspace import Workspace

PIN = Rule(name="Christmas", kind="pin", target=Target(items=("tea",)), slot=2)
FOR_YOU = DEFAULTS["for_you"]


def words(found: list) -> list[str]:
    return [change.words for change in found]


def audit(workspace: Workspace) -> list[tuple[str, str, str]]:
    with workspace.database.read() as connection:
        lines = connection.exec_driver_sql("SELECT actor, action, subject FROM audit ORDER BY id")
        return [tuple(line) for line in lines]


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(workspace: Workspace) -> None:
    rule = save_rule(workspace, PIN, actor="ana")
    theirs = rule.model_copy(update={"slot": 3, "priority": 80})
    save_rule(workspace, theirs, revision=1, actor="ana")
    mine = rule.model_copy(update={"slot": 7})
    with pytest.raises(Conflict) as told:
        save_rule(workspace, mine, revision=1, actor="ben")
    assert told.value.message == (
        "Rule 'Christmas' was changed by ana just now: slot 2 -> 3; priority 50 -> 80. Yours was"
        " not saved."
    )
    assert told.value.hint == "Look at it as it is now, then change it again."
    assert told.value.status == 409
    assert (told.value.theirs, told.value.yours) == (theirs, mine)
    assert [line.rule for line in rule_board(workspace).lines] == [theirs]
    with pytest.raises(
        Conflict, match=r"slot 2 -> 3; priority 50 -> 80\. It was not deleted\. Look"
    ):
        delete_rule(workspace, rule.id, revision=1, actor="ben")
    save_rule(workspace, mine, revision=2, actor="ben")
    assert [line.revision for line in rule_board(workspace).lines] == [3]


def test_a_rule_that_was_deleted_meanwhile(workspace: Workspace) -> None:
    rule = save_rule(workspace, PIN, actor="ana")
    delete_rule(workspace, rule.id, revision=1, actor="ana")
    with pytest.raises(Conflict) as told:
        save_rule(workspace, rule, revision=1, actor="ben")
    assert (
        told.value.message == "Rule 'Christmas' was deleted by ana just now. Yours was not saved."
    )
    assert told.value.hint == "Restore it, or save yours as a new rule."
    assert told.value.theirs is None
    with pytest.raises(Conflict, match=r"^Rule 'Christmas' was deleted by ana just now\. There is"):
        delete_rule(workspace, rule.id, revision=1, actor="ben")
    assert restore_rule(workspace, rule.id, actor="ben") == rule
    (line,) = rule_board(workspace).lines
    assert (line.rule, line.revision, line.actor) == (rule, 3, "ben")
    with pytest.raises(NotFound, match="There is no rule 99"):
        restore_rule(workspace, 99, actor="ben")
    with pytest.raises(NotFound, match="There is no rule 99"):
        save_rule(workspace, rule.model_copy(update={"id": 99}), revision=1, actor="ben")


def test_saving_the_same_again_is_no_change(workspace: Workspace) -> None:
    rule = save_rule(workspace, PIN, actor="ana")
    stamp = draft_stamp(workspace)
    assert save_rule(workspace, rule, revision=0, actor="ben") == rule
    assert draft_stamp(workspace) == stamp
    assert audit(workspace) == [("ana", "add rule", "rule 1")]


def test_settings_are_guarded_like_rules(workspace: Workspace) -> None:
    first = FOR_YOU.model_copy(update={"diversity": "light"})
    save_shelf_settings(workspace, "for_you", first, revision=0, actor="ana")
    with pytest.raises(Conflict) as told:
        save_shelf_settings(
            workspace,
            "for_you",
            FOR_YOU.model_copy(update={"most_of_brand": 2}),
            revision=0,
            actor="ben",
        )
    assert told.value.message == (
        "The settings of For You were changed by ana just now: diversity none -> light. Yours were"
        " not saved."
    )
    assert told.value.theirs == first
    save_no_repeats(workspace, True, revision=0, actor="ana")
    with pytest.raises(Conflict, match="The settings of all shelves of a page were changed"):
        save_no_repeats(workspace, False, revision=0, actor="ben")
    board = rule_board(workspace)
    assert board.settings["for_you"].settings == first
    assert board.settings["similar"].revision == 0
    assert board.page.settings.no_repeats


def test_a_rule_without_a_name_is_called_by_what_it_says(workspace: Workspace) -> None:
    names = Names(item={"tea": "Green tea"}.__getitem__)
    given = Rule(kind="pin", target=Target(items=("tea",)), slot=2,
                 scope=Scope(placements=("for_you",)))  # fmt: skip
    rule = save_rule(workspace, given, actor="ana", names=names)
    assert rule.name == "Pin Green tea to slot 2 on For You"
    moved = rule.model_copy(update={"slot": 4})
    moved = save_rule(workspace, moved, revision=1, actor="ana", names=names)
    assert moved.name == "Pin Green tea to slot 4 on For You"
    named = moved.model_copy(update={"name": "  Tea   first ", "on": False})
    named = save_rule(workspace, named, revision=2, actor="ana", names=names)
    assert named.name == "Tea first"
    kept = save_rule(workspace, named.model_copy(update={"slot": 1}), revision=3, actor="ana")
    assert kept.name == "Tea first"


def test_what_cannot_be_obeyed_is_refused_with_every_fault(workspace: Workspace) -> None:
    bad = Rule(
        kind="pin",
        target=Target(categories=("Tea",), price_min=9, price_max=3),
        scope=Scope(segments=(7,)),
        starts="2026-12-24T00:00",
        ends="2026-12-01T00:00",
    )
    with pytest.raises(InputError) as told:
        save_rule(workspace, bad, actor="ana")
    assert told.value.message == (
        "A pin needs the id of a product. The lowest price 9 is above the highest 3. The rule"
        " starts on 24 Dec 2026, 00:00, which is not before it ends on 1 Dec 2026, 00:00. There is"
        " no segment 7."
    )
    assert rule_board(workspace).lines == []
    with pytest.raises(InputError, match="There is no collection 3"):
        read_rule(workspace, {"kind": "hide", "target": {"collections": [3]}})


def test_a_rule_that_has_ended_is_refused_but_may_be_switched_off_later(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = PIN.model_copy(update={"ends": "2020-01-01T00:00"})
    with pytest.raises(InputError, match=r"^The rule has ended on 1 Jan 2020, 00:00\."):
        save_rule(workspace, over, actor="ana")
    with monkeypatch.context() as patch:
        patch.setattr("recsys.workflows.rules.time.time", lambda: 1_500_000_000)
        rule = save_rule(workspace, over, actor="ana")
    off = rule.model_copy(update={"on": False})
    assert save_rule(workspace, off, revision=1, actor="ana") == off


def test_publish_and_roll_back_are_one_row_each(workspace: Workspace) -> None:
    assert rule_sets(workspace) == []
    with pytest.raises(InputError, match=r"no earlier rules to roll back to\. Publish rules first"):
        roll_back_rules(workspace, actor="ana")
    with pytest.raises(InputError, match="The draft is what is live already"):
        publish_rules(workspace, actor="ana")
    rule = save_rule(workspace, PIN, actor="ana")
    assert live_book(workspace).rules == ()
    first = publish_rules(workspace, actor="ana", note=" for the season ")
    assert (first.id, first.beneath, first.note, first.n_rules) == (1, 0, "for the season", 1)
    assert live_book(workspace).rules == (rule,)
    assert not rule_board(workspace).differs
    with pytest.raises(InputError, match="The draft is what is live already"):
        publish_rules(workspace, actor="ana")
    moved = save_rule(workspace, rule.model_copy(update={"slot": 3}), revision=1, actor="ana")
    publish_rules(workspace, actor="ben")
    assert live_book(workspace).rules == (moved,)

    back = roll_back_rules(workspace, actor="ben")
    assert (back.action, back.note, back.beneath) == ("rollback", "Back to rule set 1", 0)
    assert live_book(workspace).rules == (rule,)
    assert draft_book(workspace).rules == (moved,), "the draft stays"
    none = roll_back_rules(workspace, actor="ben")
    assert (none.note, none.beneath) == ("Back to no rules", None)
    assert live_book(workspace).rules == ()
    with pytest.raises(InputError, match="These are the first"):
        roll_back_rules(workspace, actor="ben")
    assert [one.action for one in rule_sets(workspace)] == [
        "rollback", "rollback", "publish", "publish",
    ]  # fmt: skip
    publish_rules(workspace, actor="ana")
    assert roll_back_rules(workspace, actor="ana").n_rules == 0
    assert ("ben", "rollback rules", "rule set 3") in audit(workspace)
    assert ("ana", "publish rules", "rule set 1") in audit(workspace)


def test_what_was_looked_at_is_what_goes_live(workspace: Workspace) -> None:
    rule = save_rule(workspace, PIN, actor="ana")
    seen = rule_board(workspace).stamp
    save_rule(workspace, rule.model_copy(update={"slot": 3}), revision=1, actor="ben")
    with pytest.raises(Conflict) as told:
        publish_rules(workspace, actor="ana", stamp=seen)
    assert told.value.message == (
        "The draft was changed since you looked at it, last rule 1 by ben just now. Nothing was"
        " published."
    )
    assert rule_sets(workspace) == []
    with pytest.raises(Conflict, match=r"by ben just now\. Nothing was discarded\."):
        discard_changes(workspace, actor="ana", stamp=seen)
    publish_rules(workspace, actor="ana", stamp=rule_board(workspace).stamp)


def test_the_draft_against_what_is_live_in_words(workspace: Workspace) -> None:
    gifts = save_named_set(
        workspace, "collection", "Gifts", ["tea", "cup"], revision=0, actor="ana"
    )
    pin = save_rule(workspace, PIN, actor="ana")
    boost = Rule(kind="boost", target=Target(collections=(gifts.id,)), strength="light")
    boost = save_rule(workspace, boost, actor="ana")
    publish_rules(workspace, actor="ana")
    assert changes(workspace) == []

    delete_rule(workspace, pin.id, revision=1, actor="ana")
    strong = boost.model_copy(update={"strength": "strong", "on": False})
    save_rule(workspace, strong, revision=1, actor="ana")
    hide = Rule(kind="hide", target=Target(brands=("<b>Acme</b>",)))
    save_rule(workspace, hide, actor="ana")
    settings = FOR_YOU.model_copy(
        update={"diversity": "medium", "repurchase_days": 90, "surprise": 0.1}
    )
    save_shelf_settings(workspace, "for_you", settings, revision=0, actor="ana")
    save_no_repeats(workspace, True, revision=0, actor="ana")
    save_named_set(
        workspace, "collection", "Gifts", ["tea", "pot", "jar", "box"],
        set_id=gifts.id, revision=1, actor="ana",
    )  # fmt: skip
    assert words(changes(workspace)) == [
        "Removed: Christmas: Pin tea to slot 2.",
        "Rule 'Boost collection Gifts (light)' changed: name Boost collection Gifts (light) ->"
        " Boost collection Gifts (strong); strength light -> strong; switched on -> off.",
        "Added: Hide brand <b>Acme</b>.",
        "Settings of For You: bought products may come again never -> after 90 days; diversity"
        " none -> medium; share of surprises 0 -> 0.1.",
        "One product on several shelves of a page: yes -> no.",
        "Collection Gifts has 3 new members and 1 former member since it was published.",
    ]
    board = rule_board(workspace)
    assert [(line.rule.id, line.state) for line in board.lines] == [(2, "changed"), (3, "new")]
    assert board.removed == [pin]
    second = publish_rules(workspace, actor="ana")
    assert len(changes_of(workspace, second)) == 6
    assert words(changes_of(workspace, rule_sets(workspace)[1])) == [
        "Added: Christmas: Pin tea to slot 2.",
        "Added: Boost collection Gifts (light).",
    ]


def test_discarding_makes_the_draft_what_is_live(workspace: Workspace) -> None:
    pin = save_rule(workspace, PIN, actor="ana")
    other = save_rule(workspace, PIN.model_copy(update={"name": "Other"}), actor="ana")
    calm = DEFAULTS["similar"].model_copy(update={"freshness": "light"})
    save_shelf_settings(workspace, "similar", calm, revision=0, actor="ana")
    publish_rules(workspace, actor="ana")
    before = live_book(workspace)
    delete_rule(workspace, pin.id, revision=1, actor="ben")
    save_rule(workspace, other.model_copy(update={"slot": 9}), revision=1, actor="ben")
    new = save_rule(workspace, PIN.model_copy(update={"name": "New"}), actor="ben")
    save_shelf_settings(workspace, "similar", DEFAULTS["similar"], revision=1, actor="ben")
    save_no_repeats(workspace, True, revision=0, actor="ben")
    assert discard_changes(workspace, actor="cho") == 5
    assert draft_book(workspace).rules == before.rules == (pin, other)
    assert draft_book(workspace).settings == {"similar": calm}
    assert changes(workspace) == []
    assert discard_changes(workspace, actor="cho") == 0
    assert rule_board(workspace).gone == [new]
    assert restore_rule(workspace, new.id, actor="ben") == new, "nothing is lost"
    # Who had one of them open is told.
    with pytest.raises(Conflict, match="was changed by cho"):
        save_rule(workspace, other.model_copy(update={"slot": 4}), revision=2, actor="ben")


def test_published_rules_keep_their_sets_as_they_were(workspace: Workspace) -> None:
    vips = save_named_set(workspace, "segment", "VIPs", ["u1", "u2"], revision=0, actor="ana")
    rule = Rule(kind="hide", target=Target(brands=("A",)), scope=Scope(segments=(vips.id,)))
    save_rule(workspace, rule, actor="ana")
    publish_rules(workspace, actor="ana")
    save_named_set(workspace, "segment", "Best", ["u3"], set_id=vips.id, revision=1, actor="ana")
    assert live_book(workspace).sets[vips.id].members == ("u1", "u2")
    assert draft_book(workspace).sets[vips.id].members == ("u3",)
    assert draft_book(workspace) is draft_book(workspace), "made once for a state"
    said = delete_named_set(workspace, "segment", vips.id, revision=2, actor="ana")
    assert said == [
        "Rule 'Hide brand A for VIPs' of the draft names it and will hold for nobody.",
        "Live rule 'Hide brand A for VIPs' goes on with the members it was published with.",
    ]
    assert live_book(workspace).sets[vips.id].name == "VIPs"
    assert draft_book(workspace).sets == {}
    # A rule that names what is gone can still be changed.
    (line,) = rule_board(workspace).lines
    save_rule(
        workspace, line.rule.model_copy(update={"on": False}), revision=line.revision, actor="ana"
    )
