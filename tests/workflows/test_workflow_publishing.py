from __future__ import annotations

import json

import pytest
from evidence_shops import add_model
from workflow_shops import QUICK, load_shop

from recsys.errors import InputError, NotReady
from recsys.releases.live import LiveChange, LiveShop
from recsys.releases.publishing import live, published
from recsys.workflows.live import change_item
from recsys.workflows.publishing import (
    best_models,
    publish_release,
    roll_back_release,
)
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


def test_without_models_there_is_no_best(workspace: Workspace) -> None:
    assert best_models(workspace, "shop") == {}


def test_measured_models_come_before_unmeasured_ones(workspace: Workspace) -> None:
    add_model(workspace, "b-default", "als")
    add_model(workspace, "a-measured", "popularity", for_you=0.0)
    assert best_models(workspace, "shop")["for_you"] == "a-measured"


def test_the_better_number_wins_for_its_own_placement(workspace: Workspace) -> None:
    add_model(workspace, "a", "copurchase", for_you=0.3, also_bought=0.1, similar=0.1)
    add_model(workspace, "b", "als", for_you=0.2, similar=0.2, lookalikes=0.1)
    add_model(workspace, "c", "popularity", for_you=0.1, also_bought=0.2)
    assert best_models(workspace, "shop") == {
        "for_you": "a",
        "similar": "b",
        "also_bought": "c",
        "lookalikes": "b",
    }


def test_among_unmeasured_models_the_default_kind_wins_and_then_the_newer(
    workspace: Workspace,
) -> None:
    add_model(workspace, "a", "als")
    add_model(workspace, "b", "als")
    add_model(workspace, "c", "copurchase")
    add_model(workspace, "d", "popularity")
    assert best_models(workspace, "shop") == {
        "for_you": "b",
        "similar": "b",
        "also_bought": "c",
        "lookalikes": "b",
    }


def test_models_of_another_dataset_do_not_count(workspace: Workspace) -> None:
    add_model(workspace, "a", "als")
    assert best_models(workspace, "other") == {}


def test_nothing_can_be_published_before_there_is_data(workspace: Workspace) -> None:
    with pytest.raises(NotReady, match="no data yet"):
        publish_release(workspace, actor="ann")


def test_what_is_missing_is_trained_and_said_and_only_that(workspace: Workspace) -> None:
    load_shop(workspace)
    als = train_model(workspace, "als", settings=QUICK)
    first = publish_release(workspace, actor="ann")
    assert first.trained == ["Bought together"], "popularity, the baseline, is not enough"
    assert set(first.strategies) == {"for_you", "similar", "also_bought", "lookalikes"}
    assert first.strategies["lookalikes"] == als
    now = live(workspace)
    assert now is not None
    assert (now.release_id, now.actor) == (first.release_id, "ann")
    again = publish_release(workspace, actor="ann")
    assert again.trained == []
    assert again.strategies == first.strategies


def test_the_champions_are_scored_once_on_the_test_part_beside_the_baselines(
    workspace: Workspace,
) -> None:
    load_shop(workspace)
    als = train_model(workspace, "als", settings=QUICK)
    first = publish_release(workspace, strategies={"for_you": als}, only=("for_you",), actor="ann")
    found = workspace.releases.manifest(first.release_id)["test"]["for_you"]
    assert (found["model_id"], found["metric"]) == (als, "ndcg@10")
    assert found["low"] <= found["value"] <= found["high"]
    assert found["asked"] >= 30
    assert found["baselines"].keys() == found["against"].keys()
    gain = found["value"] - found["baselines"]["popularity"]
    assert found["against"]["popularity"]["value"] == pytest.approx(gain, abs=2e-5)
    kept = (workspace.models.path(als) / "test.json").read_bytes()
    validation = workspace.models.manifest(als)["evidence"]["cut_at"]
    assert json.loads(kept)["cut_at"] > validation, "rows that no choice has looked at"
    steps: list[str] = []
    again = publish_release(
        workspace,
        strategies={"for_you": als, "lookalikes": als},
        only=("for_you", "lookalikes"),
        actor="ann",
        report=lambda share, step: steps.append(step),
    )
    tested = workspace.releases.manifest(again.release_id)["test"]
    assert tested["for_you"] == found
    assert tested["lookalikes"]["metric"] == "ndcg@10"
    assert (workspace.models.path(als) / "test.json").read_bytes() == kept
    assert not [step for step in steps if "Last test" in step]


