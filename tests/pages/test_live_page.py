from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home(demo_home: Path, copy_of: Callable[[Path], Path]) -> Path:
    return copy_of(demo_home)


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    opened = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=20)
    return opened.switch_page("live.py").run()


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def test_a_product_changed_by_hand_is_counted_in_the_same_run(app: AppTest, home: Path) -> None:
    item_id = LiveShop(Workspace(Settings(home=home))).current().release.item_ids.id(3)
    assert "No product differs" in captions(app)
    next(one for one in app.text_input if one.label.startswith("One product")).input(item_id)
    next(one for one in app.selectbox if one.label == "On the shelves").select("Hide now")
    press(app, "Change this product now")
    assert not app.exception
    assert not app.error
    assert "1 product of Complete Journey" in captions(app)


def test_an_unknown_product_is_said_beside_the_form(app: AppTest) -> None:
    next(one for one in app.text_input if one.label.startswith("One product")).input("nope")
    press(app, "Change this product now")
    assert not app.exception
    assert any("no product" in error.value for error in app.error)
    assert "No product differs" in captions(app)
