"""Publishing in two steps, and what the impact report between them says."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from replay_shops import add_tested
from workflow_shops import N_USERS, open_workspace

from recsys.errors import InputError, JobCancelled, NotFound
from recsys.jobs.queue import Queue
from recsys.releases.live import LiveChange, LiveShop, change_live
from recsys.releases.publishing import live, publish
from recsys.shelves import placements
from recsys.types import Placement, silent
from recsys.workflows.candidates import publish_candidate, submit_candidate
from recsys.workflows.impact import impact_of, keep_impact, measure_impact, submit_impact
from recsys.workflows.impact_document import NOTE, metric_changes
from recsys.workflows.jobs import KINDS, await_job, submit_publish
from recsys.workflows.played import Both
from recsys.workflows.playing import draw
from recsys.workflows.training import train_model
from recsys.workspace import Workspace


@pytest.fixture(scope="module")
def built_home(live_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The live shop with a candidate built by the job: For You by popularity."""
    home = Path(shutil.copytree(live_home, tmp_path_factory.mktemp("candidates") / "home"))
    workspace = open_workspace(home)
    popular = train_model(workspace, "popularity", evaluate=False)
    job = submit_candidate(workspace, {"for_you": popular}, actor="ann")
    done = await_job(workspace, job, silent)
    (home / "job.json").write_text(json.dumps(done.result), encoding="utf-8")
    workspace.database.close()
    return home


@pytest.fixture(scope="module")
def built(built_home: Path) -> Iterator[Workspace]:
    """The candidate's shop, for tests that only read."""
    workspace = open_workspace(built_home)
    yield workspace
    workspace.database.close()


@pytest.fixture
def mine(built_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    """A copy of it, for tests that change something."""
    workspace = open_workspace(copy_of(built_home))
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="module")
def kept(built_home: Path) -> dict[str, Any]:
    """The impact report as a restarted server reads it."""
    workspace = open_workspace(built_home)
    found = impact_of(workspace, job_result(built_home)["release_id"])
    workspace.database.close()
    assert found is not None
    return found


def job_result(home: Path) -> dict[str, Any]:
    return json.loads((home / "job.json").read_text(encoding="utf-8"))


