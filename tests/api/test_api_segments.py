from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from api_shop import client_of
from fastapi.testclient import TestClient
from flow_shop import N_USERS, open_flow, user
from homes import copy_home

from recsys.api import segment_schemas as schemas
from recsys.releases.live import LiveShop
from recsys.segments.definition import Conditions, Definition
from recsys.workflows.named_sets import delete_named_set, save_named_set
from recsys.workflows.segments import save_segment
from recsys.workspace import Workspace

TEA = {"kind": "rule", "conditions": {"categories": ["Tea"]}}


@pytest.fixture(scope="module")
def workspace(flow_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = open_flow(copy_home(flow_home, tmp_path_factory.mktemp("segments") / "home"))
    view = LiveShop(workspace).current()
    tea = Conditions(categories=("Tea",))
    definition = Definition(kind="rule", conditions=tea, holdout=0.2, seed=1)
    save_segment(workspace, view, "Tea", definition, actor="ana")
    save_named_set(workspace, "segment", "By hand", ["u01", "x/1"], actor="ana")
    gone = save_named_set(workspace, "segment", "Gone", ["u01"], actor="ana")
    delete_named_set(workspace, "segment", gone.id, revision=1, actor="ana")
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    with client_of(workspace) as client:
        yield client


def test_all_segments(client: TestClient) -> None:
    answer = client.get("segments").json()
    schemas.SegmentsAnswer.model_validate(answer)
    assert [(one["name"], one["kind"], one["count"]) for one in answer["segments"]] == [
        ("By hand", "list", 2), ("Tea", "rule", 40),
    ]  # fmt: skip


def test_one_segment_and_its_members(client: TestClient) -> None:
    answer = client.get("segments/1").json()
    schemas.SegmentAnswer.model_validate(answer)
    assert answer["definition"]["conditions"]["categories"] == ["Tea"]
    assert (answer["counts"]["members"], answer["history"][0]["came"]) == (40, 40)
    asked = {"offset": 38, "limit": 5, "held_out": "include"}
    some = client.get("segments/1/members", params=asked).json()
    schemas.MembersAnswer.model_validate(some)
    every = client.get("segments/1/members?held_out=include").json()["members"]
    assert {one["user_id"] for one in every} == {user(one) for one in range(0, N_USERS, 2)}
    assert (some["members"], some["total"], some["version"]) == (every[38:], 40, 1)
    assert client.get("segments/2/members").json()["members"] == [
        {"user_id": "u01", "held_out": False}, {"user_id": "x/1", "held_out": False},
    ]  # fmt: skip
    assert client.get("segments/2").json()["definition"]["kind"] == "list"


def test_the_hold_out_group_is_left_out_unless_asked_for(client: TestClient) -> None:
    every = client.get("segments/1/members?held_out=include").json()
    aside = client.get("segments/1").json()["counts"]["held_out"]
    assert 0 < aside < 40
    assert sum(one["held_out"] for one in every["members"]) == every["held_out"] == aside
    without = client.get("segments/1/members").json()
    assert without["members"] == [one for one in every["members"] if not one["held_out"]]
    assert (without["total"], without["held_out"]) == (40 - aside, aside)


def test_trying_one_out_saves_nothing(client: TestClient) -> None:
    answer = client.post("segments/preview", json=TEA | {"size": 100})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    schemas.PreviewAnswer.model_validate(document)
    assert document["counts"]["members"] == 40
    assert document["shares"]["category"][0]["value"] == "Tea"
    assert document["notes"][1:] == ["100 asked for, and only 40 are there."]
    assert len(client.get("segments").json()["segments"]) == 2


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "said"),
    [
        ("GET", "segments/3", None, 404, "Segment 3 was deleted."),
        ("GET", "segments/3/members", None, 404, "Segment 3 was deleted."),
        ("GET", "segments/9", None, 404, "There is no segment 9."),
        ("GET", "segments/2147483648", None, 404, "There is no segment 2147483648."),
        ("GET", f"segments/{10**30}/members", None, 404, f"There is no segment {10**30}."),
        ("GET", "segments/1/members?held_out=yes", None, 422, "held_out: Input should be 'out'"),
        ("GET", "segments/tea", None, 422, "segment_id: Input should be a valid integer"),
        ("GET", "segments/1/members?limit=0", None, 422, "limit: Input should be greater than"),
        ("GET", "segments/1/members?page=2", None, 422, "page: Extra inputs are not permitted"),
        ("POST", "segments/preview", {"kind": "magic"}, 422, "kind: Input should be 'list'"),
        ("POST", "segments/preview", TEA | {"colour": 1}, 422, "colour: Extra inputs"),
        ("POST", "segments/preview", {"kind": "rule"}, 422, "lacks conditions"),
        (
            "POST", "segments/preview",
            {"kind": "lookalikes", "seeds": {"ids": ["", "nobody"]}}, 422,
            "None of the seeds is a shopper of the shop",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(
    client: TestClient, *, method: str, address: str, body: object, status: int, said: str
) -> None:
    answer = client.request(method, address, json=body)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (r'{"kind": "list", "ids": ["\ud800"]}', "body: text with half a character"),
        (
            r'{"kind": "lookalikes", "seeds": {"ids": ["u01"], "happened_on": "\ud800"}}',
            "body: text with half a character (a lone surrogate) is no text.",
        ),
        (
            f'{{"kind": "rule", "leaving": {{"bought_within_days": 1{"0" * 400}}}}}',
            "leaving.bought_within_days: Input should be less than or equal to 100000.",
        ),
    ],
)  # fmt: skip
def test_what_no_machine_can_hold_is_refused(client: TestClient, given: str, said: str) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("segments/preview", content=given, headers=headers)
    assert answer.status_code == 422, answer.text
    assert said in answer.json()["error"]["message"]


def test_nothing_live_is_not_ready_to_try_out(new_client: TestClient) -> None:
    assert new_client.get("segments").json() == {"segments": []}
    assert new_client.post("segments/preview", json=TEA).status_code == 503
