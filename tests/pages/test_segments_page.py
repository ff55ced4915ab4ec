from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from page_shops import EVIL, button, calm, said, work
from streamlit.testing.v1 import AppTest

from pages.ui.segment_reach import steps_up_to
from recsys.releases.live import LiveShop, LiveView
from recsys.rules.rule import Rule, Scope, Target
from recsys.segments.about_shoppers import shopper_columns, traits
from recsys.segments.definition import Conditions, Definition, Wanted
from recsys.segments.protected_words import protected_kind
from recsys.settings import Settings
from recsys.workflows.jobs import active_jobs
from recsys.workflows.named_sets import delete_named_set, named_set
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
        app.switch_page("segments.py")
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
    # It stays in sight: which column was read decides who is meant.
    for _ in range(2):
        assert "2 shoppers found in column 'user_id'. 1 row was named before" in said(app)
        app.run()
    saved(app, EVIL)
    (line,) = segment_lines(shop.workspace)
    assert (line.name, line.kind, line.actor) == (EVIL, "list", "dashboard")
    assert named_set(shop.workspace, "segment", line.id).members == (first, second, EVIL)
    assert app.query_params["segment"] == str(line.id)
    calm(shop.page())


def test_a_list_of_nobody_names_the_column_that_was_read(shop: Shop) -> None:
    app = calm(shop.page("new"))
    lines = "".join(f"x{one},{one}\n" for one in shop.ids(3))
    paste(app, f"customer_id,row\n{lines}")
    assert not app.exception
    assert app.error[0].value.startswith("**None of the seeds is a shopper of the shop")
    words = app.warning[0].value.replace("\\", "")
    assert words.startswith("0 shoppers found in column 'customer_id'. 3 values are no shopper's,")
    assert "Column 'row' holds known ids, but is not called so" in words


def test_a_rule_shows_how_many_match_and_warns_of_what_the_law_protects(shop: Shop) -> None:
    app = calm(shop.page("new"))
    widget(app.segmented_control, "-kind").set_value("rule")
    calm(app.run())
    assert "Choose what has to hold" in said(app)
    widget(app.number_input, "-orders-low").set_value(5)
    calm(app.run())
    orders = shop.view.release.people.orders  # pyright: ignore[reportOptionalMemberAccess]
    assert f"{int((orders >= 5).sum())} shoppers" in said(app)
    column = next(name for name in traits(shop.view.release) if protected_kind(name))
    widget(app.multiselect, "-columns").set_value([column])
    calm(app.run())
    value = shopper_columns(shop.view.release).column(column).values[0]  # pyright: ignore
    widget(app.multiselect, f"-column-{column}").set_value([value])
    calm(app.run())
    assert "may be against the law" in said(app)


def test_few_seeds_are_warned_about_and_get_no_curve(shop: Shop) -> None:
    app = calm(shop.page("new"))
    assert "Say whom they should be like" in said(app)
    calm(paste(app, "\n".join(shop.ids(5))))
    (warning,) = (one.value for one in app.warning)
    assert warning == (
        "Only 5 seeds. With fewer than 20 nobody can say how well shoppers like them are found, so"
        " there is no proof and no curve."
    )
    assert not [one for one in app.button if one.key == "prove-segment"]
    widget(app.number_input, "-size").set_value(40)
    calm(app.run())
    assert "40 shoppers" in said(app)
    saved(app, "Like five")
    (line,) = segment_lines(shop.workspace)
    assert (line.kind, line.count) == ("lookalikes", 40)


def test_a_proof_is_a_job_that_is_shown_while_it_runs(shop: Shop) -> None:
    app = calm(shop.page("new"))
    calm(paste(app, "\n".join(shop.ids(40))))
    assert "How well are shoppers like these found? :gray[Nobody has looked yet.]" in (
        said(app).replace("*", "")
    )
    button(app, key="prove-segment").click()
    calm(app.run())
    assert "Looking for hidden seeds" in said(app)
    (job,) = active_jobs(shop.workspace)
    assert job.kind == "segment_proof"
    assert len(job.params["definition"]["seeds"]["ids"]) == 40


