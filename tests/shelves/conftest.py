from __future__ import annotations

import pytest
from rule_shop import rule_shop

from recsys.releases.live import LiveView


@pytest.fixture(scope="session")
def rule_view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    """The shop for rules, with nobody's rules; a view is never changed."""
    return rule_shop(tmp_path_factory.mktemp("rules"))
