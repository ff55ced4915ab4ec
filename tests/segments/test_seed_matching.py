from __future__ import annotations

import math

import numpy as np
import pytest
from segment_shop import N_SHOPPERS, NOBODY, PROMO, STRANGER, item, shopper

from recsys.errors import InputError
from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet
from recsys.segments.conditions import meeting
from recsys.segments.days import day_of
from recsys.segments.definition import Conditions, Seeds
from recsys.segments.lifecycle import DEFAULT_RULES
from recsys.segments.seeds import Seeded, match, seeded

SETS = {7: NamedSet(7, "segment", "VIPs", 1, (shopper(1), "gone"))}


def found(view: LiveView, **given: object) -> list[str]:
    met = meeting(view, Conditions.model_validate(given), sets=SETS, rules=DEFAULT_RULES)
    return [view.release.user_ids.id(row) for row in np.flatnonzero(met.who).tolist()]


def sown(view: LiveView, **given: object) -> Seeded:
    return seeded(view, Seeds.model_validate(given), sets=SETS, rules=DEFAULT_RULES)


def test_ids_of_all_sorts(view: LiveView) -> None:
    cells = [" u001 ", "u000", "u001", None, "", math.nan, 17, 17.0, "U001", "=HYPERLINK(1)", True]
    matched = match(view.release, cells)
    assert [view.release.user_ids.id(row) for row in matched.rows] == ["u001", "u000"]
    assert (matched.given, matched.twice, matched.unknown) == (8, 2, 4)
    assert matched.unknown_some == ("17", "U001", "=HYPERLINK(1)", "true")
    assert matched.words() == (
        "2 of 8 ids are shoppers of the shop. 2 named more than once;"
        " 4 unknown: 17, U001, =HYPERLINK(1), true."
    )


def test_no_ids_at_all(view: LiveView) -> None:
    nothing = match(view.release, [])
    assert (len(nothing.rows), nothing.given, nothing.unknown) == (0, 0, 0)
    with pytest.raises(InputError, match="None of the seeds is a shopper of the shop"):
        sown(view, ids=("nobody", ""))


def test_a_seed_that_is_everyone(view: LiveView) -> None:
    everyone = tuple(view.release.user_ids.ids)
    with pytest.raises(InputError, match="The seeds are all 162 shoppers"):
        sown(view, ids=everyone)
    (note,) = sown(view, ids=everyone[1:]).notes
    assert note.startswith("The seeds are 161 of 162 shoppers: where most are seeds")


def test_few_seeds_are_warned_of(view: LiveView) -> None:
    (note,) = sown(view, ids=("u001",)).notes
    assert note == ("Only 1 seed: below 20 what they share may be chance, and no proof is made.")
    assert sown(view, ids=tuple(shopper(n) for n in range(20))).notes == ()


def test_buyers_of_a_product_mask_it(view: LiveView) -> None:
    seeds = sown(view, buyers_of=(PROMO, "no such product"))
    assert [view.release.item_ids.id(int(row)) for row in seeds.masked] == [PROMO]
    buyers = [shopper(n) for n in range(N_SHOPPERS) if n % 4 < 2 and n % 3 == 0]
    assert [view.release.user_ids.id(int(row)) for row in seeds.rows] == buyers
    assert seeds.notes == ("1 product of the seeds' purchases are unknown.",)
    assert seeds.by_event


def test_products_of_conditions_are_masked_too(view: LiveView) -> None:
    def masked(**given: object) -> list[str]:
        rows = sown(view, conditions=given).masked
        return [view.release.item_ids.id(int(row)) for row in rows]

    assert masked(items=(PROMO, "none")) == [PROMO]
    assert masked(categories=("Extras",)) == sorted((PROMO, "odd"))
    assert masked(items=(PROMO,), brands=("Brand 1",)) == [
        *(item(n) for n in range(1, 40, 4)),
        PROMO,
    ]
    assert masked(bought_from="2026-03-01") == []
    assert masked(orders_min=4) == []


def test_a_day_is_a_day(view: LiveView) -> None:
    assert day_of("1970-01-02") == 86_400
    assert sown(view, ids=("u001",), happened_on="2026-05-01").before == day_of("2026-05-01")
    with pytest.raises(InputError, match="'May' is not a day"):
        sown(view, ids=("u001",), happened_on="May")


def test_conditions_on_numbers(view: LiveView) -> None:
    people = view.release.people
    assert people is not None
    assert people.spend is not None
    assert found(view, orders_max=0) == [NOBODY]
    assert found(view, orders_min=1, orders_max=1) == [STRANGER]
    top = found(view, top_spenders=0.05)
    assert len(top) == 9  # of 161 buyers
    order = np.argsort(-people.spend, kind="stable")[:9]
    assert top == sorted(view.release.user_ids.id(int(row)) for row in order)
    assert found(view, spend_min=1e9) == []
    assert STRANGER in found(view, days_since_min=100)
    assert NOBODY not in found(view, days_since_min=0)
    assert set(found(view, recency_min=5)) < set(found(view, recency_min=4))
    assert found(view) == list(view.release.user_ids.ids)


def test_conditions_on_purchases(view: LiveView) -> None:
    assert found(view, items=("odd",)) == [STRANGER]
    assert found(view, categories=("Extras",), items=("odd",)) == [STRANGER]
    assert found(view, categories=("No such",)) == []
    tea = found(view, categories=("Tea",))
    assert set(found(view, categories=("Tea", "Coffee"))) > set(tea)
    assert found(view, items=("odd",), bought_until="2025-12-31") == []
    assert found(view, items=("odd",), bought_from="2026-01-01", bought_until="2026-01-01") == [
        STRANGER
    ]
    first = found(view, bought_until="2026-01-01")
    assert first == [*(shopper(n) for n in range(0, N_SHOPPERS, 10)), STRANGER]
    met = meeting(view, Conditions(bought_from="2026-02-01"), sets={}, rules=DEFAULT_RULES)
    assert met.notes == (
        "Of each product the first and the last purchase are known: one between them, with both"
        " outside of the days, is not seen.",
    )


def test_conditions_on_columns_stages_and_segments(view: LiveView) -> None:
    young = found(view, attributes={"age": ("25-34",)})
    assert young == [shopper(n) for n in range(1, N_SHOPPERS, 2)]
    assert found(view, segments=(7,)) == [shopper(1)]
    assert NOBODY in found(view, stages=("new",))
    everyone = ("new", "active", "loyal", "slipping", "lost")
    assert found(view, stages=everyone) == list(view.release.user_ids.ids)
    with pytest.raises(InputError, match="The shoppers have no column 'size'"):
        found(view, attributes={"size": ("L",)})
    with pytest.raises(InputError, match="There is no segment 8, which this one goes by"):
        found(view, segments=(8,))


def test_an_unknown_product_is_said(view: LiveView) -> None:
    met = meeting(view, Conditions(items=(item(1), "none")), sets={}, rules=DEFAULT_RULES)
    assert met.notes == ("1 of the products are not in the catalogue.",)
