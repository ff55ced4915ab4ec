"""What the README names is there, under that name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from click import Context, MissingParameter
from whole_shop import ROOT

from recsys.api.app import create_api
from recsys.cli.main import app
from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workspace import Workspace

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
# In blocks also behind "# or:"; in running text between backticks.
CANDIDATES = [
    part.strip()
    for block in BLOCKS
    for line in block.splitlines()
    for part in re.split(r"\s#\s+(?:or:\s+)?|^#\s+", line)
] + re.findall(r"`([^`\n]+)`", README)
COMMANDS = sorted({found for found in CANDIDATES if found.startswith("aisle ")})
TARGETS = sorted({found.split()[1] for found in CANDIDATES if found.startswith("make ")})
LINKS = sorted(set(re.findall(r"\]\(([^)#]+)\)", README)))


def test_the_readme_opens_with_the_two_commands() -> None:
    first = [line.split("#")[0].strip() for line in BLOCKS[0].splitlines()]
    assert first == ["make run", "make test"]
    assert README.index(BLOCKS[0]) < README.index("\n## ")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_exists_with_its_options(command: str) -> None:
    group = typer.main.get_command(app)
    words = shlex.split(command)[1:]
    name, found, rest = group.resolve_command(Context(group), words)
    assert found is not None
    try:
        found.make_context(name, rest)
    except MissingParameter:
        assert not rest, "only a bare name may leave out what the command needs"


def test_the_readme_shows_commands() -> None:
    assert {command.split()[1] for command in COMMANDS} >= {"demo", "train", "publish", "for-you"}


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE)


@pytest.mark.parametrize("link", [link for link in LINKS if not link.startswith("http")])
def test_a_relative_link_leads_somewhere(link: str) -> None:
    path = ROOT / link
    assert path.exists()
    if path.suffix == ".png":
        assert path.read_bytes().startswith(b"\x89PNG")


def test_there_is_a_real_screenshot() -> None:
    assert any(link.endswith(".png") for link in LINKS)


def test_every_route_is_there(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    paths = create_api(workspace, LiveShop(workspace)).openapi()["paths"]
    known = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    named = re.findall(r"`((?:GET|POST|PUT|DELETE) )/api(/[^`]*)`", README)
    # The page that lists the routes is not one of them.
    assert {"".join(words) for words in named} - {"GET /docs"} <= known
    assert "GET /for-you/{user_id}" in known


def test_every_setting_is_named_and_no_other() -> None:
    text = (ROOT / "recsys" / "settings.py").read_text(encoding="utf-8")
    known = set(re.findall(r"AISLE_[A-Z_]+", text))
    assert set(re.findall(r"`(AISLE_[A-Z_]+)`", README)) == known


def test_the_numbers_are_a_table() -> None:
    numbers = README.partition("\n## Numbers\n")[2].partition("\n## ")[0]
    assert re.search(r"^\|[ :|-]+\|$", numbers, re.MULTILINE)


def test_every_folder_of_the_sketch_is_there() -> None:
    sketch = re.findall(r"^ {2}(\w+)/ ", README, re.MULTILINE)
    assert sketch
    for folder in sketch:
        assert any((ROOT / "recsys" / folder).glob("*.py")), folder
