"""What stands before every route: who may ask, and one shape for what goes wrong unforeseen."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from recsys.api.answers import error_answer

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Pages load what they like of this server, but no other site may frame them.
PAGE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
}
API_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " frame-ancestors 'none'",
}

_log = logging.getLogger(__name__)


class Guard:
    """Refuses foreign hosts and origins, names each request, and catches what no route foresaw.

    Streamlit's own checks let any host name and any port of localhost in, and do not cover the
    routes of the API. The server has one guard before everything, the API one of its own, so that
    no other server can mount it bare.

    Parameters
    ----------
    allowed_hosts
        Host names the server is known by; the port does not matter.
    headers
        What each answer gets that does not say otherwise itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        allowed_hosts: Sequence[str],
        headers: Mapping[str, str] = PAGE_HEADERS,
    ) -> None:
        self._app = app
        self._allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket" and self._refuse(scope):
            # Before it was accepted, a close is a 403.
            await WebSocketClose()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The guard of the whole server may have named the request already.
        state = scope.setdefault("state", {})
        request_id = state.setdefault("request_id", secrets.token_hex(6))
        begun = False

        async def send_named(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refuse(scope)
        if refused:
            await error_answer(request_id, *refused)(scope, receive, send_named)
            return
        try:
            await self._app(scope, receive, send_named)
        except Exception:  # the top of a request: whatever comes here is a bug of ours
            _log.exception("Request %s (%s) failed", request_id, scope["method"])
            if begun:
                raise  # too late for an answer: the server has to break the connection
            message = f"A fault in Aisle stopped this request (error {request_id})."
            hint = "Its details are in the log of the server under this number."
            answer = error_answer(request_id, 500, "internal_error", message, hint)
            await answer(scope, receive, send_named)

    def _refuse(self, scope: Scope) -> tuple[int, str, str, str] | None:
        """Return status, code, message and hint for a request that may not pass."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").lower()
        if _without_port(host) not in self._allowed_hosts:
            return (
                400,
                "unknown_host",
                f"This server does not answer to the name {host!r}.",
                "If it should, add the name to AISLE_ALLOWED_HOSTS and start it again.",
            )
        origin = headers.get("origin")
        # A websocket is no method, but all that a page does goes through it.
        writes = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        if writes and origin is not None and not _same(origin, host):
            return (
                403,
                "foreign_origin",
                f"A page of {origin!r} may not change anything here.",
                "Send it from this server's own pages, or from a program without an Origin header.",
            )
        return None


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdigit() else host


def _same(origin: str, host: str) -> bool:
    """Tell whether a page of ``origin`` came from ``host``; a default port may be left out."""
    try:
        parts = urlsplit(origin.lower())
    except ValueError:  # "http://[" is no address
        return False
    default = {"http": ":80", "https": ":443"}.get(parts.scheme)
    if default is None:
        return False
    return parts.netloc.removesuffix(default) == host.removesuffix(default)
