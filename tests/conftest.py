"""What all tests share: small real shops, loaded, trained and published once a session."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

# implicit warns in the constructor of ALS where OpenBLAS has threads, and warnings are errors.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# The small language model server is used by the tests of all folders.
sys.path.insert(0, str(Path(__file__).parent / "llm"))

import pytest
from flow_shop import build_flow_shop
from homes import built_once, copy_home
from hypothesis import HealthCheck, settings
from llm_fixture import _llm_server, ask, llm, no_key  # noqa: F401 - fixtures

from recsys.data.ingest import Source, ingest
from recsys.data.reading.columns import guess_mapping
from recsys.settings import Settings
from recsys.types import silent
from recsys.workflows.loading import load_demo, preview_file
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
DEMO_SHOPPERS = 60
MOST_PROCESSES = 4
# The longest files: begun last, they would run on while the other processes have nothing to do.
FIRST = ("browser/test_main_job.py", "project/test_killed.py")
# A slow machine is no failure of what is tested.
settings.register_profile(
    "aisle", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("aisle")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: many tests wait for processes they started."""
    return min(MOST_PROCESSES, (os.cpu_count() or 1) + 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say the order: the longest files first, and the browser's evenly among all others.

    Several browsers at once wait for each other longer than a test does. Playwright keeps an event
    loop in its thread to the end: a test that follows and needs one runs it in a thread of its own.
    """
    here = Path(__file__).parent
    first = {here / name: place - len(FIRST) for place, name in enumerate(FIRST)}
    paths = list(dict.fromkeys(item.path for item in items if item.path not in first))
    browser = [path for path in paths if path.parent.name == "browser"]
    others = [path for path in paths if path.parent.name != "browser"]
    places: dict[Path, float] = {**first, **{path: n for n, path in enumerate(others)}}
    for number, path in enumerate(browser, 1):
        places[path] = number * len(others) / (len(browser) + 1) - 0.5
    items.sort(key=lambda item: places[item.path])


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a seeded cut of the demo shop, live. Copy it before changing it."""
    return built_once(tmp_path_factory, "demo", _build_demo)


def _build_demo(home: Path) -> None:
    workspace = Workspace(Settings(home=home))
    load_demo(workspace, shoppers=DEMO_SHOPPERS)
    # On so small a cut popularity wins or ties, and would take all; the tests want the real thing.
    als, copurchase = train_model(workspace, "als"), train_model(workspace, "copurchase")
    publish_release(
        workspace,
        strategies={"for_you": als, "similar": als, "also_bought": copurchase, "lookalikes": als},
        evaluate=False,
        actor="tests",
        report=silent,
    )
    workspace.database.close()


@pytest.fixture(scope="session")
def plain_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live shop without departments, prices, demographics and baskets."""
    return built_once(tmp_path_factory, "plain", _build_plain)


def _build_plain(home: Path) -> None:
    lines = ["visitorid,itemid,timestamp"]
    for shopper in range(60):
        for step in range(12):
            item = (shopper % 6) * 10 + (shopper * 7 + step * 3) % 10
            lines.append(f"0{shopper},i{item:03d},2026-0{1 + step // 4}-{1 + step:02d}T10:00:00")
    workspace = Workspace(Settings(home=home))
    path = home / "events.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    mapping = guess_mapping("interactions", preview_file(path).columns)
    ingest(workspace, interactions=Source(path, mapping), name="Plain shop")
    publish_release(workspace, evaluate=False, actor="tests", report=silent)
    workspace.database.close()


@pytest.fixture(scope="session")
def flow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live shop whose shoppers have addresses and consent. Copy it before changing it."""
    return built_once(tmp_path_factory, "flow", build_flow_shop)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Return a function that copies a workspace, so that a test may change it."""

    def copy(home: Path) -> Path:
        return copy_home(home, tmp_path / "copy")

    return copy
