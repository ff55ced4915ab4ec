from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homes import loaded_once
from llm_answers import Scenario, refused, says
from llm_fixture import KEYS, address, environment
from llm_server import LlmServer
from page_shops import button, calm, said
from stool_shop import EVIL, HAS, load_stools
from streamlit.testing.v1 import AppTest

from pages.ui.copy_write_model import models_of
from recsys.copywriting.providers.opening import DEFAULT_MODEL
from recsys.settings import Settings
from recsys.workflows.copy_queue import copy_text, history, queue
from recsys.workflows.named_sets import save_named_set
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
TRUE = {
    "text": "A low stool of solid oak from Waldholz.",
    "claims": [{"words": "solid oak", "field": "description"}],
}
FALSE = {
    "text": "A low stool of solid oak. It is waterproof.",
    "claims": [{"words": "waterproof", "field": "description"}],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    workspace = Workspace(Settings(home=home))
    loaded_once(workspace, "stools", lambda: load_stools(workspace))
    workspace.database.close()
    return home


@pytest.fixture
def with_key(llm: LlmServer, monkeypatch: pytest.MonkeyPatch) -> LlmServer:
    for name, value in environment(llm).items():
        monkeypatch.setenv(name, value)
    return llm


def open_copy(home: Path, monkeypatch: pytest.MonkeyPatch, **at: str) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.run().switch_page("copywriting.py")  # known by its address once any page was drawn
    for name, value in at.items():
        app.query_params[name] = value
    return app.run()


def drawn(app: AppTest) -> dict[str, Any]:
    """What the drawing of the receipts was given."""
    (found,) = app.get("bidi_component")
    return json.loads(found.proto.json)


def marked(app: AppTest, mark: str) -> list[str]:
    lines = drawn(app)["lines"]
    return [one["text"] for line in lines for one in line["pieces"] if one["mark"] == mark]


def field(app: AppTest, label: str) -> Any:
    return next(one for one in app.text_input if one.label == label)


def box(app: AppTest) -> Any:
    return next(one for one in app.text_area if one.label == "Edit")


def test_without_a_key_the_prompt_is_shown_and_a_pasted_text_is_checked(
    home: Path, llm: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_LLM_URL", address(llm))
    for name in KEYS.values():
        monkeypatch.delenv(name)
    app = calm(open_copy(home, monkeypatch, item="s1"))
    assert "No key is set, so no model is asked." in said(app)
    assert "ANTHROPIC_API_KEY" in said(app)
    assert not [one for one in app.button if one.label.startswith("Write")]
    assert any("Oak stool" in one.value for one in app.code), "what would be sent"
    assert app.expander[0].proto.expanded

    button(app, "Type or paste a text").click().run()
    box(app).input("Solid oak. It is waterproof.")
    calm(app.run())
    assert any("waterproof" in one.lower() for one in marked(app, "unknown"))
    assert button(app, "Approve").disabled
    box(app).input("A low stool of solid oak.")
    calm(app.run())
    assert marked(app, "unknown") == []
    button(app, "Approve").click().run()
    calm(app)
    assert "It is approved" in said(app)
    (line,) = queue(Workspace(Settings(home=home)))
    assert (line.state, line.now.made_by, line.actor) == ("approved", "person", "dashboard")
    assert llm.requests == [], "nothing was sent"


def test_a_false_claim_is_struck_mended_and_both_versions_are_kept(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key.script(says(FALSE), says(FALSE))
    app = calm(open_copy(home, monkeypatch, item="s1"))
    button(app, "Write").click().run()
    calm(app)
    assert [one.body["model"] for one in with_key.asked] == [DEFAULT_MODEL] * 2, "back once"
    assert "written twice: the first did not pass the checks" in said(app)
    assert any("waterproof" in one for one in marked(app, "unknown"))
    assert button(app, "Approve").disabled
    box(app).input("A low stool of solid oak.")
    calm(app.run())
    assert marked(app, "unknown") == []
    assert any("oak" in one for one in marked(app, "known"))
    button(app, "Keep in the queue").click().run()
    calm(app)
    workspace = Workspace(Settings(home=home))
    (line,) = queue(workspace)
    assert (line.state, line.about_id, line.original) == ("checked", "s1", HAS)
    made = [(one.made_by, one.copy.text) for one in history(workspace, line.id)]
    assert made == [("person", "A low stool of solid oak."), ("model", FALSE["text"])]

    button(app, "Approve").click().run()
    calm(app)
    assert copy_text(workspace, line.id).state == "approved"
    button(app, "See the queue").click().run()
    calm(app)
    assert app.query_params["view"] == "queue"


def test_a_reason_approves_what_the_checks_would_not(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key.always(says(FALSE))
    app = calm(open_copy(home, monkeypatch, item="s1"))
    button(app, "Write").click().run()
    field(app, "Reason to approve it as it is").input("I know").run()
    assert button(app, "Approve").disabled
    field(app, "Reason to approve it as it is").input("The maker says that it is").run()
    button(app, "Approve").click().run()
    calm(app)
    (line,) = queue(Workspace(Settings(home=home)))
    assert line.state == "approved"


def test_variants_are_written_and_one_of_them_is_written_again_with_a_note(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key.script(says(TRUE), says({**TRUE, "text": "A stool of solid oak."}))
    app = calm(open_copy(home, monkeypatch, item="s1"))
    next(one for one in app.number_input if one.label == "Variants").set_value(2)
    button(app, "Write").click().run()
    calm(app)
    assert box(app).value == TRUE["text"]
    next(one for one in app.segmented_control if one.label == "Variant").set_value(1).run()
    assert box(calm(app)).value == "A stool of solid oak."
    field(app, "What should be different?").input("Name the brand")
    next(one for one in app.number_input if one.label == "Variants").set_value(1)
    button(app, "Write again").click().run()
    calm(app)
    assert "Name the brand" in with_key.asked[-1].text


def test_a_text_by_hand_stands_beside_what_was_written(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key.always(says(TRUE))
    app = calm(open_copy(home, monkeypatch, item="s1"))
    button(app, "Write").click().run()
    button(app, "Check what the shop has").click().run()
    assert box(calm(app)).value == HAS
    next(one for one in app.segmented_control if one.label == "Variant").set_value(0).run()
    assert box(calm(app)).value == TRUE["text"]


def test_models_are_listed_once_an_hour_and_only_where_somebody_looks(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    models_of.clear()
    app = calm(open_copy(home, monkeypatch, item="s1"))
    assert with_key.requests == []
    app.session_state["copy-models"] = True  # the popover, open
    calm(app.run())
    calm(app.run())
    assert [one.path.split("?")[0] for one in with_key.requests] == ["/v1/models"]
    shown = next(one for one in app.selectbox if one.label == "Model")
    assert (shown.value, len(shown.options)) == (DEFAULT_MODEL, len(set(shown.options)))
    shown.select_index(2).run()
    with_key.script(says(TRUE))
    button(app, "Write").click().run()
    assert with_key.asked[0].body["model"] == "claude-opus-5-5"


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (refused(401), "Not written."),
        (Scenario(answer=TRUE, cut_after=3), "It broke off here. This is not the whole text"),
    ],
    ids=["key refused", "cut in the middle"],
)
def test_what_the_provider_says_is_shown_and_nothing_is_lost(
    home: Path,
    with_key: LlmServer,
    monkeypatch: pytest.MonkeyPatch,
    scenario: Scenario,
    words: str,
) -> None:
    app = calm(open_copy(home, monkeypatch, item="s1"))
    with_key.script(says(TRUE))
    button(app, "Write").click().run()
    with_key.always(scenario)
    button(app, "Write").click().run()
    assert not app.exception
    shown = " ".join([said(app), *(one.value for one in app.error)])
    assert words in shown
    assert "**Not written.**" in app.error[0].value
    assert box(app).value == TRUE["text"], "what was there stays"
    assert "Traceback" not in shown


def test_a_name_that_no_page_may_run_is_text(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_key.always(says({"text": f"{EVIL}.", "claims": []}))
    app = calm(open_copy(home, monkeypatch, item="s4"))
    assert EVIL not in "".join(one.value for one in app.markdown)
    button(app, "Write").click().run()
    assert "".join(one["text"] for one in drawn(app)["lines"][0]["pieces"]) == f"{EVIL}."


def test_a_subject_is_about_up_to_three_products_and_says_where_inboxes_cut_it(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = "Oak stool and oak bench: new from Waldholz this week"
    with_key.always(says({"text": subject, "preheader": "Both of oak.", "claims": []}))
    app = calm(open_copy(home, monkeypatch, kind="subject", item="s1"))
    field(app, "Find another product").input("Oak bench").run()  # found alone, so it is taken
    assert app.query_params["item"] == ["s1", "s2"]
    button(calm(app), "Write").click().run()
    assert not app.exception
    assert f"Subject: {len(subject)} of at most 59 characters, preheader: 12 of" in said(app)
    assert "Phone, 41 characters: **Oak stool and oak bench: new from Waldhol…**" in said(app)


def test_what_does_not_exist_is_said_in_place(
    home: Path, with_key: LlmServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_copy(home, monkeypatch, item="nothing")
    assert not app.exception
    assert "nothing" in app.error[0].value
    app = open_copy(home, monkeypatch, segment="7")
    assert not app.exception
    assert app.error
    assert with_key.requests == []


def test_cards_segments_and_collections_lead_here_with_the_choice_made(
    plain_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(plain_home)
    workspace = Workspace(Settings(home=home))
    gifts = save_named_set(workspace, "collection", "Gifts", ["i000"], actor="ana")
    vips = save_named_set(
        workspace, "segment", "VIPs", [f"0{one}" for one in range(9)], actor="ana"
    )
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.switch_page("sets.py").run()
    button(app, "Write copy").click().run()
    assert app.query_params["view"] == "bulk"
    assert app.selectbox(key="copy-bulk-collection").value == gifts.id
    app.switch_page("segments.py")
    app.query_params["segment"] = str(vips.id)
    button(app.run(), "Write subjects").click().run()
    assert app.title[0].value == "What do we say about it?"
    assert app.query_params["segment"] == str(vips.id)
    assert "has 9 members that the live release knows; 20 are needed" in app.error[0].value
    app.switch_page("shelves.py").run()
    app.text_input(key="find-shopper").input("00").run()
    menu = next(one for one in app.menu_button if "act-for_you-" in str(one.key))
    menu.click("Write copy").run()
    assert app.query_params["item"] == str(menu.key).removeprefix("act-for_you-")
