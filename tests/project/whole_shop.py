"""The product as it runs: a server in a process of its own, and a customer who never goes away."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workflows.shelves import show_for_you
from recsys.workflows.shoppers import random_shopper
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
AISLE = (sys.executable, "-m", "recsys.cli")


def wait_for(condition: Callable[[], Any], what: str, *, seconds: float = 120.0) -> None:
    """Return as soon as the condition holds; fail after a time no machine should need."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"never seen: {what}"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Return what a process has started, whichever of its threads did."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            words = (thread / "children").read_text(encoding="utf-8").split()
            found += [int(word) for word in words]
    return found


def gone(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


def leftovers(home: Path) -> list[str]:
    """Return what unfinished writers left behind."""
    parts = [*home.glob("*/.*.part"), *home.glob("tmp/.*"), *home.glob("uploads/*/*.part")]
    return sorted(str(part.relative_to(home)) for part in parts)


class Process:
    """A command of Aisle at work on a workspace."""

    def __init__(
        self,
        home: Path,
        *arguments: str,
        log: Path,
        program: Sequence[str] = AISLE,
        pythonpath: Path = ROOT,
    ) -> None:
        self.log = log
        paths = {"AISLE_HOME": str(home), "PYTHONPATH": str(pythonpath)}
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*program, *arguments],
                cwd=log.parent,
                env={**os.environ, **paths},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.pid = self._process.pid

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(30)

    def end(self) -> None:
        if self._process.poll() is None:
            self.stop()


class Server(Process):
    """``aisle run`` on a free port."""

    def __init__(
        self,
        home: Path,
        *,
        log: Path,
        program: Sequence[str] = AISLE,
        pythonpath: Path = ROOT,
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ("--port", str(self.port))
        super().__init__(home, "run", *options, log=log, program=program, pythonpath=pythonpath)

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body; (0, b"") while nobody answers."""
        url = f"http://localhost:{self.port}/{path}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def await_answer(self) -> None:
        def answers() -> bool:
            assert not gone(self.pid), self.log.read_text(encoding="utf-8")
            return self.get("_stcore/health") == (200, b"ok")

        wait_for(answers, "a server that answers")


class Customer:
    """Asks for one shopper's For You all the time, as a web shop does."""

    def __init__(self, home: Path) -> None:
        self._shop = LiveShop(Workspace(Settings(home=home)))
        self._user = random_shopper(self._shop.current(), seed=1)
        self.answers: set[str] = set()
        self.asked = 0
        self._problem: Exception | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask_on)
        self._thread.start()

    def _ask_on(self) -> None:
        try:
            while not self._over.wait(0.1):
                shelf = show_for_you(self._shop, self._user)
                self.answers.add(json.dumps([item.as_dict() for item in shelf.items]))
                self.asked += 1
        except Exception as error:  # the top of a thread; leave() tells the test
            self._problem = error

    def leave(self) -> None:
        """Go, and assert that the list was there all the while, is there, and never changed."""
        enough = self.asked + 2
        wait_for(lambda: self.asked >= enough or self._problem is not None, "an answer")
        self._over.set()
        self._thread.join()
        self._shop.workspace.database.close()
        if self._problem is not None:
            raise self._problem
        assert len(self.answers) == 1
