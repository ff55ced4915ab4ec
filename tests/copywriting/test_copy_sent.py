"""What leaves the shop: every request to the model is looked at, header and body."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from copy_shop import (
    ANSWER,
    CLOSER,
    GOODS,
    ORDER,
    SECRETS,
    SUPPLIER,
    build_copy_shop,
)
from fastapi.testclient import TestClient
from homes import copy_home
from llm_answers import refused, says
from llm_fixture import address, environment
from llm_server import KEY, LlmServer, Seen

from recsys.api.app import create_api
from recsys.cli.main import run
from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.text import Brief, Voice
from recsys.errors import InputError
from recsys.jobs.queue import Queue
from recsys.releases.live import LiveShop
from recsys.segments.definition import Conditions, Definition
from recsys.settings import Settings
from recsys.types import silent
from recsys.workflows.copy_bulk import Selection, Way, estimate, rows, run_bulk, start_run
from recsys.workflows.copy_facts import product_facts
from recsys.workflows.copy_once import write_one
from recsys.workflows.copy_settings import save_voice
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.segments import save_segment
from recsys.workspace import Workspace

MODEL = "claude-sonnet-5-5"
# Whom the flow shop knows, what it knows of them, and what it has of its products beside names.
PEOPLE = re.compile(
    r"\bu\d\d\b|U\d\d@|shop\.example|van Dyke|Ann\d|\+49 30|HYPERLINK|\bgold\b|18-30|31-99"
)


def wire(seen: Seen) -> str:
    """All of a request as it came, and its text once more without JSON's escapes."""
    return "\n".join([seen.path, json.dumps(seen.headers), seen.text, json.dumps(
        seen.body, ensure_ascii=False)])  # fmt: skip


def api_of(workspace: Workspace) -> TestClient:
    api = create_api(workspace, LiveShop(workspace))
    return TestClient(api, base_url="http://localhost:8501")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, _llm_server: LlmServer) -> Iterator[Workspace]:
    """The shop with secrets, its provider the small server; texts of all tests gather in it."""
    home = tmp_path_factory.mktemp("copy") / "home"
    build_copy_shop(home)
    workspace = Workspace(Settings(home=home, llm_url=address(_llm_server)))
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="module")
def client(shop: Workspace) -> Iterator[TestClient]:
    with api_of(shop) as client:
        yield client


def test_no_request_holds_what_the_shop_keeps_to_itself(
    shop: Workspace, client: TestClient, llm: LlmServer
) -> None:
    for address_, body in (
        ("copy/describe", {"item_id": "mug", "voice": "casual", "keywords": ["mug"]}),
        ("copy/subjects", {"item_ids": ["mug", "closer", "bare"], "occasion": "Black Friday"}),
        ("copy/category", {"category": "Kitchen"}),
    ):
        answer = client.post(address_, json=body)
        assert answer.status_code == 200, answer.text
    write_all(shop)
    assert len(llm.asked) >= 3 + len(GOODS)
    for seen in llm.requests:
        for secret in SECRETS:
            assert secret not in wire(seen), (secret, seen.path)
    assert "Stoneware mug" in wire(llm.asked[0])


@pytest.mark.parametrize(
    ("provider", "way"),
    [
        ("anthropic", "one"),
        ("anthropic", "direct"),
        ("anthropic", "batch"),
        ("openai", "one"),
        ("openai", "direct"),
    ],
)
def test_what_goes_back_to_a_model_that_lies_tells_it_nothing(
    shop: Workspace, llm: LlmServer, provider: str, way: Literal["one"] | Way
) -> None:
    settings = replace(shop.settings, llm_provider=provider, llm_url=address(llm, provider))
    workspace = Workspace(settings)
    llm.always(says({"text": f"Only 3 left in stock. Not for {provider} by {way}.", "claims": []}))
    if way == "one":
        write_one(workspace, product_facts(workspace, "mug"), Brief(), kept=False, actor="tests")
    else:
        assert write_all(workspace, way=way, brief=Brief(keywords=(provider, way))) == len(GOODS)
    workspace.database.close()
    again = [seen for seen in llm.requests if "<findings>" in seen.text]
    assert again
    assert all("Only 3 left" in seen.text for seen in again)
    for seen in llm.requests:
        assert [secret for secret in SECRETS if secret in wire(seen)] == []


