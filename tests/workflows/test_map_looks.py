"""What pages ask of a map: on the quick picture, which needs no job."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from homes import copy_home
from workflow_shops import open_workspace

from recsys.errors import NotFound, NotReady
from recsys.maps.picture import Picture
from recsys.maps.telling import margin_of
from recsys.maps.vectors import finite_unit_rows
from recsys.models.factors import FactorSpace
from recsys.releases.live import LiveChange, LiveShop, LiveView, change_live
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule, Scope, Target
from recsys.workflows.maps import (
    Colours,
    cards,
    colourings,
    colours,
    find,
    groups,
    neighbours,
    newest_map,
    quick_map,
    selection,
)
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.training import newest_dataset
from recsys.workspace import Workspace


@pytest.fixture(scope="module")
def demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    workspace = open_workspace(copy_home(demo_home, tmp_path_factory.mktemp("looks") / "home"))
    yield workspace
    workspace.database.close()


@pytest.fixture(scope="module")
def view(demo: Workspace) -> LiveView:
    return LiveShop(demo).current()


@pytest.fixture(scope="module")
def picture(view: LiveView) -> Picture:
    return quick_map(view, "items", "for_you")


def vectors(view: LiveView) -> FactorSpace:
    space = view.release.space("for_you")
    assert isinstance(space, FactorSpace)
    return space


def test_the_quick_picture_is_the_widest_two_directions(view: LiveView, picture: Picture) -> None:
    space = vectors(view)
    known = space.known_items
    assert (picture.placed == known).all()
    assert picture.about["left_out"] == (~known).sum()
    unit = finite_unit_rows(space.items[known]).astype(np.float64)
    sizes = np.linalg.svd(unit - unit.mean(axis=0), compute_uv=False)
    spread = (picture.points[known].astype(np.float64) ** 2).sum(axis=0)
    np.testing.assert_allclose(spread, sizes[:2] ** 2, rtol=1e-3)
    np.testing.assert_array_equal(quick_map(view, "items", "similar").points, picture.points)


def test_no_job_no_map_and_a_sparse_space_has_no_quick_one(demo: Workspace, view: LiveView) -> None:
    assert newest_map(demo, view, "items", "for_you") is None
    with pytest.raises(NotReady) as caught:
        quick_map(view, "items", "also_bought")
    assert caught.value.message == (
        "This model keeps neighbours and no coordinates, so its first picture takes a moment."
    )


def named(told: Colours, row: int) -> str | None:
    code = int(told.values[row])
    return None if code < 0 else told.labels[code]


def test_colours_by_category_and_brand_are_the_largest_twelve(
    view: LiveView, picture: Picture
) -> None:
    catalogue = view.release.catalogue
    for name in ("category", "brand"):
        told = colours(view, picture, name)
        cells = catalogue.column(name).to_pylist()
        assert len(told.labels) <= 13
        assert told.kind == "groups"
        for row in range(0, len(cells), 97):
            assert named(told, row) in {cells[row], "Other"}
    told = colours(view, picture, "category")
    sizes = np.bincount(told.values[told.values >= 0])[:12]
    others = set(catalogue.column("category").to_pylist()) - set(told.labels) - {None}
    counts = {one: catalogue.column("category").to_pylist().count(one) for one in others}
    assert max(counts.values(), default=0) <= sizes.min()


def test_colours_by_numbers(view: LiveView, picture: Picture) -> None:
    price, stock = colours(view, picture, "price"), colours(view, picture, "stock")
    np.testing.assert_allclose(price.values, view.price.astype(np.float32))
    assert (price.kind, price.unit) == ("numbers", view.release.currency)
    assert stock.values[5] == view.stock[5]
    sales = colours(view, picture, "sales")
    assert sales.values.sum() == view.release.bought.data.sum()


def test_only_what_the_shop_knows_is_offered(view: LiveView, picture: Picture) -> None:
    names = {one.name for one in colourings(view, picture)}
    assert {"category", "brand", "price", "stock", "sales", "rule"} <= names
    assert "margin" not in names  # no cost
    assert "cluster" not in names  # the quick picture has no groups
    for name in names:
        assert len(colours(view, picture, name).values) == len(picture.points)


def test_colours_of_shoppers(view: LiveView) -> None:
    picture = quick_map(view, "shoppers", "lookalikes")
    people = view.release.people
    assert people is not None
    assert people.last is not None
    names = {one.name for one in colourings(view, picture)}
    assert {"spend", "orders", "recency", "stage"} <= names
    assert not {"shopper:name", "shopper:email", "price"} & names
    recency = colours(view, picture, "recency")
    assert (np.nanmin(recency.values), recency.unit) == (0, "days")
    assert colours(view, picture, "orders").values.tolist() == people.orders.tolist()
    stage = colours(view, picture, "stage")
    assert stage.labels == ("New", "Active", "Loyal", "Slipping", "Lost")
    with pytest.raises(NotFound):
        colours(view, picture, "price")


def test_the_share_of_buyers_who_are_in_a_segment(
    demo: Workspace, view: LiveView, picture: Picture
) -> None:
    ids = [view.release.user_ids.id(row) for row in range(30)]
    kept = save_named_set(demo, "segment", "Thirty", [*ids, "stranger"], actor="tests")
    name = f"segment:{kept.id}"
    labels = {one.name: one.label for one in colourings(view, picture, workspace=demo)}
    assert labels[name] == "Share of buyers in Thirty"
    told = colours(view, picture, name, workspace=demo)
    item = int(np.argmax(view.release.buyers))
    buyers = [
        user for user in range(len(view.release.user_ids)) if item in view.release.history(user)[0]
    ]
    expected = np.mean([user < 30 for user in buyers])
    assert told.values[item] == pytest.approx(expected)
    assert np.isnan(told.values[np.asarray(view.release.buyers) == 0]).all()
    shoppers = quick_map(view, "shoppers", "lookalikes")
    told = colours(view, shoppers, name, workspace=demo)
    assert [named(told, row) for row in (0, 29, 30)] == ["Members", "Members", "Others"]
    with pytest.raises(NotFound):
        colours(view, picture, "segment:999", workspace=demo)


def test_what_the_live_rules_do_to_each_product(view: LiveView, picture: Picture) -> None:
    ids = [view.release.item_ids.id(row) for row in range(6)]
    rules = [
        Rule(id=1, kind="boost", target=Target(items=tuple(ids[:3]))),
        Rule(
            id=2, kind="pin", target=Target(items=(ids[0],)), scope=Scope(placements=("similar",))
        ),
        Rule(id=3, kind="bury", target=Target(items=tuple(ids[2:4]))),
        Rule(id=4, kind="hide", target=Target(items=(ids[4],)), on=False),
        Rule(id=5, kind="hide", target=Target(items=(ids[4],)), ends="2020-01-01T00:00"),
    ]
    hidden = view.hidden.copy()
    hidden[5] = True
    ruled = replace(view, book=RuleBook(7, tuple(rules)), hidden=hidden)
    told = colours(ruled, picture, "rule")
    assert [named(told, row) for row in range(7)] == [
        "Pinned",
        "Boosted",
        "Boosted",
        "Buried",
        None,
        "Hidden",
        None,
    ]


def test_neighbours_by_the_engine_are_those_of_all_cosines(
    view: LiveView, picture: Picture
) -> None:
    space = vectors(view)
    row = int(np.argmax(view.release.buyers))
    scores = finite_unit_rows(space.items) @ finite_unit_rows(space.items[row : row + 1])[0]
    scores[row] = -2
    found = neighbours(view, picture, row, n=5)
    # The engine rounds a little: of two that are all but equal either may be first.
    np.testing.assert_allclose([score for _, score in found], np.sort(scores)[:-6:-1], atol=2e-4)
    np.testing.assert_allclose(scores[[at for at, _ in found]], np.sort(scores)[:-6:-1], atol=2e-4)
    # Where the engine holds another model for Similar, numpy answers the same.
    strategies = view.release.manifest["strategies"]
    elsewhere = {**strategies, "similar": "another", "lookalikes": "another"}
    shoppers = quick_map(view, "shoppers", "lookalikes")
    near = neighbours(view, shoppers, 3, n=4)
    view.release.manifest["strategies"] = elsewhere
    try:
        exact = [at for at, _ in neighbours(view, picture, row, n=5)]
        again = neighbours(view, replace(shoppers, about=picture.about), 3, n=4)
    finally:
        view.release.manifest["strategies"] = strategies
    np.testing.assert_allclose(scores[exact], np.sort(scores)[:-6:-1], atol=1e-6)
    assert [at for at, _ in again] == [at for at, _ in near]


def test_a_point_without_a_place_has_no_neighbours_and_is_not_found(
    view: LiveView, picture: Picture
) -> None:
    row = int(np.argmax(view.release.buyers))
    points = picture.points.copy()
    points[row] = np.nan
    without = replace(picture, points=points)
    assert neighbours(view, without, row) == []
    assert neighbours(view, picture, -1) == []
    assert neighbours(view, picture, len(points)) == []
    assert row not in [at for at, _ in find(view, without, view.release.item_ids.id(row))]
    assert find(view, picture, view.release.item_ids.id(row))[0][0] == row
    assert row not in selection(view, without, np.array([row, row])).rows
    first = neighbours(view, picture, row, n=1)[0][0]
    points[first] = np.nan
    points[row] = 0
    assert first not in [at for at, _ in neighbours(view, without, row)]


def test_a_selection_is_told_by_its_lifts_and_lines(
    demo: Workspace, view: LiveView, picture: Picture
) -> None:
    codes = view.release.category_codes
    category = int(np.bincount(codes[picture.placed & (codes >= 0)]).argmax())
    rows = np.flatnonzero((codes == category) & picture.placed)
    found = selection(view, picture, rows)
    best = found.lifts["Category"][0]
    assert (best.value, best.share) == (view.release.categories[category], 1)
    assert best.everyone == pytest.approx(len(rows) / picture.placed.sum())
    sales = [line["sales"] for line in found.lines]
    assert sales == sorted(sales, reverse=True)
    assert len(found.lines) == min(len(rows), 1_000)
    assert found.lines[0]["id"] == found.item_ids[0]
    shoppers = quick_map(view, "shoppers", "lookalikes")
    found = selection(view, shoppers, np.arange(40), workspace=demo)
    assert {"Category", "Stage", "Recency"} <= set(found.lifts)
    assert sum(one.count for one in found.lifts["Stage"]) == 40
    both = selection(view, quick_map(view, "both", "for_you"), np.array([len(picture.points)]))
    assert "Shoppers: Stage" in both.lifts
    line = selection(view, shoppers, np.array([2])).lines[0]
    people = view.release.people
    assert people is not None
    assert (line["id"], line["orders"]) == (view.release.user_ids.id(2), people.orders[2])


def test_cards_say_name_category_price_and_sales(demo: Workspace, view: LiveView) -> None:
    change_live(demo, [LiveChange(view.release.item_ids.id(4), price=77.5)], actor="tests")
    now = LiveShop(demo).current()
    card = cards(now, quick_map(now, "both", "for_you"))
    n = len(now.release.item_ids)
    assert (card.names[4], card.price[4]) == (now.release.names[4], 77.5)
    assert card.labels[card.codes[4]] == now.release.categories[now.release.category_codes[4]]
    assert (card.names[n], card.codes[n]) == (now.release.user_ids.id(0), -1)
    assert np.isnan(card.price[n])
    assert groups(quick_map(now, "items", "for_you"), now) == []


def test_a_map_of_other_data_is_refused(view: LiveView, picture: Picture) -> None:
    other = replace(picture, about={**picture.about, "dataset_id": "another"})
    with pytest.raises(NotReady) as caught:
        selection(view, other, np.array([1]))
    assert caught.value.hint == "Draw the map again; it goes on from this one."
    gone = replace(picture, about={**picture.about, "model_id": "another"})
    with pytest.raises(NotReady) as caught:
        neighbours(view, gone, 0 if picture.placed[0] else int(np.argmax(picture.placed)))
    assert caught.value.message == "This map is of a model that is not live any more."


def test_a_release_of_an_earlier_version_has_a_map(demo_home: Path, tmp_path: Path) -> None:
    home = copy_home(demo_home, tmp_path / "home")
    for file in home.glob("releases/*/people.*.npy"):
        file.unlink()
    for file in home.glob("releases/*/attributes.parquet"):
        file.unlink()
    workspace = open_workspace(home)
    old = LiveShop(workspace).current()
    picture = quick_map(old, "shoppers", "lookalikes")
    assert picture.about["sales_word"] == "products bought"
    assert not {"spend", "orders", "recency", "stage"} & {
        one.name for one in colourings(old, picture)
    }
    assert selection(old, picture, np.array([1])).lines[0]["orders"] is None
    assert cards(old, quick_map(old, "items", "for_you")).names[0] == old.release.names[0]
    workspace.database.close()


def test_the_margin_is_a_share_of_the_price(priced_home: Path) -> None:
    workspace = open_workspace(priced_home)
    dataset = newest_dataset(workspace)
    margin = margin_of(dataset)
    assert margin is not None
    by_id = dict(zip(dataset.item_ids.ids, np.round(margin, 4).tolist(), strict=True))
    assert by_id["p0"] == pytest.approx(0.2)
    assert by_id["p9"] == pytest.approx(0.3)
    workspace.database.close()
