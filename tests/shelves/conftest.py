from __future__ import annotations

import pytest
from homes import built_once
from rule_shop import rule_shop
from shelf_shop import view_of

from recsys.releases.live import LiveShop, LiveView
from recsys.settings import Settings
from recsys.workspace import Workspace


@pytest.fixture(scope="session")
def rule_view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    """The shop for rules, with nobody's rules; a view is never changed."""
    folder = built_once(tmp_path_factory, "rules", rule_shop)
    return view_of(LiveShop(Workspace(Settings(home=folder / "home"))))
