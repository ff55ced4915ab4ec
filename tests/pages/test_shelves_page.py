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
from recsys.workflows.shelves import show_for_you
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
    opened.run().switch_page("shelves.py")
    for name, value in query.items():
        opened.query_params[name] = value
    return opened.run()


@pytest.fixture
def app(home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_shelves(home, monkeypatch)


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def test_it_shows_the_shelf_that_the_workflow_gives(app: AppTest, shop: LiveShop) -> None:
    user_id = shop.current().release.user_ids.id(7)
    app.selectbox(key="shopper").select(user_id).run()
    for item in show_for_you(shop, user_id).items:
        assert app.button(key=f"cart-for_you-{item.item_id}")


def test_a_stranger_gets_popular_products_and_is_told_so(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shelves(home, monkeypatch, shopper="nobody <b>knows</b>")
    assert not app.exception
    assert "unknown shopper" in words(app)


def test_similar_on_a_card_turns_to_similar_products(app: AppTest) -> None:
    button = next(b for b in app.button if str(b.key).startswith("similar-for_you-"))
    button.click().run()
    assert not app.exception
    assert app.session_state["placement"] == "similar"
    assert "Similar to" in words(app)


def test_a_cart_is_built_by_clicks_and_gives_also_bought(app: AppTest, shop: LiveShop) -> None:
    for _ in range(2):
        adds = [b for b in app.button if str(b.key).startswith("cart-") and not b.disabled]
        adds[0].click().run()
    app.session_state["placement"] = "also_bought"
    app.run()
    assert not app.exception
    assert len([b for b in app.button if str(b.key).startswith("uncart-")]) == 2
    priced = "price" in shop.current().release.catalogue.column_names
    assert ("Total" in words(app)) is priced


def test_lookalikes_of_a_stranger_say_why_there_are_none(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shelves(home, monkeypatch, shopper="stranger", placement="lookalikes")
    assert not app.exception
    assert "nobody knows" in words(app)


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


def test_a_stranger_says_what_they_like_and_the_shelf_follows(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_shelves(demo_home, monkeypatch, shopper="nobody")
    shop = LiveShop(Workspace(Settings(home=demo_home)))
    category = shop.current().release.categories[0]
    app.multiselect(key="like-categories").select(category).run()
    assert not app.exception
    assert not app.error
    shelf = show_for_you(shop, "nobody", prefer_categories=[category])
    assert shelf.items
    for item in shelf.items:
        assert app.button(key=f"cart-for_you-{item.item_id}")


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
    assert any(label.startswith("Download For You of all 150 shoppers (") for label in labels)
