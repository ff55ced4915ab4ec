"""The Copy page on the shop of stools, driven as a person does."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import loaded_once
from stool_shop import load_stools
from streamlit.testing.v1 import AppTest

from recsys.settings import Settings
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


class CopyShop:
    """A workspace with the shop of stools, as the environment names it, and its Copy page."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        home.mkdir()
        monkeypatch.setenv("AISLE_HOME", str(home))
        self.workspace = Workspace(Settings.from_environment())
        loaded_once(self.workspace, "stools", lambda: load_stools(self.workspace))

    def page(self, view: str, **at: str) -> AppTest:
        return open_copy(view, **at)


def open_copy(view: str, **at: str) -> AppTest:
    """Open a view of the Copy page, in the workspace that the environment names."""
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    app.run().switch_page("copywriting.py")  # which has an address of its own
    for name, value in {"view": view, **at}.items():
        app.query_params[name] = value
    return app.run()


def address(app: AppTest, name: str) -> str:
    """Return what the address of the page says."""
    found = app.query_params.get(name, "")
    return found if isinstance(found, str) else next(iter(found), "")
