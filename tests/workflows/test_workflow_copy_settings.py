from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from recsys.copywriting.prompting import own_template
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.providers.opening import DEFAULT_MODEL
from recsys.copywriting.text import Brief, Fact, Facts, Voice
from recsys.errors import Conflict, InputError, NotFound, StorageError
from recsys.settings import Settings
from recsys.workflows.copy_settings import (
    Choices,
    Price,
    Template,
    choices,
    cost_of,
    delete_voice,
    model_of,
    price_of,
    save_choices,
    save_template,
    save_voice,
    template,
    template_history,
    try_template,
    voice_of,
    voices,
)
from recsys.workflows.copywriting import prompt_for
from recsys.workspace import Workspace
from recsys.workspace.tables import audit, copy_settings

HOUSE = Voice(name="Our House", about="Dry.", examples=("It works.",), banned=("synergy",))
MUG = Facts(about="product", id="m1", name="Mug", facts=(Fact(field="name", value="Mug"),))


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    workspace = Workspace(Settings(home=tmp_path))
    yield workspace
    workspace.database.close()


def logged(workspace: Workspace) -> list[tuple[str, str, str]]:
    with workspace.database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(row.actor, row.action, row.subject) for row in rows]


def test_a_voice_is_kept_changed_and_deleted_and_each_is_logged(shop: Workspace) -> None:
    made = save_voice(shop, HOUSE, revision=0, actor="ana")
    assert (made.value, made.revision, made.actor) == (HOUSE, 1, "ana")
    changed = HOUSE.model_copy(update={"name": " Our  House ", "banned": ("synergy ", "", "hub")})
    kept = save_voice(shop, changed, revision=1, actor="ben")
    assert kept.value.banned == ("synergy", "hub")
    assert [(one.value.name, one.revision) for one in voices(shop)] == [("Our House", 2)]
    assert voice_of(shop, "Our House") == kept.value
    assert voice_of(shop, "luxury") is None
    delete_voice(shop, "Our House", revision=2, actor="ana")
    assert voices(shop) == []
    with pytest.raises(NotFound) as caught:
        voice_of(shop, "Our House")
    assert str(caught.value) == (
        "There is no voice 'Our House'. There are: professional, casual, luxury, technical."
    )
    save_voice(shop, HOUSE, revision=0, actor="ana")  # the name is free again
    assert [one.revision for one in voices(shop)] == [4]
    assert logged(shop) == [
        ("ana", "change copy setting", "voice Our House"),
        ("ben", "change copy setting", "voice Our House"),
        ("ana", "delete copy setting", "voice Our House"),
        ("ana", "change copy setting", "voice Our House"),
    ]


def test_who_comes_second_is_told_who_came_first(shop: Workspace) -> None:
    save_voice(shop, HOUSE, revision=0, actor="ana")
    with pytest.raises(Conflict) as caught:
        save_voice(shop, HOUSE, revision=0, actor="ben")
    assert str(caught.value) == (
        "The voice Our House was changed by ana just now. Yours was not saved. Look at it as it is"
        " now, then change it again."
    )
    assert caught.value.theirs == HOUSE.model_dump(mode="json")
    with pytest.raises(Conflict, match="There is no voice Nobody, so it cannot be changed"):
        save_voice(shop, Voice(name="Nobody"), revision=3, actor="ben")
    with pytest.raises(NotFound, match="There is no voice 'Nobody'"):
        delete_voice(shop, "Nobody", revision=0, actor="ben")


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        (Voice(name=" "), "A voice needs a name of at most 60 characters."),
        (Voice(name="Luxury"), "'Luxury' is a tone of every shop. Give the voice another name."),
        (
            Voice(name="x", banned=("y" * 81,)),
            "A voice is described in at most 2,000 characters, an example has as many, and a banned"
            " word or phrase 80. Shorten what is longer.",
        ),
    ],
)
def test_a_voice_that_cannot_be_is_refused(shop: Workspace, voice: Voice, words: str) -> None:
    with pytest.raises(InputError) as caught:
        save_voice(shop, voice, revision=0, actor="ana")
    assert str(caught.value) == words


def test_templates_have_versions_and_prompts_name_them(shop: Workspace) -> None:
    own = template(shop, "subject")
    assert (own.revision, own.value.text) == (0, own_template("subject"))
    brief = Brief(kind="subject")
    assert prompt_for(shop, MUG, brief).version == "subject 0"
    ours = Template(kind="subject", text="Subject in {language}.")
    tried = try_template(shop, ours, MUG, brief)
    assert template(shop, "subject") == own  # trying uses nothing
    save_template(shop, ours, revision=0, actor="ana")
    assert prompt_for(shop, MUG, brief) == tried
    assert tried.version == "subject 1"
    assert tried.system.startswith("Subject in English.")
    save_template(shop, own.value, revision=1, actor="ben")
    assert [one.revision for one in template_history(shop, "subject")] == [2, 1, 0]
    assert template(shop, "description").revision == 0
    with pytest.raises(InputError, match=r"The template has the place \{tone\}"):
        save_template(shop, Template(kind="subject", text="{tone}"), revision=2, actor="ana")
    with pytest.raises(InputError, match="A template of a subject cannot write a description"):
        try_template(shop, ours, MUG, Brief())


def test_the_model_is_the_chosen_one_else_the_environments_else_ours(tmp_path: Path) -> None:
    shop = Workspace(Settings(home=tmp_path, llm_model="from-outside"))
    assert model_of(Workspace(Settings(home=tmp_path))) == DEFAULT_MODEL
    assert model_of(shop) == "from-outside"
    assert choices(shop).revision == 0
    chosen = Choices(model="house-model", prices={"house-model": Price(input=1, output=4)})
    assert save_choices(shop, chosen, revision=0, actor="ana").revision == 1
    assert model_of(shop) == "house-model"
    assert choices(shop).value == chosen
    with pytest.raises(Conflict, match="The choice of model was changed by ana just now"):
        save_choices(shop, Choices(), revision=0, actor="ben")
    shop.database.close()


def test_a_price_is_the_shops_own_or_the_known_one_and_never_guessed(shop: Workspace) -> None:
    used = Usage(input=1_000_000, output=500_000)
    assert price_of(shop, "nobody-knows") is None
    assert cost_of(used, None) is None
    assert price_of(shop, DEFAULT_MODEL) is not None
    save_choices(
        shop, Choices(prices={DEFAULT_MODEL: Price(input=1, output=4)}), revision=0, actor="a"
    )
    price = price_of(shop, DEFAULT_MODEL)
    assert cost_of(used, price) == 3.0
    assert cost_of(used, price, batch=True) == 1.5


def test_what_another_version_wrote_is_said(shop: Workspace) -> None:
    save_voice(shop, HOUSE, revision=0, actor="ana")
    with shop.database.write() as connection:
        connection.execute(update(copy_settings).values(body={"name": "x", "mood": "blue"}))
    with pytest.raises(StorageError, match=r"The voice Our House cannot be read \(Extra inputs"):
        voices(shop)
