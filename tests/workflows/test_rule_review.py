"""What a draft changes for shoppers, on a shop where it can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rule_shops import FOR_YOU, hide, pin
from workflow_shops import open_workspace

from recsys.releases.live import LiveShop
from recsys.rules.rule import Rule, Target
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import silent
from recsys.workflows.jobs import await_job
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.rule_preview import preview, preview_request, where_to_look, with_rule
from recsys.workflows.rule_review import (
    concerned,
    fingerprint,
    measure_review,
    review_of,
    submit_review,
)
from recsys.workflows.rules import (
    draft_book,
    publish_rules,
    rule_board,
    save_rule,
    save_shelf_settings,
)
from recsys.workspace import Workspace


@pytest.fixture
def shop(priced_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_workspace(copy_of(priced_home))
    yield workspace
    workspace.database.close()


def kept(workspace: Workspace, rule: Rule) -> int:
    return save_rule(workspace, rule, actor="ann").id


def lines_of(document: dict[str, object]) -> dict[str, tuple[int, str]]:
    return {one["name"]: (one["lists"], one["words"]) for one in document["rules"]}  # type: ignore


def test_a_pin_stands_on_every_list_and_rules_that_touch_nothing_say_so(shop: Workspace) -> None:
    kept(shop, pin("p9"))
    kept(shop, Rule(name="Gone", kind="hide", target=Target(brands=("C",)), scope=FOR_YOU))
    kept(shop, pin("p2", slot=2, starts="2099-01-01T00:00", name="Later"))
    kept(shop, pin("p2", slot=2, on=False, name="Off"))
    found = measure_review(shop)
    assert (found["shoppers"], found["of"]) == (80, 80)
    assert list(found["placements"]) == ["for_you"], "no rule concerns another placement"
    part = found["placements"]["for_you"]
    assert part["asked"] == 80
    assert lines_of(found) == {
        "Pin p9 to slot 1 on For You": (80, "acts on 80 lists"),
        "Gone": (0, "touches nothing on these lists"),
        "Later": (0, "has not started, and does nothing yet"),
        "Off": (0, "is switched off"),
    }
    assert {one["brand"] for one in part["brands"]} == {"B"}
    # u40 to u79 have bought p0, p1 and p2, so p9 was their first product already.
    assert part["words"].startswith("40 of 80 lists change; ")


def test_hiding_counts_the_lists_that_had_the_product(shop: Workspace) -> None:
    """All but u39, who has bought p9, get it without rules."""
    kept(shop, hide("p9"))
    found = measure_review(shop)
    assert lines_of(found)["Hide p9 on For You"] == (79, "acts on 79 lists")
    part = found["placements"]["for_you"]
    assert part["losses"][0] == {"item_id": "p9", "name": "Nine", "before": 79, "after": 0}
    assert part["no_longer_shown"] == 1


def test_include_only_counts_the_lists_that_lose_something(shop: Workspace) -> None:
    kept(shop, Rule(name="B", kind="only", target=Target(brands=("B",)), scope=FOR_YOU))
    lists, words = lines_of(measure_review(shop))["B"]
    assert lists > 0
    assert words == f"acts on {lists} lists"


def test_the_report_is_kept_and_outdated_by_every_change(shop: Workspace) -> None:
    view = LiveShop(shop).current()
    assert review_of(shop, draft_book(shop), view) is None
    rule_id = kept(shop, hide("p9"))
    assert await_job(shop, submit_review(shop, actor="ann"), silent).status == "done"
    found = review_of(shop, draft_book(shop), view)
    assert found is not None
    assert (found["rules"][0]["rule_id"], found["outdated"]) == (rule_id, "")

    save_shelf_settings(shop, "for_you", ShelfSettings(surprise=0.1), revision=0, actor="ann")
    found = review_of(shop, draft_book(shop), view)
    assert found is not None
    assert found["outdated"] == "The draft was changed since."

    save_shelf_settings(shop, "for_you", ShelfSettings(), revision=1, actor="ann")
    publish_rules(shop, actor="ann")
    found = review_of(shop, draft_book(shop), LiveShop(shop).current())
    assert found is not None
    assert found["outdated"] == "Other rules went live since."


def test_a_set_that_grows_changes_the_draft(shop: Workspace) -> None:
    some = save_named_set(shop, "collection", "Odd", ["p9"], revision=0, actor="ann")
    kept(shop, Rule(kind="hide", target=Target(collections=(some.id,)), scope=FOR_YOU))
    publish_rules(shop, actor="ann")
    live = LiveShop(shop).current().book
    before = draft_book(shop)
    assert fingerprint(live) == fingerprint(before)
    assert not concerned(live, before, "for_you")
    save_named_set(
        shop, "collection", "Odd", ["p9", "p1"], set_id=some.id, revision=some.version, actor="ann"
    )
    after = draft_book(shop)
    assert fingerprint(after) != fingerprint(before)
    assert concerned(live, after, "for_you")
    assert not concerned(live, after, "similar")


def test_a_rule_is_previewed_before_it_is_kept(shop: Workspace) -> None:
    view = LiveShop(shop).current()
    rule = pin("p9")
    assert where_to_look(view, rule) == "for_you"
    request = preview_request(view, "for_you", "u50")
    assert request is not None
    book = draft_book(shop)
    found = preview(view, request, book, with_rule(shop, book, rule))
    assert found.after.items[0].item_id == "p9"
    move = found.diff.moves[0]
    assert (move.item, move.after) == ("p9", 1)
    assert move.why == "Pinned #1 by the new rule"
    assert rule_board(shop).lines == [], "nothing was kept"


def test_a_preview_knows_the_sets_that_only_the_new_rule_names(shop: Workspace) -> None:
    view = LiveShop(shop).current()
    some = save_named_set(shop, "collection", "Odd", ["p9"], revision=0, actor="ann")
    rule = Rule(kind="hide", target=Target(collections=(some.id,)))
    book = with_rule(shop, draft_book(shop), rule)
    assert book.sets[some.id].members == ("p9",)
    request = preview_request(view, "for_you", "u50")
    assert request is not None
    found = preview(view, request, draft_book(shop), book)
    assert "p9" not in [item.item_id for item in found.after.items]


def test_a_stranger_has_no_page_to_look_beside(shop: Workspace) -> None:
    view = LiveShop(shop).current()
    assert preview_request(view, "similar", "nobody") is None
    assert preview_request(view, "for_you", "nobody") is not None
