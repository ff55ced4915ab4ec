from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from copy_pages import CopyShop
from llm_answers import says
from llm_fixture import environment
from llm_server import KEY, LlmServer
from page_shops import EVIL, button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.copywriting.text import Voice
from recsys.workflows.copy_settings import (
    Template,
    choices,
    price_of,
    save_template,
    save_voice,
    template,
    template_history,
    voices,
)


@pytest.fixture
def shop(tmp_path: Path, llm: LlmServer, monkeypatch: pytest.MonkeyPatch) -> CopyShop:
    for name, value in environment(llm).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AISLE_COPY_FIELDS", "material")
    return CopyShop(tmp_path / "home", monkeypatch)


def part(shop: CopyShop, name: str) -> AppTest:
    app = calm(shop.page("settings"))
    app.segmented_control(key="copy-settings-part").set_value(name)
    return calm(app.run())


def area(app: AppTest, label: str, place: int = 0) -> Any:
    return [one for one in app.text_area if one.label == label][place]


def test_a_voice_is_made_changed_and_deleted(shop: CopyShop) -> None:
    app = part(shop, "Voices")
    assert "professional, casual, luxury, technical" in said(app)
    next(one for one in app.text_input if one.label == "Name").input(EVIL)
    area(app, "How it sounds").input("Dry.")
    area(app, "Examples").input("One.\n\nStill one.\n\n\nTwo.")
    area(app, "Words that never stand").input("cheap, stunning\ncheap")
    button(app, "Save this voice").click().run()
    calm(app)
    (kept,) = voices(shop.workspace)
    assert kept.value == Voice(
        name=EVIL,
        about="Dry.",
        examples=("One.\n\nStill one.", "Two."),
        banned=("cheap", "stunning"),
    )
    assert not any(EVIL in one.value for one in app.markdown), "escaped"

    # The form of this voice stands before that of a new one.
    save_voice(
        shop.workspace,
        kept.value.model_copy(update={"about": "Theirs."}),
        revision=kept.revision,
        actor="ben",
    )
    area(app, "How it sounds").input("Mine.")
    button(app, "Save this voice").click().run()
    assert not app.exception
    assert "ben changed this just now" in said(app)
    assert area(app, "How it sounds").value == "Mine."
    assert voices(shop.workspace)[0].value.about == "Theirs."
    button(app, "Save mine over it").click().run()
    button(app, "Save this voice").click().run()
    calm(app)
    assert voices(shop.workspace)[0].value.about == "Mine."
    button(app, "Delete this voice").click().run()
    calm(app)
    assert voices(shop.workspace) == []


def test_a_template_is_tried_before_it_is_in_use_and_taken_back(
    shop: CopyShop, llm: LlmServer
) -> None:
    llm.always(says({"text": "A stool. It is waterproof.", "claims": []}))
    app = part(shop, "Templates")
    assert "In use: Aisle's own." in said(app)
    assert "`{max_words}` the most words that the text may have" in said(app)
    area(app, "Instructions").input("Say it in {max_words} words, {loud}.")
    button(app, "Put into use").click().run()
    assert not app.exception
    assert "loud" in app.error[0].value
    area(app, "Instructions").input("Say it in {max_words} words.")
    button(app, "Show the requests").click().run()
    calm(app)
    shown = [one.value for one in app.code]
    assert "Say it in 150 words." in shown[0]
    assert len(shown) == 6, "what all are told, and five products"
    assert any("Pine stool" in one for one in shown[1:])
    assert llm.requests == []
    button(app, "Write 5 with it").click().run()
    calm(app)
    assert len(llm.asked) == 5
    assert all("Say it in 150 words." in one.text for one in llm.asked)
    assert len(app.get("bidi_component")) == 5
    assert template(shop.workspace, "description").revision == 0, "not in use yet"

    button(app, "Put into use").click().run()
    calm(app)
    kept = template(shop.workspace, "description")
    assert (kept.revision, kept.value.text) == (1, "Say it in {max_words} words.")
    app.session_state["copy-template-versions"] = True
    calm(app.run())
    button(app, key="copy-template-back-description-0").click().run()
    calm(app)
    history = template_history(shop.workspace, "description")
    assert history[0].revision == 2
    assert history[0].value.text == history[-1].value.text


def test_a_template_that_somebody_else_saved_is_not_overwritten(shop: CopyShop) -> None:
    app = part(shop, "Templates")
    theirs = Template(kind="description", text="Theirs.")
    save_template(shop.workspace, theirs, revision=0, actor="ben")
    area(app, "Instructions").input("Mine.")
    button(app, "Put into use").click().run()
    assert not app.exception
    assert app.error
    assert "ben changed this just now" in said(app)
    assert area(app, "Instructions").value == "Mine."
    assert template(shop.workspace, "description").value == theirs
    button(app, "Take theirs").click().run()
    assert area(calm(app), "Instructions").value == "Theirs."


def test_the_model_and_its_price_are_kept_and_the_environment_is_told_without_a_key(
    shop: CopyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_LLM_MODEL", "house-model-1")
    app = part(shop, "Model")
    assert "name, category, brand, description, material" in said(app)
    assert "Anthropic" in said(app)
    every = [*app.markdown, *app.caption, *app.info, *app.get("badge")]
    assert KEY not in " ".join(str(one.value) for one in every)
    model = next(one for one in app.selectbox if one.label == "Model that writes")
    assert len(model.options) > 1, "listed by the provider"
    assert "is not known here" in said(app)
    into, out = app.number_input
    into.set_value(2.5)
    out.set_value(10.0)
    button(app, "Save").click().run()
    calm(app)
    assert choices(shop.workspace).value.model == "house-model-1"
    price = price_of(shop.workspace, "house-model-1")
    assert price is not None
    assert (price.input, price.output) == (2.5, 10.0)
