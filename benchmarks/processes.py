"""The real processes a benchmark measures: server and worker, on a workspace of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.seen import kill, wait_until, worker_of
from recsys.errors import AisleError

ROOT = Path(__file__).resolve().parent.parent


def environment(home: Path) -> dict[str, str]:
    """Return our environment with one workspace and otherwise Aisle's defaults."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AISLE_")}
    return {**ours, "AISLE_HOME": str(home), "PYTHONWARNINGS": "ignore"}


def measure(module: str, *arguments: str, home: Path, timeout: float) -> dict[str, Any]:
    """Run a module in a process of its own and return the JSON it prints last."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment(home),
        stdout=subprocess.PIPE,
        timeout=timeout,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


class Process:
    """A started process of Aisle; the end of the block stops it."""

    def __init__(self, home: Path, *command: str) -> None:
        self.log = home / "bench.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=environment(home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def ended(self) -> bool:
        """Whether it is not running any more."""
        return self._process.poll() is not None

    def last_words(self) -> str:
        """Return the end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def stop(self) -> None:
        """End it in order, and by force after 15 s; once is enough."""
        if not self.ended:
            self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill it with SIGKILL, as a machine short of memory does."""
        kill(self.pid)
        self._process.wait()


class Worker(Process):
    """A worker without a server."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "recsys.cli", "worker")


class Server(Process):
    """``streamlit run app.py`` on a free port of the loopback."""

    def __init__(self, home: Path) -> None:
        self.port = _free_port()
        super().__init__(home, "streamlit", "run", "app.py", f"--server.port={self.port}")

    @property
    def worker_pid(self) -> int | None:
        """The pid of its worker, if there is one now."""
        return worker_of(self.pid)

    def await_ready(self) -> Self:
        """Wait until it answers."""
        wait_until(lambda: self._answers() or self.ended, "the server answers")
        if self.ended:
            raise AisleError(
                f"The server ended at once; {self.log.name} ends:\n{self.last_words()}"
            )
        return self

    def connect(self) -> HTTPConnection:
        """Return a client that keeps its connection."""
        return HTTPConnection("localhost", self.port, timeout=30)

    def get(self, path: str) -> tuple[int, str]:
        """Return status and body of one request over a new connection."""
        client = self.connect()
        try:
            client.request("GET", path)
            answer = client.getresponse()
            return answer.status, answer.read().decode()
        finally:
            client.close()

    def _answers(self) -> bool:
        try:
            # Streamlit answers 200 to any path; only the body tells.
            return self.get("/_stcore/health")[1] == "ok"
        except (OSError, HTTPException):
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