def another(workspace: Workspace, *, without: tuple[Placement, ...] = ()) -> str:
    """Write a release like the candidate, perhaps with fewer placements."""
    release_id = job_result(workspace.home)["release_id"]
    copied = Path(
        shutil.copytree(workspace.releases.path(release_id), workspace.releases.root / "another")
    )
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    for placement in without:
        del manifest["strategies"][placement]
    (copied / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return copied.name


def test_a_candidate_is_built_and_looked_at_and_not_live(
    built: Workspace, kept: dict[str, Any]
) -> None:
    result = job_result(built.home)
    now = live(built)
    assert now is not None
    assert now.release_id != result["release_id"]
    assert kept["against"] == now.release_id
    assert (kept["id"], kept["outdated"]) == (result["report_id"], False)
    assert result["trained"] == []


def test_it_goes_live_in_one_step_and_only_once(mine: Workspace) -> None:
    release_id = job_result(mine.home)["release_id"]
    assert publish_candidate(mine, release_id, actor="bea").release_id == release_id
    now = live(mine)
    assert now is not None
    assert (now.release_id, now.actor) == (release_id, "bea")
    with pytest.raises(InputError, match=f"Release {release_id} is live already"):
        publish_candidate(mine, release_id, actor="bea")
    with pytest.raises(InputError, match=f"Release {release_id} is live already"):
        measure_impact(mine, release_id)
    found = impact_of(mine, release_id)
    assert found is not None
    assert not found["outdated"]


def test_a_release_of_models_that_are_gone_is_not_published(mine: Workspace) -> None:
    release_id = job_result(mine.home)["release_id"]
    gone = mine.releases.manifest(release_id)["strategies"]["for_you"]
    mine.models.remove(gone)
    with pytest.raises(InputError, match=f"was made of the model {gone}, and nothing of that"):
        publish_candidate(mine, release_id, actor="ann")
    now = live(mine)
    assert now is not None
    assert now.release_id != release_id
    with pytest.raises(NotFound, match="no release 'gone'"):
        publish_candidate(mine, "gone", actor="ann")


def test_the_report_says_what_changes_where(built: Workspace, kept: dict[str, Any]) -> None:
    assert (kept["shoppers"], kept["of"], kept["note"]) == (N_USERS, N_USERS, NOTE)
    for_you, similar = kept["placements"]["for_you"], kept["placements"]["similar"]
    assert for_you["asked"] == N_USERS
    assert 0 < for_you["slots_changed"] <= 1
    # the other placements are fed by the models that are live
    for place in ("similar", "also_bought", "lookalikes"):
        assert kept["placements"][place]["words"] == f"nothing changes on {N_USERS} lists."
        assert kept["placements"][place]["metrics"]["why_not"] == "It is the same model."
    assert similar["wins"] == similar["losses"] == similar["categories"] == []
    assert re.search(r"\) was (not )?tested", for_you["metrics"]["why_not"])
    assert kept["words"][0].startswith(f"For You: {for_you['slots_changed']:.0%} of the places")


def test_the_figures_are_those_of_the_shelves_themselves(
    built: Workspace, kept: dict[str, Any]
) -> None:
    shop = LiveShop(built)
    views = [shop.current(), shop.view_of(kept["release_id"])]
    lists = [
        [
            [item.item_id for item in placements.for_you(view, user_id).items]
            for user_id in view.release.user_ids.ids
        ]
        for view in views
    ]
    for_you = kept["placements"]["for_you"]
    pairs = list(zip(*lists, strict=True))
    slots = sum(max(len(a), len(b)) for a, b in pairs)
    same = sum(x == y for a, b in pairs for x, y in zip(a, b, strict=False))
    assert for_you["slots_changed"] == pytest.approx(1 - same / slots, abs=1e-4)
    flat = [[item for one in side for item in one] for side in lists]
    assert for_you["after"]["slots"] == len(flat[1])
    assert for_you["after"]["products"] == len(set(flat[1]))
    mean = np.mean([int(item[1:]) + 1 for item in flat[1]])
    assert for_you["after"]["mean_price"] == pytest.approx(mean, abs=1e-3)
    best = for_you["wins"][0]
    assert (best["before"], best["after"]) == tuple(side.count(best["item_id"]) for side in flat)
    assert best["name"] == f"Product {int(best['item_id'][1:])}"
    assert (for_you["after"]["in_stock"], for_you["after"]["stock_known"]) == (1.0, 1.0)


def test_questions_are_what_a_shopper_bought_last(built: Workspace) -> None:
    view = LiveShop(built).current()
    questions, of = draw(view, 5)
    assert (len(questions), of) == (5, N_USERS)
    assert [vars(q) for q in draw(view, 5)[0]] == [vars(q) for q in questions]
    for question in questions:
        user = view.release.user_ids.row(question.user_id)
        assert user is not None
        items, _, last = view.release.history(user)
        assert last is not None
        newest = {view.release.item_ids.id(int(one)) for one in items[last == last.max()]}
        assert set(question.cart) == newest
        assert question.item_id in newest


def test_live_stock_and_hidden_products_count_for_both_releases(mine: Workspace) -> None:
    release_id = job_result(mine.home)["release_id"]
    before = measure_impact(mine, release_id, shoppers=10)["placements"]["for_you"]
    sold_out, hidden = (before["wins"][place]["item_id"] for place in (0, 1))
    changes = [LiveChange(sold_out, stock=0), LiveChange(hidden, hidden=True)]
    change_live(mine, changes, actor="ann")
    after = measure_impact(mine, release_id, shoppers=10)["placements"]["for_you"]
    assert before["after"]["sold_out_left_out"] == 0
    assert after["after"]["sold_out_left_out"] > 0
    shown = {one["item_id"] for one in after["wins"] if one["after"]}
    assert not shown & {sold_out, hidden}


def test_a_placement_that_is_dropped_is_said_with_the_shoppers_who_lose_it(
    mine: Workspace,
) -> None:
    found = measure_impact(mine, another(mine, without=("for_you", "lookalikes")))
    assert set(found["placements"]) == {"for_you", "similar", "also_bought", "lookalikes"}
    for_you = found["placements"]["for_you"]
    assert for_you["words"] == "no longer served."
    assert for_you["lost"]["examples"] == [f"u0{n}" for n in range(5)]
    # who has bought everything has no list of the model's to lose
    assert for_you["lost"]["shoppers"] == for_you["before"]["lists"] > 30
    assert for_you["after"]["products"] == 0
    assert for_you["metrics"]["why_not"] == "Only one of the releases has this placement."


def test_before_anything_is_live_everything_is_new(built: Workspace, tmp_path: Path) -> None:
    release_id = job_result(built.home)["release_id"]
    first = open_workspace(tmp_path / "first")
    for folder in ("datasets", "models", "releases"):
        shutil.copytree(built.home / folder, first.home / folder, dirs_exist_ok=True)
    found = measure_impact(first, release_id)
    assert (found["against"], found["problem"]) == (
        None,
        "Nothing is live yet, so everything is new.",
    )
    products = found["placements"]["for_you"]["after"]["products"]
    assert found["words"][0] == f"For You: new, with {products} products on {N_USERS} lists."
    assert found["placements"]["for_you"]["slots_changed"] == 1
    first.database.close()


def test_a_live_release_that_cannot_be_opened_is_said_and_stops_nothing(mine: Workspace) -> None:
    now = live(mine)
    assert now is not None
    shutil.rmtree(mine.releases.path(now.release_id))
    found = measure_impact(mine, job_result(mine.home)["release_id"], shoppers=3)
    assert found["problem"] == (
        "What is live cannot be opened, so all counts as new."
        f" There is no release '{now.release_id}'."
    )


def test_a_report_is_outdated_once_something_else_went_live(mine: Workspace) -> None:
    release_id = job_result(mine.home)["release_id"]
    other = another(mine)
    assert impact_of(mine, other) is None
    publish(mine, other, actor="ann")
    found = impact_of(mine, release_id)
    assert found is not None
    assert found["outdated"]
    done = await_job(mine, submit_impact(mine, release_id, actor="ann"), silent)
    again = impact_of(mine, release_id)
    assert again is not None
    assert (again["against"], again["outdated"]) == (other, False)
    assert done.result == {"report_id": again["id"], "release_id": release_id}


def test_a_second_try_of_the_job_keeps_what_the_first_one_made(mine: Workspace) -> None:
    job = Queue(mine.database).submit("candidate", {}, label="x", actor="ann")
    ours = mine.for_job(job.key)
    params = {"strategies": None, "dataset_id": None, "only": ["similar"]}
    first = KINDS["candidate"](ours, params, silent)
    assert KINDS["candidate"](mine.for_job(job.key), params, silent) == first
    assert len([r for r in mine.releases.manifests() if r.get("job_id") == job.key]) == 1


def test_a_cancelled_report_leaves_nothing(built: Workspace) -> None:
    release_id = job_result(built.home)["release_id"]
    reports = built.reports.ids()

    def report(share: float, step: str) -> None:
        if step == "Replaying Similar" and share > 0.3:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        keep_impact(built, release_id, report)
    assert built.reports.ids() == reports


def test_publishing_in_one_step_keeps_the_impact_when_something_was_live(
    mine: Workspace,
) -> None:
    before = live(mine)
    assert before is not None
    job = submit_publish(mine, only=("similar",), actor="ann")
    done = await_job(mine, job, silent)
    assert done.result is not None
    assert set(done.result) == {"release_id", "strategies", "trained"}
    found = impact_of(mine, done.result["release_id"])
    assert found is not None
    assert found["against"] == before.release_id


def test_metric_changes_are_paired_where_both_models_answered_the_same_questions(
    mine: Workspace,
) -> None:
    release_id = job_result(mine.home)["release_id"]
    shop = LiveShop(mine)
    current, candidate = shop.current(), shop.view_of(release_id)
    dataset_id = mine.datasets.ids()[0]
    names = [view.release.manifest["strategies"]["for_you"] for view in (current, candidate)]
    lists = [[0, 1]] * 4
    for name, values in zip(names, ([0.0, 0.5, 0.5, 1.0], [0.5, 1.0, 1.0, 1.5]), strict=True):
        mine.models.remove(name)
        add_tested(mine, name, dataset_id, lists, values, users=[0, 1, 2, 3])
    both = Both(candidate, current, {})
    found = metric_changes(mine, both, "for_you")
    assert (found["before"], found["after"]) == ({"ndcg@10": 0.5}, {"ndcg@10": 1.0})
    assert found["difference"] == {"value": 0.5, "low": 0.5, "high": 0.5}
    mine.models.remove(names[0])
    assert metric_changes(mine, both, "for_you")["why_not"] == f"There is no model '{names[0]}'."


def test_what_cannot_be_built_is_refused_before_it_is_queued(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no model 'gone'"):
        submit_candidate(workspace, {"for_you": "gone"}, actor="ann")
    with pytest.raises(NotFound, match="no release 'gone'"):
        submit_impact(workspace, "gone", actor="ann")