def test_who_wants_a_category_begun_by_another_page(shop: Shop) -> None:
    app = calm(shop.page())
    category = shop.view.release.categories[0]
    wanted = Wanted(categories=(category,), bought="any")
    app.session_state["segment_begun"] = Definition(kind="affinity", wanted=wanted, size=30)
    calm(app.run())
    assert app.query_params["segment"] == "new"
    assert "30 shoppers" in said(app)
    saved(app, "Want it")
    (line,) = segment_lines(shop.workspace)
    assert open_segment(shop.workspace, line.id).definition.wanted == wanted


def test_a_taste_group_needs_a_map_of_shoppers(shop: Shop) -> None:
    app = calm(shop.page("new"))
    widget(app.segmented_control, "-kind").set_value("taste")
    calm(app.run())
    assert "Taste groups are groups of the map of shoppers, and there is none" in said(app)
    assert button(app, "Draw the map of shoppers")


def test_a_look_at_another_kind_loses_nothing(shop: Shop) -> None:
    app = calm(shop.page("new"))
    calm(paste(app, "\n".join(shop.ids(7))))
    widget(app.segmented_control, "-kind").set_value("rule")
    calm(app.run())
    widget(app.number_input, "-orders-low").set_value(3)
    calm(app.run())
    widget(app.segmented_control, "-kind").set_value("lookalikes")
    calm(app.run())
    assert "7 shoppers" in said(app)
    widget(app.segmented_control, "-kind").set_value("rule")
    calm(app.run())
    assert widget(app.number_input, "-orders-low").value == 3


def test_one_segment_shows_members_history_and_use(shop: Shop) -> None:
    other = shop.save("Others", Definition(kind="list", ids=shop.ids(6, 3)))
    made = shop.save("Regulars", Definition(kind="list", ids=shop.ids(6)))
    more = Definition(kind="list", ids=shop.ids(8, 2), holdout=0.5, seed=1)
    shop.save("Regulars", more, set_id=made, revision=1)
    rule = Rule(
        name=EVIL, kind="hide", target=Target(categories=("x",)), scope=Scope(segments=(made,))
    )
    save_rule(shop.workspace, rule, actor="ana")
    app = calm(shop.page())
    assert "4 came, 2 went just now" in said(app)
    button(app, key=f"open-{made}").click()
    calm(app.run())
    members = app.dataframe[0].value
    assert list(members["Shopper id"]) == list(shop.ids(8, 2))
    assert (
        "A rule for this segment reaches its hold-out group, too, so the group cannot measure what"
        " a rule does. Exports leave it out."
    ) in said(app)
    assert "A list of 8 shoppers; 50 % are set aside as hold-out group." in said(app)
    assert not any(EVIL in one.value for one in [*app.markdown, *app.caption])
    for name, words in {
        "What they share": "Of the products that most members bought",
        "Overlap": "The share of the members of a row",
        "Came and went": "4 came, 2 went, 4 stayed",
        "Export": "The shop does not say who consented",
    }.items():
        app.segmented_control(key="segment-view").set_value(name)
        calm(app.run())
        assert words in said(app), name
    button(app, "Make a file with a manifest").click()
    calm(app.run())
    work(shop.workspace)
    calm(app.run())
    assert re.search(r"For people · \d rows?; \d in the hold-out group", said(app).replace("*", ""))
    assert other != made


def test_a_deleted_segment_in_use_by_a_rule_is_told(shop: Shop) -> None:
    made = shop.save("Regulars", Definition(kind="list", ids=shop.ids(6)))
    scope = Scope(segments=(made,))
    rule = Rule(name="Hide it", kind="hide", target=Target(categories=("x",)), scope=scope)
    save_rule(shop.workspace, rule, actor="ana")
    app = calm(shop.page(str(made)))
    assert "Named by Hide it. In the draft they will hold for nobody for its sake" in (
        said(app).replace("*", "")
    )
    button(app, "Delete this segment").click().run()
    calm(app)
    assert "will hold for nobody." in " ".join(one.value for one in app.toast).replace("\\", "")
    assert segment_lines(shop.workspace) == []
    gone = calm(shop.page(str(made)))
    assert [one.value for one in gone.warning] == [
        f"There is no segment {made}. It may have been deleted."
    ]


