from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from recsys.releases.live import LiveChange, LiveShop, LiveView, change_live
from recsys.settings import Settings
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]


def enter(home: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> AppTest:
    monkeypatch.setenv("AISLE_HOME", str(home))
    opened = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=20)
    opened.switch_page("shop.py")
    for name, value in query.items():
        opened.query_params[name] = value
    return calm(opened.run())


def calm(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error, [error.value for error in app.error]
    return app


def live_view(home: Path) -> LiveView:
    return LiveShop(Workspace(Settings(home=home))).current()


def words(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def on_shelf(app: AppTest, placement: str) -> list[str]:
    start = f"look-{placement}-"
    return [str(b.key).removeprefix(start) for b in app.button if str(b.key).startswith(start)]


def click(app: AppTest, key: str) -> AppTest:
    return calm(app.button(key=key).click().run())


def done(app: AppTest) -> list[str]:
    """Return what was done by the words on its bars, latest first."""
    return [bar.proto.text for bar in app.get("progress")]


@pytest.fixture
def somebody(demo_home: Path) -> str:
    return live_view(demo_home).release.user_ids.id(7)


@pytest.fixture
def app(demo_home: Path, monkeypatch: pytest.MonkeyPatch, somebody: str) -> AppTest:
    return enter(demo_home, monkeypatch, shopper=somebody)


@pytest.mark.parametrize("shop", ["demo_home", "plain_home"])
def test_the_empty_walk_shows_the_plain_shelf_and_says_what_to_do(
    shop: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = enter(request.getfixturevalue(shop), monkeypatch)
    assert len(on_shelf(app, "for_you")) == 8
    assert "Nothing happened yet. Look at a product, and all shelves follow." in words(app)
    first = on_shelf(app, "for_you")[0]
    click(app, f"look-for_you-{first}")
    assert done(app)[0].startswith("Looked at ")
    assert len(on_shelf(app, "similar")) == 4


def test_looking_at_products_changes_the_shelf_and_says_why(app: AppTest) -> None:
    before = on_shelf(app, "for_you")
    click(app, f"look-for_you-{before[0]}")
    click(app, f"look-similar-{on_shelf(app, 'similar')[0]}")
    after = on_shelf(app, "for_you")
    assert after != before[:4]
    assert "Because you just looked at" in words(app)
    assert len(done(app)) == 2
    click(app, "shop-home")
    assert on_shelf(app, "for_you")[:1] == after[:1]
    assert before[0] not in on_shelf(app, "for_you")


def test_a_cart_gives_also_bought_and_a_purchase_leaves_it_out(app: AppTest) -> None:
    first = on_shelf(app, "for_you")[0]
    click(app, f"add-for_you-{first}")
    click(app, "shop-cart")
    assert app.query_params["view"] == "cart"
    assert "Also bought with this cart" in words(app)
    assert "Total" in words(app)
    assert first not in on_shelf(app, "also_bought")
    buy = next(b for b in app.button if b.label.startswith("Buy "))
    calm(buy.click().run())
    assert "The cart is empty. Put a product in from any card." in words(app)
    assert done(app)[0].startswith("Bought ")
    click(app, "shop-home")
    assert first not in on_shelf(app, "for_you")
    assert first not in on_shelf(app, "buy_again")


def test_taking_out_of_the_cart_is_an_event(app: AppTest) -> None:
    first = on_shelf(app, "for_you")[0]
    click(app, f"add-for_you-{first}")
    click(app, "shop-cart")
    click(app, f"take-out-{first}")
    assert [event.split()[0] for event in done(app)] == ["Took", "Put"]
    assert [event.split()[-1] for event in done(app)] == [":gray[-0.50]", ":gray[0.61]"]
    assert [bar.proto.value for bar in app.get("progress")] == [0, 60]


def test_browsing_a_category_narrows_to_it_and_is_an_event(app: AppTest, demo_home: Path) -> None:
    category = "Produce"
    calm(app.selectbox(key="shop-category").select(category).run())
    assert done(app) == ["Browsed Produce :gray[0.30]"]
    release = live_view(demo_home).release
    shown = release.item_ids.rows(on_shelf(app, "for_you"))
    assert len(shown) == 20
    codes = {release.categories[release.category_codes[row]] for row in shown}
    assert codes == {category}


def test_start_anew_forgets_the_visit(app: AppTest) -> None:
    before = on_shelf(app, "for_you")
    click(app, f"look-for_you-{before[0]}")
    calm(next(b for b in app.button if b.label == "Start anew").click().run())
    assert on_shelf(app, "for_you") == before
    assert done(app) == []


def test_a_real_history_is_replayed_step_by_step_as_a_stranger(app: AppTest) -> None:
    calm(next(b for b in app.button if b.label == "Begin the replay").click().run())
    assert "Step 1 of " in words(app)
    first = on_shelf(app, "for_you")
    assert "Because you just bought" in words(app)
    assert on_shelf(app, "buy_again") == []
    for _ in range(2):
        calm(next(b for b in app.button if b.label == "Next").click().run())
    assert "Step 3 of " in words(app)
    assert on_shelf(app, "for_you") != first
    for _ in range(2):
        calm(next(b for b in app.button if b.label == "Back").click().run())
    assert on_shelf(app, "for_you") == first


def test_a_link_opens_a_product_and_counts_as_a_look(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = live_view(demo_home).release.item_ids.id(5)
    app = enter(demo_home, monkeypatch, shopper="nobody knows me", item=item_id)
    assert len(done(app)) == 1
    calm(app.run())
    assert len(done(app)) == 1


@pytest.mark.parametrize("link", [{"item": "no <b>such</b>"}, {"category": "no <b>such</b>"}])
def test_an_unknown_link_says_so_and_leads_home(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch, link: dict[str, str]
) -> None:
    app = enter(demo_home, monkeypatch, **link)
    assert "The live catalogue has no " in words(app)
    assert "<b>" not in words(app)
    assert done(app) == []
    calm(next(b for b in app.button if b.label == "Go to the shop's home").click().run())
    assert on_shelf(app, "for_you")


def test_what_sells_out_on_the_way_can_neither_be_put_in_nor_bought(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    app = enter(home, monkeypatch)
    first = on_shelf(app, "for_you")[0]
    click(app, f"add-for_you-{first}")
    click(app, f"look-for_you-{on_shelf(app, 'for_you')[0]}")
    change_live(Workspace(Settings(home=home)), [LiveChange(first, stock=0)], actor="tests")
    time.sleep(0.3)  # what follows the live shop looks every quarter of a second
    click(app, "shop-cart")
    assert "sold out" in words(app)
    assert next(b for b in app.button if b.label.startswith("Buy 0")).disabled
    click(app, "shop-home")
    assert first not in on_shelf(app, "for_you")


def test_names_are_shown_and_never_run(
    demo_home: Path, copy_of: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_of(demo_home)
    (catalogue,) = home.glob("releases/*/catalogue.parquet")
    table = pq.read_table(catalogue)
    evil = pa.array([":red[x] **bold** [link](http://x) <b>"] * len(table))
    place = table.column_names.index("name")
    pq.write_table(table.set_column(place, "name", evil), catalogue)
    app = enter(home, monkeypatch)
    click(app, f"look-for_you-{on_shelf(app, 'for_you')[0]}")
    click(app, f"add-for_you-{on_shelf(app, 'for_you')[0]}")
    click(app, "shop-cart")
    assert "link" in words(app)
    assert "[link](http://x)" not in words(app)
    assert "<b>" not in words(app)


def test_without_a_release_the_page_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = enter(tmp_path / "empty", monkeypatch)
    assert "nothing is live" in words(app)
    assert any(b.label == "Go to Home" for b in app.button)
