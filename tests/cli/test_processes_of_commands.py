from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cli_shop import Shop, aisle
from homes import copy_home

AISLE = [sys.executable, "-m", "recsys.cli"]


def wait_for(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.05)


@pytest.fixture
def shop(built: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A copy: what is cancelled here is nothing that other tests should find."""
    home = copy_home(built.home, tmp_path / "shop")
    monkeypatch.setenv("AISLE_HOME", str(home))
    return replace(built, home=home)


@pytest.fixture
def worker(shop: Shop, tmp_path: Path) -> Iterator[Path]:
    """A worker of the shop, at work; the path of its log."""
    log = tmp_path / "worker.log"
    with log.open("wb") as file:
        process = subprocess.Popen([*AISLE, "worker"], stdout=file, stderr=file)
    wait_for(lambda: aisle("health", "--json").document["worker"] == "running")
    yield log
    process.terminate()
    assert process.wait(10) == 0


def test_help_and_lists_import_nothing_heavy(shop: Shop) -> None:
    heavy = {
        "implicit", "scipy", "sklearn", "umap", "qdrant_client", "anthropic", "alembic", "pandas",
    }  # fmt: skip
    code = (
        "import sys\n"
        "from recsys.cli.main import run\n"
        "run(['--help']); help = sorted(sys.modules)\n"
        "run(['models', '--json'])\n"
        "print([help, sorted(sys.modules)].__repr__(), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after_help, after_models = (set(modules) for modules in eval(done.stderr))
    assert not after_help & (heavy | {"sqlalchemy", "duckdb", "pyarrow", "numpy"})
    assert not after_models & heavy


def test_a_document_is_all_of_stdout_in_a_process_of_its_own(shop: Shop) -> None:
    command = [*AISLE, "train", "--model", "popularity", "--no-evaluation", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["model_id"]
    assert "Model ready" in done.stderr


def test_a_running_worker_does_the_job(worker: Path) -> None:
    done = aisle("train", "--model", "popularity", "--no-evaluation", "--json")
    assert done.document["model_id"]
    job = aisle("jobs", "--json").document["jobs"][0]
    assert job["status"] == "done"
    assert not re.search(rf"\b{os.getpid()}\b", job["worker"])
    assert "Traceback" not in worker.read_text()


def test_ctrl_c_cancels_and_is_130(shop: Shop) -> None:
    command = [*AISLE, "train", "--set", "iterations=200", "--set", "factors=512"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        lines = iter(process.stderr.readline, "")
        assert any("teration 1 of 200" in line for line in lines)
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(20) == 130
    assert "Traceback" not in rest
    job = aisle("jobs", "--json").document["jobs"][0]
    assert job["status"] == "cancelled"
