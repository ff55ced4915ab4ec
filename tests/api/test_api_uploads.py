from __future__ import annotations

import errno
import hashlib
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from api_shop import run_async
from fastapi.testclient import TestClient
from sqlalchemy import select, update
from starlette.types import Message

from recsys.api.app import create_api
from recsys.errors import NotFound
from recsys.releases.live import LiveShop
from recsys.workflows.uploads import (
    KEPT_SECONDS,
    TICKET_SECONDS,
    discard_upload,
    issue_ticket,
    open_upload,
    upload_info,
    uploaded_path,
)
from recsys.workspace import Workspace
from recsys.workspace.tables import audit, uploads

CSV = b"user_id,item_id\nu1,i1\n"


def send(client: TestClient, ticket: str, content: Any, name: str = "shop.csv") -> Any:
    return client.put(
        f"/uploads/{ticket}", content=content, headers={"X-File-Name": quote(name, safe="")}
    )


def files(workspace: Workspace) -> list[Path]:
    return list(workspace.uploads.rglob("*"))


def statuses(workspace: Workspace) -> list[str]:
    with workspace.database.read() as connection:
        return list(connection.execute(select(uploads.c.status)).scalars())


def test_a_file_arrives_whole(new_client: TestClient, new_workspace: Workspace) -> None:
    content = os.urandom(2_500_000)
    pieces = (content[start : start + 70_000] for start in range(0, len(content), 70_000))
    answer = send(new_client, issue_ticket(new_workspace, actor="ann"), pieces).json()
    assert answer == {
        "upload_id": answer["upload_id"],
        "file_name": "shop.csv",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    info = upload_info(new_workspace, answer["upload_id"])
    assert info.path.read_bytes() == content
    assert (info.bytes, info.sha256) == (answer["bytes"], answer["sha256"])
    assert uploaded_path(new_workspace, answer["upload_id"]) == info.path


def test_uploads_stand_in_the_audit_log_with_who_got_the_ticket(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    send(new_client, issue_ticket(new_workspace, actor="ann"), CSV)
    with new_workspace.database.read() as connection:
        line = connection.execute(select(audit)).one()
    assert (line.actor, line.action, line.details["file"]) == ("ann", "upload", "shop.csv")


def test_the_ticket_itself_is_kept_nowhere(new_workspace: Workspace) -> None:
    ticket = issue_ticket(new_workspace, actor="ann")
    with new_workspace.database.read() as connection:
        row = connection.execute(select(uploads)).one()
    assert ticket not in str(row)


def test_a_ticket_is_good_for_one_file(new_client: TestClient, new_workspace: Workspace) -> None:
    ticket = issue_ticket(new_workspace, actor="ann")
    assert send(new_client, ticket, CSV).status_code == 200
    again = send(new_client, ticket, b"other")
    assert again.status_code == 404
    assert again.json()["error"]["code"] == "not_found"
    assert [path.read_bytes() for path in files(new_workspace) if path.is_file()] == [CSV]


def test_an_unknown_or_old_ticket_is_refused(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    old = issue_ticket(new_workspace, actor="ann")
    with new_workspace.database.write() as connection:
        connection.execute(update(uploads).values(created_at=time.time() - TICKET_SECONDS - 1))
    assert send(new_client, old, CSV).status_code == 404
    assert send(new_client, "guess", CSV).status_code == 404
    assert files(new_workspace) == []


def test_old_tickets_and_remains_of_a_killed_server_are_swept(new_workspace: Workspace) -> None:
    for status in ("open", "busy"):
        issue_ticket(new_workspace, actor="ann")
        with new_workspace.database.write() as connection:
            connection.execute(
                update(uploads)
                .where(uploads.c.status == "open")
                .values(status=status, created_at=time.time() - TICKET_SECONDS - 1)
            )
            left = connection.execute(select(uploads.c.upload_id)).scalars().all()
    remains = [new_workspace.uploads / upload_id / "shop.csv.part" for upload_id in left]
    for path in remains:
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half")
    issue_ticket(new_workspace, actor="ann")
    assert files(new_workspace) == []


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_over_the_quota_leaves_nothing(
    new_client: TestClient, new_workspace: Workspace, announced: bool
) -> None:
    content = bytes(3_000_001)
    body = content if announced else iter([content[:2_000_000], content[2_000_000:]])
    answer = send(new_client, issue_ticket(new_workspace, actor="ann"), body)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["message"] == "shop.csv is larger than the limit of 3 MB for an upload."
    assert "AISLE_UPLOAD_MAX_MB" in error["hint"]
    assert files(new_workspace) == []
    assert statuses(new_workspace) == ["failed"]


def test_a_file_of_just_the_quota_is_taken(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    answer = send(new_client, issue_ticket(new_workspace, actor="ann"), bytes(3_000_000))
    assert answer.status_code == 200


def test_an_empty_file_is_refused(new_client: TestClient, new_workspace: Workspace) -> None:
    answer = send(new_client, issue_ticket(new_workspace, actor="ann"), b"")
    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == "shop.csv is empty."
    assert files(new_workspace) == []


def test_without_a_name_the_ticket_stays_good(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    ticket = issue_ticket(new_workspace, actor="ann")
    answer = new_client.put(f"/uploads/{ticket}", content=CSV)
    assert answer.status_code == 422
    assert "x-file-name" in answer.json()["error"]["message"]
    assert send(new_client, ticket, CSV).status_code == 200


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """A disk that fills up, as far as writing is concerned."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing(new_client: TestClient, new_workspace: Workspace) -> None:
    ticket = issue_ticket(new_workspace, actor="ann")
    with files_no_larger_than(1_500_000):
        answer = send(new_client, ticket, bytes(2_500_000))
    assert answer.status_code == 503
    error = answer.json()["error"]
    assert error["code"] == "storage_error"
    assert os.strerror(errno.EFBIG) in error["message"]
    assert files(new_workspace) == []
    assert statuses(new_workspace) == ["failed"]


def test_a_sender_who_goes_away_leaves_nothing(new_workspace: Workspace) -> None:
    api = create_api(new_workspace, LiveShop(new_workspace))
    ticket = issue_ticket(new_workspace, actor="ann")
    messages: list[Message] = [
        {"type": "http.request", "body": bytes(2_000_000), "more_body": True},
        {"type": "http.disconnect"},
    ]
    on_disk: list[int] = []

    async def receive() -> Message:
        on_disk.append(sum(path.stat().st_size for path in files(new_workspace) if path.is_file()))
        return messages.pop(0)

    async def send_nothing(message: Message) -> None:
        pass

    scope = {
        "type": "http",
        "method": "PUT",
        "path": f"/uploads/{ticket}",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"x-file-name", b"shop.csv")],
    }
    run_async(api, scope, receive, send_nothing)
    assert on_disk == [0, 2_000_000]
    assert files(new_workspace) == []
    assert statuses(new_workspace) == ["failed"]


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("Käufe 2024.csv.gz", "K_ufe_2024.csv.gz"),
        ("../../aisle.db", "aisle.db"),
        ("C:\\shop\\items.csv", "items.csv"),
        ("..", "file"),
        ("/", "file"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.csv", "ab.csv"),
        ("x" * 5_000 + ".parquet", "x" * 92 + ".parquet"),
        ("<script>.csv", "script_.csv"),
    ],
)
def test_a_name_is_never_a_path(
    new_client: TestClient, new_workspace: Workspace, name: str, stored: str
) -> None:
    answer = send(new_client, issue_ticket(new_workspace, actor="ann"), CSV, name).json()
    path = uploaded_path(new_workspace, answer["upload_id"])
    assert path == new_workspace.uploads / answer["upload_id"] / stored
    assert path.read_bytes() == CSV
    shown = "".join(sign for sign in name if sign.isprintable())
    assert answer["file_name"] == upload_info(new_workspace, answer["upload_id"]).file_name
    assert answer["file_name"] in {shown, shown[-500:]}


@pytest.mark.parametrize("upload_id", ["", "..", "0" * 32])
def test_unknown_uploads_are_not_found(new_workspace: Workspace, upload_id: str) -> None:
    with pytest.raises(NotFound):
        uploaded_path(new_workspace, upload_id)


def test_an_upload_whose_file_is_gone_is_not_found(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    answer = send(new_client, issue_ticket(new_workspace, actor="ann"), CSV).json()
    uploaded_path(new_workspace, answer["upload_id"]).unlink()
    with pytest.raises(NotFound, match="Upload the file again"):
        uploaded_path(new_workspace, answer["upload_id"])


def test_a_discarded_upload_leaves_nothing(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    kept, dropped = (
        send(new_client, issue_ticket(new_workspace, actor="ann"), CSV).json()["upload_id"]
        for _ in range(2)
    )
    for upload_id in (dropped, dropped, "", "..", "../uploads"):
        discard_upload(new_workspace, upload_id)
    assert [path.name for path in new_workspace.uploads.iterdir()] == [kept]
    assert statuses(new_workspace) == ["done"]


def test_an_upload_under_way_is_not_discarded(new_workspace: Workspace) -> None:
    upload = open_upload(new_workspace, issue_ticket(new_workspace, actor="ann"), "shop.csv")
    upload.write(CSV)
    (folder,) = new_workspace.uploads.iterdir()
    discard_upload(new_workspace, folder.name)
    assert upload.finish().path.read_bytes() == CSV


def test_files_that_nobody_loaded_within_a_week_are_swept(
    new_client: TestClient, new_workspace: Workspace
) -> None:
    old, young = (
        send(new_client, issue_ticket(new_workspace, actor="ann"), CSV).json()["upload_id"]
        for _ in range(2)
    )
    for upload_id, age in ((old, KEPT_SECONDS + 1), (young, KEPT_SECONDS - 60)):
        with new_workspace.database.write() as connection:
            connection.execute(
                update(uploads)
                .where(uploads.c.upload_id == upload_id)
                .values(created_at=time.time() - age)
            )
    issue_ticket(new_workspace, actor="ann")
    assert [path.name for path in new_workspace.uploads.iterdir()] == [young]


def test_an_upload_that_just_began_is_not_stuck_however_old_its_ticket(
    new_workspace: Workspace,
) -> None:
    ticket = issue_ticket(new_workspace, actor="ann")
    with new_workspace.database.write() as connection:
        connection.execute(update(uploads).values(created_at=time.time() - TICKET_SECONDS + 30))
    upload = open_upload(new_workspace, ticket, "shop.csv")
    with new_workspace.database.read() as connection:
        began = connection.execute(select(uploads.c.created_at)).scalar_one()
    assert time.time() - began < TICKET_SECONDS / 2
    upload.discard()
