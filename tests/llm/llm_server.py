"""A small server that speaks as Anthropic's and OpenAI's APIs do, and misbehaves on request.

``python tests/llm/llm_server.py --port 0 --delay 0.05`` runs it as a process of its own, which
prints its address; tests use the fixture ``llm``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))

from llm_answers import HONEST, Scenario, refused
from llm_wire import Anthropic, OpenAI, models

KEY = "sk-test-0123456789abcdef"  # what the tests set; any key is taken
_BATCH = re.compile(r"/v1/messages/batches/(\w+)(/results|/cancel)?")
_DAY = "2026-11-30T00:00:00Z"
_SHOWN = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}


@dataclass(frozen=True)
class Seen:
    """A request that came: header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    text: str


@dataclass
class Batch:
    """A batch, and how often it is asked for before it ends."""

    requests: list[dict[str, Any]]
    polls: int
    cancelled: bool = False
    at: float = field(default_factory=time.time)
    results: list[dict[str, Any]] = field(default_factory=list)

    def ended(self) -> bool:
        return self.cancelled or self.polls <= 0


class LlmServer:
    """The server and what it was asked.

    Attributes
    ----------
    url
        For Anthropic's; ``url + "/v1"`` for OpenAI's.
    requests
        All that came, in order.
    delay
        Seconds that each answer takes.
    batch_polls
        How often a batch is said to be under way before it ends.
    """

    def __init__(self, port: int = 0, delay: float = 0.0) -> None:
        self.delay = delay
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.reset()
        self._server = _Server(("127.0.0.1", port), type("Bound", (_Handler,), {"llm": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        threading.Thread(target=serve, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        """Forget all that was asked and scripted, and end what waits."""
        self._over.set()
        with self._lock:
            self._over = threading.Event()
            self.requests: list[Seen] = []
            self.batches: dict[str, Batch] = {}
            self.batch_polls = 0
            self.first_byte_at = 0.0
            self.most_at_once = self._under_way = 0
            self.cached: set[str] = set()
            self._next: deque[Scenario] = deque()
            self._always = HONEST
            self._about: list[tuple[str, deque[Scenario]]] = []
            self._writes: Callable[[dict[str, Any]], Scenario | None] | None = None

    def script(self, *scenarios: Scenario) -> None:
        """Answer the next requests so, one each; the others as before."""
        self._next.extend(scenarios)

    def always(self, scenario: Scenario) -> None:
        """Answer all requests so that nothing else is scripted for."""
        self._always = scenario

    def when(self, words: str, *scenarios: Scenario) -> None:
        """Answer requests so whose text contains the words: one each, the last one ever after."""
        self._about.append((words, deque(scenarios)))

    def writes(self, choose: Callable[[dict[str, Any]], Scenario | None]) -> None:
        """Let a function choose by the request's body; None is an honest answer."""
        self._writes = choose

    @property
    def asked(self) -> list[Seen]:
        """The requests for copy, without lists of models and batches."""
        return [one for one in self.requests if one.path.endswith(("messages", "completions"))]

    def choose(self, body: dict[str, Any], text: str) -> Scenario:
        """Return how a request is answered."""
        with self._lock:
            for words, scenarios in self._about:
                if words in text:
                    return scenarios.popleft() if len(scenarios) > 1 else scenarios[0]
            if self._next:
                return self._next.popleft()
        return (self._writes(body) if self._writes else None) or self._always

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the next reset."""
        if seconds > 0:
            self._over.wait(seconds)

    def under_way(self, step: int) -> None:
        """Count what is answered at once."""
        with self._lock:
            self._under_way += step
            self.most_at_once = max(self.most_at_once, self._under_way)

    def stop(self) -> None:
        """End the server."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a client that went away: tests do so on purpose."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    llm: LlmServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._note("", {})
        if self._refuses_first():
            return
        if self.path.split("?")[0] == "/v1/models":
            self._send(models(anthropic="anthropic-version" in self.headers))
        elif self.path.split("?")[0] == "/v1/messages/batches":
            held = reversed(self.llm.batches.items())
            lines = [self._state_of(name, one, ended=one.ended()) for name, one in held]
            self._send({"data": lines, "has_more": False, "first_id": None, "last_id": None})
        elif found := _BATCH.fullmatch(self.path):
            self._batch(found[1], found[2] or "")
        else:
            self._fail(refused(404))

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        body = json.loads(text) if text else {}
        self._note(text, body)
        if self.path == "/v1/messages/batches":
            if not self._refuses_first():
                self._create_batch(body)
        elif found := _BATCH.fullmatch(self.path):
            self.llm.batches[found[1]].cancelled = True
            self._batch(found[1], "")
        elif self.path == "/v1/messages":
            self._copy(body, text, Anthropic)
        elif self.path == "/v1/chat/completions":
            self._copy(body, text, OpenAI)
        else:
            self._fail(refused(404))

    def _note(self, text: str, body: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.llm.requests.append(Seen(self.command, self.path, headers, body, text))

    def _refuses_first(self) -> bool:
        """What is scripted goes for lists and batches, too."""
        scenario = self.llm.choose({}, self.path)
        self.llm.wait(scenario.silent)
        if scenario.status == 200 and scenario.raw is None:
            return False
        self._fail(scenario)
        return True

    def _copy(self, body: dict[str, Any], text: str, api: type[Anthropic | OpenAI]) -> None:
        self.llm.under_way(+1)
        try:
            scenario = self.llm.choose(body, text)
            self.llm.wait(scenario.silent + self.llm.delay)
            if scenario.status != 200 or scenario.raw is not None:
                self._fail(scenario)
                return
            seen = self.llm.cached
            answer = Anthropic(body, scenario, seen) if api is Anthropic else OpenAI(body, scenario)
            if body.get("stream"):
                self._stream(answer, scenario)
            else:
                self._send(answer.whole(), cut=scenario.cut_after is not None)
        finally:
            self.llm.under_way(-1)

    def _stream(self, answer: Anthropic | OpenAI, scenario: Scenario) -> None:
        """Send events in chunks, so that one that is cut off is known from one that ended."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("request-id", "req_test")
        self.end_headers()
        self.llm.first_byte_at = time.monotonic()
        sent = 0
        for piece, event in answer.events():
            if piece and sent == scenario.cut_after:
                self.close_connection = True
                return
            if piece and sent == scenario.error_after:
                self._chunk(answer.error_event())
                break
            self._chunk(event)
            sent += piece
            if piece:
                self.llm.wait(scenario.between)
                if sent == 1 and scenario.gate is not None:
                    scenario.gate.wait(10)
        self._chunk("")

    def _chunk(self, event: str) -> None:
        raw = event.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
        self.wfile.flush()

    def _fail(self, scenario: Scenario) -> None:
        api = OpenAI if self.path == "/v1/chat/completions" else Anthropic
        held = scenario.raw or json.dumps(api.error(scenario.error, scenario.message))
        headers = {"retry-after": scenario.retry_after, "location": scenario.location}
        self._send(held, scenario.status, {name: one for name, one in headers.items() if one})

    def _send(
        self,
        held: dict[str, Any] | str,
        status: int = 200,
        more: dict[str, str] | None = None,
        *,
        cut: bool = False,
    ) -> None:
        raw = (held if isinstance(held, str) else json.dumps(held)).encode()
        self.send_response(status)
        headers = {"content-type": "application/json", "content-length": str(len(raw))}
        for name, value in (headers | {"request-id": "req_test"} | (more or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.llm.first_byte_at = time.monotonic()
        self.wfile.write(raw[: len(raw) // 2] if cut else raw)
        self.wfile.flush()
        self.close_connection = self.close_connection or cut

    def _create_batch(self, body: dict[str, Any]) -> None:
        name = f"msgbatch_{len(self.llm.batches) + 1}"
        self.llm.batches[name] = Batch(body["requests"], self.llm.batch_polls)
        self._batch(name, "")

    def _batch(self, name: str, what: str) -> None:
        batch = self.llm.batches.get(name)
        if batch is None:
            self._fail(refused(404, message=f"No batch {name}"))
            return
        ended = batch.ended()
        if self.command == "GET" and not what:
            batch.polls -= 1
        if ended and not batch.results:
            batch.results = [self._result(one, batch.cancelled) for one in batch.requests]
        if what:
            self._send("".join(json.dumps(one) + "\n" for one in batch.results))
            return
        self._send(self._state_of(name, batch, ended=ended))

    def _state_of(self, name: str, batch: Batch, *, ended: bool) -> dict[str, Any]:
        counts = dict(_SHOWN)
        for one in batch.results:
            counts[one["result"]["type"]] += 1
        counts["processing"] = len(batch.requests) - sum(counts.values())
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": counts,
            "created_at": datetime.fromtimestamp(batch.at, UTC).isoformat(),
            "expires_at": _DAY,
            "ended_at": _DAY if ended else None,
            "results_url": f"{self.llm.url}/v1/messages/batches/{name}/results",
        }

    def _result(self, one: dict[str, Any], cancelled: bool) -> dict[str, Any]:
        name, params = one["custom_id"], one["params"]
        if cancelled:
            return {"custom_id": name, "result": {"type": "canceled"}}
        scenario = self.llm.choose(params, json.dumps(params, ensure_ascii=False))
        if scenario.status != 200:
            error = Anthropic.error(scenario.error, scenario.message)
            return {"custom_id": name, "result": {"type": "errored", "error": error}}
        message = Anthropic(params, scenario, self.llm.cached).whole()
        return {"custom_id": name, "result": {"type": "succeeded", "message": message}}

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def main() -> None:
    """Run until the standard input ends, or the process is stopped."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that an answer takes")
    given = parser.parse_args()
    server = LlmServer(given.port, given.delay)
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
