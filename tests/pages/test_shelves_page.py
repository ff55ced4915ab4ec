from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from page_shops import work
from streamlit.testing.v1 import AppTest

from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workflows.shelves import popular_products, show_for_you
from recsys.workflows.shoppers import personas, taste
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["demo_home", "plain_home"])
def home(request: pytest.FixtureRequest) -> Path:
    """The demo, and a shop without departments, prices, demographics and baskets."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def shop(home: Path) -> LiveShop:
    return LiveShop(Workspace(Settings(home=home)))


def open_shelves(home: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    opened = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=20)
    opened.switch_page("shelves.py")
    for name, value in query.items():
        opened.query_params[name] = value
    return opened.run()


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_shelves(home, monkeypatch)


def words(app: AppTest) -> str:
    every = [*app.markdown, *app.caption, *app.info]
    return " ".join(element.value for element in every).replace("\\", "")


def listed(app: AppTest) -> list[str]:
    """The products on the shelf, in their order: each has a menu."""
    return [str(menu.key).split("-", 2)[2] for menu in app.menu_button if "act-" in str(menu.key)]


def act(app: AppTest, action: str, place: int = 0) -> AppTest:
    menus = [menu for menu in app.menu_button if "act-" in str(menu.key)]
    menus[place].click(action).run()
    assert not app.exception
    assert not app.error, app.error[0].value
    return app


def test_it_shows_the_shelf_that_the_workflow_gives(app: AppTest, shop: LiveShop) -> None:
    user_id = shop.current().release.user_ids.id(7)
    app.text_input(key="find-shopper").set_value(user_id).run()
    assert listed(app) == [item.item_id for item in show_for_you(shop, user_id).items]


def test_a_stranger_gets_popular_products_and_is_told_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shelves(home, monkeypatch, shopper="nobody <b>knows</b>")
    assert not app.exception
    assert "unknown shopper" in words(app)


def test_several_shoppers_with_the_same_text_are_offered(app: AppTest) -> None:
    app.text_input(key="find-shopper").set_value("x y").run()
    assert app.session_state["shopper"] == "x y", "nobody has it, so it is a stranger"
    app.text_input(key="find-shopper").set_value("0").run()
    found = [b for b in app.button if str(b.key).startswith("found-")]
    assert found[-1].label == "A stranger called 0"
    found[0].click().run()
    assert app.session_state["shopper"] == str(found[0].key).removeprefix("found-")
    assert app.text_input(key="find-shopper").value == app.session_state["shopper"]
    assert not [b for b in app.button if str(b.key).startswith("found-")]


def test_a_persona_is_previewed_by_a_click(app: AppTest, shop: LiveShop) -> None:
    picked = {one.kind: one for one in personas(shop.current())}
    for kind in ("new", "loyal"):
        if kind in picked:
            app.button(key=f"persona-{kind}").click().run()
            assert app.session_state["shopper"] == picked[kind].user_id
            assert taste(shop.current(), picked[kind].user_id) in words(app)


def test_similar_on_a_card_turns_to_similar_products(app: AppTest) -> None:
    act(app, "Similar")
    assert app.session_state["placement"] == "similar"
    assert "Similar to" in words(app)


def test_a_cart_is_built_by_clicks_and_gives_also_bought(app: AppTest, shop: LiveShop) -> None:
    for place in range(2):
        act(app, "Add to cart", place)
    app.session_state["placement"] = "also_bought"
    app.run()
    assert not app.exception
    assert len([b for b in app.button if str(b.key).startswith("uncart-")]) == 2
    priced = "price" in shop.current().release.catalogue.column_names
    assert ("Total" in words(app)) is priced
    assert "2 products" in words(app)


def test_buy_again_says_how_often_and_how_regularly(app: AppTest, shop: LiveShop) -> None:
    view = shop.current()
    loyal = max(range(5), key=lambda user: len(view.release.history(user)[0]))
    app.text_input(key="find-shopper").set_value(view.release.user_ids.id(loyal)).run()
    app.session_state["placement"] = "buy_again"
    app.run()
    bought = {view.release.item_ids.id(int(row)) for row in view.release.history(loyal)[0]}
    assert listed(app)
    assert set(listed(app)) <= bought
    assert "Bought " in words(app)


@pytest.mark.parametrize(
    ("placement", "said"), [("lookalikes", "Nobody is like"), ("buy_again", "nothing to buy again")]
)
def test_strangers_are_told_why_there_is_no_shelf(
    home: Path, monkeypatch: pytest.MonkeyPatch, placement: str, said: str
) -> None:
    app = open_shelves(home, monkeypatch, shopper="stranger", placement=placement)
    assert not app.exception
    assert said in words(app)


def test_unknown_ids_in_a_link_are_said_and_left_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shelves(home, monkeypatch, placement="similar", product="<b>gone</b>")
    assert not app.exception
    assert "Left out: 1 product that you chose or the link names, not in this release." in words(
        app
    )
    assert "Choose a product" in words(app)


def test_a_click_on_a_card_changes_the_draft_and_the_preview_at_once(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    app = open_shelves(home, monkeypatch, shopper=_first(home))
    before = listed(app)
    assert "unpublished" not in words(app)
    act(app, "Hide", 0)
    assert listed(app)[:8] == before[1:9]
    assert "1 unpublished change" in words(app)
    act(app, "Pin here", 3)
    assert app.segmented_control(key="rules-shown").value == "Draft"
    assert "2 unpublished changes" in words(app)
    assert ":orange-badge" in words(app) or "Pinned" in words(app)
    app.segmented_control(key="rules-shown").set_value("Live").run()
    assert listed(app) == before
    app.segmented_control(key="rules-shown").set_value("Draft").run()
    app.button(key="undo-change").click().run()
    assert "1 unpublished change" in words(app)


def test_rules_on_and_off_are_shown_side_by_side(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    app = open_shelves(home, monkeypatch, shopper=_first(home))
    app.segmented_control(key="shown-as").set_value("Rules on and off").run()
    assert "Nothing changes" in words(app)
    app.segmented_control(key="shown-as").set_value("Cards").run()
    act(app, "Hide", 0)
    app.segmented_control(key="shown-as").set_value("Rules on and off").run()
    assert not app.exception
    assert "1 came, 1 went, 9 moved" in words(app)
    assert ":red-badge[gone]" in words(app)
    assert "hides it" in words(app)


def test_why_not_names_the_rule_and_its_remedy_brings_the_product_back(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    app = open_shelves(home, monkeypatch, shopper=_first(home))
    hidden = listed(app)[0]
    act(app, "Hide", 0)
    app.text_input(key="why-not").set_value(hidden).run()
    assert "is not on this shelf" in words(app)
    (remedy,) = [b for b in app.button if str(b.key).startswith("remedy-rule_off")]
    remedy.click().run()
    assert listed(app)[0] == hidden
    assert "stands at 1" in words(app)
    app.text_input(key="why-not").set_value("no such thing").run()
    assert "No product has no such thing in its name or id." in words(app)


def _first(home: Path) -> str:
    return LiveShop(Workspace(Settings(home=home))).current().release.user_ids.id(0)


def test_shop_text_is_shown_and_never_run(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    (catalogue,) = home.glob("releases/*/catalogue.parquet")
    table = pq.read_table(catalogue)
    evil = pa.array([":red[x] **bold** [link](http://x) <b>"] * len(table))
    place = table.column_names.index("name")
    pq.write_table(table.set_column(place, "name", evil), catalogue)
    app = open_shelves(home, monkeypatch)
    assert not app.exception
    assert "link" in words(app)
    assert "[link](http://x)" not in words(app)
    assert "<b>" not in words(app)


def test_a_shopper_is_built_by_ticking_products_and_the_shelf_follows(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shelves(demo_home, monkeypatch)
    shop = LiveShop(Workspace(Settings(home=demo_home)))
    view = shop.current()
    category = view.release.categories[0]
    next(b for b in app.button if b.label == "Build one").click().run()
    ticked = [line.item_id for line in popular_products(view, limit=2)]
    for item_id in ticked:
        app.checkbox(key=f"tick-{item_id}").check().run()
    app.multiselect(key="like-categories").select(category).run()
    assert not app.exception
    assert not app.error
    shelf = show_for_you(shop, "(built)", prefer_items=ticked, prefer_categories=[category])
    assert listed(app) == [item.item_id for item in shelf.items]
    assert "Only 2 products so far" in words(app)
    app.checkbox(key=f"tick-{ticked[0]}").uncheck().run()
    shelf = show_for_you(shop, "(built)", prefer_items=ticked[1:], prefer_categories=[category])
    assert listed(app) == [item.item_id for item in shelf.items]


def test_for_you_of_every_shopper_is_exported_and_downloaded(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    app = open_shelves(home, monkeypatch)
    next(b for b in app.button if b.label == "Export all For You lists").click().run()
    assert "is being written" in words(app)
    work(Workspace(Settings(home=home)))
    app.run()
    assert not app.exception
    assert not any(b.label == "Export all For You lists" for b in app.button)
    labels = [one.proto.label for one in app.get("download_button")]
    assert any(label.startswith("Download For You of all 60 shoppers (") for label in labels)
