from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from workflow_shops import QUICK, load_shop, source

from recsys.data.ingest import ingest
from recsys.errors import BadSetting, InputError, NotFound, NotReady
from recsys.evaluation.evidence import read_measured
from recsys.evaluation.tasks import TASKS
from recsys.models.als import ALS
from recsys.models.arrays import SparseRows
from recsys.models.factors import FactorSpace
from recsys.models.registry import MODELS
from recsys.models.store import SERVED, TWIN
from recsys.workflows.evaluating import evaluate_models
from recsys.workflows.measuring import BASELINES, folder_bytes
from recsys.workflows.training import NO_DATES, check_numbers, model_kinds, train_model
from recsys.workspace import Workspace


def test_a_trained_model_is_measured_beside_popularity_and_keeps_its_twin(
    workspace: Workspace,
) -> None:
    dataset_id = load_shop(workspace)
    model_id = train_model(workspace, "als", settings=QUICK)
    manifest = workspace.models.manifest(model_id)
    assert manifest["dataset_id"] == dataset_id
    assert manifest["settings"] | QUICK == manifest["settings"]
    found = manifest["metrics"]["for_you"]
    assert {"ndcg@10", "recall@20", "precision@10", "map@10", "hit_rate@10", "mrr@10"} <= set(found)
    assert {"coverage@10", "novelty@10", "diversity@10", "serendipity@10", "served"} <= set(found)
    assert set(manifest["metrics"]) == {"for_you", "for_you_again", "similar", "lookalikes"}
    low, high = manifest["intervals"]["for_you"]["ndcg@10"]
    assert low < found["ndcg@10"] < high
    assert manifest["against"]["for_you"]["popularity"]["low"] > 0
    assert manifest["not_measured_because"] == ""
    evidence = manifest["evidence"]
    assert (evidence["measured_on"], evidence["fewest"]) == ("validation", 30)
    assert evidence["asked"].keys() == manifest["metrics"].keys()
    assert {"new", "loyal"} <= evidence["groups"]["for_you"].keys()
    assert evidence["bytes"] == folder_bytes(workspace.models.path(model_id) / SERVED)
    assert evidence["query_ms"] > 0
    assert (workspace.models.path(model_id) / TWIN).is_dir()


def test_the_baselines_are_tested_once_as_models_of_their_own(workspace: Workspace) -> None:
    load_shop(workspace)
    als = train_model(workspace.for_job("7-1.0"), "als", settings=QUICK)
    manifests = workspace.models.manifests()
    kinds = [manifest["kind"] for manifest in manifests]
    assert set(kinds) == {"als", *(kind for kind in BASELINES if kind in MODELS)}
    assert len({manifest["evidence"]["key"] for manifest in manifests}) == 1
    for_job = [m["id"] for m in workspace.for_job("7-1.0").models.of_job()]
    assert for_job == [als], "a job tried again finds its model, no baseline"
    popularity = next(m for m in manifests if m["kind"] == "popularity")
    assert set(popularity["metrics"]) == set(TASKS), "beside every placement"
    train_model(workspace, "copurchase")
    assert sorted(m["kind"] for m in workspace.models.manifests()) == sorted([*kinds, "copurchase"])


def test_lists_of_two_models_answer_the_same_questions(workspace: Workspace) -> None:
    load_shop(workspace)
    folders = [
        workspace.models.path(train_model(workspace, kind, settings=settings))
        for kind, settings in (("als", QUICK), ("copurchase", {}))
    ]
    for task in ("for_you", "similar"):
        one, other = (read_measured(folder, task) for folder in folders)
        np.testing.assert_array_equal(one.user, other.user)
        assert one.lists.shape == (len(one.user), 20)


def test_a_model_without_a_test_gets_one_later_and_keeps_what_it_serves(
    workspace: Workspace,
) -> None:
    load_shop(workspace)
    model_id = train_model(workspace, "als", settings=QUICK, evaluate=False)
    folder = workspace.models.path(model_id)
    before = {path.name: path.read_bytes() for path in (folder / SERVED).iterdir()}
    assert evaluate_models(workspace) == [model_id]
    assert {path.name: path.read_bytes() for path in (folder / SERVED).iterdir()} == before
    later = workspace.models.manifest(model_id)
    straight = workspace.models.manifest(train_model(workspace, "als", settings=QUICK))
    for part in ("metrics", "intervals", "against"):
        assert later[part] == straight[part]
    assert later["evidence"]["key"] == straight["evidence"]["key"]
    assert evaluate_models(workspace) == []
    assert not list(folder.glob(".*"))


def test_models_of_two_datasets_are_not_tested_together(workspace: Workspace) -> None:
    ids = []
    for _ in range(2):
        load_shop(workspace)
        ids.append(train_model(workspace, "popularity", evaluate=False))
    with pytest.raises(InputError) as refused:
        evaluate_models(workspace, ids)
    assert refused.value.hint == "Test the models of one dataset at a time."


def test_a_shop_without_dates_holds_back_the_last_rows(workspace: Workspace) -> None:
    load_shop(workspace, dated=False)
    model_id = train_model(workspace, "als", settings=QUICK, split="last_out")
    manifest = workspace.models.manifest(model_id)
    assert manifest["evidence"]["measured_on"] == "last rows, no dates"
    assert manifest["metrics"]["for_you"]["recall@20"] > 0
    with pytest.raises(InputError) as refused:
        evaluate_models(workspace, [model_id])
    assert NO_DATES in str(refused.value)


