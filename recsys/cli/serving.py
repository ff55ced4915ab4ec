from __future__ import annotations

import os
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.cli.output import AsJson, give, say, table
from recsys.errors import NotReady

if TYPE_CHECKING:
    from recsys.jobs.queue import Job

app = typer.Typer()

_ROOT = Path(__file__).resolve().parents[2]


@app.command()
def health(as_json: AsJson = False) -> None:
    """Tell what is live and whether it answers."""
    from recsys.releases.live import LiveShop
    from recsys.workflows.shop import health as look
    from recsys.workspace import Workspace

    found = look(LiveShop(Workspace.from_environment()))
    live = [(word, found[word]) for word in ("release", "dataset") if found[word]]
    words = [f"Status: {found['status']}", f"Worker: {found['worker']}"]
    words += [f"{word.capitalize()}: {one.get('name', one['id'])}" for word, one in live]
    words.append(f"Rule set: {found['rule_set'] or 'none'}")
    give(found, "\n".join(words), as_json=as_json)
    if found["status"] != "ok":
        raise NotReady(f"The shop cannot serve: {found['problem']}")


@app.command()
def jobs(as_json: AsJson = False) -> None:
    """List the newest jobs."""
    from recsys.workflows.jobs import recent_jobs
    from recsys.workspace import Workspace

    found = recent_jobs(Workspace.from_environment())
    shown = [
        {
            "job_id": job.id,
            "at": datetime.fromtimestamp(job.created_at).strftime("%Y-%m-%d %H:%M"),
            "what": job.label,
            "status": job.status,
            "done": f"{job.share:.0%}",
            "error": job.error,
        }
        for job in found
    ]
    words = table(shown, list(shown[0])) if shown else "There were no jobs yet."
    give({"jobs": [_document(job) for job in found]}, words, as_json=as_json)


@app.command()
def run(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    address: Annotated[
        str, typer.Option(help="Where to listen; others reach it only if you open it to them.")
    ] = "localhost",
) -> None:
    """Start the dashboard, the API and their worker."""
    from recsys.settings import Settings

    script = _ROOT / "app.py"
    if not script.is_file():
        raise NotReady(
            f"The dashboard is not installed: {script.parent} has no app.py.",
            hint="Install the whole package again.",
        )
    # Streamlit reads its settings from the folder it runs in; the workspace stays where we are.
    environment = {**os.environ, "AISLE_HOME": str(Settings.from_environment().home)}
    os.chdir(_ROOT)
    say(f"Aisle starts on http://{address}:{port} (Ctrl+C ends it).")
    options = [f"--server.port={port}", f"--server.address={address}"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
    os.execve(sys.executable, command, environment)


@app.command()
def worker(
    parent_pid: Annotated[
        int | None, typer.Option(help="End when this process is not the parent any more.")
    ] = None,
) -> None:
    """Do the queued jobs of a workspace; a running dashboard has a worker of its own."""
    import logging

    from recsys.jobs.worker import run_worker
    from recsys.workflows.commands import CHILD_COMMAND
    from recsys.workspace import Workspace

    logging.basicConfig(level=logging.INFO, force=True)
    run_worker(Workspace.from_environment(), CHILD_COMMAND, parent_pid=parent_pid)


def _document(job: Job) -> dict[str, Any]:
    """Return what of a job others may know: all but the token of its claim."""
    fields = {name: value for name, value in asdict(job).items() if name not in {"id", "token"}}
    return {"job_id": job.id, **fields}
