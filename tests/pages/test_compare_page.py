from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_shops import button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.settings import Settings
from recsys.workflows.comparing import compare_models, differ_most
from recsys.workflows.votes import blind_anchors, tally
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def open_compare(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    return calm(app.switch_page("compare.py").run())


def of_kind(home: Path, kind: str) -> str:
    manifests = Workspace(Settings(home=home)).models.manifests()
    return next(one["id"] for one in manifests if one["kind"] == kind)


def choose(app: AppTest, home: Path, first: str, second: str) -> AppTest:
    app.selectbox(key="first-model").select(of_kind(home, first))
    app.selectbox(key="second-model").select(of_kind(home, second))
    return calm(app.run())


def test_both_lists_of_a_shopper_stand_side_by_side(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(open_compare(demo_home, monkeypatch), demo_home, "als", "popularity")
    workspace = Workspace(Settings(home=demo_home))
    pair = of_kind(demo_home, "als"), of_kind(demo_home, "popularity")
    users = [one.user_id for one in differ_most(workspace, *pair, "for_you")]
    assert users
    assert [b.key for b in app.button if str(b.key).startswith("differ-")] == [
        f"differ-{user}" for user in users
    ]
    button(app, key=f"differ-{users[1]}").click().run()
    calm(app)
    found = compare_models(workspace, *pair, users[1])
    assert f"From the first list to the second: {found.diff.words()}" in said(app)
    for side in (found.first, found.second):
        assert len(side.lines) == 10
    assert "only here" in said(app)


def test_a_stranger_is_named_in_words(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_compare(demo_home, monkeypatch)
    box = next(one for one in app.text_input if str(one.key).startswith("compare-"))
    box.set_value("nobody").run()
    assert not app.exception
    assert "has no shopper" in app.error[0].value


def test_a_model_is_not_compared_with_itself(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = choose(open_compare(demo_home, monkeypatch), demo_home, "als", "als")
    assert "These are the same model. Choose another one on one side." in said(app)


def test_the_blind_vote_hides_the_names_until_it_stops(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    app = open_compare(home, monkeypatch)
    app.segmented_control(key="compare-view").set_value("Blind vote on Similar").run()
    choose(app, home, "als", "copurchase")
    workspace = Workspace(Settings(home=home))
    pair = sorted((of_kind(home, "als"), of_kind(home, "copurchase")))
    anchors = blind_anchors(workspace, *pair)
    assert app.get("progress")[0].proto.text == f"Product 1 of {len(anchors)}"
    votes = {"first": 0, "second": 0, "same": 0}
    for anchor, letter in zip(anchors, "ABNA", strict=False):
        assert anchor.product.name.split()[0] in said(app)
        assert "Bought together" not in said(app), "the voter must not know whose list it is"
        button(app, key=f"vote-{letter}").click().run()
        calm(app)
        sides = ("first", "second") if anchor.first_is_left else ("second", "first")
        votes[dict(zip("ABN", (*sides, "same"), strict=True))[letter]] += 1
    found = tally(workspace, *pair)
    assert {"first": found.first, "second": found.second, "same": found.same} == votes
    button(app, "Stop here").click().run()
    calm(app)
    assert "No clear winner: " in said(app)
    assert "Bought together" in said(app)
    assert button(app, "Go to Publish")
