from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from recsys.api.app import create_api
from recsys.errors import Conflict
from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workspace import Workspace


def test_what_somebody_else_changed_meanwhile_is_a_conflict(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    app = create_api(workspace, LiveShop(workspace))

    @app.get("/refused")
    async def refused() -> None:
        raise Conflict("Rule 'A' was changed by ana.", hint="Look again.", yours=1)

    answer = TestClient(app, base_url="http://localhost").get("/refused")
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["hint"]) == ("conflict", "Look again.")
