from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from api_shop import client_of
from fastapi.testclient import TestClient
from homes import copy_home
from llm_answers import Scenario, refused, says
from llm_fixture import address
from llm_server import LlmServer

from recsys.api import copy_bodies as bodies
from recsys.api import copy_schemas as schemas
from recsys.copywriting.text import Brief
from recsys.settings import Settings
from recsys.workspace import Workspace

TRUE = {"text": "Product 0 is Tea.", "claims": [{"words": "Tea", "field": "category"}]}
LIE = "Product 0 is waterproof."


@pytest.fixture(scope="module")
def home(flow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(flow_home, tmp_path_factory.mktemp("copy") / "home")


@pytest.fixture
def client(home: Path, tmp_path: Path, llm: LlmServer) -> Iterator[TestClient]:
    """A shop of its own for each test, its provider the small server."""
    workspace = Workspace(Settings(home=copy_home(home, tmp_path / "home"), llm_url=address(llm)))
    with client_of(workspace) as client:
        yield client
    workspace.database.close()


@pytest.fixture(scope="module")
def shared(home: Path, _llm_server: LlmServer) -> Iterator[TestClient]:
    """A shop for tests that leave nothing behind."""
    workspace = Workspace(Settings(home=home, llm_url=address(_llm_server)))
    with client_of(workspace) as client:
        yield client
    workspace.database.close()


def post(client: TestClient, route: str, **body: Any) -> Any:
    answer = client.post(f"copy/{route}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def describe(client: TestClient, llm: LlmServer, text: str, item: str = "i00") -> dict[str, Any]:
    llm.always(says({"text": text, "claims": []}))
    return post(client, "describe", item_id=item)


def test_what_is_written_waits_in_the_queue(client: TestClient, llm: LlmServer) -> None:
    llm.script(says(TRUE))
    document = post(client, "describe", item_id="i00", voice="casual", keywords=["tea"])
    schemas.WrittenAnswer.model_validate(document)
    assert (document["text"], document["state"], document["clean"]) == (
        "Product 0 is Tea.", "checked", True,
    )  # fmt: skip
    receipts = [(document["text"][one["start"] : one["end"]], one["field"])
                for one in document["receipts"]]  # fmt: skip
    assert ("Tea", "category") in receipts
    assert document["usage"]["output"] > 0
    texts = client.get("copy").json()
    schemas.TextsAnswer.model_validate(texts)
    assert [(one["id"], one["state"]) for one in texts["texts"]] == [(1, "checked")]
    assert texts["counts"]["checked"] == 1
    # Not kept: only told.
    again = post(client, "describe", item_id="i00", keep=False, note="Shorter.")
    assert (again["copy_id"], again["state"]) == (None, None)
    assert len(client.get("copy").json()["texts"]) == 1


def test_a_subject_and_a_category_text(client: TestClient, llm: LlmServer) -> None:
    subject = {"text": "Product 0 for you", "preheader": "And Product 1.", "claims": []}
    llm.script(says(subject))
    document = post(client, "subjects", item_ids=["i00", "i01"], occasion="birthday")
    assert (document["text"], document["preheader"]) == ("Product 0 for you", "And Product 1.")
    llm.script(says({"text": "All about Tea.", "claims": []}))
    assert post(client, "category", category="Tea")["text"] == "All about Tea."
    kinds = [one["kind"] for one in client.get("copy").json()["texts"]]
    assert sorted(kinds) == ["category", "subject"]
    assert len(client.get("copy?kind=subject&state=draft&state=checked").json()["texts"]) == 1


def test_the_checks_need_no_model(shared: TestClient, llm: LlmServer) -> None:
    document = post(shared, "check", item_id="i00", text=LIE)
    schemas.WrittenAnswer.model_validate(document)
    assert not document["clean"]
    (found,) = [one for one in document["findings"] if one["blocks"]]
    assert LIE[found["start"] : found["end"]] == "waterproof"
    known = post(shared, "check", item_id="i00", text=LIE, features={"care": "waterproof"})
    assert known["clean"]
    assert llm.requests == []
    assert shared.get("copy").json()["texts"] == []


def test_editing_approving_and_rejecting(client: TestClient, llm: LlmServer) -> None:
    written = describe(client, llm, LIE)
    assert (written["state"], written["tries"]) == ("draft", 2)
    refused_ = client.post("copy/1/approve", json={"revision": written["revision"]})
    assert refused_.status_code == 422
    edited = client.patch(
        "copy/1", json={"text": "Product 0 is Tea.", "revision": written["revision"]}
    )
    schemas.TextAnswer.model_validate(edited.json())
    assert (edited.json()["state"], edited.json()["version"]) == ("checked", 2)
    stale = client.patch("copy/1", json={"text": "Mine", "revision": written["revision"]})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "conflict")
    done = post(client, "1/approve", revision=edited.json()["revision"])
    assert done["state"] == "approved"
    lie = describe(client, llm, "Product 1 is waterproof.", "i01")
    reason = {"revision": lie["revision"], "reason": "The maker told us so by letter."}
    assert post(client, f"{lie['copy_id']}/approve", **reason)["state"] == "approved"
    third = describe(client, llm, "Product 2 is Tea.", "i02")
    gone = post(client, f"{third['copy_id']}/reject", revision=third["revision"], note="Dull.")
    assert gone["state"] == "rejected"
    whole = client.get("copy/2").json()
    schemas.HistoryAnswer.model_validate(whole)
    assert whole["history"][0]["facts"]["id"] == "i01"
    assert client.get("copy").json()["counts"]["approved"] == 2


def test_what_is_not_true_any_more_is_neither_approved_nor_exported(
    client: TestClient, llm: LlmServer
) -> None:
    assert client.put("items/i00", json={"stock": 7}).is_success
    written = describe(client, llm, "Product 0 is Tea. Only 7 left.")
    assert (written["state"], written["partly"]) == ("checked", False)
    assert post(client, "1/approve", revision=1)["state"] == "approved"
    assert client.get("copy/approved.csv").headers["X-Aisle-Left-Out"] == "0"
    assert client.put("items/i00", json={"stock": 500}).is_success
    left = client.get("copy/approved.csv")
    assert (left.headers["X-Aisle-Left-Out"], left.text.count("\n")) == ("1", 1)
    late = client.post("copy/1/approve", json={"revision": 2})
    assert late.status_code == 409
    assert "there are 500 in stock" in late.json()["error"]["message"]
    now = client.get("copy/1").json()["text"]
    assert (now["state"], now["clean"], now["revision"]) == ("draft", False, 3)


def test_approved_texts_as_a_file(client: TestClient, llm: LlmServer) -> None:
    text = "=1+1 is no Product 0."
    written = describe(client, llm, text)
    post(client, "1/approve", revision=written["revision"], reason="A test of spreadsheets.")
    answer = client.get("copy/approved.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert f"'{text}" in answer.text
    raw = client.get("copy/approved.csv?raw=true").text
    assert text in raw
    assert f"'{text}" not in raw
    assert client.get("copy/approved.csv?kind=subject").text.count("\n") == 1


FAULTS: list[tuple[Scenario, int, str, str]] = [
    (refused(401), 502, "key_refused", "does not take the key"),
    (refused(429, retry_after="30"), 503, "provider_busy", "takes no more requests"),
    (refused(404), 502, "provider_error", "does not know the model"),
    (refused(413), 502, "provider_error", "finds the request too large"),
    (Scenario(stop="refused", why="harmful"), 502, "bad_answer", "refused to write this"),
    (Scenario(stop="length"), 502, "bad_answer", "cut"),
    (says("no JSON"), 502, "bad_answer", "not JSON"),
]


def test_what_a_provider_does_wrong_is_said(shared: TestClient, llm: LlmServer) -> None:
    for scenario, status, code, said in FAULTS:
        llm.always(scenario)
        answer = shared.post("copy/describe", json={"item_id": "i00"})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (status, code), answer.text
        assert said in error["message"]
        assert answer.headers.get("retry-after") == ("30" if status == 503 else None)
    assert shared.get("copy").json()["texts"] == []


def test_without_a_key_it_says_how_to_set_one(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    workspace = Workspace(Settings(home=copy_home(home, tmp_path / "home")))
    with client_of(workspace) as client:
        answer = client.post("copy/describe", json={"item_id": "i00"})
    assert answer.status_code == 503
    error = answer.json()["error"]
    assert error["code"] == "no_key"
    assert "ANTHROPIC_API_KEY" in error["hint"]
    workspace.database.close()


def test_a_run_is_estimated_started_paused_and_ended(client: TestClient, llm: LlmServer) -> None:
    chosen = {"selection": {"category": "Tea"}, "brief": {"voice": "casual"}}
    told = post(client, "runs", **chosen, estimate_only=True)
    schemas.StartedAnswer.model_validate(told)
    assert (told["estimate"]["rows"], told["run"]) == (12, None)
    assert client.get("copy/runs").json() == {"runs": []}
    endless = client.post("copy/runs", json=chosen)
    assert endless.status_code == 422
    assert "a run needs a cap or cap_tokens" in endless.json()["error"]["message"]
    run = post(client, "runs", **chosen, cap=1.5)["run"]
    schemas.RunLineAnswer.model_validate(run)
    assert (run["state"], run["cap"], run["counts"]["waiting"]) == ("running", 1.5, 12)
    route = f"runs/{run['id']}"
    assert post(client, f"{route}/pause")["state"] == "paused"
    assert post(client, f"{route}/resume", cap=3)["cap"] == 3
    busy = client.post(f"copy/{route}/resume", json={"model": "claude-haiku-5-5"})
    assert "has requests under way" in busy.json()["error"]["message"]
    assert post(client, f"{route}/cancel")["state"] == "cancelled"
    schemas.RunAnswer.model_validate(client.get(f"copy/{route}").json())
    assert [one["state"] for one in client.get("copy/runs").json()["runs"]] == ["cancelled"]
    assert llm.requests == []


WRONG: list[tuple[str, str, Any, int, str]] = [
    ("GET", "99", None, 404, "99"),
    ("GET", "2147483648", None, 404, "2147483648"),
    ("GET", f"{10**30}", None, 404, str(10**30)),
    ("GET", "tea", None, 422, "copy_id: Input should be a valid integer"),
    ("GET", "runs/99", None, 404, "99"),
    ("GET", f"runs/{10**30}", None, 404, str(10**30)),
    ("POST", "runs/99/pause", None, 404, "99"),
    ("POST", "runs/99/retry", None, 404, "99"),
    ("PATCH", "99", {"text": "x", "revision": 1}, 404, "99"),
    ("PATCH", "99", {"text": "x"}, 422, "revision: Field required"),
    ("POST", "99/approve", {"revision": 1}, 404, "99"),
    ("POST", "describe", {"item_id": "nothing"}, 404, "nothing"),
    ("POST", "describe", {"item_id": "i00", "max_words": 5}, 422, "max_words"),
    ("POST", "describe", {"item_id": "i00", "language": "xx"}, 422, "'xx'"),
    ("POST", "describe", {"item_id": "i00", "voice": "pirate"}, 404, "'pirate'"),
    ("POST", "describe", {"item_id": "i00", "state": "approved"}, 422, "state: Extra inputs"),
    ("POST", "subjects", {}, 422, "a subject needs a segment or products"),
    ("POST", "subjects", {"item_ids": ["i00"] * 4}, 422, "item_ids"),
    ("POST", "subjects", {"segment": 9}, 404, "9"),
    ("POST", "subjects", {"item_ids": ["i00"], "merge_tool": "x"}, 422, "'x'"),
    ("POST", "category", {"category": "Shoes"}, 404, "Shoes"),
    ("POST", "check", {"text": "x"}, 422, "a text is about"),
    ("POST", "check", {"text": "x", "item_id": "i00", "category": "Tea"}, 422, "give one"),
    ("GET", "?state=lost", None, 422, "state.0: Input should be"),
    ("GET", "?page=2", None, 422, "page: Extra inputs"),
]  # fmt: skip


def test_what_is_wrong_is_said(shared: TestClient, llm: LlmServer) -> None:
    for method, route, body, status, said in WRONG:
        answer = shared.request(method, f"copy/{route}".replace("/?", "?"), json=body)
        assert answer.status_code == status, (route, answer.text)
        assert said in answer.json()["error"]["message"]
    assert llm.requests == []


def test_half_a_character_is_refused(shared: TestClient) -> None:
    answer = shared.post(
        "copy/check",
        content=r'{"item_id": "i00", "text": "\ud800"}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 422
    assert "unicode string" in answer.json()["error"]["message"]


def test_bodies_take_what_a_brief_takes() -> None:
    brief = Brief.model_fields
    for body in (bodies.DescribeBody, bodies.SubjectsBody, bodies.CategoryBody,
                 bodies.CheckBody):  # fmt: skip
        for name, field in body.model_fields.items():
            if name in brief and name != "kind":
                assert field.default == brief[name].default, name
                # What passes here passes there; else a wrong request would be a fault of ours.
                limits = {str(one) for one in brief[name].metadata}
                assert limits <= {str(one) for one in field.metadata}, name
