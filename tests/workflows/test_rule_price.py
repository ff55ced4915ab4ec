"""What a rule costs by past purchases, on a shop where it can be worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log2
from pathlib import Path

import pytest
from rule_shops import FOR_YOU, hide, pin
from workflow_shops import open_workspace

from recsys.errors import InputError, JobCancelled, NotFound
from recsys.jobs.queue import Queue
from recsys.releases.live import LiveShop
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.shelf_settings import ShelfSettings
from recsys.types import silent
from recsys.workflows.jobs import KINDS, await_job
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.rule_price import (
    DRAFT,
    price_of_rule,
    rule_prices_of,
    submit_rule_price,
)
from recsys.workflows.rule_price_document import NOTE
from recsys.workflows.rules import (
    draft_book,
    publish_rules,
    rule_board,
    save_rule,
    save_shelf_settings,
)
from recsys.workspace import Workspace

SECOND = 1 / log2(3)


@pytest.fixture
def shop(priced_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_workspace(copy_of(priced_home))
    yield workspace
    workspace.database.close()


def kept(workspace: Workspace, rule: Rule) -> int:
    return save_rule(workspace, rule, actor="ann").id


def test_a_pin_pushes_what_was_bought_to_the_second_place(shop: Workspace) -> None:
    """40 lists [p1, p9], all wanting p1, become [p9, p1]."""
    tag = price_of_rule(shop, kept(shop, pin("p9")))
    found = tag["placements"]["for_you"]
    assert (found["asked"], found["touched"], found["verdict"]) == (40, 40, "worse")
    assert found["agreement"]["metric"] == "ndcg@10"
    assert (found["agreement"]["before"], found["agreement"]["after"]) == (1.0, round(SECOND, 5))
    for name in ("value", "low", "high"):
        assert found["agreement"][name] == pytest.approx(SECOND - 1, abs=1e-5)
    assert found["own"] == [0.5, 0.5]
    assert found["margin"] == [4.0, 4.0]  # p1 earns 2 and p9 earns 6, whatever their order
    assert tag["words"] == [
        "For You: agreement with past purchases -36.9 points (95 %: -36.9 to -36.9); its products"
        " +0 % of the slots (50 % to 50 %); margin of the slots shown +0.0 %; 40 of 40 lists"
        " change."
    ]
    assert tag["note"] == NOTE
    assert "no forecast of sales" in NOTE


def test_a_hidden_product_leaves_its_places_to_others(shop: Workspace) -> None:
    """40 lists [p1, p9] become [p1]: B loses its half of the slots, and the margin falls."""
    found = price_of_rule(shop, kept(shop, hide("p9")))["placements"]["for_you"]
    assert found["agreement"]["value"] == 0.0
    assert found["own"] == [0.5, 0.0]
    assert {one["name"]: (one["before"], one["after"]) for one in found["brands"]} == {
        "A": (0.5, 1.0),
        "B": (0.5, 0.0),
    }
    assert found["margin"] == [4.0, 2.0]
    assert found["coverage"] == [0.5, 0.25]  # of p0, p1, p2 and p9
    assert found["words"].startswith(
        "For You: agreement with past purchases as before; its products -50 % of the slots (50 % to"
        " 0 %); A +50 % of the slots (50 % to 100 %); margin of the slots shown -50.0 %;"
    )


def test_an_audience_that_nobody_asked_about_is_in_costs_nothing(shop: Workspace) -> None:
    some = save_named_set(shop, "segment", "First", ["u00", "u01"], revision=0, actor="ann")
    scope = Scope(placements=("for_you",), segments=(some.id,))
    rule = pin("p9").model_copy(update={"scope": scope})
    tag = price_of_rule(shop, kept(shop, rule))
    assert tag["words"] == [
        "For You: it changes none of the 40 lists compared with past purchases."
    ]


def test_a_new_product_is_not_measurable(shop: Workspace) -> None:
    tag = price_of_rule(shop, kept(shop, pin("n0")))
    assert tag["words"] == [
        "For You: not measurable. Nobody had bought any of its products before the purchases it"
        " would be compared with, so these say nothing about them."
    ]


def test_stock_of_the_past_is_not_known(shop: Workspace) -> None:
    rule = Rule(kind="boost", target=Target(stock_min=5), scope=FOR_YOU)
    assert price_of_rule(shop, kept(shop, rule))["words"] == [
        "For You: not measurable. It goes by stock, and what was in stock at the time is not known."
    ]


def test_a_schedule_does_not_count_and_a_rule_that_is_off_is_priced_as_if_on(
    shop: Workspace,
) -> None:
    waits = pin("p9", starts="2099-01-01T00:00", on=False)
    found = price_of_rule(shop, kept(shop, waits))["placements"]["for_you"]
    assert found["touched"] == 40


def test_include_only_finds_its_products_also_beyond_the_candidates(shop: Workspace) -> None:
    rule = Rule(kind="only", target=Target(brands=("B",)), scope=FOR_YOU)
    found = price_of_rule(shop, kept(shop, rule))["placements"]["for_you"]
    assert found["own"] == [0.5, 1.0]
    assert found["agreement"]["after"] == 0.0


def test_where_nothing_includable_is_known_the_rule_gives_way(shop: Workspace) -> None:
    rule = Rule(kind="only", target=Target(items=("p2",)), scope=FOR_YOU)
    found = price_of_rule(shop, kept(shop, rule))["placements"]["for_you"]
    assert found["verdict"] == "touches nothing", "all who are asked about have p2"


def test_placements_without_a_twin_say_why(shop: Workspace) -> None:
    rule = Rule(kind="pin", target=Target(items=("p9",)))
    tag = price_of_rule(shop, kept(shop, rule))
    assert list(tag["placements"]) == ["for_you", "buy_again"]
    assert tag["words"][1] == (
        "Buy again: not measurable. Buy again goes by each shopper's own purchases, and has no"
        " model to test."
    )


def test_all_changes_together_against_what_is_live(shop: Workspace) -> None:
    with pytest.raises(InputError, match="The draft is what is live"):
        price_of_rule(shop, DRAFT)
    kept(shop, pin("p9"))
    publish_rules(shop, actor="ann")
    kept(shop, hide("p9"))
    found = price_of_rule(shop)["placements"]["for_you"]
    # Live: [p9, p1]; the older pin beats the hide, so nothing of it goes.
    assert (found["own"], found["touched"]) == (None, 0)


def test_bought_products_that_may_come_again_are_asked_about(shop: Workspace) -> None:
    """With them the lists are p0, p2, p1, p9, by their buyers, and p1 is third."""
    settings = ShelfSettings(leave_out_bought=False)
    save_shelf_settings(shop, "for_you", settings, revision=0, actor="ann")
    found = price_of_rule(shop)["placements"]["for_you"]
    assert found["agreement"]["before"] == 1.0
    assert found["agreement"]["after"] == pytest.approx(1 / log2(4), abs=1e-5)
    short = ShelfSettings(repurchase_days=10)
    save_shelf_settings(shop, "for_you", short, revision=1, actor="ann")
    again = price_of_rule(shop)["placements"]["for_you"]
    assert again["agreement"]["after"] == pytest.approx(1 / log2(4), abs=1e-5), "31 days ago"
    long = ShelfSettings(repurchase_days=300)
    save_shelf_settings(shop, "for_you", long, revision=2, actor="ann")
    assert price_of_rule(shop)["placements"]["for_you"]["verdict"] == "touches nothing"


def test_a_price_is_kept_and_outdated_by_a_change_of_what_the_rule_says(shop: Workspace) -> None:
    rule_id = kept(shop, pin("p9"))
    view = LiveShop(shop).current()
    assert rule_prices_of(shop, draft_book(shop), view) == {}
    job = await_job(shop, submit_rule_price(shop, rule_id, actor="ann"), silent)
    assert job.status == "done"
    found = rule_prices_of(shop, draft_book(shop), view)[rule_id]
    assert (found["name"], found["outdated"]) == ("Pin p9 to slot 1 on For You", "")

    (line,) = rule_board(shop).lines
    later = line.rule.model_copy(update={"name": "Later", "starts": "2099-01-01T00:00"})
    save_rule(shop, later, revision=line.revision, actor="ann")
    assert not rule_prices_of(shop, draft_book(shop), view)[rule_id]["outdated"]

    (line,) = rule_board(shop).lines
    save_rule(shop, line.rule.model_copy(update={"slot": 2}), revision=line.revision, actor="ann")
    assert rule_prices_of(shop, draft_book(shop), view)[rule_id]["outdated"] == "Changed since."


def test_a_price_can_be_cancelled(shop: Workspace) -> None:
    job = submit_rule_price(shop, kept(shop, pin("p9")), actor="ann")

    def stop(share: float, step: str) -> None:
        if step == "Putting lists in order by the rules":
            raise JobCancelled("Stop.")

    with pytest.raises(JobCancelled):
        KINDS["rule_price"](shop, job.params, stop)
    assert shop.reports.ids() == []


def test_a_rule_that_is_not_in_the_draft_has_no_price(shop: Workspace) -> None:
    with pytest.raises(NotFound, match="The draft has no rule 77"):
        submit_rule_price(shop, 77, actor="ann")
    assert Queue(shop.database).active() == []
