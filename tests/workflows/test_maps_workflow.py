"""Maps from the job to the page. All runs of UMAP are in this file: it compiles for seconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from homes import copy_home
from workflow_shops import QUICK, open_workspace, source

from recsys.cli.main import run
from recsys.data.ingest import ingest
from recsys.errors import InputError, JobCancelled, NotReady
from recsys.maps.drawing import Sketch
from recsys.maps.picture import Of, Picture
from recsys.maps.vectors import Vectors, finite_unit_rows
from recsys.models.arrays import Floats
from recsys.models.sparse import SparseSpace
from recsys.releases.live import LiveShop, LiveView
from recsys.types import silent
from recsys.workflows.jobs import await_job
from recsys.workflows.map_job import draw_map
from recsys.workflows.maps import (
    cards,
    colours,
    find,
    groups,
    inside,
    neighbours,
    newest_map,
    selection,
    submit_map,
)
from recsys.workflows.publishing import publish_release
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

FIRST_TASTE = [f"i{number:02}" for number in range(12)]
SECOND_TASTE = [f"i{number:02}" for number in range(12, 24)]


@pytest.fixture(scope="module")
def mapped(live_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A live shop of two tastes with a map of its products."""
    home = copy_home(live_home, tmp_path_factory.mktemp("mapped") / "home")
    workspace = open_workspace(home)
    draw(workspace, "items")
    yield workspace
    workspace.database.close()


def draw(workspace: Workspace, of: Of) -> dict[str, Any]:
    job = await_job(workspace, submit_map(workspace, of=of, actor="tests"), silent)
    assert job.result is not None
    return job.result


def view_of(workspace: Workspace) -> LiveView:
    return LiveShop(workspace).current()


def map_of(workspace: Workspace, of: Of = "items") -> Picture:
    found = newest_map(workspace, view_of(workspace), of, "for_you")
    assert found is not None
    return found


def around(picture: Picture, ids: list[str], view: LiveView) -> Floats:
    """Return a lasso around one side of the line half-way between some products and the rest."""
    rows = np.zeros(len(picture.points), np.bool_)
    rows[view.release.item_ids.rows(ids)] = True
    ours, theirs = picture.points[rows].mean(axis=0), picture.points[~rows].mean(axis=0)
    along = (ours - theirs) / np.linalg.norm(ours - theirs)
    across, middle = np.array([-along[1], along[0]]), (ours + theirs) / 2
    corners = [middle + 99 * across, middle - 99 * across]
    return np.array([*corners, corners[1] + 99 * along, corners[0] + 99 * along])


def test_a_first_picture_is_kept_before_the_map(mapped: Workspace) -> None:
    found = [one for one in mapped.maps.manifests() if one["of"] == "items"]
    quick, whole = found[-1], found[-2]
    assert (quick["method"], whole["method"]) == ("pca", "umap")
    assert [group["name"] for group in quick["groups"]] == [one["name"] for one in whole["groups"]]
    assert map_of(mapped).method == "umap"
    assert map_of(mapped).about["median_shift"] is None


@pytest.mark.parametrize("taste", [FIRST_TASTE, SECOND_TASTE])
def test_the_lasso_of_one_taste_gives_exactly_its_products(
    mapped: Workspace, taste: list[str]
) -> None:
    view, picture = view_of(mapped), map_of(mapped)
    rows = inside(picture.points, around(picture, taste, view))
    found = selection(view, picture, rows)
    assert sorted(found.item_ids) == taste
    assert found.shopper_ids == []
    assert found.lines[0]["sales"] == max(line["sales"] for line in found.lines)
    assert {line["id"] for line in found.lines} == set(taste)


def test_what_a_selection_shares(mapped: Workspace) -> None:
    view, picture = view_of(mapped), map_of(mapped)
    found = selection(view, picture, np.arange(12))  # prices are 1 to 24
    dear = found.lifts["Price"][-1]
    assert (dear.value, dear.count, dear.sure) == ("above 19.40", 0, True)
    assert found.lifts["Price"][0].lift == 2
    nothing = selection(view, picture, np.zeros(24, np.bool_))
    assert (nothing.rows.tolist(), nothing.lifts, nothing.lines) == ([], {}, [])


