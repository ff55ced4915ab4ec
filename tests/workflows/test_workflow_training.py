from __future__ import annotations

from pathlib import Path

import pytest
from workflow_shops import QUICK, load_shop, source

from recsys.data.ingest import ingest
from recsys.errors import BadSetting, InputError, NotFound, NotReady
from recsys.models.registry import MODELS
from recsys.models.store import SERVED, TWIN
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
        assert all(setting.description for setting in kind.settings)
    assert "factors" in {setting.name for setting in kinds["als"].settings}
