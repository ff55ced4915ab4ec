"""The Map page: empty, the quick picture, a sparse space, the full map, and what is chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_shops import button, calm, said
from streamlit.testing.v1 import AppTest

from pages.ui import state_map
from pages.ui.map_drawing import drawing_of, picture_of
from pages.ui.map_panel import lift_words, selection_csv
from recsys.lifts import Lift
from recsys.maps.picture import Cluster, Picture
from recsys.releases.live import LiveShop, LiveView
from recsys.settings import Settings
from recsys.workflows.audit import audit_lines
from recsys.workflows.jobs import active_jobs
from recsys.workflows.maps import Selection, colours, find, note_selection, quick_map
from recsys.workflows.named_sets import named_set, named_sets
from recsys.workflows.rules import rule_board
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
EVIL = "<b>Teas</b> & `kettles` [here](x)"


def open_map(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
    return app.switch_page("map.py").run()


def opened(home: Path) -> tuple[Workspace, LiveView]:
    workspace = Workspace(Settings(home=home))
    return workspace, LiveShop(workspace).current()


def keep_full_map(workspace: Workspace, view: LiveView) -> Picture:
    """A map as the job keeps it, but of the quick places: the first ten lie in a group."""
    quick = quick_map(view, "items", "for_you")
    clusters = np.where(quick.placed, 1, -1).astype(np.int16)
    clusters[np.flatnonzero(quick.placed)[:10]] = 0
    groups = (Cluster(EVIL, 10, 120.0, 0.25), Cluster("The rest", 500, 9.0, None))
    about = {**quick.about, "median_shift": 0.021, "created_at": 1.0}
    full = replace(quick, method="umap", clusters=clusters, groups=groups, about=about)
    map_id = workspace.maps.new_id()
    with workspace.maps.writing(map_id, full.facts()) as folder:
        full.save(folder)
    return Picture.open(workspace, map_id)


def choose(app: AppTest, view: LiveView, kind: str, **what: Any) -> AppTest:
    """Choose as if it was clicked or drawn on the map, which AppTest cannot."""
    asked, picture = picture_of(view, "items", "for_you")
    assert isinstance(picture, Picture)
    stamp = drawing_of(asked, picture, by_sales=True).stamp
    app.session_state["map_chosen"] = state_map.Chosen(stamp, kind, **what)
    return app.run()


def test_before_anything_is_live_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = calm(open_map(tmp_path, monkeypatch))
    assert [one.value for one in app.title] == ["What lies close to what?"]
    assert "There is nothing to draw yet: nothing is live." in said(app)
    assert [one.label for one in app.button] == ["Go to Home"]


def test_the_quick_picture_stands_at_once_and_the_full_one_is_a_job(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    workspace, _ = opened(home)
    app = calm(open_map(home, monkeypatch))
    assert "by the model of For You. A quick picture." in said(app)
    assert "The full map has groups with names, too." in said(app)
    button(app, "Draw the full map").click().run()
    calm(app)
    (job,) = active_jobs(workspace)
    assert (job.kind, job.params["of"], job.params["placement"]) == ("map", "items", "for_you")
    assert not any(one.label == "Draw the full map" for one in app.button)


def test_a_sparse_space_has_no_quick_picture_and_says_so(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = calm(open_map(demo_home, monkeypatch))
    calm(app.selectbox(key="map-placement").set_value("also_bought").run())
    assert "This model keeps neighbours and no coordinates" in said(app)
    assert button(app, "Draw the full map")


def test_a_group_of_the_full_map_becomes_a_collection_and_pins(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    workspace, view = opened(home)
    picture = keep_full_map(workspace, view)
    app = calm(open_map(home, monkeypatch))
    assert "2 groups" in [one.value for one in app.subheader]
    assert list(app.dataframe[0].value["Group"]) == ["The rest", EVIL]
    assert list(app.dataframe[0].value["Growth"].fillna(0)) == [0, 25]
    assert "Half of the points moved by less than 2.1 % of the map's width" in said(app)
    assert not any(one.label == "Draw the full map" for one in app.button)

    calm(choose(app, view, "group", number=0))
    assert [one.value for one in app.subheader] == ["10 products chosen"]
    assert any(one.value.replace("\\", "") == f"**{EVIL}**" for one in app.markdown)
    assert not any(EVIL in one.value for one in app.markdown)
    app.text_input(key="map-collection-name-0").input("First ten")
    button(app, "Save").click().run()
    calm(app)
    assert "Collection First ten has 10 products. A rule can use it now." in said(app)
    (line,) = named_sets(workspace, "collection")
    ids = view.release.item_ids
    ten = {ids.id(row) for row in np.flatnonzero(picture.clusters == 0)}
    assert set(named_set(workspace, "collection", line.id).members) == ten

    button(app, "Put into the draft").click().run()
    calm(app)
    (made,) = rule_board(workspace).lines
    assert (made.rule.kind, made.rule.slot) == ("pin", 1)
    assert set(made.rule.target.items) == ten
    assert made.rule.scope.placements == ("for_you",)

    button(app, "Clear").click().run()
    assert "2 groups" in [one.value for one in app.subheader]


def test_what_was_drawn_around_opens_a_segment_of_who_wants_it(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, view = opened(demo_home)
    app = calm(open_map(demo_home, monkeypatch))
    points = quick_map(view, "items", "for_you").points
    low, high = np.nanmin(points, 0) - 1, np.nanmax(points, 0) + 1
    box = ((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1]))
    everything = int(np.isfinite(points[:, 0]).sum())
    calm(choose(app, view, "area", polygon=box))
    assert [one.value for one in app.subheader] == [f"{everything:,} products chosen"]
    assert "They have nothing in common that all others have less often." in said(app)
    assert "The 1,000 with the highest sales." in said(app)
    # With a filter in the legend, only what was seen; by a colouring that is gone, nothing.
    first = colours(view, quick_map(view, "items", "for_you"), "category").values == 0
    some = int((first & np.isfinite(points[:, 0])).sum())
    calm(choose(app, view, "area", polygon=box, shown=(0,), colouring="category"))
    assert [one.value for one in app.subheader] == [f"{some:,} products chosen"]
    calm(choose(app, view, "area", polygon=box, shown=(0,), colouring="segment:99"))
    assert "Nothing lies in there." in said(app)

    calm(choose(app, view, "area", polygon=box))
    button(app, "Shoppers who want these").click().run()
    begun = app.session_state["segment_draft"].initial
    assert begun.kind == "affinity"
    assert len(begun.wanted.items) == 500

    app.switch_page("map.py").run()
    empty = ((high[0], high[1]), (high[0] + 1, high[1]), (high[0], high[1] + 1))
    calm(choose(app, view, "area", polygon=empty))
    assert "Nothing lies in there." in said(app)
    assert not any(one.label == "Shoppers who want these" for one in app.button)


def test_the_search_flies_to_a_product_and_lists_what_lies_nearest(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, view = opened(demo_home)
    picture = quick_map(view, "items", "for_you")
    app = calm(open_map(demo_home, monkeypatch))
    row = find(view, picture, "milk")[0][0]
    calm(app.text_input(key="map-find").input("milk").run())
    assert [one.value for one in app.subheader] == ["1 product chosen"]
    assert app.session_state["map_chosen"].number == row
    assert app.session_state["map_flights"] == 1
    near = [one for one in app.button if str(one.key).startswith("map-near-")]
    assert len(near) == 10
    near[0].click().run()
    assert app.session_state["map_chosen"].number == int(str(near[0].key).split("-")[-1])
    calm(app.text_input(key="map-find").input("no such *thing*").run())
    assert "Nothing on this map is called no such *thing*." in said(app)


def test_shoppers_become_a_segment_of_a_list(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, view = opened(demo_home)
    app = calm(open_map(demo_home, monkeypatch))
    calm(app.segmented_control(key="map-of").set_value("Shoppers").run())
    asked, picture = picture_of(view, "shoppers", "for_you")
    assert isinstance(picture, Picture)
    stamp = drawing_of(asked, picture, by_sales=True).stamp
    app.session_state["map_chosen"] = state_map.Chosen(stamp, "point", number=3)
    calm(app.run())
    assert [one.value for one in app.subheader] == ["1 shopper chosen"]
    button(app, "Save as segment").click().run()
    begun = app.session_state["segment_draft"].initial
    assert (begun.kind, begun.ids) == ("list", (view.release.user_ids.id(3),))


def test_lifts_in_words() -> None:
    often = Lift("Tea", 41, 0.41, 0.1, 4.1, 3.0, 5.0)
    assert lift_words(often) == "**Tea** 4.1 times as often"
    assert lift_words(replace(often, share=1.0)) == "all **Tea**"


def test_who_takes_a_selection_away_is_noted(tmp_path: Path) -> None:
    workspace = Workspace(Settings(home=tmp_path))
    lines = [{"what": "item", "id": "a"}, {"what": "item", "id": "b"}, {"what": "shopper"}]
    found = Selection(np.arange(3), ["a", "b"], ["c"], {}, lines)
    note_selection(workspace, found, actor="ben")
    (line,) = audit_lines(workspace)
    assert (line.words, line.actor) == (
        "Downloaded what was chosen on the map: 2 products and 1 shopper.", "ben",
    )  # fmt: skip
    workspace.database.close()


def test_the_csv_of_a_selection_runs_nothing_in_a_spreadsheet() -> None:
    lines = [
        {"row": 1, "what": "item", "id": "=1+1", "name": "Tea, green", "price": 2.5, "sales": 3.0},
        {"row": 2, "what": "item", "id": "b", "name": "@x", "price": None, "sales": 1.0},
    ]
    data = selection_csv(Selection(np.arange(2), ["=1+1", "b"], [], {}, lines))
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["id"] for row in rows] == ["'=1+1", "b"]
    assert [row["name"] for row in rows] == ["Tea, green", "'@x"]
    assert set(rows[0]) == {"what", "id", "name", "price", "sales"}
