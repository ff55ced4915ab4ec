"""Home's buttons hold, however hasty the hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_shops import button, calm, messy_shop
from streamlit.testing.v1 import AppTest

from pages.ui.first_steps import load_demo
from recsys.settings import Settings
from recsys.workflows.jobs import active_jobs
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def open_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    return calm(AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30).run())


def queued(home: Path) -> list[tuple[str, str]]:
    workspace = Workspace(Settings(home=home))
    found = [(job.kind, str(job.params.get("kind", ""))) for job in active_jobs(workspace)]
    workspace.database.close()
    return found


def test_a_click_holds_though_another_page_is_drawn_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_home(tmp_path, monkeypatch)
    button(app, "Load the demo shop").click()
    app = calm(app.switch_page("jobs.py").run())
    assert [title.value for title in app.title] == ["What is running, and what went wrong?"]
    assert queued(tmp_path) == [("demo", "")]


def test_a_second_click_begins_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_home(tmp_path, monkeypatch)
    button(app, "Load the demo shop").click()
    assert "Aisle is at work: Load the demo shop." in calm(app.run()).info[0].value
    load_demo()
    assert queued(tmp_path) == [("demo", "")]


def test_the_first_models_are_queued_with_one_click(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    messy_shop(tmp_path / "home").database.close()
    app = open_home(tmp_path / "home", monkeypatch)
    button(app, "Train the first models").click()
    calm(app.run())
    assert queued(tmp_path / "home") == [("train", "als"), ("train", "copurchase")]
