"""Rules on their page: none, made in the form, changed by two people, many, and in a bad link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_shops import EVIL, button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.releases.live import LiveShop
from recsys.rules.rule import Rule, Scope, Target
from recsys.settings import Settings
from recsys.workflows.rules import rule_board, save_rule, save_shelf_settings
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
FOR_YOU = Scope(placements=("for_you",))


@pytest.fixture
def shop(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    home = copy_of(demo_home)
    monkeypatch.setenv("AISLE_HOME", str(home))
    return Workspace(Settings(home=home))


def open_rules(**address: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.switch_page("rules.py")
    for key, value in address.items():
        app.query_params[key] = value
    return calm(app.run())


def top_products(workspace: Workspace, most: int = 3) -> list[str]:
    release = LiveShop(workspace).current().release
    return [release.item_ids.id(int(row)) for row in (-release.buyers).argsort()[:most]]


def field(app: AppTest, kind: str, end: str) -> Any:
    """The widget of the open form whose key ends so."""
    return next(one for one in app.get(kind) if one.key and one.key.endswith(f"-{end}"))


def badges(app: AppTest) -> str:
    return " ".join(one.value for one in app.markdown if "badge[" in one.value)


def test_without_a_release_it_leads_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "empty"))
    app = open_rules()
    assert "Rules act on shelves, and nothing is live yet." in said(app)
    assert button(app, "Go to Home")


def test_none_are_advised_and_the_first_is_made_in_the_form(shop: Workspace) -> None:
    app = open_rules()
    assert "There are no rules. Start with none" in said(app)
    button(app, "New rule").click().run()
    calm(app)
    assert "Choose products first" in said(app)
    button(app, key="save-rule").click().run()
    assert "The rule is about no products: give it a target." in app.error[0].value.replace(
        "\\", ""
    )

    (product, *_) = top_products(shop)
    field(app, "text_input", "items-find").set_value(product).run()
    field(app, "multiselect", "items").select(product)
    field(app, "button_group", "kind").set_value("pin").run()
    field(app, "number_input", "slot").set_value(3)
    field(app, "button_group", "placements").set_value(["for_you"]).run()
    calm(app)
    assert "Matches 1 product now" in said(app)
    assert "Pinned" in badges(app)
    assert rule_board(shop).lines == [], "a preview keeps nothing"

    button(app, key="save-rule").click().run()
    calm(app)
    (line,) = rule_board(shop).lines
    assert (line.rule.kind, line.rule.slot, line.rule.target.items) == ("pin", 3, (product,))
    assert line.rule.name.startswith("Pin ")
    assert line.rule.name.endswith(" to slot 3 on For You")
    assert "blue-badge[New]" in badges(app)
    assert "The draft differs from what is live." in said(app)


def test_a_rule_is_copied_switched_off_deleted_and_brought_back(shop: Workspace) -> None:
    rule = save_rule(
        shop,
        Rule(name=EVIL, kind="boost", target=Target(brands=("Private label",)), scope=FOR_YOU),
        actor="ann",
    )
    app = open_rules()
    # Escaped: what is left when the escapes are gone is the name itself.
    assert EVIL in said(app).replace("\u2060", "")
    assert not any(EVIL in one.value for one in app.markdown)

    more = app.get("menu_button")[0]
    more.set_value("Switch off").run()
    calm(app)
    assert not rule_board(shop).lines[0].rule.on
    assert "gray-badge[Off]" in badges(app)

    app.get("menu_button")[0].set_value("Delete").run()
    calm(app)
    assert rule_board(shop).lines == []
    button(app, "Undo").click().run()
    calm(app)
    assert [line.rule.id for line in rule_board(shop).lines] == [rule.id]

    app.get("menu_button")[0].set_value("Copy").run()
    calm(app)
    button(app, key="save-rule").click().run()
    calm(app)
    assert len(rule_board(shop).lines) == 2


def test_the_second_of_two_people_is_told_and_nothing_is_lost(shop: Workspace) -> None:
    (product, *_) = top_products(shop)
    rule = Rule(kind="pin", target=Target(items=(product,)), slot=2, scope=FOR_YOU, name="Tea")
    rule = save_rule(shop, rule, actor="ann")
    app = open_rules(rule=str(rule.id))
    field(app, "number_input", "slot").set_value(5).run()
    (line,) = rule_board(shop).lines
    save_rule(shop, rule.model_copy(update={"slot": 3}), revision=line.revision, actor="bob")

    button(app, key="save-rule").click().run()
    calm(app)
    assert "bob changed this rule just now, while you had it open. Nothing was overwritten." in (
        said(app).replace("**", "")
    )
    assert "From theirs to yours: slot 3 -> 5." in said(app).replace("\u2060", "")
    assert rule_board(shop).lines[0].rule.slot == 3
    assert field(app, "number_input", "slot").value == 5, "mine is still in the form"

    button(app, "Keep mine").click().run()
    calm(app)
    button(app, key="save-rule").click().run()
    calm(app)
    assert rule_board(shop).lines[0].rule.slot == 5


def test_a_rule_that_was_changed_meanwhile_is_not_deleted(shop: Workspace) -> None:
    rule = Rule(name="Own", kind="boost", target=Target(brands=("Private label",)))
    rule = save_rule(shop, rule, actor="ann")
    app = open_rules()
    save_rule(shop, rule.model_copy(update={"priority": 70}), revision=1, actor="bob")
    app.get("menu_button")[0].set_value("Delete").run()
    told = app.error[0].value.replace("\u2060", "").replace("\\", "")
    assert "Rule 'Own' was changed by bob just now: priority 50 -> 70. It was not deleted." in told
    assert len(rule_board(shop).lines) == 1
    app.get("menu_button")[0].set_value("Delete").run()
    calm(app)
    assert rule_board(shop).lines == [], "once it was seen"


def test_keeping_mine_does_not_freeze_a_name_that_was_made(shop: Workspace) -> None:
    rule = Rule(kind="boost", target=Target(brands=("Private label",)), scope=FOR_YOU)
    rule = save_rule(shop, rule, actor="ann")
    app = open_rules(rule=str(rule.id))
    field(app, "number_input", "priority").set_value(70).run()
    bury = rule.model_copy(update={"kind": "bury"})
    save_rule(shop, bury, revision=1, actor="bob")
    button(app, key="save-rule").click().run()
    calm(app)
    button(app, "Keep mine").click().run()
    button(app, key="save-rule").click().run()
    calm(app)
    (line,) = rule_board(shop).lines
    assert (line.rule.name, line.rule.priority, line.named) == (
        "Boost brand Private label (medium) on For You", 70, False,
    )  # fmt: skip


def test_theirs_can_be_taken(shop: Workspace) -> None:
    (product, *_) = top_products(shop)
    rule = Rule(kind="pin", target=Target(items=(product,)), slot=2, scope=FOR_YOU)
    rule = save_rule(shop, rule, actor="ann")
    app = open_rules(rule=str(rule.id))
    field(app, "number_input", "slot").set_value(5).run()
    (line,) = rule_board(shop).lines
    save_rule(shop, rule.model_copy(update={"slot": 3}), revision=line.revision, actor="bob")
    calm(app.run())
    button(app, "Take theirs").click().run()
    calm(app)
    assert field(app, "number_input", "slot").value == 3
    assert not app.warning


def test_a_rule_that_matches_nothing_says_so(shop: Workspace) -> None:
    rule = Rule(kind="bury", target=Target(brands=("No such brand",)))
    rule = save_rule(shop, rule, actor="ann")
    assert "red-badge[Matches nothing]" in badges(open_rules())
    app = open_rules(rule=str(rule.id))
    assert "It matches no product of the live catalogue, so it would do nothing." in said(app)


def test_dates_the_wrong_way_round_are_told_in_the_form(shop: Workspace) -> None:
    rule = Rule(
        kind="hide",
        target=Target(brands=("Private label",)),
        starts="2099-01-02T10:00",
        ends="2099-01-03T10:00",
    )
    rule = save_rule(shop, rule, actor="ann")
    app = open_rules(rule=str(rule.id))
    assert "The preview shows the rule as if it held now." in said(app)
    ends = field(app, "date_time_input", "ends")
    ends.set_value(ends.value.replace(day=1)).run()
    calm(app)
    assert "It would end before it starts. Change one of the two." in said(app)
    button(app, key="save-rule").click().run()
    assert app.error
    assert rule_board(shop).lines[0].rule.ends == "2099-01-03T10:00"


def test_an_unknown_rule_in_the_address_says_so_and_shows_the_list(shop: Workspace) -> None:
    app = open_rules(rule="99")
    assert "The draft has no rule 99. It was deleted, or the link is wrong." in said(app)
    assert "There are no rules." in said(app)
    app = open_rules(rule="<b>x</b>")
    assert "The draft has no rule <b>x</b>." in said(app)


def test_five_hundred_rules_come_in_pages_and_are_found(shop: Workspace) -> None:
    for number in range(45):
        target = Target(price_min=float(number))
        rule = Rule(name=f"Dear {number}", kind="bury", target=target, scope=FOR_YOU)
        save_rule(shop, rule, actor="ann")
    app = open_rules()
    assert "45 rules" in said(app)
    assert len(app.get("menu_button")) == 20
    app.text_input(key="rules-find").set_value("dear 33").run()
    calm(app)
    assert "1 of 45 rules" in said(app)
    assert len(app.get("menu_button")) == 1
    app.selectbox(key="rules-kind").set_value("pin").run()
    assert "None of 45 rules passes these filters." in said(app)


def test_settings_are_saved_to_the_draft_and_two_people_are_told(shop: Workspace) -> None:
    begun = rule_board(shop).settings["for_you"].settings
    theirs, mine = (
        begun.model_copy(update=one) for one in ({"diversity": "light"}, {"most_of_brand": 2})
    )
    app = open_rules()
    app.get("button_group")[0].set_value("Shelf settings").run()
    calm(app)
    assert "Start with none of these" in said(app)
    assert button(app, key="save-settings").disabled
    field(app, "number_input", "brand").set_value(2).run()
    calm(app)
    save_shelf_settings(shop, "for_you", theirs, revision=0, actor="bob")
    button(app, key="save-settings").click().run()
    calm(app)
    assert "bob changed these settings just now" in said(app)
    assert rule_board(shop).settings["for_you"].settings == theirs

    button(app, "Keep mine").click().run()
    button(app, key="save-settings").click().run()
    calm(app)
    assert rule_board(shop).settings["for_you"].settings == mine
    assert field(app, "number_input", "brand").value == 2
