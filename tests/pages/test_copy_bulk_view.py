from __future__ import annotations

from pathlib import Path

import pytest
from copy_pages import CopyShop, open_copy
from llm_fixture import KEYS, environment
from llm_server import LlmServer
from page_shops import button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.copywriting.text import Brief
from recsys.jobs.queue import Queue
from recsys.workflows.copy_bulk import Selection, pause_run, runs, start_run
from recsys.workflows.named_sets import save_named_set


@pytest.fixture
def shop(tmp_path: Path, llm: LlmServer, monkeypatch: pytest.MonkeyPatch) -> CopyShop:
    for name, value in environment(llm).items():
        monkeypatch.setenv(name, value)
    return CopyShop(tmp_path / "home", monkeypatch)


def estimated(shop: CopyShop) -> AppTest:
    app = calm(shop.page("bulk"))
    button(app, "Estimate").click().run()
    return calm(app)


def metric(app: AppTest, label: str) -> str:
    return next(one.value for one in app.metric if one.label == label)


def start(shop: CopyShop, *items: str, model: str = "claude-sonnet-5-5") -> int:
    line = start_run(
        shop.workspace,
        Selection(items=items),
        Brief(),
        model=model,
        way="direct",
        cap=1.0,
        actor="ana",
    )
    return line.id


def test_what_a_run_would_take_is_said_before_anything_is_sent(
    shop: CopyShop, llm: LlmServer
) -> None:
    app = calm(shop.page("bulk"))
    assert "No run yet. Choose products at the left" in said(app)
    button(app, "Estimate").click().run()
    calm(app)
    assert metric(app, "Texts") == "5", "all but the one that has a description"
    assert metric(app, "Cost").startswith("\\$0.")
    assert "Four characters of the prompts count as a token." in said(app)
    # Enough for a text whose answer is as long as it can be.
    assert app.number_input(key="copy-cap-5-direct").value == 0.07
    assert llm.requests == []
    button(app, "Write 5 texts").click().run()
    calm(app)
    (line,) = runs(shop.workspace)
    assert (line.label, line.actor) == ("Descriptions of 5 products in English", "dashboard")
    assert not app.metric, "the estimate is gone"
    assert "Descriptions of 5 products in English" in said(app)


def test_without_products_the_page_leads_to_the_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_HOME", str(tmp_path / "empty"))
    app = calm(open_copy("bulk"))
    assert "there is none yet" in said(app)
    assert button(app, "Go to Data")


def test_products_are_chosen_by_category_collection_and_ids(shop: CopyShop) -> None:
    ids = ("s3", "s4", "s5")
    made = save_named_set(shop.workspace, "collection", "Gifts", ids, actor="ana")
    app = calm(shop.page("bulk", collection=str(made.id)))  # as its page links
    assert app.selectbox(key="copy-bulk-collection").value == made.id
    app.text_area(key="copy-bulk-ids").input("s3\ns5\ns6")
    button(app, "Estimate").click().run()
    assert metric(calm(app), "Texts") == "2"
    app.selectbox(key="copy-bulk-collection").set_value(None)
    app.text_area(key="copy-bulk-ids").input("s1")
    button(app, "Estimate").click().run()
    assert not app.exception
    assert "No product fits this selection" in app.error[0].value
    assert not calm(app.run()).metric


def test_a_run_is_paused_gone_on_with_and_cancelled(shop: CopyShop) -> None:
    run_id = start(shop, "s2", "s3")
    app = calm(shop.page("bulk"))
    button(app, "Pause").click().run()
    assert runs(shop.workspace)[0].state == "paused"
    button(calm(app), "Go on").click().run()
    assert runs(shop.workspace)[0].state == "running"
    pause_run(shop.workspace, run_id, actor="ben")
    app = calm(app.run())
    button(app, "Cancel").click().run()
    assert runs(shop.workspace)[0].state == "cancelled"
    assert "Cancelled" in said(calm(app))


def test_a_paused_run_goes_on_with_the_model_that_is_chosen_now(shop: CopyShop) -> None:
    run_id = start(shop, "s2", model="claude-haiku-5-5")
    pause_run(shop.workspace, run_id, actor="ben")
    (line,) = runs(shop.workspace)
    assert line.job_id is not None
    Queue(shop.workspace.database).ask_cancel(line.job_id, actor="ben")
    app = calm(shop.page("bulk"))
    (other,) = [one for one in app.button if one.label.startswith("Go on with claude")]
    other.click().run()
    calm(app)
    (line,) = runs(shop.workspace)
    assert (line.state, line.model) == ("running", "claude-sonnet-5-5")


def test_without_a_key_there_is_an_estimate_and_no_start(
    shop: CopyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KEYS.values():
        monkeypatch.delenv(name)
    app = estimated(shop)
    assert "No key is set, so nothing can be written yet." in said(app)
    assert button(app, "Write 5 texts").disabled


def test_an_unknown_price_is_capped_in_tokens(
    shop: CopyShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_LLM_MODEL", "house-model-1")
    app = estimated(shop)
    assert metric(app, "Cost") == "not known"
    button(app, "Write 5 texts").click().run()
    calm(app)
    (line,) = runs(shop.workspace)
    assert line.cap is None
    assert (line.cap_tokens or 0) >= 1_000