def test_the_groups_of_the_map(mapped: Workspace) -> None:
    view, picture = view_of(mapped), map_of(mapped)
    lines = groups(picture, view)
    assert sum(line.size for line in lines) == 24
    assert len({line.name for line in lines}) == len(lines)
    assert picture.sales.sum() == 6 * 40 * 3
    assert [line.sales for line in lines] == [None] * len(lines)  # six days say nothing of 28
    tastes = [set(np.flatnonzero(picture.clusters == line.number) // 12) for line in lines]
    assert all(len(taste) == 1 for taste in tastes)


def test_the_same_vectors_give_the_same_map() -> None:
    rows = np.random.default_rng(1).normal(size=(60, 6)).astype(np.float32)
    vectors = Vectors(finite_unit_rows(rows), 60, np.ones(60, np.bool_))
    one, two = (Sketch(vectors).by_umap(None, silent).points for _ in range(2))
    assert one.tolist() == two.tolist()
    assert np.isfinite(one).all()


def test_a_new_model_that_is_turned_and_mirrored_leaves_the_map_in_its_place() -> None:
    rng = np.random.default_rng(2)
    blobs = np.repeat(np.eye(3, 6), 20, axis=0)

    def trained(seed: int) -> Vectors:
        noise = np.random.default_rng(seed).normal(size=(60, 6)) * 0.15
        turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(6, 6)))[0]
        rows = ((blobs + noise) @ turn).astype(np.float32)
        return Vectors(finite_unit_rows(rows), 60, np.ones(60, np.bool_))

    before = Sketch(trained(3)).by_umap(None, silent).points
    before[rng.choice(60, 6, replace=False)] = np.nan  # as if they were new
    after = Sketch(trained(4)).by_umap(before, silent)
    assert after.started
    assert after.common == 54
    assert after.shift is not None
    assert after.shift < 0.1
    middles = [np.nanmean(before[start : start + 20], axis=0) for start in (0, 20, 40)]
    away = np.linalg.norm(after.points[:, None] - np.array(middles)[None], axis=2)
    assert (away.argmin(axis=1) == np.repeat([0, 1, 2], 20)).all()


def test_vectors_all_alike_have_a_map() -> None:
    vectors = Vectors(finite_unit_rows(np.ones((30, 4), np.float32)), 30, np.ones(30, np.bool_))
    assert np.isfinite(Sketch(vectors).by_umap(None, silent).points).all()


