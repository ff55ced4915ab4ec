"""What hours of trouble look like, in minutes: ``python -m benchmarks.soak [--rounds N]``.

A small shop (200 households of the demo) is live while its processes are killed at seeded moments,
its API is asked by eight clients at once, and release after release is published.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from benchmarks.jobs import finish
from benchmarks.kill_loops import Soak, kill_rounds, lose_and_run_again
from benchmarks.processes import Server
from benchmarks.results import Result, at_most, machine, percentile, table, told
from benchmarks.seen import resident_mb
from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workspace import Workspace

_CLIENTS = 8
_MOST_REQUESTS = 5_000
_SETTLED = 10
_KEPT_RELEASES = 3


def main() -> int:
    """Do all of it and print what was found; 1 when something was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="kills (9 are all pairs)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--load-seconds", type=float, default=60)
    parser.add_argument("--publishes", type=int, default=50)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="aisle-soak-", ignore_cleanup_errors=True) as folder:
        workspace = Workspace(Settings(home=Path(folder)))
        soak = Soak(workspace, Server(workspace.home).await_ready())
        try:
            soak.build()
            kill_rounds(soak, rounds=given.rounds, seed=given.seed)
            lose_and_run_again(soak)
            killing = Result(
                f"{given.rounds} kills, and a job killed twice",
                f"{len(soak.problems)} problems",
                "0 problems",
                not soak.problems,
            )
            results = [killing, *_load(soak, given.load_seconds)]
            results += _publish(soak, given.publishes)
        finally:
            soak.server.stop()
            workspace.database.close()
    print(*soak.problems, f"{machine()}\n\n{table(results)}", sep="\n")
    return int(any(one.held is False for one in results))


def _load(soak: Soak, seconds: float) -> list[Result]:
    """Ask for lists from eight kept connections at once, so long or so often at most."""
    view = LiveShop(soak.workspace).current()
    users = view.release.user_ids.ids[:100]
    paths = [f"/api/for-you/{quote(user)}?min_stock=2" for user in users] + ["/api/health"]
    end = time.monotonic() + seconds
    taken: list[float] = []
    refused: list[int] = []

    def ask() -> None:
        client = soak.server.connect()
        for number in range(_MOST_REQUESTS):
            started = time.monotonic()
            if started > end:
                break
            client.request("GET", paths[number % len(paths)])
            answer = client.getresponse()
            answer.read()
            taken.append(time.monotonic() - started)
            if answer.status != 200:
                refused.append(answer.status)
        client.close()

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    broken = len(refused) + sum(thread.is_alive() for thread in threads)
    return [
        told(
            f"{len(taken):,} requests of {_CLIENTS} clients: p95", percentile(taken, 95), unit="ms"
        ),
        at_most("- of them not answered with 200", broken, 0, unit="requests"),
    ]


def _publish(soak: Soak, publishes: int) -> list[Result]:
    """Publish again and again, with a request to each release, and watch the server's memory."""
    memory: list[float] = []
    for _ in range(publishes):
        job = finish(soak.workspace, soak.submit("publish"))
        time.sleep(0.3)  # the server looks for a new release at most every quarter second
        _, shown = soak.server.get("/api/for-you/nobody")
        if str((job.result or {})["release_id"]) not in shown:
            soak.problems.append("a published release was not served after 0.3 s")
        memory.append(resident_mb(soak.server.pid))
        for old in soak.workspace.releases.ids()[_KEPT_RELEASES:]:
            shutil.rmtree(soak.workspace.releases.path(old))  # for the disk of whoever runs this
    settled = memory[min(_SETTLED, len(memory)) - 1]
    name = f"server memory after {len(memory)} publishes against after {_SETTLED}"
    return [
        told("server memory after the last publish", memory[-1], unit="MB"),
        at_most(name, memory[-1] / settled, 1.1, unit="x"),
    ]


if __name__ == "__main__":
    sys.exit(main())
