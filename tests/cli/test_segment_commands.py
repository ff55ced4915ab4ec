from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_shop import aisle
from flow_shop import N_USERS, user

EVEN = [user(one) for one in range(0, N_USERS, 2)]


@pytest.fixture
def flow(flow_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    home = copy_of(flow_home)
    monkeypatch.setenv("AISLE_HOME", str(home))
    return home


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    path = tmp_path / "redeemed.csv"
    lines = [f"{number},{one}" for number, one in enumerate([*EVEN[:20], EVEN[3], "nobody"])]
    path.write_text("\n".join(["coupon,customer", *lines]), encoding="utf-8")
    return path


def members(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row["user_id"] for row in csv.DictReader(file)]


def test_shoppers_like_those_of_a_file(flow: Path, seeds: Path, tmp_path: Path) -> None:
    out = tmp_path / "like.csv"
    done = aisle("segment", "--like", seeds, "--size", "15", "--out", out)
    assert done.code == 0, done.err
    assert "20 shoppers found in column 'customer'. 1 row was named before" in done.err
    assert "15 shoppers found. " in done.out
    assert f"15 of 15 members are in {out}." in done.out
    assert len(set(members(out)) & set(EVEN[20:])) >= 13
    manifest = json.loads((tmp_path / "like.csv.manifest.json").read_text(encoding="utf-8"))
    assert manifest["segment"] == {"name": "redeemed.csv"}
    assert manifest["definition"]["seeds"]["ids"] == EVEN[:20]

    again = aisle(
        "segment", "--like", seeds, "--size", "15", "--out", out, "--layout", "klaviyo",
        "--save", "Like redeemers", "--json",
    )  # fmt: skip
    document = again.document
    assert document["seeds"]["ids"] == document["seeds"]["matched"] == 20
    assert document["export"]["layout"] == "klaviyo"
    assert document["saved"]["name"] == "Like redeemers"
    assert members_of(document["saved"]["id"]) == document["counts"]["members"] == 15


def members_of(set_id: int) -> int:
    return aisle("segment", "show", str(set_id), "--json").document["counts"]["members"]


def test_saved_segments_are_listed_shown_refreshed_and_exported(
    flow: Path, seeds: Path, tmp_path: Path
) -> None:
    assert aisle("segment", "list").out == "No segments.\n"
    saved = aisle("segment", "--like", seeds, "--size", "9", "--save", "Nine", "--json")
    set_id = str(saved.document["saved"]["id"])
    (line,) = aisle("segment", "list", "--json").document["segments"]
    assert (line["name"], line["count"], line["kind"], line["refresh"]) == (
        "Nine", 9, "lookalikes", True,
    )  # fmt: skip
    assert "Nine" in aisle("segment", "list").out
    shown = aisle("segment", "show", set_id)
    assert shown.out.startswith("Nine: 9 members\n51 left out: beyond the best 9\n")
    assert "9 came, 0 went, 0 stayed. Made." in shown.out
    refreshed = aisle("segment", "refresh", set_id)
    assert refreshed.out == "'Nine' has the same 9 members.\n"
    out = tmp_path / "nine.csv"
    exported = aisle("segment", "export", set_id, "--out", out, "--layout", "machines")
    assert exported.code == 0, exported.err
    assert exported.out.startswith(f"9 of 9 members are in {out}.")
    assert len(members(out)) == 9


def test_what_is_wrong_is_said_in_a_sentence(flow: Path, seeds: Path, tmp_path: Path) -> None:
    everybody = tmp_path / "all.csv"
    everybody.write_text("\n".join(["id", *map(user, range(N_USERS))]), encoding="utf-8")
    nobody = tmp_path / "none.csv"
    nobody.write_text("id\nx1\n", encoding="utf-8")
    (tmp_path / "empty.csv").write_bytes(b"")
    for arguments, said in (
        (["--size", "5"], "Error: No file of shoppers was given."),
        (["--like", tmp_path / "gone.csv"], f"Error: There is no file {tmp_path / 'gone.csv'}."),
        (["--like", tmp_path / "empty.csv"], "Error: empty.csv is empty (0 bytes)."),
        (["--like", everybody], "Error: The seeds are all 80 shoppers, so there is nobody left"),
        (["--like", nobody], "Error: None of the seeds is a shopper of the shop"),
        (["--like", seeds, "--out", tmp_path / "x.txt"], "Error: x.txt says no format"),
        (["--like", seeds, "--out", tmp_path / "x.csv", "--layout", "excel"],
         "Error: There is no layout 'excel'."),
        (["--like", seeds, "--out", tmp_path / "x.csv", "--held-out", "maybe"],
         "Error: The hold-out group is 'out', 'column' or 'only', not 'maybe'."),
        (["--like", seeds, "--save", "Tea\udcff"],
         "Error: What stands behind --save is no text (UTF-8)."),
        (["--like", seeds, "--happened-on", "\udcff"],
         "Error: What stands behind --happened-on is no text (UTF-8)."),
        (["show", "7"], "Error: There is no segment 7."),
        (["show", str(2**31)], f"Error: There is no segment {2**31}."),
        (["export", str(10**30), "--out", tmp_path / "x.csv"],
         f"Error: There is no segment {10**30}."),
        (["refresh", "7"], "Error: There is no segment 7."),
    ):  # fmt: skip
        done = aisle("segment", *arguments)
        assert (done.code, said in done.err) == (2, True), done.err
    # More than there are is no fault.
    large = aisle("segment", "--like", seeds, "--size", "5000")
    assert "5,000 asked for, and only 60 are there." in large.out


def test_the_proof_is_made_first_where_that_is_asked(flow: Path, seeds: Path) -> None:
    done = aisle("segment", "--like", seeds, "--size", "15", "--proof", "--json")
    assert done.document["proof_id"], done.err
