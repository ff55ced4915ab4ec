"""Every page runs empty, with the demo, on a bare shop, and shows errors in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
TITLES = {
    "home.py": "What needs you today?",
    "files.py": "Which files do you have?",
    "data.py": "What do we know about the shop?",
    "models.py": "Which model finds what shoppers buy next?",
    "compare.py": "Where do two models differ?",
    "publish.py": "What would change if this went live?",
    "shelves.py": "What would this shopper see?",
    "map.py": "What lies close to what?",
    "sets.py": "Which products belong together?",
    "segments.py": "Whom should this reach?",
    "copywriting.py": "What do we say about it?",
    "live.py": "What is different today?",
    "jobs.py": "What is running, and what went wrong?",
}
PAGES = tuple(TITLES)


def open_page(file: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=20)
    if file == "copywriting.py":
        app.run()  # its address is not its file's name: it is known once any page was drawn
    if file != "home.py":  # which is at the address of the server itself
        app.switch_page(file)
    return app.run()


def assert_calm(app: AppTest, file: str) -> None:
    assert not app.exception
    assert not app.error
    assert [title.value for title in app.title] == [TITLES[file]]


@pytest.mark.parametrize("file", PAGES)
def test_page_runs_empty_and_says_what_to_do(
    file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(file, tmp_path, monkeypatch)
    assert_calm(app, file)
    assert app.button, "an empty page offers the next step"


@pytest.mark.parametrize("file", PAGES)
def test_page_runs_with_the_demo(
    file: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_calm(open_page(file, demo_home, monkeypatch), file)


@pytest.mark.parametrize("file", PAGES)
def test_page_runs_on_a_bare_shop(
    file: str, plain_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_calm(open_page(file, plain_home, monkeypatch), file)


@pytest.mark.parametrize("file", PAGES)
def test_page_shows_an_error_in_words(
    file: str,
    demo_home: Path,
    copy_of: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = copy_of(demo_home)
    for database in home.glob("aisle.db*"):
        database.write_bytes(b"this is no database")
    app = open_page(file, home, monkeypatch)
    assert not app.exception
    assert any("The metadata database refused" in error.value for error in app.error)
    assert not any("Traceback" in element.value for element in [*app.error, *app.markdown])


def test_a_bug_shows_an_id_and_nothing_else(
    demo_home: Path,
    copy_of: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    home = copy_of(demo_home)
    manifest = next((home / "models").glob("*/manifest.json"))
    manifest.write_text("{}", encoding="utf-8")  # a KeyError that no page expects
    app = open_page("models.py", home, monkeypatch)
    assert not app.exception
    (error,) = app.error
    assert "Something in Aisle broke" in error.value
    assert "KeyError" not in error.value
    assert "KeyError" in caplog.text, "the log has the details"
