from __future__ import annotations

import pytest
from workflow_shops import QUICK, load_shop, source

from recsys.data.ingest import ingest
from recsys.errors import BadSetting, InputError, NotFound, NotReady
from recsys.models.store import TWIN
from recsys.workflows.training import NO_DATES, model_kinds, train_model
from recsys.workspace import Workspace


def test_a_trained_model_is_measured_beside_popularity_and_keeps_its_twin(
    workspace: Workspace,
) -> None:
    dataset_id = load_shop(workspace)
    model_id = train_model(workspace, "als", settings=QUICK)
    manifest = workspace.models.manifest(model_id)
    assert manifest["dataset_id"] == dataset_id
    assert manifest["settings"] | QUICK == manifest["settings"]
    assert manifest["metrics"]["measured_on"] == "validation"
    assert {"ndcg@10", "recall@20"} <= manifest["metrics"]["for_you"].keys()
    assert manifest["not_measured_because"] == ""
    assert (workspace.models.path(model_id) / TWIN).is_dir()


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


def test_every_kind_of_model_describes_its_settings() -> None:
    kinds = {kind.name: kind for kind in model_kinds()}
    assert set(kinds) == {"popularity", "als", "copurchase"}
    for kind in kinds.values():
        assert kind.summary
        assert kind.placements
        assert all(setting.description for setting in kind.settings)
    assert "factors" in {setting.name for setting in kinds["als"].settings}