def test_the_quickest_way_tests_and_scores_nothing(workspace: Workspace) -> None:
    load_shop(workspace)
    done = publish_release(workspace, evaluate=False, actor="ann")
    assert done.trained == ["ALS", "Bought together"]
    assert workspace.releases.manifest(done.release_id)["test"] == {}
    assert {m["kind"] for m in workspace.models.manifests()} == {"als", "copurchase"}
    untested = train_model(workspace, "als", settings=QUICK, evaluate=False)
    done = publish_release(
        workspace, strategies={"for_you": untested}, only=("for_you",), actor="ann"
    )
    assert workspace.releases.manifest(done.release_id)["test"] == {}


def test_only_what_is_to_be_served_is_trained(workspace: Workspace) -> None:
    load_shop(workspace)
    done = publish_release(workspace, only=("also_bought",), actor="ann")
    assert done.trained == ["Bought together"]
    assert set(done.strategies) == {"also_bought"}


def test_a_model_that_cannot_feed_its_placement_is_refused_with_those_that_can(
    workspace: Workspace,
) -> None:
    load_shop(workspace)
    popularity = train_model(workspace, "popularity", evaluate=False)
    with pytest.raises(InputError, match="Popularity cannot feed lookalikes") as refused:
        publish_release(workspace, strategies={"lookalikes": popularity}, actor="ann")
    able = "ALS, SVD, Meaning (LSA), BPR, item2vec, NMF, LightGCN"
    assert refused.value.hint == f"These can: {able}."
    assert live(workspace) is None


def test_the_chosen_models_say_which_dataset_is_published(workspace: Workspace) -> None:
    old = load_shop(workspace)
    als = train_model(workspace, "als", settings=QUICK, evaluate=False)
    train_model(workspace, "copurchase", evaluate=False)
    load_shop(workspace)
    done = publish_release(workspace, strategies={"for_you": als}, actor="ann")
    assert workspace.releases.manifest(done.release_id)["dataset_id"] == old
    assert done.trained == []


def test_roll_back_keeps_what_was_changed_live(workspace: Workspace) -> None:
    load_shop(workspace)
    train_model(workspace, "als", settings=QUICK, evaluate=False)
    first = publish_release(workspace, only=("for_you",), actor="ann")
    publish_release(workspace, only=("for_you",), actor="ann")
    shop = LiveShop(workspace, refresh_seconds=0.0)
    change_item(shop, LiveChange("i03", stock=0, price=2.5), actor="bea")
    assert roll_back_release(workspace, actor="ann").release_id == first.release_id
    view = shop.current()
    assert view.release.id == first.release_id
    item = view.release.item_ids.row("i03")
    assert (view.stock[item], view.price[item]) == (0, 2.5)
    with pytest.raises(InputError, match="no earlier release"):
        roll_back_release(workspace, actor="ann")


def test_a_job_that_is_tried_again_publishes_once(workspace: Workspace) -> None:
    load_shop(workspace)
    earlier = publish_release(workspace, only=("also_bought",), actor="ann")
    ours = workspace.for_job("7-1.0")
    first = publish_release(ours, only=("for_you", "also_bought"), actor="ann")
    # Its process was killed before it could write that into the job.
    assert publish_release(ours, only=("for_you", "also_bought"), actor="ann") == first
    assert [line.release_id for line in published(workspace)] == [
        first.release_id,
        earlier.release_id,
    ]
    assert roll_back_release(workspace, actor="ann").release_id == earlier.release_id
    publish_release(ours, only=("for_you", "also_bought"), actor="ann")
    now = live(workspace)
    assert now is not None
    assert now.release_id == earlier.release_id, "what a person did meanwhile stays"


def test_a_release_built_and_not_published_goes_live_at_the_next_try(workspace: Workspace) -> None:
    load_shop(workspace)
    ours = workspace.for_job("7-1.0")

    def die(share: float, step: str) -> None:
        if step == "Publishing" and share < 1.0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_release(ours, only=("also_bought",), actor="ann", report=die)
    assert live(workspace) is None
    (built,) = workspace.releases.ids()
    done = publish_release(ours, only=("also_bought",), actor="ann")
    assert (done.release_id, done.trained) == (built, ["Bought together"])
    now = live(workspace)
    assert now is not None
    assert now.release_id == built
