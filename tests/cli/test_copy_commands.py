from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
import typer.main
from cli_shop import aisle
from click import Context
from llm_answers import refused, says
from llm_fixture import environment
from llm_server import LlmServer

from recsys.api.app import create_api
from recsys.cli.main import app
from recsys.releases.live import LiveChange, LiveShop, change_live
from recsys.settings import Settings
from recsys.workspace import Workspace

TRUE = {"text": "Product 0 is Tea.", "claims": [{"words": "Tea", "field": "category"}]}
LIE = "Product 0 is waterproof."


@pytest.fixture
def shop(
    flow_home: Path,
    copy_of: Callable[[Path], Path],
    monkeypatch: pytest.MonkeyPatch,
    llm: LlmServer,
) -> Path:
    home = copy_of(flow_home)
    for name, value in (environment(llm) | {"AISLE_HOME": str(home)}).items():
        monkeypatch.setenv(name, value)
    return home


def set_stock(home: Path, item: str, pieces: int) -> None:
    workspace = Workspace(Settings(home=home))
    change_live(workspace, [LiveChange(item, stock=pieces)], actor="shop")
    workspace.database.close()


@pytest.mark.usefixtures("shop")
def test_a_text_is_written_shown_approved_and_exported(llm: LlmServer, tmp_path: Path) -> None:
    assert aisle("copy", "queue").out == "No texts.\n"
    llm.script(says(TRUE))
    written = aisle("copy", "describe", "i00", "--voice", "casual", "--words", "60")
    assert written.code == 0, written.err
    assert written.out.startswith(
        "Product 0 is Tea.\n\nClean: nothing keeps it from being approved.\n"
    )
    assert "Receipt: “Tea” rests on category (Tea).\n" in written.out
    assert "tokens in, " in written.err
    assert "Kept as copy 1 (checked)." in written.err
    listed = aisle("copy", "queue")
    assert "1 checked" in listed.out
    shown = aisle("copy", "show", "1")
    assert shown.out.startswith(
        "Product 0, description, checked, revision 1\n\nProduct 0 is Tea.\n"
    )
    assert "description 0" in shown.out
    assert aisle("copy", "approve", "1").out == (
        "Product 0 is Tea.\n\nCopy 1 (Product 0) is approved.\n"
    )
    out = tmp_path / "approved.csv"
    assert aisle("copy", "export", "--out", out).out == f"1 approved text in {out}.\n"
    with out.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert "Product 0 is Tea." in row.values()
    assert aisle("copy", "reject", "1", "--note", "Dull").out == "Copy 1 (Product 0) is rejected.\n"


@pytest.mark.usefixtures("shop")
def test_what_was_changed_since_it_was_shown_is_not_approved(llm: LlmServer) -> None:
    llm.script(says(TRUE))
    aisle("copy", "describe", "i00")
    seen = aisle("copy", "show", "1", "--json").document["text"]["revision"]
    aisle("copy", "reject", "1", "--revision", str(seen))
    for command in ("approve", "reject"):
        late = aisle("copy", command, "1", "--revision", str(seen))
        assert late.code == 2
        assert "This text was rejected by root (command line)" in late.err
    done = aisle("copy", "approve", "1", "--revision", str(seen + 1))
    assert done.out == "Copy 1 (Product 0) is approved.\n"


def test_what_is_not_true_any_more_is_left_out_of_the_file(
    llm: LlmServer, tmp_path: Path, shop: Path
) -> None:
    out = tmp_path / "approved.csv"
    llm.script(says({"text": "Product 0 is Tea. Only 7 left.", "claims": []}))
    set_stock(shop, "i00", 7)
    assert "Kept as copy 1 (checked)." in aisle("copy", "describe", "i00").err
    assert aisle("copy", "approve", "1").code == 0
    set_stock(shop, "i00", 500)
    told = aisle("copy", "export", "--out", out)
    assert told.out == (
        f"0 approved texts in {out}.\n1 text left out, since what is known changed after the"
        " approval: 1. Approve them again to see what is found now.\n"
    )
    assert aisle("copy", "export", "--out", out, "--json").document["left_out"] == [1]
    again = aisle("copy", "approve", "1")
    assert again.code == 2
    assert "they now find 1 thing more: “Only 7 left”: there are 500 in stock." in again.err


