from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from page_shops import button, calm, said, work
from streamlit.testing.v1 import AppTest

from pages.ui.impact import quality, sentence
from recsys.releases.publishing import live
from recsys.settings import Settings
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def open_publish(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    return calm(app.switch_page("publish.py").run())


def test_a_release_is_built_looked_at_published_and_rolled_back(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    workspace = Workspace(Settings(home=home))
    before = live(workspace)
    assert before is not None
    app = open_publish(home, monkeypatch)
    manifests = workspace.models.manifests()
    popular = next(one["id"] for one in manifests if one["kind"] == "popularity")
    dataset_id = workspace.datasets.ids()[0]
    app.selectbox(key=f"strategy-{dataset_id}-for_you").select(popular)
    button(app, "Build and compare").click().run()
    assert "What would change will stand here." in said(app)
    assert live(workspace) == before

    work(workspace)
    calm(app.run())
    assert live(workspace) == before, "nothing goes live unseen"
    assert "Built, not live" in " ".join(one.value for one in app.subheader)
    assert "of the places hold another product" in said(app)
    assert "It does not predict sales." in said(app)
    tables = [set(one.value.columns) for one in app.dataframe]
    assert {"Product", "Now", "Then"} in tables

    button(app, "Publish this release").click().run()
    calm(app)
    now = live(workspace)
    assert now is not None
    assert now.release_id != before.release_id
    assert workspace.releases.manifest(now.release_id)["strategies"]["for_you"] == popular
    assert not any(one.label == "Publish this release" for one in app.button)

    # By its key: the label tells an age, and a click on a button that is called by it can get lost.
    assert app.button(key="roll-back").label.startswith("Roll back to")
    app.button(key="roll-back").click().run()
    calm(app)
    assert live(workspace).release_id == before.release_id


def part(**changes: object) -> dict[str, object]:
    shown = {"slots": 90, "products": 12, "mean_price": 2.0, "lists": 10}
    return {
        "new": False,
        "before": shown,
        "after": {**shown, "products": 30, "mean_price": 2.5},
        "slots_changed": 0.4,
        "lost": {"shoppers": 1},
        "metrics": {"why_not": "It is the same model."},
    } | changes


def test_what_changes_on_a_shelf_in_one_sentence() -> None:
    assert sentence(part(), "for_you", "USD") == (
        "40 % of the places hold another product; 30 different products shown (12 before); mean"
        " price \\$2\\.50 (\\$2\\.00 before); 1 shopper would lose the model's list. Quality: it"
        " is the same model\\."
    )
    gone = part(after={"slots": 0})
    assert sentence(gone, "for_you", "USD") == "no longer served."
    assert (
        sentence(part(new=True), "for_you", "USD") == "new, with 30 different products on 10 lists."
    )
    assert sentence(part(slots_changed=0.0), "for_you", "USD") == "nothing changes."


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.01, 0.03, "It finds later purchases better (right things on top: 0.100, 0.080 before)."),
        (
            -0.03,
            -0.01,
            ":orange[:material/warning: It finds later purchases worse] (right things on top:"
            " 0.100, 0.080 before).",
        ),
        (
            -0.01,
            0.01,
            "Its test is not clearly better or worse (right things on top: 0.100, 0.080 before).",
        ),
    ],
)
def test_quality_counts_the_noise(low: float, high: float, words: str) -> None:
    metrics = {
        "metric": "ndcg@10",
        "before": {"ndcg@10": 0.08},
        "after": {"ndcg@10": 0.1},
        "difference": {"value": 0.02, "low": low, "high": high},
    }
    assert quality(metrics, "for_you") == words
