"""The Data page: findings and their fixes, overview, events and versions, on small shops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from page_shops import (
    EVIL,
    OVERVIEW,
    button,
    calm,
    event_shop,
    messy_shop,
    newest,
    open_data,
    said,
    tell,
    work,
)
from streamlit.testing.v1 import AppTest

from pages.ui.events import event_table, typed_weights
from recsys.workflows.data_jobs import submit_event_weights, submit_fixes
from recsys.workflows.datasets import name_version, versions
from recsys.workflows.event_weights import changed_weights
from recsys.workflows.jobs import active_jobs, cancel_job
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    return messy_shop(tmp_path / "home")


def opened(shop: Workspace, monkeypatch: pytest.MonkeyPatch, view: str = "") -> AppTest:
    return open_data(shop.home, monkeypatch, view)


def test_empty_leads_to_the_files_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_data(tmp_path / "home", monkeypatch)
    assert "Nothing yet. Bring the shop's files, and Aisle says what is wrong with them." in said(
        app
    )
    button(app, "Load the demo shop").click()
    calm(app.run())
    assert "Aisle is reading the data; its progress is at the left." in said(app)


def test_each_finding_says_what_it_is_and_what_its_fix_costs(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = said(opened(shop, monkeypatch))
    assert OVERVIEW["summary"] in words
    assert "**Aisle proposes 2 fixes**; they leave out about 7 rows." in words
    assert ":gray-badge[Worth a look] **4 rows have a quantity that is not above 0.**" in words
    assert "Proposed · leaves out 4 rows" in words
    assert "**3 rows have no shopper id.**" in words
    assert "2 rows left out in any case" in words
    assert "For example `-1`" in words
    assert "**2 rows** of 132 are left out of this version." in words


def test_a_fix_is_applied_and_undone_in_versions_of_their_own(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch)
    button(app, key="fix-quantity").click()
    calm(app.run())
    assert button(app, key="fix-quantity").disabled
    assert "Apply a fix: Messy shop is under way." in said(app)
    work(shop)
    tell(shop, OVERVIEW)
    calm(app.run())
    assert "**6 rows** of 132 are left out of this version." in said(app)
    assert ":green-badge[:material/check: Fixed] **4 rows have a quantity" in said(app)
    button(app, key="undo-quantity").click()
    calm(app.run())
    work(shop)
    tell(shop, OVERVIEW)
    calm(app.run())
    assert "**2 rows** of 132 are left out of this version." in said(app)
    assert not button(app, key="fix-quantity").disabled
    assert sorted(one["number"] for one in versions(shop, newest(shop))) == [1, 2, 3]


def test_all_proposed_fixes_make_one_version(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch)
    button(app, "Apply all proposed").click()
    calm(app.run())
    work(shop)
    tell(shop, OVERVIEW)
    calm(app.run())
    assert "Nothing needs to be done. What is listed is fixed, or good to know." in said(app)
    assert shop.datasets.manifest(newest(shop))["recipe"]["fixes"] == ["duplicate", "quantity"]
    assert shop.datasets.manifest(newest(shop))["number"] == 2
    button(app, "Train models")


def test_ticked_fixes_are_applied_together_and_none_is_said(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch)
    button(app, "Apply the ticked fixes").click()
    calm(app.run())
    nothing = "No finding is ticked. Tick those whose fixes should be applied together."
    assert nothing in said(app)
    version = newest(shop)
    for code in ("no_shopper", "duplicate"):
        app.checkbox(key=f"tick-{version}-{code}").check()
    button(app, "Apply the ticked fixes").click()
    calm(app.run())
    work(shop)
    assert shop.datasets.manifest(newest(shop))["recipe"]["fixes"] == ["duplicate", "no_shopper"]


def test_what_must_be_acted_on_comes_before_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = messy_shop(tmp_path / "home")
    path = shop.datasets.path(newest(shop)) / "manifest.json"
    text = path.read_text(encoding="utf-8")
    assert '"severity": "look"' in text
    path.write_text(text.replace('"severity": "look"', '"severity": "act"'), encoding="utf-8")
    app = opened(shop, monkeypatch)
    assert ":red-badge[Must act]" in said(app)
    assert "should be acted on before models learn from this version." in said(app)
    button(app, "Train models all the same")


def test_text_of_the_shop_is_shown_and_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = messy_shop(tmp_path / "home")
    version = newest(shop)
    manifest = shop.datasets.path(version) / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace('"Messy shop"', '":red[a] <b> *b*"')
    manifest.write_text(text.replace('"-1"', f'"{EVIL}"'), encoding="utf-8")
    name_version(shop, version, EVIL, actor="tests")
    for view in ("", "Overview", "Versions"):
        app = opened(shop, monkeypatch, view)
        every = " ".join(one.value for one in [*app.markdown, *app.caption])
        assert "[link](http://x)" not in every.replace(f"`` {EVIL} ``", "")
        assert ":red[a]" not in every


def test_the_overview_draws_what_there_is_and_says_what_there_is_not(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch, "Overview")
    assert len(app.get("plotly_chart")) == 5
    assert "40 % of the products make half of the sales, the top 1 % make 10 %." in said(app)
    tell(shop, OVERVIEW | {"over_time": [], "prices": [], "categories": []})
    app = opened(shop, monkeypatch, "Overview")
    assert len(app.get("plotly_chart")) == 2
    assert "Not drawn, since the files do not have them: dates, prices, categories." in said(app)


def test_without_events_one_sentence_says_so(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch, "Events")
    words = said(app)
    assert "The files name no kind of event, so every row counts as a purchase with" in words
    assert "How fast old purchases stop counting (their half-life) is set when a model" in words
    assert [(one.label, one.value) for one in app.metric][-2:] == [
        ("Shopper and product pairs", "90"),
        ("Filled cells", "30 %"),
    ]


EVENTS = [
    {"event": "view", "kind": "viewed", "weight": 0.5, "default": 0.5, "rows": 70},
    {"event": "purchase", "kind": "purchased", "weight": 1.0, "default": 1.0, "rows": 20},
    {"event": "wiggle", "kind": None, "weight": None, "default": None, "rows": 10},
]


def test_unknown_events_are_left_out_until_they_get_a_weight(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = event_shop(tmp_path / "home")
    tell(shop, OVERVIEW | {"events": EVENTS})
    app = opened(shop, monkeypatch, "Events")
    left_out = "1 event of unknown meaning is left out (10 rows) until you give it a weight."
    assert left_out in said(app)
    button(app, "Use these weights").click()
    calm(app.run())
    assert "No weight differs from those of this version." in said(app)
    assert not active_jobs(shop)
    typed = event_table(EVENTS)  # what the editable table gives; a test cannot type into it
    typed.loc[2, "Weight"] = 0.2
    weights = changed_weights(EVENTS, typed_weights(typed))
    assert weights == {"wiggle": 0.2}
    submit_event_weights(shop, newest(shop), weights, actor="tests")
    work(shop)
    assert shop.datasets.manifest(newest(shop))["counts"]["removed"] == 0


def test_versions_are_named_compared_restored_and_deleted(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = newest(shop)
    submit_fixes(shop, first, ["quantity"], actor="tests")
    work(shop)
    tell(shop, OVERVIEW)
    second = newest(shop)
    app = opened(shop, monkeypatch, "Versions")
    assert "**Version 2**" in said(app)
    assert "Read messy.csv" in said(app)
    counts, differences = (frame.value for frame in app.dataframe)
    assert dict(zip(counts["What"], counts["Change"], strict=True))["Rows left out"] == 4
    assert differences["What"].tolist() == ["4 rows have a quantity that is not above 0."]
    assert differences["Version 2"].tolist() == ["yes"]

    app.text_input[0].input("Clean")
    app.button(key=f"FormSubmitter:name-{second}-Keep this name").click()
    calm(app.run())
    assert "**Version 2 · Clean**" in said(app)

    button(app, key=f"restore-{first}").click()
    calm(app.run())
    work(shop)
    tell(shop, OVERVIEW)
    third = newest(shop)
    assert shop.datasets.manifest(third)["change"] == "Restored version 1"
    calm(app.run())

    button(app, key=f"delete-{third}").click()
    calm(app.run())
    assert newest(shop) == second


def test_a_version_in_use_stays_and_says_what_uses_it(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_model(shop, "copurchase", evaluate=False)
    version = newest(shop)
    app = opened(shop, monkeypatch, "Versions")
    button(app, key=f"delete-{version}").click()
    app.run()
    assert not app.exception
    (error,) = app.error
    assert "This version is in use by the model Bought together" in error.value.replace("\\", "")
    assert newest(shop) == version


def test_the_last_version_can_go_and_the_page_is_empty_then(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch, "Versions")
    button(app, key=f"delete-{newest(shop)}").click()
    calm(app.run())
    assert "Nothing yet." in said(app)


def test_home_says_before_training_that_findings_need_a_look(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(shop, monkeypatch).switch_page("home.py").run()
    calm(app)
    assert "**2 findings need a look first**" in said(app)
    button(app, "See the findings")
    button(app, "Train the first models").click()
    calm(app.run())
    assert [job.kind for job in active_jobs(shop)] == ["train", "train"]
    for job in active_jobs(shop):
        cancel_job(shop, job.id, actor="tests")


def changed(shop: Workspace, **other: object) -> None:
    """Change what the manifest of the newest version tells."""
    path = shop.datasets.path(newest(shop)) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(manifest | other), encoding="utf-8")


def test_many_findings_can_be_narrowed_to_a_kind(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shop.datasets.manifest(newest(shop))["findings"]
    unsold = found[0] | {"code": "unsold", "about": "items", "message": "5 products are unsold."}
    changed(shop, findings=[*found, *(unsold | {"code": f"unsold{n}"} for n in range(9))])
    app = opened(shop, monkeypatch)
    kinds = app.get("button_group")[-1]
    assert kinds.options == ["Purchases", "Catalogue"]
    kinds.set_value("Catalogue")
    calm(app.run())
    assert "5 products are unsold." in said(app)
    assert "have no shopper id" not in said(app)


def test_nothing_found_is_said(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = shop.datasets.manifest(newest(shop))["counts"]
    changed(shop, findings=[], counts=counts | {"removed": 0})
    app = opened(shop, monkeypatch)
    assert "Nothing is wrong with this data: every row can be used." in said(app)
    assert "No row is left out of this version." in said(app)


def test_more_rows_than_a_sheet_holds_are_offered_for_machines_only(
    shop: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = shop.datasets.manifest(newest(shop))["counts"]
    changed(shop, counts=counts | {"removed": 2_000_000, "read": 9_000_000})
    app = opened(shop, monkeypatch)
    assert "**2,000,000 rows** of 9,000,000 are left out of this version." in said(app)
    assert [one.label for one in app.get("download_button")] == ["Parquet"]
