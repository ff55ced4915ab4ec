"""Price tags of hand-made lists, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

import numpy as np
import pytest

from recsys.evaluation.tasks import Task, TaskName
from recsys.workflows.rule_price_document import Wares, not_measurable, price_tag

ITEMS = 6
NAN = float("nan")


def task_of(wanted: Sequence[Sequence[int]], name: TaskName = "for_you") -> Task:
    """One question a shopper; what is wanted by item rows."""
    from scipy.sparse import csr_matrix

    shape = (len(wanted), ITEMS)
    line = np.repeat(np.arange(len(wanted)), [len(one) for one in wanted])
    item = np.array([row for one in wanted for row in one], np.int64)
    matrix = csr_matrix((np.ones(len(item), np.float32), (line, item)), shape=shape)
    users = np.arange(len(wanted), dtype=np.int32)
    nothing = csr_matrix(shape, dtype=np.float32)
    return Task(name, 0, users, None, nothing, matrix)


def wares(*, cost: bool = True) -> Wares:
    """Six products: 0 to 2 of A, 3 and 4 of B, 5 of nobody; the last one is new."""
    price = np.array([10.0, 10.0, 10.0, 20.0, 20.0, NAN])
    margin = np.array([1.0, 2.0, 3.0, 6.0, 6.0, NAN]) if cost else np.full(ITEMS, NAN)
    return Wares(
        price=price,
        margin=margin,
        buyers=np.array([9, 8, 7, 2, 1, 0], np.float32),
        known=np.array([True] * 5 + [False]),
        brands=["A", "A", "A", "B", "B", None],
        categories=[None] * ITEMS,
    )


def lists(*rows: Sequence[int]) -> np.ndarray:
    return np.array(rows, np.int32)


def test_a_rule_that_drives_out_what_is_bought_costs_agreement() -> None:
    """40 shoppers want product 0 and get it first; with the rule it is second for half of them."""
    task = task_of([[0]] * 40)
    before = lists(*[[0, 1]] * 40)
    after = lists(*[[0, 1]] * 20, *[[3, 0]] * 20)
    own = np.array([False, False, False, True, False, False])
    tag = price_tag("for_you", task, wares(), before, after, own=own)
    second = 1 / log2(3)
    assert tag["agreement"]["metric"] == "ndcg@2"
    assert tag["agreement"]["before"] == 1.0
    assert tag["agreement"]["after"] == pytest.approx((1 + second) / 2, abs=1e-5)
    assert tag["agreement"]["value"] == pytest.approx((second - 1) / 2, abs=1e-5)
    assert tag["agreement"]["low"] < tag["agreement"]["value"] < tag["agreement"]["high"] < 0
    assert tag["verdict"] == "worse"
    assert (tag["asked"], tag["touched"]) == (40, 20)
    # Of 80 slots, 20 went from A to B.
    assert tag["brands"] == [
        {"name": "B", "before": 0.0, "after": 0.25},
        {"name": "A", "before": 1.0, "after": 0.75},
    ]
    # Before: 40 x 1 and 40 x 2; after: 40 x 1, 20 x 2 and 20 x 6.
    assert tag["margin"] == [1.5, 2.5]
    assert tag["price"] == [10.0, 12.5]
    assert tag["popularity"] == [8.5, 7.0]
    assert tag["coverage"] == [0.4, 0.6]
    low, high = (f"{100 * tag['agreement'][name]:+.1f}" for name in ("low", "high"))
    assert tag["words"] == (
        f"For You: agreement with past purchases -18.5 points (95 %: {low} to {high}); its products"
        " +25 % of the slots (0 % to 25 %); margin of the slots shown +66.7 %; 20 of 40 lists"
        " change."
    )


def test_the_same_lists_cost_nothing() -> None:
    same = lists(*[[0, 1]] * 40)
    tag = price_tag("for_you", task_of([[0]] * 40), wares(), same, same.copy())
    assert tag["verdict"] == "touches nothing"
    assert tag["agreement"]["value"] == 0.0
    assert tag["words"] == (
        "For You: it changes none of the 40 lists compared with past purchases."
    )


def test_a_difference_that_may_be_chance_says_so() -> None:
    """One of 40 loses its hit and another one gains one."""
    before = lists([0, 1], [1, 2], *[[1, 2]] * 38)
    after = lists([1, 2], [0, 1], *[[1, 2]] * 38)
    tag = price_tag("for_you", task_of([[0]] * 40), wares(cost=False), before, after)
    assert tag["verdict"] == "same"
    assert tag["agreement"]["value"] == 0.0
    assert "points (95 %: " in tag["words"]
    assert (
        "which may be chance; margin unknown, since the catalogue has no cost; 2 of 40"
        in (tag["words"])
    )


def test_too_few_lists_tell_nothing() -> None:
    tag = price_tag(
        "for_you", task_of([[0]] * 5), wares(), lists(*[[0, 1]] * 5), lists(*[[3, 4]] * 5)
    )
    assert tag["verdict"] == "too few"
    assert tag["words"].startswith(
        "For You: only 5 lists can be compared with past purchases, too few to tell; B +100 % of"
        " the slots (0 % to 100 %);"
    )


def test_without_questions_there_is_nothing_to_compare() -> None:
    nothing = np.empty((0, 2), np.int32)
    tag = price_tag("for_you", task_of([]), wares(), nothing, nothing)
    assert tag["words"] == "For You: there are no later purchases to compare with."


def test_carts_are_judged_by_hits() -> None:
    """Where in the list the hidden product stands does not count for a cart."""
    task = task_of([[0]] * 40, "also_bought")
    tag = price_tag("also_bought", task, wares(), lists(*[[0, 1]] * 40), lists(*[[3, 0]] * 40))
    assert tag["agreement"]["metric"] == "hit_rate@2"
    assert tag["agreement"]["value"] == 0.0
    assert tag["words"] == (
        "Also bought: agreement with past purchases as before; B +50 % of the slots (0 % to 50 %);"
        " margin of the slots shown +133.3 %; 40 of 40 lists change."
    )


def test_why_there_is_no_price_tag() -> None:
    tag = not_measurable("buy_again", "It has no model.")
    assert tag["words"] == "Buy again: not measurable. It has no model."
    assert tag["verdict"] == "not measurable"
