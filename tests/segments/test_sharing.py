from __future__ import annotations

import numpy as np
from segment_shop import NOBODY, STRANGER, shopper

from recsys.lifts import Lift
from recsys.releases.live import LiveView
from recsys.segments.lifecycle import DEFAULT_RULES
from recsys.segments.sharing import shared


def of(view: LiveView, *users: str) -> dict[str, list[Lift]]:
    rows = np.array(view.release.user_ids.rows(users), np.int32)
    return shared(view, rows, rules=DEFAULT_RULES)


def test_what_tea_drinkers_share(view: LiveView) -> None:
    found = of(view, *(shopper(n) for n in range(0, 160, 2)))
    assert set(found) == {
        "category", "brand", "price", "recency", "orders", "age", "stage",
    }  # fmt: skip
    first, *_, last = found["category"]
    assert (first.value, last.value) == ("Tea", "Coffee")
    assert first.sure
    assert last.sure
    assert first.share == 1.0
    age = found["age"][0]
    assert (age.value, age.count, age.share) == ("45-54", 80, 1.0)


def test_counts_by_hand(view: LiveView) -> None:
    release = view.release
    users = [shopper(n) for n in range(10)]
    (tea,) = (one for one in of(view, *users)["category"] if one.value == "Tea")
    code = release.categories.index("Tea")

    def buys(user: str) -> bool:
        row = release.user_ids.row(user)
        assert row is not None
        return bool((release.category_codes[release.history(row)[0]] == code).any())

    assert tea.count == sum(buys(user) for user in users)
    assert tea.everyone == sum(buys(user) for user in release.user_ids.ids) / 162


def test_what_is_sensitive_is_never_named(view: LiveView) -> None:
    assert "Pharmacy" in view.release.categories
    found = of(view, *(shopper(n) for n in range(0, 160, 10)))
    assert "Pharmacy" not in [one.value for one in found["category"]]
    assert [one.value for one in found["category"][:1]] == ["Tea"]


def test_bands_are_words(view: LiveView) -> None:
    found = of(view, STRANGER)
    assert found["price"][0].value == "up to 9.54 EUR" or found["price"][0].value.startswith(
        "up to"
    )
    assert found["price"][0].value.endswith(" EUR")
    assert (found["orders"][0].value, found["orders"][0].count) == ("1 order", 1)
    assert {one.value for one in found["recency"]} <= {
        "0 to 7 days", "8 to 30 days", "31 to 90 days", "91 to 180 days", "181 to 365 days",
        "more than 365 days",
    }  # fmt: skip
    assert {one.value for one in found["orders"]} == {
        "1 order", "2 orders", "3 to 5 orders", "6 to 10 orders",
    }  # fmt: skip


def test_nobody_shares_nothing(view: LiveView) -> None:
    assert not any(of(view).values())
    found = of(view, NOBODY)
    assert all(one.count == 0 for one in (*found["category"], *found["price"], *found["age"]))
