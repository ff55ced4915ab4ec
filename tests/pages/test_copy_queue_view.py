from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from copy_pages import CopyShop, address
from page_shops import button, calm, said
from stool_shop import EVIL
from streamlit.testing.v1 import AppTest

from recsys.copywriting.checks.finding import Checked, Finding, Receipt
from recsys.copywriting.providers.base import Usage
from recsys.copywriting.stored import set_state
from recsys.copywriting.text import Brief, Copy, Fact, Facts
from recsys.workflows.copy_facts import product_facts
from recsys.workflows.copy_queue import (
    CopyText,
    approve,
    copy_text,
    count_texts,
    edit,
    history,
    keep,
    reject,
)
from recsys.workflows.copywriting import Written, check_by_hand

OAK = "A low stool of solid oak."
WET = Finding(check="claim", words="'waterproof' is not known. Take it out.", start=0, end=5)


class Queue(CopyShop):
    """The shop, and texts of its queue whose checks say what a test wants."""

    def keep(self, name: str = "Oak stool", text: str = OAK, **more: Any) -> CopyText:
        facts = Facts(
            about="product",
            id="s1",
            name=name,
            facts=(Fact(field="description", value=OAK),),
            original=more.pop("original", ""),
        )
        written = Written(
            Copy(text=text),
            more.pop("checked", Checked()),
            model="small-1",
            prompt_version="description 0",
            usage=Usage(input=900, output=80),
            cost=0.0123,
        )
        return keep(self.workspace, facts, Brief(), written, actor="ana", **more)

    def now(self, text: CopyText) -> CopyText:
        return copy_text(self.workspace, text.id)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    return Queue(tmp_path / "home", monkeypatch)


def opened(app: AppTest) -> str:
    return address(app, "text")


def words(app: AppTest) -> str:
    return " ".join([said(app), *(one.value for one in app.text)])


def test_a_late_request_from_the_view_before_turns_nothing_back(shop: Queue) -> None:
    app = shop.page("bulk")
    next(one for one in app.segmented_control if one.label == "Show").set_value("queue").run()
    assert address(app, "view") == "queue"

    app.query_params["view"] = "bulk"  # what a timer of the bulk runs sent before it knew
    app.run()
    assert address(app, "view") == "queue"
    assert next(one for one in app.segmented_control if one.label == "Show").value == "queue"


def test_an_empty_queue_says_where_texts_come_from(shop: Queue) -> None:
    app = calm(shop.page("queue"))
    assert "Nothing has been written yet." in said(app)
    button(app, "Write many at once").click().run()
    assert address(app, "view") == "bulk"


def test_states_filter_the_list_and_what_waits_is_shown_first(shop: Queue) -> None:
    shop.keep("Oak stool")
    draft = shop.keep(EVIL, checked=Checked(findings=(WET,)))
    done = shop.keep("Steel lamp")
    approve(shop.workspace, done.id, revision=done.revision, actor="ana")
    app = calm(shop.page("queue"))
    labels = [one.label for one in app.button]
    assert {"To review 2", "Draft 1", "Checked 1", "Approved 1", "Rejected 0"} <= set(labels)
    assert "Oak stool" in said(app)
    assert "Steel lamp" not in said(app)
    assert "Description, English · 1 finding · just now by ana" in said(app)
    assert not any(EVIL in one.value for one in app.markdown), "escaped"
    button(app, key="copy-state-approved").click().run()
    assert address(app, "state") == "approved"
    assert "Steel lamp" in said(calm(app))
    button(app, key="copy-state-waiting").click().run()
    app.text_input(key="copy-queue-search").input("oak stool").run()
    assert [one.key for one in app.button if str(one.key).startswith("copy-open-")] == [
        "copy-open-1"
    ]
    app.query_params["state"] = "draft"
    app.text_input(key="copy-queue-search").input("").run()
    button(app, key=f"copy-open-{draft.id}").click().run()
    assert opened(app) == str(draft.id)
    app.query_params["text"] = "77"
    app.run()
    assert "There is no text 77. The link is wrong." in said(calm(app))
    assert "Ignore" in said(app), "the list"