def test_a_rule_for_a_segment_begins_with_it_as_audience(shop: Shop) -> None:
    made = shop.save("Regulars", Definition(kind="list", ids=shop.ids(6)))
    app = calm(shop.page(str(made)))
    button(app, "Use in a rule").click().run()
    calm(app)
    assert [one.value for one in app.title] == ["What do we put on our shelves ourselves?"]
    assert widget(app.multiselect, "-segments").value == [made]
    told = "A rule reaches all members of a segment, its hold-out group, too."
    assert told in said(app)
    widget(app.multiselect, "-segments").set_value([])
    assert told not in said(calm(app.run()))


def test_two_editors_of_one_segment(shop: Shop) -> None:
    made = shop.save("Regulars", Definition(kind="list", ids=shop.ids(6)))
    app = calm(shop.page(f"edit-{made}"))
    shop.save("Regulars", Definition(kind="list", ids=shop.ids(3)), set_id=made, revision=1)
    widget(app.number_input, "-holdout").set_value(20.0)
    app.run()
    # Each segment sets other shoppers aside.
    assert widget(app.number_input, "-seed").value > 0
    button(app, key="save-segment").click()
    calm(app.run())
    (warning,) = (one.value for one in app.warning)
    assert "ana changed this segment just now, while you had it open.** It now has 3 members" in (
        warning
    )
    assert open_segment(shop.workspace, made).line.version == 2
    button(app, "Keep mine").click().run()
    button(app, key="save-segment").click()
    calm(app.run())
    mine = open_segment(shop.workspace, made)
    assert (mine.line.version, len(mine.members), mine.definition.holdout) == (3, 6, 0.2)


def test_a_segment_that_is_deleted_while_it_is_edited_can_be_saved_as_a_new_one(
    shop: Shop,
) -> None:
    made = shop.save("Regulars", Definition(kind="list", ids=shop.ids(6)))
    app = calm(shop.page(f"edit-{made}"))
    delete_named_set(shop.workspace, "segment", made, revision=1, actor="ben")
    calm(app.run())
    button(app, "Go on with mine as a new segment").click()
    calm(app.run())
    saved(app, "Regulars again")
    (line,) = segment_lines(shop.workspace)
    assert (line.name, line.count) == ("Regulars again", 6)


def test_rename_keeps_the_members_and_the_definition(shop: Shop) -> None:
    definition = Definition(kind="rule", conditions=Conditions(orders_min=2))
    made = shop.save("Regulars", definition)
    before = open_segment(shop.workspace, made)
    app = calm(shop.page(str(made)))
    app.text_input(key=f"name-{made}").input("Often here")
    app.checkbox(key=f"refresh-{made}").set_value(False)
    button(app, "Keep these").click().run()
    calm(app)
    after = open_segment(shop.workspace, made)
    assert (after.line.name, after.line.refresh, after.line.by_hand) == ("Often here", False, False)
    assert (after.members, after.definition) == (before.members, definition)


def test_the_stages_are_read_as_sentences_and_edited(shop: Shop) -> None:
    app = calm(shop.page())
    assert "Silent for more than 2 times their usual gap" in said(app)
    app.number_input(key="lifecycle-0-new_days").set_value(60)
    button(app, "Save these stages").click().run()
    calm(app)
    assert lifecycle_rules(shop.workspace).new_days == 60
    app.number_input(key="lifecycle-1-lost_gaps").set_value(1.0)
    button(app, "Save these stages").click().run()
    (error,) = (one.value for one in app.error)
    assert "nobody would be slipping" in error
    assert lifecycle_rules(shop.workspace).lost_gaps == 5


def test_a_bare_shop_has_the_page_without_what_it_does_not_know(
    plain_home: Path, copy_of: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(copy_of(plain_home), monkeypatch)
    app = calm(shop.page("new"))
    widget(app.segmented_control, "-kind").set_value("rule")
    calm(app.run())
    assert not [one for one in app.number_input if "-spent-" in str(one.key)]
    widget(app.number_input, "-orders-low").set_value(2)
    calm(app.run())
    saved(app, "Buyers")
    assert segment_lines(shop.workspace)[0].count > 0


@pytest.mark.parametrize(("most", "steps"), [(7, [7]), (16, [10, 12, 15, 16]), (1, [1])])
def test_the_sizes_of_the_slider(most: int, steps: list[int]) -> None:
    assert steps_up_to(most) == steps
