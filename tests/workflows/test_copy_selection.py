from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from copy_bulk_shop import BRIEF, EVERYTHING, MODEL, Bulk
from llm_server import LlmServer

from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.text import Brief, Copy
from recsys.errors import InputError
from recsys.workflows.copy_bulk import (
    Selection,
    estimate,
    rows,
)
from recsys.workflows.copy_facts import product_facts
from recsys.workflows.copy_queue import approve, copy_text, keep
from recsys.workflows.copywriting import Written
from recsys.workflows.named_sets import save_named_set


@pytest.fixture
def bulk(tmp_path: Path, llm: LlmServer) -> Iterator[Bulk]:
    bulk = Bulk(tmp_path / "home", llm)
    yield bulk
    bulk.workspace.database.close()


def test_the_estimate_is_near_what_is_used(bulk: Bulk) -> None:
    said = estimate(bulk.workspace, EVERYTHING, BRIEF, model=MODEL, way="direct")
    half = estimate(bulk.workspace, EVERYTHING, BRIEF, model=MODEL, way="batch")
    done = bulk.work(bulk.start())

    assert (said.rows, said.approved) == (20, 0)
    assert said.cost is not None
    assert half.cost == pytest.approx(said.cost / 2)
    assert half.words.endswith("Batches cost half.")
    used = done.usage
    sent = used.input + used.cache_read + used.cache_write
    expected = said.usage.input + said.usage.cache_read + said.usage.cache_write
    assert expected == pytest.approx(sent, rel=0.05)
    assert said.usage.cache_write == pytest.approx(used.cache_write, rel=0.05)
    # The small server says less than the 150 words that may be said.
    assert used.output < said.usage.output == 20 * 490


def test_approved_copy_is_left_out_and_stays_as_it_is(bulk: Bulk) -> None:
    facts = product_facts(bulk.workspace, "t04")
    written = Written(Copy(text="Ember tea."), Checked())
    by_hand = keep(bulk.workspace, facts, BRIEF, written, actor="ann")
    approved = approve(bulk.workspace, by_hand.id, revision=by_hand.revision, actor="ann")

    said = estimate(bulk.workspace, EVERYTHING, BRIEF, model=MODEL, way="direct")
    assert (said.rows, said.approved) == (19, 1)
    assert bulk.work(bulk.start()).counts == {"written": 19}
    assert "Ember" not in bulk.asked_about()
    assert copy_text(bulk.workspace, by_hand.id) == approved
    # In another language there is none yet.
    german = estimate(bulk.workspace, EVERYTHING, Brief(language="de"), model=MODEL, way="direct")
    assert german.rows == 20


def test_what_was_approved_meanwhile_is_skipped(bulk: Bulk) -> None:
    run = bulk.start()
    facts = product_facts(bulk.workspace, "t04")
    written = Written(Copy(text="Ember tea."), Checked())
    by_hand = keep(bulk.workspace, facts, BRIEF, written, actor="ann")
    approve(bulk.workspace, by_hand.id, revision=by_hand.revision, actor="ann")
    assert bulk.work(run).counts == {"written": 19, "skipped": 1}
    (skipped,) = rows(bulk.workspace, run.id, state="skipped")
    assert (skipped.name, skipped.error) == ("Ember tea", "It has approved copy by now.")


def test_what_waits_already_from_the_same_facts_is_not_written_again(bulk: Bulk) -> None:
    first = bulk.work(bulk.start(selection=Selection(items=("t01", "t02"))))
    both = bulk.work(bulk.start(selection=Selection(items=("t01", "t02", "t03"))))
    assert (first.counts, both.counts) == ({"written": 2}, {"written": 1, "skipped": 2})
    (one, _) = rows(bulk.workspace, both.id, state="skipped")
    assert one.error == "A text from the same facts waits in the queue already."
    assert one.copy_id is not None
    assert len(bulk.llm.asked) == 3
    # Asked for otherwise, it is another text.
    casual = bulk.start(selection=Selection(items=("t01",)), brief=Brief(voice="casual"))
    assert bulk.work(casual).counts == {"written": 1}


def test_a_selection_is_what_fits_all_of_it(bulk: Bulk) -> None:
    workspace = bulk.workspace

    def chosen(**given: object) -> int:
        selection = Selection.model_validate(given)
        return estimate(workspace, selection, BRIEF, model=MODEL, way="direct").rows

    favourites = save_named_set(workspace, "collection", "Best", ["t01", "t02", "x"], actor="ann")
    assert chosen(category="Green tea") == 10
    assert chosen(category="Green tea", brand="Brand 1") == 4
    assert chosen(collection=favourites.id, category="Green tea") == 1
    assert chosen(without_description=True, limit=7) == 7
    with pytest.raises(InputError, match="No product fits this selection"):
        chosen(category="Coffee")
    given = Selection(items=("t01", "nothing"))
    said = estimate(workspace, given, BRIEF, model=MODEL, way="direct")
    assert said.words.endswith("1 id is not in the catalogue.")
    with pytest.raises(InputError, match="Category texts are written one by one"):
        estimate(workspace, EVERYTHING, Brief(kind="category"), model=MODEL, way="direct")


def test_the_most_bought_come_first(bulk: Bulk) -> None:
    bulk.work(bulk.start(selection=Selection(limit=3)))
    assert set(bulk.asked_about()) == {"Amber", "Bolero", "Cactus"}