def test_a_shop_with_dates_is_cut_by_them(workspace: Workspace) -> None:
    load_shop(workspace)
    with pytest.raises(InputError, match="have dates, so the test goes by time"):
        train_model(workspace, "als", settings=QUICK, split="last_out")


def test_numbers_that_ran_away_are_refused_with_advice() -> None:
    histories = SparseRows.from_csr(csr_matrix((2, 3), dtype=np.float32))
    items = np.ones((3, 2), np.float32)
    items[1] = np.nan
    with pytest.raises(InputError) as refused:
        check_numbers(ALS, FactorSpace(items, np.ones((2, 2), np.float32), histories))
    assert "ALS found no numbers for 1 products: the training ran away." in str(refused.value)
    check_numbers(ALS, FactorSpace(items[:1], np.ones((2, 2), np.float32), histories))


def test_without_dates_a_model_says_why_it_is_not_measured(workspace: Workspace) -> None:
    load_shop(workspace, dated=False)
    model_id = train_model(workspace, "als", settings=QUICK)
    manifest = workspace.models.manifest(model_id)
    assert manifest["metrics"] == {}
    assert manifest["not_measured_because"] == NO_DATES
    assert not (workspace.models.path(model_id) / TWIN).exists()


def test_who_wants_no_evaluation_gets_none_and_no_reason(workspace: Workspace) -> None:
    load_shop(workspace)
    model_id = train_model(workspace, "popularity", evaluate=False)
    manifest = workspace.models.manifest(model_id)
    assert (manifest["metrics"], manifest["not_measured_because"]) == ({}, "")


def test_what_cannot_be_trained_is_said_before_anything_is_written(workspace: Workspace) -> None:
    with pytest.raises(NotReady, match="no data yet"):
        train_model(workspace, "als")
    load_shop(workspace)
    with pytest.raises(BadSetting, match="no model called 'alsatian'"):
        train_model(workspace, "alsatian")
    with pytest.raises(BadSetting, match="factor: Extra inputs") as refused:
        train_model(workspace, "als", settings={"factor": 8})
    assert "factors" in refused.value.hint
    with pytest.raises(NotFound, match="no dataset 'nowhere'"):
        train_model(workspace, "als", dataset_id="nowhere")
    assert workspace.models.ids() == []


def test_a_shop_where_everything_was_put_back_is_refused(workspace: Workspace) -> None:
    path = workspace.home / "events.csv"
    lines = [f"u{n},i{n % 3},remove_from_cart" for n in range(9)]
    path.write_text("\n".join(["user_id,item_id,event_type", *lines]), encoding="utf-8")
    ingest(workspace, interactions=source(path), name="Returns")
    with pytest.raises(InputError, match="all weights are 0 or less"):
        train_model(workspace, "als", settings=QUICK)


def test_a_shop_of_guests_only_is_refused(workspace: Workspace) -> None:
    path = workspace.home / "till.csv"
    path.write_text("user_id,item_id,order_id\n,a,1\n,b,1\n", encoding="utf-8")
    ingest(workspace, interactions=source(path), name="Till")
    with pytest.raises(InputError) as refused:
        train_model(workspace, "copurchase")
    assert str(refused.value) == (
        "No row of Till has a shopper, and models learn from shoppers."
        " Check which column holds the shopper."
    )


def _with_guests(workspace: Workspace, early: str, late: str) -> Path:
    """Train on 20 days, with guests ordering on the 2nd and the 19th; return the model."""
    lines = ["user_id,item_id,order_id,timestamp"]
    for day in range(1, 21):
        for place in range(6):
            lines.append(f"u{day % 4},i{(day + place) % 9},{day},2024-03-{day:02} 10:00")
    for order, day, items in ((100, 2, early), (101, 19, late)):
        lines += [f",{item},{order},2024-03-{day:02} 11:00" for item in items.split()]
    path = workspace.home / "orders.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    dataset_id = ingest(workspace, interactions=source(path), name="Guests")
    model_id = train_model(workspace, "copurchase", dataset_id=dataset_id)
    return workspace.models.path(model_id)


def test_the_twin_learns_from_guests_before_the_cut_only(workspace: Workspace) -> None:
    model = _with_guests(workspace, early="i0 i5", late="i1 i6")
    later, earlier = (
        _with_guests(workspace, early="i0 i5", late="i2 i7"),
        _with_guests(workspace, early="i1 i5", late="i1 i6"),
    )

    def same(part: str, other: Path) -> bool:
        files = [path.name for path in (model / part).iterdir()]
        assert files
        return all(
            (model / part / f).read_bytes() == (other / part / f).read_bytes() for f in files
        )

    assert same(TWIN, later), "what guests bought after the cut"
    assert not same(TWIN, earlier), "what guests bought before the cut"
    assert not same(SERVED, later), "the served model learns from all guests"


def test_every_kind_of_model_describes_its_settings() -> None:
    kinds = {kind.name: kind for kind in model_kinds()}
    assert set(kinds) == set(MODELS)
    for kind in kinds.values():
        assert kind.summary
        assert kind.placements or MODELS[kind.name].measured
        assert all(setting.description for setting in kind.settings)
    assert "factors" in {setting.name for setting in kinds["als"].settings}
