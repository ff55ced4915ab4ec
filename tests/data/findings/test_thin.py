from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.data.findings.thin import k_core

_SQUARE = "a,x\na,y\nb,x\nb,y\n"


def test_thin_is_taken_out_again_and_again(check: Any) -> None:
    # c has two products, but z has c alone; without z there is one product left for c
    text = f"user_id,item_id\n{_SQUARE}c,x\nc,z\n"
    checked = check(text, core=2)
    found = checked.found["thin"]
    assert found["message"] == "1 shopper and 1 product are thin."
    assert found["advice"] == (
        "Thin is a shopper with fewer than 2 products, or a product with fewer than 2 shoppers."
        " The fix leaves them out, and again what is thin then, until nothing is: 2 shoppers and 2"
        " products stay. Of all pairs of a shopper and a product 66.67% are purchases now, 100.00%"
        " after it. Lists usually do well without it."
    )
    assert (found["examples"], found["removes"], found["proposed"]) == (["z"], 2, False)
    assert len(check(text, core=2, accept=True).rows()) == 6
    fixed = check(text, core=2, fixes=["thin"])
    assert fixed.rows() == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]
    assert fixed.dataset.item_ids.ids == ("x", "y")
    why = "is of a thin shopper or product"
    assert fixed.rejects() == [("orders.csv", "x", why), ("orders.csv", "z", why)]


def test_products_nobody_bought_are_not_thin_but_new(check: Any) -> None:
    items = "item_id,name\nx,X\ny,Y\nz,Z\nnew,New\n"
    fixed = check(f"user_id,item_id\n{_SQUARE}a,z\n", items, core=2, fixes=["thin"])
    assert fixed.found["thin"]["message"] == "1 product is thin."
    assert [item["item_id"] for item in fixed.items()] == ["new", "x", "y"]
    assert fixed.rejects()[-1] == ("items.csv", "z", "is of a thin shopper or product")


def test_orders_without_a_shopper_count_for_their_products(check: Any) -> None:
    text = f"user_id,item_id,order_id\n{_SQUARE}".replace("\n", ",1\n").replace(
        "order_id,1", "order_id"
    )
    text += ",guest,2\n,guest,3\n,once,3\n"
    fixed = check(text, core=2, fixes=["thin"])
    assert fixed.found["thin"]["message"] == "1 product is thin."
    assert fixed.dataset.item_ids.ids == ("guest", "x", "y")
    assert fixed.dataset.manifest["counts"]["guest_rows"] == 2


def test_where_all_would_go_there_is_no_fix(check: Any) -> None:
    text = "user_id,item_id\na,x\nb,y\nc,z\n"
    found = check(text, fixes=["thin"]).found["thin"]
    assert found["message"] == (
        "No shopper would be left if each had to have 3 products with 3 shoppers each."
    )
    assert found["advice"] == (
        "So thin shoppers and products cannot be left out here: more data is needed."
    )
    assert (found["fix"], found["fixed"], found["removes"]) == ("", False, 0)


def test_nothing_thin_is_nothing_found(check: Any) -> None:
    assert "thin" not in check(f"user_id,item_id\n{_SQUARE}", core=2).found


def test_a_core_of_one_is_everything(check: Any) -> None:
    assert "thin" not in check("user_id,item_id\na,x\n", core=1).found


@settings(deadline=None)  # the machine may be busy
@given(
    st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40),
    st.integers(1, 4),
    st.lists(st.integers(0, 3), min_size=8, max_size=8),
)
def test_k_core_is_what_taking_out_one_at_a_time_leaves(
    pairs: set[tuple[int, int]], core: int, also: list[int]
) -> None:
    left = set(pairs)
    while True:
        thin = {
            pair
            for pair in left
            if sum(user == pair[0] for user, _ in left) < core
            or sum(item == pair[1] for _, item in left) + also[pair[1]] < core
        }
        if not thin:
            break
        left.remove(min(thin))
    given_pairs = np.array(sorted(pairs), np.int64).reshape(-1, 2)
    users, items = k_core(given_pairs[:, 0], given_pairs[:, 1], core=core, also=np.array(also))
    assert set(zip(users.tolist(), items.tolist(), strict=True)) == left
