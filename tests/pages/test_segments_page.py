from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_shops import EVIL, button, calm, said
from streamlit.testing.v1 import AppTest

from recsys.releases.live import LiveShop, LiveView
from recsys.rules.rule import Rule, Scope, Target
from recsys.segments.definition import Conditions, Definition, Seeds, Wanted
from recsys.settings import Settings
from recsys.workflows.named_sets import named_set
from recsys.workflows.rules import save_rule
from recsys.workflows.segments import (
    lifecycle_rules,
    open_segment,
    save_segment,
    segment_lines,
)
from recsys.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
Copy = Callable[[Path], Path]


class Shop:
    """A workspace, what is live in it, and its Segments page."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AISLE_HOME", str(home))
        self.workspace = Workspace(Settings(home=home))
        self.view: LiveView = LiveShop(self.workspace).current()

    def page(self, segment: str = "") -> AppTest:
        app = AppTest.from_file(str(ROOT / "pages" / "dashboard.py"), default_timeout=30)
        app.run().switch_page("segments.py")
        if segment:
            app.query_params["segment"] = segment
        return app.run()

    def save(self, name: str, definition: Definition, **more: Any) -> int:
        line = save_segment(self.workspace, self.view, name, definition, actor="ana", **more)
        return line.id

    def ids(self, count: int, start: int = 0) -> tuple[str, ...]:
        return tuple(self.view.release.user_ids.ids[start : start + count])


@pytest.fixture
def shop(demo_home: Path, copy_of: Copy, monkeypatch: pytest.MonkeyPatch) -> Shop:
    return Shop(copy_of(demo_home), monkeypatch)


def widget(elements: Any, end: str) -> Any:
    return next(one for one in elements if str(one.key).endswith(end))


def paste(app: AppTest, text: str) -> AppTest:
    app.text_area[0].input(text)
    return button(app, "Use this list").click().run()


def saved(app: AppTest, name: str) -> AppTest:
    widget(app.text_input, "-name").input(name)
    return calm(button(app, key="save-segment").click().run())


def test_without_any_segment_the_page_says_what_they_are_for_and_offers_three_starts(
    shop: Shop,
) -> None:
    app = calm(shop.page())
    assert "whom a campaign writes to, or for whom alone a rule holds" in said(app)
    starts = [one for one in app.button if str(one.key).startswith("start-")]
    assert [one.key for one in starts] == ["start-list", "start-lookalikes", "start-affinity"]
    starts[2].click()
    calm(app.run())
    assert "Choose products, categories or brands." in said(app)


def test_a_pasted_list_becomes_a_segment(shop: Shop) -> None:
    app = calm(shop.page("new"))
    widget(app.segmented_control, "-kind").set_value("list")
    calm(app.run())
    assert "Upload or paste a list of shoppers." in said(app)
    first, second = shop.ids(2)
    calm(paste(app, f"user_id\n{first}\n{second}\n{first}\n{EVIL}"))
    assert "2 shoppers" in said(app)
    assert not any(EVIL in one.value for one in [*app.markdown, *app.caption])
    saved(app, EVIL)
    (line,) = segment_lines(shop.workspace)
    assert (line.name, line.kind, line.actor) == (EVIL, "list", "dashboard")
    assert named_set(shop.workspace, "segment", line.id).members == (first, second, EVIL)
    assert app.query_params["segment"] == [str(line.id)]
    calm(shop.page())


def test_a_rule_shows_how_many_match_and_warns_of_what_the_law_protects(shop: Shop) -> None:
    app = calm(shop.page("new"))
    widget(app.segmented_control, "-kind").set_value("rule")
    calm(app.run())
    assert "Choose what has to hold" in said(app)
    widget(app.number_input, "-orders-low").set_value(5)
    calm(app.run())
    orders = shop.view.release.people.orders  # pyright: ignore[reportOptionalMemberAccess]
    assert f"{int((orders >= 5).sum())} shoppers" in said(app)
    widget(app.multiselect, "-columns").set_value(["gender"])
    calm(app.run())
