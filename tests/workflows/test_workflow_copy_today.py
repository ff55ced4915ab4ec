"""What was checked yesterday is held against what is known today."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from homes import built_once
from mug_shop import load_mugs, open_mugs

from recsys.copywriting.run_texts import put_texts
from recsys.copywriting.text import Brief, Copy, State
from recsys.errors import Conflict, InputError
from recsys.releases.live import LiveChange, change_live
from recsys.workflows import copy_queue as q
from recsys.workflows.audit import audit_lines
from recsys.workflows.copy_facts import product_facts
from recsys.workflows.copy_settings import Choices, save_choices
from recsys.workflows.copywriting import check_by_hand
from recsys.workspace import Workspace

BRIEF = Brief(max_words=40)
TRUE = "The stoneware mug by Arda holds 350 ml."
FEW = f"{TRUE} Only 7 left in stock."


@pytest.fixture(scope="module")
def mugs_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "mugs", lambda home: (load_mugs(home), None)[1])


@pytest.fixture
def mugs(mugs_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_mugs(copy_of(mugs_home))
    yield workspace
    workspace.database.close()


def kept(workspace: Workspace, text: str = FEW, *, item: str = "m1") -> q.CopyText:
    facts = product_facts(workspace, item)
    written = check_by_hand(workspace, Copy(text=text), facts, BRIEF)
    return q.keep(workspace, facts, BRIEF, written, actor="ana")


def restock(workspace: Workspace, pieces: int) -> None:
    """Change how many of the mug are in stock, as a shop does between two releases."""
    change_live(workspace, [LiveChange("m1", stock=pieces)], actor="shop")


def found(text: q.CopyText) -> list[str]:
    return [one.check for one in text.now.checked.findings if one.blocks]


def exported(workspace: Workspace, path: Path) -> tuple[list[str], tuple[int, ...]]:
    done = q.export_approved(workspace, path, actor="eve")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row["text"] for row in csv.DictReader(file)]
    assert len(rows) == done.texts
    return rows, done.held


def test_an_edit_is_checked_against_what_is_known_now(mugs: Workspace) -> None:
    text = kept(mugs)
    assert text.state == "checked"
    restock(mugs, 500)
    edited = q.edit(mugs, text.id, Copy(text=FEW + " By Arda."), revision=1, actor="ben")
    assert (edited.state, found(edited)) == ("draft", ["urgency"])
    assert edited.now.facts.stock == 500


def test_what_became_false_is_not_approved_and_becomes_a_draft(mugs: Workspace) -> None:
    text = kept(mugs)
    restock(mugs, 500)
    with pytest.raises(Conflict) as caught:
        q.approve(mugs, text.id, revision=1, reason="Somebody said so.", actor="ben")
    assert str(caught.value) == (
        "What is known of this changed since the checks looked at it, and they now find 1 thing"
        " more: “Only 7 left in stock”: there are 500 in stock. Say that, or remove it. It was not"
        " approved. Look at what was found, then mend it or decide again."
    )
    now = q.copy_text(mugs, text.id)
    assert caught.value.theirs == now
    assert (now.state, now.revision, found(now)) == ("draft", 2, ["urgency"])
    assert now.now.note == "Checked again, since what is known of it changed."
    assert (now.now.cost, now.now.version) == (0, 2)
    # Who has seen it may override it, and who waits until it is true again need not.
    with pytest.raises(InputError, match="The checks found 1 thing that keeps this text"):
        q.approve(mugs, text.id, revision=2, actor="ben")
    restock(mugs, 7)
    assert q.approve(mugs, text.id, revision=2, actor="ben").state == "approved"
    approved = q.copy_text(mugs, text.id)
    assert approved.now.checked.clean
    assert (approved.now.facts.stock, approved.now.version) == (7, 3)


def test_an_approval_does_not_add_a_version_where_nothing_changed(mugs: Workspace) -> None:
    text = kept(mugs)
    done = q.approve(mugs, text.id, revision=1, actor="ben")
    assert (done.now.version, done.revision) == (1, 2)


def test_what_became_false_after_the_approval_is_not_exported(
    mugs: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "copy.csv"
    knife = "This knife cuts bread, so that breakfast is on the table in a moment."
    few = kept(mugs)
    q.approve(mugs, few.id, revision=1, actor="ben")
    q.approve(mugs, kept(mugs, knife, item="004").id, revision=1, actor="ben")
    assert exported(mugs, path) == ([FEW, knife], ())
    restock(mugs, 500)
    assert exported(mugs, path) == ([knife], (few.id,))
    assert [one.id for one in q.held_back(mugs)] == [few.id]
    assert q.held_back(mugs, kind="subject") == []
    assert q.copy_text(mugs, few.id).state == "approved"
    with pytest.raises(Conflict):
        q.approve(mugs, few.id, revision=2, actor="ben")
    q.approve(mugs, few.id, revision=3, reason="The rest is reserved", actor="ben")
    restock(mugs, 600)
    assert exported(mugs, path) == ([FEW, knife], ())  # what was overridden stays so
    restock(mugs, 7)
    assert exported(mugs, path) == ([FEW, knife], ())


def test_two_hundred_texts_are_held_against_the_stock_in_less_than_a_second(
    mugs: Workspace, tmp_path: Path
) -> None:
    version = kept(mugs, TRUE).now
    version = replace(version, brief=version.brief.model_copy(update={"kind": "subject"}))
    states: list[State] = ["approved"] * 200
    with mugs.database.write() as connection:
        put_texts(connection, 1, states, [version] * 199 + [replace(version, copy=Copy(text=FEW))])
    restock(mugs, 500)
    began = time.process_time()
    done = q.export_approved(mugs, tmp_path / "copy.csv", actor="eve")
    assert (done.texts, len(done.held)) == (199, 1)
    assert time.process_time() - began < 1


def test_the_log_tells_what_was_done_of_copy(mugs: Workspace, tmp_path: Path) -> None:
    text = kept(mugs)
    restock(mugs, 500)
    with pytest.raises(Conflict):
        q.approve(mugs, text.id, revision=1, actor="ben")
    q.approve(mugs, text.id, revision=2, reason="The rest is reserved", actor="ben")
    q.export_approved(mugs, tmp_path / "copy.csv", actor="eve")
    q.edit(mugs, text.id, Copy(text="The mug holds 350 ml."), revision=3, actor="ben")
    q.reject(mugs, text.id, revision=4, note="Dull", actor="ben")
    save_choices(mugs, Choices(model="m"), revision=0, actor="ana")
    told = [one.words for one in reversed(audit_lines(mugs)) if one.action != "live change"]
    assert told == [
        "Put into the queue: copy 1.",
        "Sent back for review, since what is known of it changed: copy 1.",
        "Approved over what the checks found: copy 1: The rest is reserved.",
        "Exported approved copy: all kinds: 1 text.",
        "Changed copy 1.",
        "Rejected copy 1: Dull.",
        "Changed for copy: the choice of model.",
    ]
