from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_shops import EVIL, button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.rules.rule import Rule, Target
from recsys.settings import Settings
from recsys.workflows.named_sets import named_set, named_sets, save_named_set
from recsys.workflows.rules import save_rule
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def open_sets(home: Path, monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.switch_page("sets.py")
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def pasted(app: AppTest, set_id: int) -> Any:
    return next(one for one in app.text_area if str(one.key).startswith(f"paste-{set_id}-"))


def paste(app: AppTest, set_id: int, text: str) -> AppTest:
    pasted(app, set_id).input(text)
    return button(app, "Save these members").click().run()


def told(app: AppTest) -> str:
    return " ".join(one.value for one in app.toast).replace("\\", "")


def test_a_collection_is_made_filled_renamed_and_deleted(
    plain_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(plain_home)
    workspace = Workspace(Settings(home=home))
    app = calm(open_sets(home, monkeypatch))
    assert "There are none yet, and none are needed to start with." in said(app)
    app.text_input[0].input("Gifts")
    app.text_area[0].input("item_id\ni000\ni001\ni000\nx1")
    button(app, "Make this collection").click().run()
    calm(app)
    assert "3 members. 1 id stood there twice and counts once. 1 id is not among" in told(app)
    (line,) = named_sets(workspace, "collection")
    assert (line.name, line.count, line.actor) == ("Gifts", 3, "dashboard")
    listed, members = (one.value for one in app.dataframe)
    assert listed.to_dict("records")[0]["Used by"] == "no rule"
    assert list(members["Product id"]) == ["i000", "i001", "x1"]
    assert list(members["Live"]) == ["yes", "yes", "not known"]

    calm(paste(app, line.id, "i001, i002"))
    assert told(app) == "1 member added; 1 was there already."
    app.segmented_control(key=f"how-{line.id}").set_value("Remove")
    calm(paste(app, line.id, "x1"))
    assert named_set(workspace, "collection", line.id).members == ("i000", "i001", "i002")

    assert [one.value for one in app.text_input] == ["", "Gifts", ""], "a new form is empty"
    app.text_input(key=f"name-{line.id}").input(EVIL)
    button(app, "Keep these").click().run()
    calm(app)
    (heading,) = (one.value for one in app.subheader)
    assert heading.replace("\\", "").replace("\u2060", "") == EVIL
    assert EVIL not in heading
    button(app, key=f"back-{line.id}-1").click().run()
    calm(app)
    assert named_set(workspace, "collection", line.id).version == 5
    assert named_set(workspace, "collection", line.id).members == ("i000", "i001", "x1")
    button(app, "Delete this collection").click().run()
    calm(app)
    assert named_sets(workspace) == []
    assert "There are none yet" in said(app)


def test_two_people_on_one_set(
    plain_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(plain_home)
    workspace = Workspace(Settings(home=home))
    made = save_named_set(workspace, "collection", "Gifts", ["i000"], actor="ana")
    app = calm(open_sets(home, monkeypatch))
    save_named_set(
        workspace, "collection", "Gifts", ["i000", "i001"], set_id=made.id, revision=1, actor="ben"
    )
    paste(app, made.id, "i002")
    (error,) = app.error
    assert (
        "Collection 'Gifts' was changed by ben just now: it now has 2 members"
        in error.value.replace("\\", "")
    )
    assert named_set(workspace, "collection", made.id).members == ("i000", "i001")
    assert pasted(app, made.id).value == "i002", "what was typed is still there"
    calm(button(app, "Save these members").click().run())
    assert named_set(workspace, "collection", made.id).members == ("i000", "i001", "i002")


def test_where_it_is_used_and_links(
    plain_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(plain_home)
    workspace = Workspace(Settings(home=home))
    save_named_set(workspace, "collection", "A first", [], actor="ana")
    gifts = save_named_set(workspace, "collection", "Gifts", ["i000"], actor="ana")
    rule = Rule(name=EVIL, kind="hide", target=Target(collections=(gifts.id,)))
    save_rule(workspace, rule, actor="ana")
    app = calm(open_sets(home, monkeypatch, set=str(gifts.id)))
    assert [one.value for one in app.subheader] == ["Gifts"]
    assert "In the draft they will match nothing for its sake" in said(app)
    assert not any(EVIL in one.value for one in [*app.markdown, *app.caption])
    app.text_input[0].input("gifts")
    button(app, "Make this collection").click().run()
    (error,) = app.error
    assert "There is a collection 'gifts' already" in error.value.replace("\\", "")
    gone = open_sets(home, monkeypatch, set="99")
    assert [one.value for one in gone.warning] == [
        "There is no collection 99. It may have been deleted."
    ]
    assert "It has no members yet." in said(gone)


def test_sets_can_be_made_before_anything_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    save_named_set(workspace, "collection", "Gifts", ["a", "b"], actor="ana")
    app = calm(open_sets(tmp_path, monkeypatch))
    assert list(app.dataframe[1].value["Product id"]) == ["a", "b"]
    assert "not among" not in said(app)
