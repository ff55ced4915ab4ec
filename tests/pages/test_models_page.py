from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from page_shops import button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.evaluation.trial import Trial
from recsys.settings import Settings
from recsys.workflows.jobs import active_jobs
from recsys.workflows.leaderboard import leaderboard
from recsys.workflows.trials import keep_trial
from recsys.workflows.tuning import submit_tuning
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(demo_home: Path, copy_of: Callable[[Path], Path]) -> Path:
    return copy_of(demo_home)


def open_models(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    return calm(app.switch_page("models.py").run())


def test_every_model_is_on_the_board_with_the_baselines(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_models(demo_home, monkeypatch)
    workspace = Workspace(Settings(home=demo_home))
    board = leaderboard(workspace, workspace.datasets.ids()[0])["for_you"]
    shown = app.dataframe[0].value
    assert list(shown["Model"]) == [row.label for row in board.rows]
    assert {"ALS", "Popularity"} <= set(shown["Model"])
    assert list(shown["Score"]) == pytest.approx([row.value for row in board.rows])
    assert "Each model learned from the older purchases only" in said(app)
    assert "the newest fifth of the purchases is kept back, unseen, for a last test" in said(app)


def test_each_shelf_has_a_board_of_its_own(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_models(demo_home, monkeypatch)
    app.segmented_control(key="board-shelf").set_value("also_bought").run()
    calm(app)
    assert "Bought together" in list(app.dataframe[0].value["Model"])
    assert "One product of every later basket was hidden" in said(app)


def test_a_shop_without_dates_says_why_nothing_is_ranked(
    copy_of: Callable[[Path], Path], demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    for manifest in (home / "models").glob("*/manifest.json"):
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(text.replace('"evidence":', '"gone":'), encoding="utf-8")
    app = open_models(home, monkeypatch)
    assert "No model was tested for For You yet." in said(app)
    assert "Trained by an older version; train it again." in said(app)


def test_let_aisle_choose_queues_a_search(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_models(home, monkeypatch)
    button(app, "Find the best models").click().run()
    calm(app)
    (job,) = active_jobs(Workspace(Settings(home=home)))
    assert (job.kind, job.params["budget"]) == ("tune", 120.0)


def test_a_search_under_way_shows_what_it_tried(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(Settings(home=home))
    dataset_id = workspace.datasets.ids()[0]
    job = submit_tuning(workspace, dataset_id=dataset_id, budget=60, actor="tests")
    for value, state in ((0.09, "measured"), (0.02, "given up early")):
        trial = Trial("for_you", "als", {"factors": 8}, value, 1.5, state=state)
        keep_trial(workspace.for_job(job.key), dataset_id, "key", trial)
    app = open_models(home, monkeypatch)
    tried = next(one.value for one in app.dataframe if "How it went" in one.value.columns)
    assert list(tried["Score"]) == [0.09, 0.02]
    assert list(tried["How it went"]) == ["measured", "given up early"]
    assert list(tried["Settings"]) == ["factors 8"] * 2
    assert "You can leave this page" in said(app)


def test_one_kind_is_trained_with_its_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_models(home, monkeypatch)
    app.selectbox(key="train-kind").select("copurchase").run()
    app.number_input(key="set-copurchase-half_life_days").set_value(30.0)
    button(app, "Train this model").click().run()
    calm(app)
    (job,) = active_jobs(Workspace(Settings(home=home)))
    assert job.params["kind"] == "copurchase"
    assert job.params["settings"]["half_life_days"] == 30.0


def test_the_page_is_quick(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_models(demo_home, monkeypatch)
    started = time.perf_counter()
    app.run()
    assert time.perf_counter() - started < 3, "the ranking is read, not worked out anew"