def test_products_and_shoppers_on_one_map(mapped: Workspace) -> None:
    done = draw(mapped, "both")
    view, picture = view_of(mapped), map_of(mapped, "both")
    assert done["points"] == 64
    # A shopper lies nearer to what their taste is than to the other.
    odd = np.arange(40) % 2
    items, shoppers = picture.points[:24], picture.points[24:]
    middles = np.stack([items[:12].mean(axis=0), items[12:].mean(axis=0)])
    near = np.linalg.norm(shoppers[:, None] - middles[None], axis=2).argmin(axis=1)
    assert near.tolist() == odd.tolist()
    assert {row // 12 for row, _ in neighbours(view, picture, 24, n=8)} == {0}
    found = selection(view, picture, np.array([0, 24, 25]))
    assert (found.item_ids, sorted(found.shopper_ids)) == (["i00"], ["u00", "u01"])
    assert {line["what"] for line in found.lines} == {"item", "shopper"}
    told = colours(view, picture, "what")
    assert (told.values[:24] == 0).all()
    assert (told.values[24:] == 1).all()
    assert np.isnan(colours(view, picture, "price").values[24:]).all()


def test_cards_finds_and_neighbours(mapped: Workspace) -> None:
    view, picture = view_of(mapped), map_of(mapped)
    card = cards(view, picture)
    assert (card.names[3], card.price[3], card.sales_word) == ("Product 3", 4.0, "pieces sold")
    assert find(view, picture, "product 17") == [(17, "Product 17 (i17)")]
    assert find(view, picture, " ") == []
    space = view.release.space("for_you")
    assert isinstance(space, SparseSpace)
    held = space.items.to_csr().toarray()
    unit = finite_unit_rows(held)
    scores = unit @ unit[5]
    scores[5] = -2
    found = neighbours(view, picture, 5, n=4)
    assert [row for row, _ in found] == np.argsort(-scores)[:4].tolist()
    np.testing.assert_allclose([score for _, score in found], np.sort(scores)[-4:][::-1], atol=1e-3)


def test_a_new_model_of_a_grown_catalogue_goes_on_from_the_last_map(mapped: Workspace) -> None:
    before = map_of(mapped)
    purchases, catalogue = mapped.home / "purchases.csv", mapped.home / "grown.csv"
    # 'a0' comes before all others, so each row has another number.
    goods = ["a0,First one,1,5", *(f"i{n:02},Product {n},{n + 1},9" for n in range(24))]
    catalogue.write_text("\n".join(["item_id,name,price,stock", *goods]), encoding="utf-8")
    more = [f"u{n:02},a0,2024-03-08 10:00:00" for n in range(0, 20, 2)]
    grown = mapped.home / "more.csv"
    grown.write_text(purchases.read_text(encoding="utf-8") + "\n" + "\n".join(more), "utf-8")
    ingest(mapped, interactions=source(grown), items=source(catalogue), name="Two tastes")
    model = train_model(mapped, "als", settings={**QUICK, "seed": 9}, evaluate=False)
    publish_release(mapped, strategies={"for_you": model}, evaluate=False, actor="tests")
    view = view_of(mapped)
    assert newest_map(mapped, view, "items", "for_you") is None
    with pytest.raises(NotReady) as caught:
        cards(view, before)
    assert caught.value.message == (
        "This map was drawn from another version of the data than what is live."
    )
    mapped.models.remove(model)  # the release has a copy of its own
    done = draw(mapped, "items")
    assert done["started_from"] == before.id
    assert done["median_shift"] < 0.25
    after = map_of(mapped)
    assert after.about["common"] == 24
    assert view.release.item_ids.row("a0") == 0
    sides = [before.points[:12].mean(axis=0), before.points[12:].mean(axis=0)]
    away = np.linalg.norm(after.points[1:, None] - np.array(sides)[None], axis=2)
    assert (away.argmin(axis=1) == np.repeat([0, 1], 12)).all()
    assert {row // 13 for row, _ in neighbours(view, after, 0, n=5)} == {0}


def test_a_cancel_is_heard_while_points_are_laid_out(live_home: Path, tmp_path: Path) -> None:
    workspace = open_workspace(copy_home(live_home, tmp_path / "home"))

    def report(share: float, step: str) -> None:
        if step == "Laying out":
            raise JobCancelled("Enough.")

    release_id = workspace.releases.ids()[0]
    with pytest.raises(JobCancelled):
        draw_map(workspace, release_id, of="items", placement="for_you", report=report)
    assert [one["method"] for one in workspace.maps.manifests()] == ["pca"]
    workspace.database.close()


def test_the_command_draws_and_names(
    live_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AISLE_HOME", str(copy_home(live_home, tmp_path / "home")))
    assert run(["map", "shoppers"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0].split() == ["size", "sales", "growth", "group"]
    assert ": 40 points." in said.out
    assert "Laying out" in said.err
    assert run(["map", "everything"]) == 2
    assert "There is no map of 'everything'." in capsys.readouterr().err


def test_popularity_is_refused_before_it_is_queued(priced_home: Path) -> None:
    workspace = open_workspace(priced_home)
    with pytest.raises(InputError) as caught:
        submit_map(workspace, of="items", actor="tests")
    assert caught.value.message == (
        "This model has one number for each product and no vectors, so there is nothing to draw."
    )
    with pytest.raises(NotReady):
        submit_map(workspace, of="items", placement="similar", actor="tests")
    workspace.database.close()