@pytest.mark.usefixtures("shop")
def test_a_language_whose_words_are_not_read_is_checked_in_part(llm: LlmServer) -> None:
    llm.script(says({"text": "Product 0 en bois massif.", "claims": []}))
    written = aisle("copy", "describe", "i00", "--language", "fr")
    assert "Kept as copy 1 (partly checked)." in written.err
    assert written.out.splitlines()[2] == "Partly checked: nothing was found in what was read."
    assert " partly checked " in aisle("copy", "queue").out
    assert aisle("copy", "show", "1").out.startswith(
        "Product 0, description, partly checked, revision 1\n"
    )
    (text,) = aisle("copy", "queue", "--json").document["texts"]
    assert (text["state"], text["partly"]) == ("checked", True)
    assert aisle("copy", "approve", "1", "--json").document["state"] == "approved"


@pytest.mark.usefixtures("shop")
def test_a_text_that_is_not_true_goes_back_once_and_is_not_approved(llm: LlmServer) -> None:
    llm.always(says({"text": LIE, "claims": []}))
    written = aisle("copy", "describe", "i00")
    assert "goes back with what was found" in written.err
    assert "; the first text went back with what was found. Kept as copy 1 (draft)." in written.err
    assert "Blocks: “waterproof”" in written.out
    refused_ = aisle("copy", "approve", "1")
    assert (refused_.code, refused_.err.startswith("Error: ")) == (2, True)
    assert aisle("copy", "approve", "1", "--reason", "The maker says so.").code == 0
    kept = aisle("copy", "describe", "i00", "--no-keep", "--json").document
    assert (kept["copy_id"], kept["text"]) == (None, LIE)


@pytest.mark.usefixtures("shop")
def test_what_would_be_sent_is_shown_and_not_sent(llm: LlmServer) -> None:
    shown = aisle("copy", "describe", "i00", "--fact", "origin=Assam", "--prompt")
    assert "<facts>" in shown.out
    assert "Assam" in shown.out
    document = aisle(
        "copy", "subjects", "--item", "i00", "--merge-tool", "klaviyo", "--prompt", "--json"
    ).document
    assert document["version"] == "subject 0"
    assert "{{ first_name" in document["system"]
    assert llm.requests == []


@pytest.mark.usefixtures("shop")
def test_the_checks_need_no_model(
    llm: LlmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "text.txt"
    path.write_text(f"\ufeff{LIE}\n", encoding="utf-8")
    checked = aisle("copy", "check", "i00", path)
    assert checked.code == 0
    assert "Blocks: “waterproof”" in checked.out
    known = aisle("copy", "check", "i00", path, "--fact", "care=waterproof", "--json").document
    assert known["clean"]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(LIE.encode())))
    assert aisle("copy", "check", "i00", "-").out == checked.out
    assert llm.requests == []


@pytest.mark.usefixtures("shop")
def test_subjects_and_category_texts(llm: LlmServer) -> None:
    llm.script(says({"text": "Product 0 for you", "preheader": "See what it is.", "claims": []}))
    written = aisle("copy", "subjects", "--item", "i00", "--occasion", "birthday")
    assert written.out.startswith("Product 0 for you\n\nPreheader: See what it is.\n")
    llm.script(says({"text": "All about Tea.", "claims": []}))
    assert aisle("copy", "category", "Tea").out.startswith("All about Tea.\n")
    listed = aisle("copy", "queue", "--kind", "subject", "--json").document
    assert [one["about_id"] for one in listed["texts"]] == ["i00"]


