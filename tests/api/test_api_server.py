from __future__ import annotations

import re
import threading
from typing import Any

import anyio
import httpx
import pytest
from api_shop import HOME, N_ITEMS, run_async
from fastapi.testclient import TestClient

from recsys.api.app import create_api
from recsys.api.schemas import Health
from recsys.releases.live import LiveShop
from recsys.workspace import Workspace


def test_health_names_what_serves(client: TestClient, live_workspace: Workspace) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    found = answer.json()
    Health.model_validate(found)
    assert found["status"] == "ok"
    assert found["release"]["id"] == live_workspace.releases.ids()[0]
    assert found["dataset"]["name"] == "Two tastes"
    assert found["index"] == {"points": N_ITEMS, "answers": True}
    assert found["worker"] == "absent"


def test_health_is_503_before_the_first_publication(new_client: TestClient) -> None:
    answer = new_client.get("/health")
    assert answer.status_code == 503
    Health.model_validate(answer.json())
    assert answer.json()["problem"].startswith("Nothing is live yet.")


@pytest.mark.parametrize(("state", "told"), [("running", "starting"), ("stopped", "stopped")])
def test_health_asks_the_server_about_a_missing_worker(
    new_workspace: Workspace, state: str, told: str
) -> None:
    api = create_api(new_workspace, LiveShop(new_workspace), worker_state=lambda: state)
    assert TestClient(api, base_url=HOME).get("/health").json()["worker"] == told


def test_health_answers_while_slow_requests_hold_all_threads(live_workspace: Workspace) -> None:
    shop = LiveShop(live_workspace)
    api = create_api(live_workspace, shop)
    let_go = threading.Event()

    @api.get("/slow")
    def slow() -> dict[str, Any]:
        let_go.wait(30)
        return {}

    async def ask() -> int:
        transport = httpx.ASGITransport(app=api)
        limits = anyio.to_thread.current_default_thread_limiter()
        async with (
            httpx.AsyncClient(transport=transport, base_url=HOME, timeout=30) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(int(limits.total_tokens) + 5):
                tasks.start_soon(client.get, "/slow")
            while limits.available_tokens:
                await anyio.sleep(0.01)
            answer = await client.get("/health")
            let_go.set()
        return answer.status_code

    assert run_async(ask) == 200


def test_health_says_so_when_the_database_hangs(live_workspace: Workspace) -> None:
    let_go = threading.Event()
    api = create_api(
        live_workspace, LiveShop(live_workspace), worker_state=lambda: str(let_go.wait(30))
    )
    try:
        answer = TestClient(api, base_url=HOME).get("/health")
    finally:
        let_go.set()
    assert answer.status_code == 503
    Health.model_validate(answer.json())
    assert "did not answer" in answer.json()["problem"]


def test_docs_need_nothing_from_the_internet(client: TestClient) -> None:
    page = client.get("/docs").text
    assert not re.findall(r"(?:src|href)=\"?(?:https?:)?//", page)
    assert "<script" not in page
    assert 'href="openapi.json"' in page
    for address in ("/for-you/{user_id}", "/also-bought", "/uploads/{ticket}", "/health"):
        assert address in page
    assert client.get("/openapi.json").json()["servers"] == [{"url": "/api"}]


def test_the_schema_documents_every_error_in_the_one_shape(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        for method, route in methods.items():
            for status, answer in route["responses"].items():
                if int(status) >= 400 and path != "/health":
                    reference = answer["content"]["application/json"]["schema"]["$ref"]
                    assert reference.endswith("/ErrorAnswer"), f"{method} {path} {status}"