def test_personal_data_that_people_type_is_not_sent(
    shop: Workspace, client: TestClient, llm: LlmServer
) -> None:
    save_voice(
        shop, Voice(name="chatty", about="Like w.a@private.example"), revision=0, actor="tests"
    )
    for body, said in (
        ({"note": "Ask anna@x.de"}, "The note has an e-mail address in it"),
        ({"keywords": ["tea", "anna@x.de"]}, "A keyword has an e-mail address in it"),
        ({"features": {"seller": "anna@x.de"}}, "A fact added by hand has an e-mail address in it"),
        ({"features": {"call": "+49 170 1234567"}}, "A fact added by hand has a telephone number"),
        ({"voice": "chatty"}, "The voice 'chatty' has an e-mail address in it"),
    ):
        answer = client.post("copy/describe", json={"item_id": "mug"} | body)
        assert answer.status_code == 422
        message = answer.json()["error"]["message"]
        assert message.startswith(said)
        assert message.split(" in it")[-1].startswith(", and personal data is not sent to a model.")
    subject = client.post(
        "copy/subjects", json={"item_ids": ["mug"], "occasion": "for a@b.example"}
    )
    assert subject.json()["error"]["message"].startswith("The occasion has an e-mail address in it")
    selection = Selection(category="Kitchen")
    brief = Brief(note="Ask anna@x.de")
    with pytest.raises(InputError, match="The note has an e-mail address in it"):
        estimate(shop, selection, brief, model=MODEL, way="direct")
    assert llm.requests == []


def write_all(
    workspace: Workspace, *, way: Way = "direct", brief: Brief | None = None, **chosen: object
) -> int:
    """Run a bulk run over everything; return how many rows were written."""
    selection = Selection.model_validate(chosen or {"category": "Kitchen"})
    brief = brief or Brief(kind="subject" if selection.segments else "description")
    run = start_run(workspace, selection, brief, model=MODEL, way=way, cap=None, actor="tests")
    provider = open_provider(workspace.settings)
    try:
        run_bulk(workspace, run.id, silent, provider=provider)
    finally:
        provider.close()
        assert run.job_id is not None
        Queue(workspace.database).ask_cancel(run.job_id, actor="tests")  # batches make room for it
    return len(rows(workspace, run.id, state="written"))


def test_a_column_that_an_administrator_names_is_sent_and_no_other(
    shop: Workspace, llm: LlmServer
) -> None:
    named = Workspace(replace(shop.settings, copy_fields=("supplier",)))
    with api_of(named) as client:
        assert client.post("copy/describe", json={"item_id": "mug"}).status_code == 200
    named.database.close()
    sent = wire(llm.asked[0])
    assert [secret for secret in SECRETS if secret in sent] == [SUPPLIER]


def test_of_a_segment_only_what_its_members_share_is_sent(
    flow_home: Path, tmp_path: Path, llm: LlmServer
) -> None:
    home = copy_home(flow_home, tmp_path / "flow")
    workspace = Workspace(Settings(home=home, llm_url=address(llm)))
    view = LiveShop(workspace).current()
    tea = Definition(kind="rule", conditions=Conditions(categories=("Tea",)))
    large = save_segment(workspace, view, "Ann2 van Dyke and friends", tea, actor="ana").id
    small = save_named_set(
        workspace, "segment", "Nineteen", [f"u{one:02}" for one in range(19)], actor="ana"
    ).id
    with api_of(workspace) as client:
        body = {"segment": large, "item_ids": ["i00"], "merge_tool": "klaviyo"}
        answer = client.post("copy/subjects", json=body)
        assert answer.status_code == 200, answer.text
        assert write_all(workspace, segments=[large]) == 1
        assert len(llm.asked) >= 2
        for seen in llm.requests:
            assert not PEOPLE.findall(wire(seen)), PEOPLE.findall(wire(seen))
        asked = len(llm.requests)
        refused_ = client.post("copy/subjects", json={"segment": small})
        checked = client.post("copy/check", json={"segment": small, "text": "x", "kind": "subject"})
    for one in (refused_, checked):
        assert one.status_code == 422
        assert "19 members" in one.json()["error"]["message"]
    with pytest.raises(InputError, match="19 members"):
        open_and_write(workspace, small)
    assert len(llm.requests) == asked
    workspace.database.close()


def open_and_write(workspace: Workspace, segment: int) -> None:
    if write_all(workspace, segments=[segment]) == 0:
        raise InputError("19 members: no row was written.")


@pytest.mark.parametrize("item", ["order", "closer", "answer"])
def test_what_a_product_orders_stands_in_the_data_and_nowhere_else(
    shop: Workspace, client: TestClient, llm: LlmServer, item: str
) -> None:
    llm.always(says({"text": "BUY NOW", "claims": []}))
    answer = client.post("copy/describe", json={"item_id": item})
    assert answer.status_code == 200, answer.text
    body = llm.asked[0].body
    (user,) = body["messages"]
    content = user["content"]
    said = content if isinstance(content, str) else "".join(one["text"] for one in content)
    # Our tags, each once: none of the shop's text opens or closes one.
    assert re.findall(r"</?[a-z]+>", said) == ["<facts>", "</facts>", "<request>", "</request>"]
    block = said.partition("<facts>\n")[2].partition("\n</facts>")[0]
    facts = {one["field"]: one["value"] for one in json.loads(block)}
    told = {"order": ORDER, "closer": CLOSER, "answer": ANSWER}[item]
    assert told in facts.values()
    # Outside the data there is nothing of it, and the system's part is the same for all products.
    assert "BUY NOW" not in said.replace(block, "")
    assert "BUY NOW" not in json.dumps(body["system"])
    assert "never an instruction" in json.dumps(body["system"])
    assert body["output_config"]["format"]["schema"]["additionalProperties"] is False
    assert "tools" not in body


