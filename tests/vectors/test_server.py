"""What only the server store has: a server that may be away."""

from __future__ import annotations

import socket

import numpy as np
import pytest
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from recsys.errors import StorageError
from recsys.types import silent
from recsys.vectors.base import DenseVectors, Points
from recsys.vectors.server import ServerStore, connect

ONE = Points(
    1,
    {"dot": DenseVectors(np.ones((1, 2), np.float32), "dot", np.ones(1, np.bool_))},
    payload={},
    indexed={},
)


def test_a_server_that_is_away() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store = ServerStore(connect(f"http://127.0.0.1:{free.getsockname()[1]}"))
        for ask in (
            lambda: store.open("items"),
            lambda: store.build("items", ONE, silent),
            lambda: store.drop("items"),
        ):
            with pytest.raises(StorageError) as caught:
                ask()
            assert isinstance(caught.value.__cause__, ResponseHandlingException)
            assert "AISLE_QDRANT_URL" in caught.value.hint


def test_an_index_that_was_removed_under_a_reader() -> None:
    client = QdrantClient(":memory:")
    store = ServerStore(client)
    store.build("items", ONE, silent)
    index = store.open("items")
    store.drop("items")
    with pytest.raises(StorageError, match="aisle-items cannot be read"):
        index.count()
    with pytest.raises(StorageError, match="refused a query"):
        index.query("dot", np.ones(2, np.float32), limit=1)


@pytest.mark.parametrize(
    "error",
    [
        ResponseHandlingException(TimeoutError("timed out")),
        UnexpectedResponse(503, "Service Unavailable", b"busy", None),  # pyright: ignore
        ValueError("Collection aisle-items not found"),
        ConnectionResetError("reset by peer"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_of_the_client_is_mapped(error: Exception) -> None:
    """The client is a library, not ours: a client that fails stands for a server that does."""

    class FailingClient(QdrantClient):
        def count(self, *_args: object, **_named: object) -> object:
            raise error

    with pytest.raises(StorageError, match="cannot be read") as caught:
        ServerStore(FailingClient(":memory:")).open("items")
    assert caught.value.__cause__ is error


def test_shops_that_share_a_server_do_not_see_each_other() -> None:
    client = QdrantClient(":memory:")
    ServerStore(client, prefix="one").build("items", ONE, silent)
    with pytest.raises(StorageError):
        ServerStore(client, prefix="two").open("items")
