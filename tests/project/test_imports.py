from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from whole_shop import ROOT

# Seconds of start-up and hundreds of megabytes; they belong into job processes.
HEAVY = {
    "alembic",
    "anthropic",
    "gensim",
    "implicit",
    "numba",
    "openai",
    "plotly.express",
    "qdrant_client",
    "scipy",
    "sklearn",
    "torch",
    "umap",
}

SERVE = """
import json, logging, os, sys

import app
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from pages.ui.resources import shop
from recsys.workflows.shoppers import random_shopper

logging.disable()  # the lifespan, and with it the worker, is left out on purpose
found = {"modules": {"import app": sorted(sys.modules)}, "answers": {}}
found["key"] = os.environ["ANTHROPIC_API_KEY"]
client = TestClient(app.app, base_url="http://localhost:8501")
user = random_shopper(shop().current(), seed=1)

def ask(method, address, **body):
    answer = client.request(method, f"/api/{address}", **body)
    found["answers"][address.split("/")[0]] = [answer.status_code, answer.text]
    return answer.json()

ask("GET", "health")
item = ask("GET", f"for-you/{user}")["items"][0]["item_id"]
ask("GET", f"similar/{item}")
ask("POST", "also-bought", json=[item])
ask("GET", f"lookalikes/{user}")
found["modules"]["the API"] = sorted(sys.modules)
for page in ("home", "shelves", "data", "models", "jobs"):
    shown = AppTest.from_file(str(app.ROOT / "pages" / "dashboard.py"), default_timeout=30)
    assert not shown.run().switch_page(f"{page}.py").run().exception
    found["modules"][f"the page {page}"] = sorted(sys.modules)
print(json.dumps(found))
"""


def test_a_server_with_a_live_shop_never_imports_what_only_jobs_need(
    demo_home: Path, tmp_path: Path
) -> None:
    secrets = tmp_path / ".streamlit" / "secrets.toml"
    secrets.parent.mkdir()
    secrets.write_text('ANTHROPIC_API_KEY = "sk-from-streamlit"', encoding="utf-8")
    environment = {**os.environ, "AISLE_HOME": str(demo_home), "PYTHONPATH": str(ROOT)}
    environment["HOME"] = str(tmp_path)
    environment.pop("ANTHROPIC_API_KEY", None)
    command = [sys.executable, "-c", SERVE]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    # The worker inherits the environment, and with it the keys of Streamlit's secrets.
    assert found["key"] == "sk-from-streamlit"
    for address, (status, text) in found["answers"].items():
        assert status == 200, f"{address}: {text}"
    # The reasons are the model's own arithmetic, and need no scipy.
    assert "Because you bought" in found["answers"]["for-you"][1]
    assert "Often bought with" in found["answers"]["also-bought"][1]
    for moment, modules in found["modules"].items():
        assert not HEAVY & set(modules), f"imported by {moment}"