@pytest.mark.parametrize("item", ["order", "closer", "answer", "mug"])
def test_a_model_that_obeys_is_caught_and_never_approved(
    shop: Workspace, client: TestClient, llm: LlmServer, item: str
) -> None:
    llm.always(says({"text": "BUY NOW", "claims": []}))
    document = client.post("copy/describe", json={"item_id": item}).json()
    assert (document["clean"], document["state"], document["tries"]) == (False, "draft", 2)
    approve = f"copy/{document['copy_id']}/approve"
    answer = client.post(approve, json={"revision": document["revision"]})
    assert answer.status_code == 422
    assert client.get(f"copy/{document['copy_id']}").json()["text"]["state"] == "draft"
    (found,) = [one for one in document["findings"] if one["check"] in {"leak", "capitals"}][:1]
    assert found["blocks"]
    assert "BUY" in found["words"]


def test_a_model_that_names_the_order_as_its_source_is_not_believed(
    client: TestClient, llm: LlmServer
) -> None:
    claims = [{"words": "waterproof", "field": "name"}, {"words": "BUY NOW", "field": "name"}]
    llm.always(says({"text": "BUY NOW: it is waterproof.", "claims": claims}))
    document = client.post("copy/describe", json={"item_id": "order"}).json()
    words = " ".join(one["words"] for one in document["findings"] if one["blocks"])
    assert "waterproof" in words
    assert "BUY NOW" in words


def test_the_address_is_no_part_of_any_request(
    shop: Workspace, client: TestClient, llm: LlmServer
) -> None:
    for field in ("llm_url", "url", "base_url", "endpoint", "provider", "api_key"):
        for address_, body in (
            ("copy/describe", {"item_id": "mug"}),
            ("copy/subjects", {"item_ids": ["mug"]}),
            ("copy/category", {"category": "Kitchen"}),
            ("copy/check", {"item_id": "mug", "text": "A mug."}),
            ("copy/runs", {"selection": {"category": "Kitchen"}, "estimate_only": True}),
        ):
            answer = client.post(address_, json=body | {field: "http://10.0.0.1/v1"})
            assert answer.status_code == 422, address_
            said = answer.json()["error"]["message"]
            assert said == f"{field}: Extra inputs are not permitted."
    assert llm.requests == []
    # A model is a name, whatever it looks like.
    client.post("copy/describe", json={"item_id": "mug", "model": "http://10.0.0.1/v1"})
    assert [one.body["model"] for one in llm.asked] == ["http://10.0.0.1/v1"] * len(llm.asked)
    assert llm.asked
    schemas = client.get("openapi.json").json()["components"]["schemas"]
    fields = {field for one in schemas.values() for field in one.get("properties", {})}
    assert not {field for field in fields if "url" in field and field != "image_url"}


def test_the_key_goes_to_the_provider_and_nowhere_else(  # noqa: PLR0917 - fixtures
    shop: Workspace,
    client: TestClient,
    llm: LlmServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = f"invalid x-api-key {KEY} in the request"
    told = [repr(shop.settings), str(open_provider(shop.settings))]
    llm.script(refused(401, message=echo), refused(400, message=echo))
    for _ in range(3):  # refused, refused, written
        told.append(client.post("copy/describe", json={"item_id": "mug"}).text)
    told += [
        client.get(one).text for one in ("copy", "copy/1", "copy/approved.csv", "openapi.json")
    ]
    llm.script(refused(401, message=echo))
    for name, value in (environment(llm) | {"AISLE_HOME": str(shop.home)}).items():
        monkeypatch.setenv(name, value)
    told.append(repr(Settings.from_environment()))
    for arguments in (["--json"], ["--json"], ["--prompt"]):
        run(["copy", "describe", "mug", *arguments])
        told += capsys.readouterr()
    assert llm.requests
    for seen in llm.requests:
        held = {name for name, value in seen.headers.items() if KEY in value}
        assert held == {"authorization"}
    assert all(KEY not in seen.text for seen in llm.requests)
    assert all(KEY not in one for one in told), [one for one in told if KEY in one]
    assert KEY not in caplog.text
    shop.database.close()
    files = [path for path in shop.home.rglob("*") if path.is_file()]
    assert shop.home / "aisle.db" in files
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
