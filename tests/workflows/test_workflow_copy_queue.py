from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from homes import built_once
from mug_shop import load_mugs, open_mugs
from sqlalchemy import select

from recsys.copywriting.text import Brief, Claim, Copy
from recsys.errors import Conflict, InputError, NotFound
from recsys.workflows import copy_queue as q
from recsys.workflows.copy_facts import product_facts
from recsys.workflows.copywriting import Written, check_by_hand
from recsys.workspace import Workspace
from recsys.workspace.tables import audit

BRIEF = Brief(max_words=40)
TRUE = "The stoneware mug by Arda holds 350 ml, enough for a long morning."
LIE = "The stoneware mug by Arda holds 900 ml, enough for a long morning."
KNIFE = "This knife cuts bread, so that breakfast is on the table in a moment."


@pytest.fixture(scope="module")
def mugs_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "mugs", lambda home: (load_mugs(home), None)[1])


@pytest.fixture
def mugs(mugs_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_mugs(copy_of(mugs_home))
    yield workspace
    workspace.database.close()


def kept(
    workspace: Workspace, text: str = TRUE, *, item: str = "m1", brief: Brief = BRIEF, **more: Any
) -> q.CopyText:
    facts = product_facts(workspace, item)
    written = check_by_hand(workspace, Copy(text=text), facts, brief)
    return q.keep(workspace, facts, brief, written, actor=more.pop("actor", "ana"), **more)


def logged(workspace: Workspace) -> list[tuple[str, str, str, dict[str, Any]]]:
    with workspace.database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    return [(r.actor, r.action, r.subject, r.details) for r in rows if "copy" in r.action]


def test_what_is_clean_is_checked_and_what_is_not_is_a_draft(mugs: Workspace) -> None:
    clean, false = kept(mugs), kept(mugs, LIE)
    assert (clean.state, false.state) == ("checked", "draft")
    assert (clean.original, clean.name, clean.about_id) == ("Holds 350 ml.", "Stoneware mug", "m1")
    assert (clean.now.made_by, clean.now.version, clean.revision) == ("person", 1, 1)
    assert q.copy_text(mugs, clean.id) == clean
    assert q.count_texts(mugs) == {"draft": 1, "checked": 1, "approved": 0, "rejected": 0}


def test_a_text_is_approved_when_clean_and_else_only_with_a_reason(mugs: Workspace) -> None:
    clean, false = kept(mugs), kept(mugs, LIE)
    assert q.approve(mugs, clean.id, revision=1, actor="ben").state == "approved"
    with pytest.raises(InputError) as caught:
        q.approve(mugs, false.id, revision=1, reason="It is ok", actor="ben")
    finding = next(one for one in false.now.checked.findings if one.blocks)
    assert str(caught.value).startswith("The checks found ")
    assert finding.words in str(caught.value)
    assert str(caught.value).endswith(
        "Mend it, or give a reason of at least 10 characters; it is kept in the audit log."
    )
    done = q.approve(mugs, false.id, revision=1, reason="The label says 900 ml", actor="ben")
    assert (done.state, done.now.note, done.actor) == ("approved", "The label says 900 ml", "ben")
    assert [line[:3] for line in logged(mugs)] == [
        ("ana", "keep copy", "copy 1"),
        ("ana", "keep copy", "copy 2"),
        ("ben", "approve copy", "copy 1"),
        ("ben", "override copy", "copy 2"),
    ]
    told = logged(mugs)[-1][3]
    assert told["reason"] == "The label says 900 ml"
    assert finding.words in told["findings"]


def test_who_comes_second_is_told_who_did_what(mugs: Workspace) -> None:
    text = kept(mugs)
    q.approve(mugs, text.id, revision=1, actor="ben")
    with pytest.raises(Conflict) as caught:
        q.reject(mugs, text.id, revision=1, actor="ana")
    assert str(caught.value) == (
        "This text was approved by ben just now. Yours was not saved. Look at it as it is now, then"
        " decide again."
    )
    theirs = caught.value.theirs
    assert isinstance(theirs, q.CopyText)
    assert theirs.state == "approved"
    mine = Copy(text="Mine.")
    with pytest.raises(Conflict) as caught:
        q.edit(mugs, text.id, mine, revision=1, actor="ana")
    assert caught.value.yours == mine
    assert q.copy_text(mugs, text.id).now.copy.text == TRUE


def test_an_edit_is_a_version_of_its_own_checked_anew(mugs: Workspace) -> None:
    facts = product_facts(mugs, "m1")
    claims = (
        Claim(words="holds 350 ml", field="description"),
        Claim(words="by Arda", field="brand"),
    )
    copy = Copy(text=TRUE, claims=claims)
    checked = check_by_hand(mugs, copy, facts, BRIEF).checked
    written = Written(copy, checked, model="m", prompt_version="description 0", cost=0.25)
    text = q.keep(mugs, facts, BRIEF, written, actor="ana")
    q.approve(mugs, text.id, revision=1, actor="ben")
    edited = q.edit(mugs, text.id, Copy(text=LIE), revision=2, actor="eve")
    assert (edited.state, edited.revision, edited.now.made_by) == ("draft", 3, "person")
    assert edited.now.copy.claims == claims[1:]  # of those that still stand in it
    versions = q.history(mugs, text.id)
    assert [(one.version, one.actor, one.model, one.cost) for one in versions] == [
        (2, "eve", "", None),
        (1, "ana", "m", 0.25),
    ]
    back = q.restore(mugs, text.id, 1, revision=3, actor="ana")
    assert (back.state, back.now.version, back.now.copy) == ("checked", 3, copy)
    assert (back.now.note, back.now.model) == ("Version 1 again.", "m")
    assert back.now.cost == 0  # it was paid with the first
    with pytest.raises(NotFound, match="Text 1 has no version 9"):
        q.restore(mugs, text.id, 9, revision=4, actor="ana")
    with pytest.raises(InputError, match="The text is empty"):
        q.edit(mugs, text.id, Copy(text=" \n"), revision=4, actor="ana")


def test_approved_text_is_not_overwritten_by_what_comes_later(mugs: Workspace) -> None:
    first = kept(mugs)
    q.approve(mugs, first.id, revision=1, actor="ben")
    later = kept(mugs, TRUE + " Arda made it.", run_id=5)
    assert later.id != first.id
    assert q.copy_text(mugs, first.id).state == "approved"
    assert q.copy_text(mugs, first.id).now.copy.text == TRUE
    # A person who looked at it may write it anew; it then waits for approval again.
    again = kept(mugs, TRUE + " By Arda.", copy_id=first.id, revision=2)
    assert (again.id, again.state, again.now.version) == (first.id, "checked", 2)
    with pytest.raises(InputError, match="Text 1 is about something else"):
        kept(mugs, KNIFE, item="004", copy_id=first.id, revision=3)


def test_the_queue_shows_first_what_waits(mugs: Workspace) -> None:
    texts = [kept(mugs), kept(mugs, LIE), kept(mugs, KNIFE, item="004", run_id=7), kept(mugs)]
    q.approve(mugs, texts[3].id, revision=1, actor="ben")
    q.reject(mugs, texts[1].id, revision=1, note="Too small", actor="ben")

    def found(**wanted: Any) -> list[int]:
        return [text.id for text in q.queue(mugs, **wanted)]

    assert found() == [3, 1, 4, 2]
    assert found(states=("approved", "rejected")) == [4, 2]
    assert found(about_id="m1", states=("checked",)) == [1]
    assert found(run_id=7) == found(search="BREAD") == found(search=" 004 ") == [3]
    assert found(search="breakfast IS on") == [3]  # in the text
    assert found(search="900 ml") == [2]
    assert found(search="%") == found(kind="subject") == []
    assert found(limit=2, offset=1) == [1, 4]
    assert q.copy_text(mugs, 2).now.note == "Too small"


@pytest.mark.parametrize("copy_id", [0, 9, -1, 2**31, 2**70])
def test_a_text_that_is_not_there_is_said(mugs: Workspace, copy_id: int) -> None:
    with pytest.raises(NotFound, match=f"There is no text {copy_id}"):
        q.copy_text(mugs, copy_id)


def test_what_was_written_twice_is_found_until_it_is_rejected(mugs: Workspace) -> None:
    first = kept(mugs, "A mug by Arda for the kitchen, made for slow mornings at home.", item="m2")

    def duplicates() -> list[str]:
        copy = Copy(text="A mug by Arda for the kitchen, made for slow mornings at home.")
        found = check_by_hand(mugs, copy, product_facts(mugs, "m1"), BRIEF).checked.findings
        return [one.check for one in found if one.check == "duplicate"]

    assert duplicates() == ["duplicate"]
    q.reject(mugs, first.id, revision=1, actor="ben")
    assert duplicates() == []


def test_approved_texts_are_written_inert_and_logged(mugs: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "copy.csv"
    for text in (TRUE, TRUE + " Arda made it."):
        q.approve(mugs, kept(mugs, text).id, revision=1, actor="ben")
    formula = kept(mugs, '=HYPERLINK("x")')
    q.approve(mugs, formula.id, revision=1, reason="Only for this test", actor="=cmd()")
    german = BRIEF.model_copy(update={"language": "de"})
    other = kept(mugs, "Der Becher von Arda.", brief=german)
    q.approve(mugs, other.id, revision=1, reason="Only for this test", actor="ben")
    kept(mugs, KNIFE, item="004")
    assert q.export_approved(mugs, path, actor="eve").texts == 2  # the last one of each language
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        english, last = csv.DictReader(file)
    assert english["text"] == '\'=HYPERLINK("x")'
    assert (english["id"], english["approved_by"]) == ("m1", "'=cmd()")
    assert (english["overridden"], english["reason"]) == ("yes", "Only for this test")
    assert last["language"] == "de"
    assert q.export_approved(mugs, path, raw=True, kind="description", actor="eve").texts == 2
    assert '"=HYPERLINK(""x"")"' in path.read_text(encoding="utf-8")
    assert q.export_approved(mugs, path, kind="subject", actor="eve") == q.Exported(0, ())
    assert logged(mugs)[-1] == ("eve", "export copy", "subject", {"texts": 0})