@pytest.mark.usefixtures("shop")
def test_a_bulk_run_is_told_first_and_asked(
    llm: LlmServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("i00\ni01\n\ni00\ni02\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = aisle("copy", "bulk", "--file", ids)
    assert asked.code != 0
    assert "3 to write with " in asked.err
    assert "Write them?" in asked.err
    assert aisle("copy", "runs").out == "No bulk runs.\n"
    llm.when("Product 1", refused(400, message="Not this one"))
    done = aisle("copy", "bulk", "--file", ids, "--yes", "--cap", "2", "--json").document
    assert done["estimate"]["rows"] == 3
    assert (done["run"]["state"], done["run"]["counts"]["written"]) == ("done", 2)
    assert [one["about_id"] for one in done["failed"]] == ["i01"]
    number = str(done["run"]["id"])
    assert "2 written, 1 failed" in aisle("copy", "runs").out
    llm.reset()
    again = aisle("copy", "retry", number)
    assert again.out.startswith(f"Run {number} ")
    assert "3 written" in again.out
    assert len(aisle("copy", "queue", "--json").document["texts"]) == 3


@pytest.mark.usefixtures("shop")
def test_what_is_wrong_is_said_in_a_sentence(llm: LlmServer, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    for arguments, said in (
        (["describe", "nothing"], "nothing"),
        (["describe", "i00", "--words", "5"], "--words: Input should be greater than"),
        (["describe", "i00", "--language", "xx"], "'xx'"),
        (["describe", "i00", "--voice", "pirate"], "There is no voice 'pirate'."),
        (["describe", "i00", "--fact", "origin"], "--fact 'origin' is no FIELD=VALUE."),
        (["describe", "i00", "--note", "\udcff"], "is no text (UTF-8)."),
        (["describe", "\udcff"], "is no text (UTF-8)."),
        (["subjects"], "A subject is about a segment or about products."),
        (["subjects", "--segment", "9"], "9"),
        (["category", "Shoes"], "Shoes"),
        (["check", "i00", str(tmp_path / "gone.txt")], "cannot be read: No such file"),
        (["check", "i00", str(tmp_path / "latin.txt")], "is no text in UTF-8."),
        (["check", "i00", "-", "--kind", "poem"], "There is no kind 'poem'."),
        (["queue", "--state", "lost"], "There is no state 'lost'."),
        (["show", "9"], "9"),
        (["approve", str(10**30)], str(10**30)),
        (["bulk", "--file", str(tmp_path / "gone.txt")], "cannot be read: No such file"),
        (["bulk", "--category", "Tea", "--cap", "0"], "--cap is 0.0"),
        (["pause", "9"], "9"),
        (["resume", "9"], "9"),
        (["retry", str(10**30)], str(10**30)),
    ):
        done = aisle("copy", *arguments)
        assert (done.code, said in done.err) == (2, True), (arguments, done.err)
    assert llm.requests == []
    llm.always(refused(401))
    done = aisle("copy", "describe", "i00")
    assert done.code == 2
    assert "does not take the key" in done.err


def test_without_a_key_it_says_how_to_set_one(
    flow_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AISLE_HOME", str(copy_of(flow_home)))
    for name in ("ANTHROPIC_API_KEY", "AISLE_LLM_URL", "AISLE_LLM_PROVIDER"):
        monkeypatch.delenv(name, raising=False)
    done = aisle("copy", "describe", "i00")
    assert done.code == 2
    assert "ANTHROPIC_API_KEY" in done.err
    shown = aisle("copy", "describe", "i00", "--prompt", "--json").document
    assert json.dumps(shown)


def test_the_guide_names_what_is_there(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "copy.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    commands = re.findall(r"^aisle (copy .*?)\s*(?:#.*)?$", guide, re.MULTILINE)
    assert len(commands) > 10
    for command in commands:
        _, found, rest = group.resolve_command(Context(group), shlex.split(command))
        assert found is not None
        name, found, rest = found.resolve_command(Context(found), rest)
        assert found is not None
        found.make_context(name, rest)
    workspace = Workspace(Settings(home=tmp_path))
    paths = create_api(workspace, LiveShop(workspace)).openapi()["paths"]
    known = {f"{method.upper()} /api{path}" for path in paths for method in paths[path]}
    named = re.findall(r"`((?:GET|POST|PATCH) /api/[^`]*)`", guide)
    assert len(named) > 10
    assert set(named) <= known
