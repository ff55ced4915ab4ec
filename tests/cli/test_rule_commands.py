from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_shop import Shop, aisle
from homes import copy_home

from recsys.releases.live import LiveShop
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.shelf_settings import DEFAULTS
from recsys.settings import Settings
from recsys.workflows.named_sets import named_sets, save_named_set
from recsys.workflows.rules import draft_book, rule_board, save_rule, save_shelf_settings
from recsys.workspace import Workspace

FOR_YOU = DEFAULTS["for_you"]


def fill(home: Path) -> Workspace:
    workspace = Workspace(Settings(home=home))
    gifts = save_named_set(workspace, "collection", "Gifts", ["00", "x"], actor="ana")
    vips = save_named_set(workspace, "segment", "VIPs", ["u1"], actor="ana")
    pin = Rule(name="First", kind="pin", target=Target(items=("00",)), slot=2)
    save_rule(workspace, pin, actor="ana")
    boost = Rule(
        kind="boost",
        target=Target(collections=(gifts.id,)),
        scope=Scope(segments=(vips.id,)),
        on=False,
    )
    save_rule(workspace, boost, actor="ana")
    save_shelf_settings(
        workspace,
        "for_you",
        FOR_YOU.model_copy(update={"diversity": "light"}),
        revision=0,
        actor="ana",
    )
    return workspace


def test_from_the_draft_to_live_and_back(new_home: Path) -> None:
    assert aisle("rules", "list").out == "No rules.\n"
    assert aisle("rules", "history").out == "No rules were published yet.\n"
    assert aisle("rules", "audit").out == "Nothing was changed yet.\n"
    fill(new_home)
    first, second, *differs = aisle("rules", "list").out.splitlines()[1:]
    assert first.split() == ["1", "new", "50", "First", "Pin", "00", "to", "slot", "2"]
    boost = "Boost collection Gifts (medium) for VIPs"
    assert second.endswith(f"  {boost}, switched off")
    assert differs == [
        "",
        "Not published yet:",
        "- Added: First: Pin 00 to slot 2.",
        f"- Added: {boost}: {boost}, switched off.",
        "- Settings of For You: diversity none -> light.",
    ]
    done = aisle("rules", "publish", "--note", "Season", "--json").document
    assert done["rule_set_id"] == 1
    assert len(done["changes"]) == 3
    again = aisle("rules", "publish")
    assert (again.code, "is what is live already" in again.err) == (2, True)
    assert [one["state"] for one in aisle("rules", "list", "--json").document["rules"]] == [
        "live",
        "live",
    ]
    assert aisle("rules", "rollback").out == "Rule set 2 is live. Back to no rules.\n"
    assert aisle("rules", "list", "--live").out == "No rules.\n"
    sets = aisle("rules", "history", "--json").document["rule_sets"]
    assert [(one["action"], one["note"], one["rules"]) for one in sets] == [
        ("rollback", "Back to no rules", 0),
        ("publish", "Season", 2),
    ]
    shown = aisle("rules", "show", "1", "--json").document
    assert (shown["says"], shown["rule"]["slot"]) == ("Pin 00 to slot 2", 2)
    assert "There is no rule 9" in aisle("rules", "show", "9").err
    assert "Rule set: none" in aisle("health").out
    changes = aisle("rules", "audit", "--json").document["changes"]
    assert [one["words"] for one in changes] == [
        "Rolled back: now live is rule set 2: Back to no rules.",
        "Published rule set 1: Season.",
        "Changed the settings of For You.",
        f"Added rule 2: {boost}.",
        "Added rule 1: First.",
        "Saved segment VIPs: 1 member.",
        "Saved collection Gifts: 2 members.",
    ]
    assert (changes[-1]["actor"], changes[-1]["action"]) == ("ana", "save collection")
    assert "Saved segment VIPs: 1 member." in aisle("rules", "audit").out


def test_rules_are_carried_to_another_shop(
    new_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fill(new_home)
    file = tmp_path / "rules.json"
    assert aisle("rules", "export", file).out == f"2 rules are in {file}.\n"
    # A name that was made is no part of the file: it goes on following the rule.
    names = [one["name"] for one in json.loads(file.read_text())["rules"]]
    assert names == ["First", ""]
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "other"))
    other = Workspace(Settings(home=tmp_path / "other"))
    save_named_set(other, "collection", "Unrelated", ["z"], actor="ben")
    save_named_set(other, "segment", "vips", ["u7"], actor="ben")
    own = save_rule(other, Rule(name="Own", kind="hide", target=Target(items=("q",))), actor="ben")
    said = aisle("rules", "import", file).out
    assert said == "2 rules added to the draft. Made: Gifts. Nothing is live until you publish.\n"
    book = draft_book(other)
    boost = "Boost collection Gifts (medium) for vips"
    assert [rule.name for rule in book.rules] == ["Own", "First", boost]
    assert {(one.name, one.members) for one in book.sets.values()} == {
        ("Gifts", ("00", "x")),
        ("vips", ("u7",)),
    }
    assert book.settings == draft_book(first).settings
    assert len(named_sets(other)) == 3
    assert [line.named for line in rule_board(other).lines] == [True, True, False]
    replaced = aisle("rules", "import", file, "--replace", "--json").document
    assert replaced == {"added": 0, "same": 2, "removed": 1, "sets": []}
    assert own.name not in [rule.name for rule in draft_book(other).rules]


def test_a_file_with_faults_changes_nothing(new_home: Path, tmp_path: Path) -> None:
    workspace = fill(new_home)
    before = draft_book(workspace)
    file = tmp_path / "rules.json"
    hide = {"kind": "hide", "target": {}}
    pin = {"kind": "pin", "target": {"items": ["a"], "collections": [4]}, "slot": 99}
    sets = [{"id": 1, "kind": "collection", "name": "New", "members": ["a"]}]
    file.write_text(json.dumps({"rules": [hide, pin], "sets": sets}))
    done = aisle("rules", "import", file)
    assert done.code == 2
    assert (
        "Rule 1 of the file: The rule is about no products: give it a target. Rule 2 of the file:"
        " slot is 99; slots go from 1 to 50. There is no collection 4." in done.err
    )
    for text, words in (
        ("[1", "is not JSON"),
        ("[]", "The document holds no rules that can be read"),
        ('{"rules": [], "more": 1}', "(more: Extra inputs are not permitted)"),
        ("[" * 100_000, "is not JSON"),
        ('"\udcff"', "is not JSON"),
    ):
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        refused = aisle("rules", "import", file)
        assert (refused.code, words in refused.err) == (2, True), refused.err
    assert "cannot be read: No such file" in aisle("rules", "import", tmp_path / "none").err
    assert "cannot be written" in aisle("rules", "export", tmp_path / "no" / "file.json").err
    assert draft_book(workspace) == before
    assert [one.name for one in named_sets(workspace)] == ["Gifts", "VIPs"]


def test_products_are_called_by_name_in_a_live_shop(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_home(shop.home, tmp_path / "copy")
    monkeypatch.setenv("AISLE_HOME", str(home))
    workspace = Workspace(Settings(home=home))
    item_id = LiveShop(workspace).current().release.item_ids.ids[0]
    number = item_id[1:]
    save_rule(workspace, Rule(name="P", kind="hide", target=Target(items=(item_id,))), actor="ana")
    (row,) = aisle("rules", "list", "--json").document["rules"]
    assert row["says"] == f"Hide Product {number}"
