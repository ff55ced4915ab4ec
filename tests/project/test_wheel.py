from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from whole_shop import ROOT, Server, children, gone, wait_for

from recsys.workspace.database import SCHEMA_VERSION

SCATTER = ROOT / "pages" / "ui" / "scatter"
LOOK = """
import sys
from pathlib import Path

import recsys
from streamlit.testing.v1 import AppTest

home = Path(recsys.__file__).parents[1]
shown = AppTest.from_file(str(home / "pages" / "dashboard.py"), default_timeout=30).run()
assert not shown.exception and not shown.error and shown.title, shown
print(home)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked where nothing of the checkout is at hand."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", str(ROOT), "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*pip, *build], check=True, cwd=folder)
    (wheel,) = folder.glob("aisle-*.whl")
    target = folder / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    return target


def test_the_wheel_has_what_no_module_imports(installed: Path) -> None:
    migrations = (ROOT / "recsys" / "workspace" / "migrations").rglob("*.[pm]*")
    files = [
        ROOT / "app.py",
        ROOT / ".streamlit" / "config.toml",
        ROOT / "pages" / "ui" / "logo.svg",
        *(SCATTER / name for name in ("map.html", "map.css", "legend.js", "legend.css")),
        *(SCATTER / "built" / name for name in ("scatter.js", "LICENCES.txt")),
    ]
    for here in [*files, *(path for path in migrations if path.suffix in {".py", ".mako"})]:
        there = installed / here.relative_to(ROOT)
        assert there.read_bytes() == here.read_bytes()


def test_a_page_of_the_wheel_is_drawn(installed: Path, tmp_path: Path) -> None:
    paths = {"AISLE_HOME": str(tmp_path / "home"), "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tmp_path,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == installed


def test_aisle_run_of_the_wheel_serves_from_any_folder_and_leaves_no_process(
    installed: Path, tmp_path: Path
) -> None:
    home, log = Path("my shop"), tmp_path / "log"  # below the folder where it is started
    program = [str(installed / "bin" / "aisle")]
    server = Server(home, log=log, program=program, pythonpath=installed)
    try:
        server.await_answer()
        assert server.get("")[0] == 200
        status, body = server.get("api/health")
        assert (status, json.loads(body)["status"]) == (503, "unavailable")
        # A server that is starting may say first that its database takes long.
        wait_for(lambda: problem(server).startswith("Nothing is live yet."), "nothing live")
        with closing(sqlite3.connect(tmp_path / home / "aisle.db")) as connection:
            version = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert version == (SCHEMA_VERSION,)
        wait_for(lambda: json.loads(server.get("api/health")[1])["worker"] == "running", "a worker")
        (worker,) = children(server.pid)
        family = [worker, *children(worker)]
    finally:
        code = server.stop()
    assert code in {0, -15}
    wait_for(lambda: all(map(gone, family)), "the end of the worker and its child")
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    # What Streamlit says unless the settings of the wheel are in force.
    assert "usage statistics" not in said


def problem(server: Server) -> str:
    return json.loads(server.get("api/health")[1] or b"{}").get("problem", "")
