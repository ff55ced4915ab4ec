from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from whole_shop import ROOT

LIBRARY = sorted((ROOT / "recsys").rglob("*.py"))
SHARED = sorted((ROOT / "pages" / "ui").glob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
SCREEN = [ROOT / "app.py", *PAGES, *SHARED]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def normalized(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_imports_go_one_way() -> None:
    # The whole command, since its exit code is what `make check` goes by.
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", LIBRARY, ids=name)
def test_the_library_knows_no_screen(path: Path) -> None:
    roots = {module.split(".")[0] for module in imported(path)}
    assert not roots & {"streamlit", "pages", "app"}


@pytest.mark.parametrize("path", SCREEN, ids=name)
def test_the_session_is_touched_in_one_place_and_no_page_writes_html(path: Path) -> None:
    words = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
    if not path.stem.startswith("state"):
        assert "session_state" not in words
    keywords = {node.arg for node in ast.walk(tree(path)) if isinstance(node, ast.keyword)}
    assert "unsafe_allow_html" not in keywords
    assert "html" not in words


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_is_a_short_flat_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120
    assert "__name__" not in text
    functions = {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)}
    assert "main" not in functions
    assert path.stem not in sys.stdlib_module_names


def test_every_dependency_is_pinned_by_name_and_version_alone() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned: set[str] = set()
    for line in filter(None, map(str.strip, lines)):
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+", line), line
        pinned.add(normalized(line.partition("==")[0]))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {normalized(re.split(r"[\[<>=!~; ]", one)[0]) for group in groups for one in group}
    assert names <= pinned
