"""The way of a draft to the shelves: words, conflicts, report, price, publish, back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_shops import button, calm, said, work
from streamlit.testing.v1 import AppTest

from recsys.releases.live import LiveShop
from recsys.rules.rule import Rule, Scope, Target
from recsys.settings import Settings
from recsys.workflows.rule_review import review_words
from recsys.workflows.rules import rule_board, rule_sets, save_rule
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shop(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> Workspace:
    home = copy_of(demo_home)
    monkeypatch.setenv("AISLE_HOME", str(home))
    return Workspace(Settings(home=home))


def open_review() -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    return calm(app.switch_page("review.py").run())


def boost(workspace: Workspace, **more: object) -> Rule:
    rule = Rule(
        kind="boost",
        target=Target(brands=("Private label",)),
        scope=Scope(placements=("for_you",)),
        **more,
    )
    return save_rule(workspace, rule, actor="ann")


def test_without_a_release_it_leads_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "empty"))
    assert "nothing is live yet" in said(open_review())


def test_nothing_to_review_leads_to_the_rules(shop: Workspace) -> None:
    app = open_review()
    assert "The draft is what is live: there is nothing to review." in said(app)
    assert "No rules were published yet: shelves go by the models alone." in said(app)
    assert button(app, "Go to Rules")


def test_a_draft_is_looked_at_priced_published_and_rolled_back(shop: Workspace) -> None:
    boost(shop)
    app = open_review()
    assert "Added: Boost brand Private label (medium) on For You." in said(app)
    button(app, "See what changes for 200 shoppers").click().run()
    button(app, "What do all changes cost together?").click().run()
    calm(app)
    assert "Asking for the shelves of 200 shoppers" in said(app)
    assert rule_sets(shop) == [], "nothing goes live by a look"

    work(shop)
    calm(app.run())
    words = said(app)
    assert "lists change; " in words
    assert "Boost brand Private label (medium) on For You: acts on " in words
    assert "It does not predict sales." in words
    assert "For You: agreement with past purchases" in words or "For You: it changes none" in words
    assert {"Product", "Now", "Then"} in [set(one.value.columns) for one in app.dataframe]

    app.text_input(key="publish-note").set_value("Own brand").run()
    button(app, key="publish-rules").click().run()
    calm(app)
    (live,) = rule_sets(shop)
    assert (live.action, live.note, live.n_rules) == ("publish", "Own brand", 1)
    assert "Live: rule set 1 with 1 rule, just now by dashboard." in said(app)
    assert LiveShop(shop).current().book.rules

    app.session_state["audit-open"] = True
    calm(app.run())
    assert "Published rule set 1: Own brand." in [
        words for one in app.dataframe if "What" in one.value for words in one.value["What"]
    ]
    button(app, "Roll back to no rules").click().run()
    calm(app)
    assert not LiveShop(shop).current().book.rules
    assert "In words" in [one.value for one in app.subheader], "the draft is still there"


def test_unseen_changes_are_published_only_when_asked_twice(shop: Workspace) -> None:
    boost(shop)
    app = open_review()
    button(app, key="publish-unseen").click().run()
    calm(app)
    assert "Nobody has looked at what this draft changes. Publish it all the same?" in said(app)
    assert rule_sets(shop) == []
    boost(shop, name="Another")
    button(app, key="publish-rules").click().run()
    assert "The draft was changed since you looked at it" in app.error[0].value
    assert rule_sets(shop) == [], "nobody looked at the other rule"

    calm(app.run())
    button(app, key="publish-unseen").click().run()
    button(app, "Publish anyway").click().run()
    calm(app)
    assert len(rule_sets(shop)) == 1


def test_a_report_is_marked_when_the_draft_changes(shop: Workspace) -> None:
    boost(shop)
    app = open_review()
    button(app, "See what changes for 200 shoppers").click().run()
    work(shop)
    boost(shop, name="Another")
    calm(app.run())
    assert "The draft was changed since. This report is about what stood before." in said(app)
    assert button(app, "See what changes for 200 shoppers")
    assert any(one.key == "publish-unseen" for one in app.button)


def test_conflicts_are_said_and_changes_can_be_thrown_away(shop: Workspace) -> None:
    save_rule(shop, Rule(kind="hide", target=Target(brands=("No such brand",))), actor="ann")
    app = open_review()
    assert ":orange[:material/warning:]" in said(app)
    boost(shop, name="Another")
    button(app, "Discard all changes").click().run()
    told = app.error[0].value.replace("\\", "")
    assert "The draft was changed since you looked at it, last rule 2 by ann just now." in told
    assert "Nothing was discarded." in told
    assert len(rule_board(shop).lines) == 2, "nobody looked at the other rule"

    calm(app.run())
    button(app, "Discard all changes").click().run()
    calm(app)
    assert rule_board(shop).lines == []
    assert "there is nothing to review" in said(app)
    calm(app.switch_page("rules.py").run())
    assert "Deleted and not live: 2 rules" in [one.label for one in app.expander]
    button(app, key="restore-2").click().run()
    calm(app)
    assert [line.rule.name for line in rule_board(shop).lines] == ["Another"]


def test_what_changes_on_a_placement_in_one_sentence() -> None:
    part = {
        "asked": 200,
        "lists_changed": 50,
        "slots_changed": 0.123,
        "wins": [{"name": "Tea", "before": 3, "after": 50}],
        "losses": [],
    }
    assert review_words(part) == (
        "50 of 200 lists change; 12 % of the slots hold another product; most more of Tea (3 to"
        " 50)."
    )
    assert review_words({**part, "lists_changed": 0}) == "nothing changes on 200 lists."
