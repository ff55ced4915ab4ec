from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from cli_shop import Shop, aisle


@pytest.fixture
def mine(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A copy of the shop, for commands that change something."""
    home = shutil.copytree(shop.home, tmp_path / "home")
    monkeypatch.setenv("AISLE_HOME", str(home))
    return Shop(home, shop.ingest, shop.train, shop.publish)


def test_two_models_beside_each_other_for_one_shopper(shop: Shop) -> None:
    strategies = shop.publish.document["strategies"]
    a, b = strategies["for_you"], strategies["also_bought"]
    document = aisle("compare", a, b, "u1", "-n", "4", "--json").document
    assert [model["model_id"] for model in document["models"]] == [a, b]
    assert [len(model["items"]) for model in document["models"]] == [4, 4]
    words = aisle("compare", a, b, "u1", "-n", "4").out.splitlines()
    assert words[:3] == [f"first: ALS {a}", f"second: Bought together {b}", document["words"]]
    assert words[3].split() == ["place", "first", "second", "moved", "reason"]
    first = document["models"][0]["items"][0]
    assert words[4].startswith(f"1      {first['name']}  ")


def test_a_shopper_nobody_knows_is_said(shop: Shop) -> None:
    model = shop.train.document["model_id"]
    done = aisle("compare", model, model, "nobody")
    assert done.code == 2
    assert "has no shopper 'nobody'" in done.err


def test_a_candidate_is_looked_at_and_then_goes_live(mine: Shop) -> None:
    built = aisle("candidate", "--json").document
    live = mine.publish.document["release_id"]
    assert (built["against"], built["outdated"]) == (live, False)
    again = aisle("impact", "--json").document
    assert again == built  # it is kept, and the newest is meant
    words = aisle("impact", built["release_id"]).out.splitlines()
    assert words[0] == f"Release {built['release_id']} against {live}, 50 shoppers:"
    assert words[1].strip() == built["words"][0]
    assert words[-1] == built["note"]
    assert aisle("health", "--json").document["release"]["id"] == live
    assert aisle("go-live", "--json").document == {"release_id": built["release_id"]}
    assert aisle("health", "--json").document["release"]["id"] == built["release_id"]
    refused = aisle("impact")
    assert (refused.code, refused.err) == (
        2,
        "Error: No release waits to go live.\nBuild one: aisle candidate.\n",
    )


def test_the_lists_of_every_shopper_go_to_a_file(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    done = aisle("export", "for-you", "--all", "-n", "2", "--out", path, "--json").document
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (done["rows"], done["shoppers"]) == (len(rows), 50)
    one = aisle("for-you", "u7", "-n", "2", "--json").document["items"]
    found = [row for row in rows if row["user_id"] == "u7"]
    assert [(row["item_id"], row["reason"]) for row in found] == [
        (item["item_id"], item["reason"]) for item in one
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("similar", "--all"), "Error: similar of every shopper is not exported."),
        (("for-you",), "Error: for-you of one shopper is not exported."),
    ],
)
def test_other_exports_are_refused(
    shop: Shop, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = aisle("export", *arguments, "--out", tmp_path / "lists.csv")
    assert done.code == 2
    assert done.err.splitlines()[0] == message


def test_the_price_of_what_is_no_fix_is_not_told(shop: Shop) -> None:
    done = aisle("price-tag", "nonsense")
    assert done.code == 2
    assert done.err.startswith("Error: There is no finding 'nonsense' that can be fixed.")
