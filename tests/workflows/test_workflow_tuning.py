"""Aisle chooses: one search for all placements, its tries kept whatever happens."""

from __future__ import annotations

import random

import pytest
from workflow_shops import load_shop, source

from recsys.data.ingest import ingest
from recsys.errors import InputError, JobCancelled
from recsys.types import silent
from recsys.workflows.jobs import await_job
from recsys.workflows.trials import kept_trials
from recsys.workflows.tuning import submit_tuning, tune_models
from recsys.workspace import Workspace


def load_two_tastes(workspace: Workspace) -> str:
    """A shop of 50 shoppers with two tastes, some visits and baskets each, and a catalogue."""
    rng = random.Random(5)
    lines = ["user_id,item_id,order_id,timestamp"]
    for visit in range(8):
        for user in range(50):
            for item in rng.sample(range(30), 3):
                product = f"i{item + 30 * (user % 2):02}"
                lines.append(f"u{user:02},{product},{visit}-{user},2024-03-{visit * 3 + 1:02}")
    bought, goods = workspace.home / "purchases.csv", workspace.home / "items.csv"
    bought.write_text("\n".join(lines), encoding="utf-8")
    kinds = ("tea", "mug")
    rows = [f"i{n:02},{kinds[n // 30]} number {n},{kinds[n // 30]}" for n in range(60)]
    goods.write_text("\n".join(["item_id,name,category", *rows]), encoding="utf-8")
    return ingest(workspace, interactions=source(bought), items=source(goods), name="Tastes")


def test_a_budget_gives_each_placement_a_model_and_keeps_all_tries(workspace: Workspace) -> None:
    dataset_id = load_two_tastes(workspace)
    job = await_job(workspace, submit_tuning(workspace, budget=10, actor="tests"), silent)
    assert job.result is not None
    strategies = job.result["strategies"]
    assert set(strategies) == {"for_you", "similar", "also_bought", "lookalikes"}
    for placement, model_id in strategies.items():
        manifest = workspace.models.manifest(model_id)
        assert placement in manifest["placements"] or placement == "lookalikes"
        assert manifest["metrics"][placement]
    tried = kept_trials(workspace, dataset_id)
    assert {"als", "copurchase", "recent_popularity"} <= {trial.kind for trial in tried}
    assert not {"lightgcn", "nmf"} & {trial.kind for trial in tried}, "too slow for 10 s"
    kinds = [workspace.models.manifest(one)["kind"] for one in workspace.models.ids()]
    assert {"popularity", "recent_popularity", "buys_again", "random"} <= set(kinds)


def test_a_search_that_is_cancelled_keeps_its_tries(workspace: Workspace) -> None:
    dataset_id = load_two_tastes(workspace)
    seen: list[str] = []

    def report(share: float, step: str) -> None:
        seen.append(step)
        if step.startswith("Try 4:"):
            raise JobCancelled("Cancelled.")

    with pytest.raises(JobCancelled):
        tune_models(workspace, budget=10, report=report)
    assert len(kept_trials(workspace, dataset_id)) == 3
    assert workspace.models.ids() == []


def test_a_shop_with_too_few_later_purchases_says_so(workspace: Workspace) -> None:
    path = workspace.home / "few.csv"
    lines = [f"u{n % 5},i{n % 7},2024-03-{n + 1:02}" for n in range(20)]
    path.write_text("\n".join(["user_id,item_id,timestamp", *lines]), encoding="utf-8")
    ingest(workspace, interactions=source(path), name="Few")
    with pytest.raises(InputError) as refused:
        tune_models(workspace, budget=10)
    assert str(refused.value) == (
        "Few has too few later purchases to choose models by: fewer than 30 shoppers bought"
        " something new. Train a model by hand, or load more purchases."
    )


@pytest.mark.parametrize("budget", [0, 5, 1e9, float("nan")])
def test_a_budget_out_of_range_is_refused(workspace: Workspace, budget: float) -> None:
    load_shop(workspace)
    with pytest.raises(InputError, match="it has to be from 10 to 86400 s"):
        submit_tuning(workspace, budget=budget, actor="tests")