def test_the_list_is_turned_by_fifty(shop: Queue) -> None:
    for number in range(53):
        shop.keep(f"Stool {number}")
    app = calm(shop.page("queue"))
    assert sum(str(one.key).startswith("copy-open-") for one in app.button) == 50
    button(app, "Next").click().run()
    assert sum(str(one.key).startswith("copy-open-") for one in calm(app).button) == 3
    assert "51 to 53" in said(app)
    button(app, "Before").click().run()
    assert "1 to 50" in said(calm(app))


def test_a_decision_opens_the_next_text_and_the_last_one_the_list(shop: Queue) -> None:
    texts = [shop.keep(f"Stool {number}") for number in range(3)]
    app = calm(shop.page("queue"))
    button(app, key="copy-review").click().run()
    first = opened(app)
    button(calm(app), "Next").click().run()
    second = opened(app)
    button(calm(app), "Approve").click().run()
    third = opened(app)
    assert {first, second, third} == {str(one.id) for one in texts}
    assert copy_text(shop.workspace, int(second)).state == "approved"
    button(calm(app), "Reject").click().run()
    assert copy_text(shop.workspace, int(third)).state == "rejected"
    assert opened(calm(app)) == ""
    assert any("1 text left for later" in one.value for one in app.toast)
    button(app, key="copy-review").click().run()
    assert opened(app) == first


def test_a_text_shows_what_changed_what_it_rests_on_and_how_it_was_made(shop: Queue) -> None:
    oak = Receipt(start=16, end=25, field="material", value="solid oak")
    text = shop.keep(
        text="A low stool of solid oak.\n\nMade to last.",
        original="A low stool of pine.",
        checked=Checked(receipts=(oak,)),
    )
    app = calm(shop.page("queue", text=str(text.id)))
    shown = " ".join(one.value for one in app.markdown)
    assert "A low stool of :red-background[~~pine~~]" in shown
    assert ":green-background[solid oak]" in shown
    assert "Rests on **material** solid oak" in said(app)
    assert "by small-1 · description 0 · 900 tokens in, 80 out · $0.012 · asked by ana" in said(app)
    app.segmented_control(key="copy-queue-shown").set_value("Receipts").run()
    assert app.get("bidi_component")
    assert app.text[0].value == "A low stool of pine."


def test_what_is_not_clean_is_approved_with_a_reason_alone(shop: Queue) -> None:
    facts, lie = product_facts(shop.workspace, "s1"), Copy(text=f"{OAK} It is waterproof.")
    text = shop.keep(
        text=lie.text, checked=check_by_hand(shop.workspace, lie, facts, Brief()).checked
    )
    app = calm(shop.page("queue", text=str(text.id)))
    assert "waterproof" in said(app)
    button(app, "Approve anyway").click().run()
    app.text_input(key=f"copy-reason-{text.id}").input("too short")
    button(app, "Approve with this reason").click().run()
    assert not app.exception
    assert app.error
    assert shop.now(text).state == "draft"
    app.text_input(key=f"copy-reason-{text.id}").input("The maker told us that it is")
    button(app, "Approve with this reason").click().run()
    calm(app)
    assert shop.now(text).state == "approved"


def test_what_the_checks_find_only_now_is_shown_instead_of_an_approval(shop: Queue) -> None:
    text = shop.keep(text=f"{OAK} It is waterproof.")  # as if its row had said so
    app = calm(shop.page("queue", text=str(text.id)))
    button(app, "Approve").click().run()
    assert "they now find 1 thing more" in " ".join(one.value for one in calm(app).toast)
    assert opened(app) == str(text.id)
    assert "Draft" in said(app)
    assert shop.now(text).state == "draft"
    button(app, "Approve anyway").click().run()
    app.text_input(key=f"copy-reason-{text.id}").input("The maker told us that it is")
    button(app, "Approve with this reason").click().run()
    assert shop.now(text).state == "approved"


def test_who_opens_the_download_is_told_what_it_leaves_out(shop: Queue) -> None:
    with_lie = keep_approved(shop, f"{OAK} It is waterproof.")
    app = shop.page("queue")
    assert not app.warning
    app.session_state["copy-download"] = True
    app.run()
    assert [one.value for one in calm(app).warning] == [
        "1 text will be left out, since what is known changed after the approval and the checks now"
        " find something: Oak stool. Open and edit them to see what."
    ]
    assert shop.now(with_lie).state == "approved"


