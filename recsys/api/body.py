"""How much a request may bring along."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recsys.api.answers import error_answer

MAX_BYTES = 1_000_000
_STREAMED = "/uploads/"


class BodyLimit:
    """Reads bodies before their routes do, and refuses those that are longer than any JSON needs.

    Uploads pass: their route writes them to the disk piece by piece, within a limit of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or _route(scope).startswith(_STREAMED):
            await self._app(scope, receive, send)
            return
        # Counted as it comes: a length may be missing or false.
        body = bytearray()
        message = await receive()
        while message["type"] == "http.request":
            body += message.get("body", b"")
            if len(body) > MAX_BYTES:
                await _too_long(scope)(scope, receive, send)
                return
            if not message.get("more_body", False):
                message = {"type": "http.request", "body": bytes(body), "more_body": False}
                break
            message = await receive()
        first: list[Message] = [message]

        async def receive_again() -> Message:
            return first.pop() if first else await receive()

        await self._app(scope, receive_again, send)


def _route(scope: Scope) -> str:
    """Return the path within the API, wherever it is mounted."""
    return scope["path"].removeprefix(scope.get("root_path", ""))


def _too_long(scope: Scope) -> ASGIApp:
    return error_answer(
        scope["state"]["request_id"],
        413,
        "too_large",
        f"{scope['method']} {_route(scope)}: the body is longer than {MAX_BYTES:,} bytes.",
        "Send less at a time; files go to /api/uploads/.",
    )