def keep_approved(shop: Queue, text: str) -> CopyText:
    """Keep a text that was clean when it was approved, and is not by the catalogue of now."""
    kept = shop.keep(text=text)
    with shop.workspace.database.write() as connection:
        set_state(connection, kept, "approved", actor="ana")
    return kept


def test_a_language_whose_words_are_not_read_is_partly_checked(shop: Queue) -> None:
    facts = product_facts(shop.workspace, "s1")
    brief = Brief(language="fr")
    written = check_by_hand(shop.workspace, Copy(text="Un tabouret."), facts, brief)
    keep(shop.workspace, facts, brief, written, actor="ana")
    app = calm(shop.page("queue"))
    assert ":violet-badge[Partly checked]" in said(app)
    assert "Of 1 text the words of the language were not checked." in said(app)


def test_an_edit_is_checked_and_an_older_version_can_be_restored(shop: Queue) -> None:
    text = shop.keep(text="A stool of oak. It is waterproof.", checked=Checked(findings=(WET,)))
    app = calm(shop.page("queue", text=str(text.id)))
    button(app, "Edit").click().run()
    app.text_area(key=f"copy-form-{text.id}-text").input(OAK)
    button(app, "Save and check").click().run()
    calm(app)
    assert (shop.now(text).state, shop.now(text).now.copy.text) == ("checked", OAK)
    app.session_state[f"copy-history-{text.id}"] = True
    calm(app.run())
    assert "Version 1" in said(app)
    button(app, "Restore").click().run()
    assert shop.now(text).now.copy.text == "A stool of oak. It is waterproof."
    assert len(history(shop.workspace, text.id)) == 3


def test_what_somebody_else_changed_is_not_overwritten_and_what_was_typed_stays(
    shop: Queue,
) -> None:
    text = shop.keep()
    app = calm(shop.page("queue", text=str(text.id)))
    button(app, "Edit").click().run()
    theirs = Copy(text="A stool of oak for every kitchen.")
    edit(shop.workspace, text.id, theirs, revision=text.revision, actor="ben")
    app.text_area(key=f"copy-form-{text.id}-text").input("A stool of solid oak.")
    button(app, "Save and check").click().run()
    assert not app.exception
    assert app.error
    assert "ben changed this text just now" in said(app)
    assert theirs.text in words(app)
    assert app.text_area(key=f"copy-form-{text.id}-text").value == "A stool of solid oak."
    assert shop.now(text).now.copy == theirs
    button(app, "Save mine over it").click().run()
    button(app, "Save and check").click().run()
    calm(app)
    assert shop.now(text).now.copy.text == "A stool of solid oak."
    assert history(shop.workspace, text.id)[1].actor == "ben"


def test_a_decision_about_what_somebody_else_decided_is_told_and_changes_nothing(
    shop: Queue,
) -> None:
    text = shop.keep()
    app = calm(shop.page("queue", text=str(text.id)))
    reject(shop.workspace, text.id, revision=text.revision, actor="ben")
    button(app, "Approve").click().run()
    assert not app.exception
    assert "ben" in app.error[0].value
    assert shop.now(text).state == "rejected"
    assert opened(app) == str(text.id)


def test_all_that_is_clean_on_a_page_is_approved_by_number_and_what_changed_is_left(
    shop: Queue,
) -> None:
    texts = [shop.keep(f"Stool {number}") for number in range(3)]
    draft = shop.keep("Wet stool", checked=Checked(findings=(WET,)))
    app = calm(shop.page("queue"))
    assert "This approves 3 texts" in said(app)
    changed = texts[0]
    edit(shop.workspace, changed.id, Copy(text=OAK), revision=changed.revision, actor="ben")
    button(app, "Approve these 3 texts").click().run()
    calm(app)
    assert any("2 texts approved. 1 text not: changed" in one.value for one in app.toast)
    assert count_texts(shop.workspace)["approved"] == 2
    assert shop.now(draft).state == "draft"
    assert shop.now(changed).state != "approved"
