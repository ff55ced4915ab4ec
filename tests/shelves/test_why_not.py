"""Why a product is not on a shelf: the exact step, and what brings it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hand_shop import BOUGHT, CATALOGUE, ITEMS, PAIRS, PURCHASES, USERS, changed, ids
from rule_shop import rule, under
from shelf_shop import factors, make_shop, neighbours, view_of

from recsys.releases.live import LiveView
from recsys.shelves.causes import ordinal
from recsys.shelves.remedies import Remedy, remedied
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.shelves.why_not import WhyNot, why_not
from recsys.types import Filters


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LiveView:
    tastes = factors(ITEMS, USERS, BOUGHT)
    shop = make_shop(
        tmp_path_factory.mktemp("why"),
        purchases=PURCHASES,
        catalogue=CATALOGUE,
        spaces={"for_you": tastes, "similar": tastes, "also_bought": neighbours(PAIRS, BOUGHT)},
    )
    return view_of(shop)


ANN = ShelfRequest("for_you", user_id="ann", n=2)


def asked(view: LiveView, item: str, request: ShelfRequest = ANN) -> WhyNot:
    """Ask, and see that the remedies bring the product back."""
    found = why_not(view, request, item, now=0)
    if found.remedies:
        assert found.sure
        for remedy in found.remedies:
            view, request = remedied(view, request, item, remedy)
        assert item in ids(show_shelf(view, request, now=0))
    return found


def kinds(found: WhyNot) -> list[str]:
    return [remedy.kind for remedy in found.remedies]


def test_one_that_stands_there(view: LiveView) -> None:
    found = asked(view, "i3")
    assert (found.place, found.cause, found.remedies) == (2, "", ())
    assert found.sentence == "Mug stands at 2: Because you bought Green tea and Teapot."
    assert (found.rank, found.of, found.score) == (4, 7, 1.0)
    assert found.rank_words == "4th of 7"


@pytest.mark.parametrize(
    "case",
    [
        ({}, (), "i0", "bought before", ["setting"], "the shopper bought it before"),
        ({"stock": {3: 0}}, (), "i3", "sold out", ["restock"], "it is sold out"),
        ({"hidden": {3: True}}, (), "i3", "hidden now", ["unhide"], "it is hidden now"),
        (
            {}, (rule("hide", id=3, name="Gone", items=("i3",)),), "i3", "hidden by a rule",
            ["rule_off"], "rule 3: Gone hides it",
        ),
        (
            {}, (rule("only", id=4, items=("i1", "i4")),), "i3", "not included",
            ["rule_off"], "rule 4 includes other products only",
        ),
        ({}, (), "i4", "below the cut", ["pin"], "others fit better, and the shelf ends after 2"),
        (
            {}, (), "i7", "unknown to the model", ["pin"],
            "the model does not rank it, since it knows too little of it",
        ),
        (
            {"stock": {0: 0}, "hidden": {0: True}}, (rule("hide", items=("i0",)),), "i0",
            "hidden now", ["unhide", "setting", "restock", "rule_off"], "it is hidden now",
        ),
    ],
)  # fmt: skip
def test_the_step_that_took_it_out(view: LiveView, case: tuple[Any, ...]) -> None:
    live, book, item, cause, remedies, sentence = case
    found = asked(under(changed(view, **live), *book), item)
    assert found.place is None
    assert (found.cause, kinds(found)) == (cause, remedies)
    name = CATALOGUE[int(item[1])]["name"] or item
    there = "" if found.rank is None else f" In the model's own list it is {found.rank_words}."
    assert found.sentence == f"{name} is not on this shelf: {sentence}.{there}"
    assert found.steps[-1][1] == sentence


def test_a_buried_product(view: LiveView) -> None:
    bury = rule("bury", id=5, items=("i1",), strength="strong")
    found = asked(under(view, bury), "i1", replace(ANN, n=1))
    assert (found.cause, kinds(found)) == ("buried", ["rule_off"])
    assert found.steps[-1] == ("re-rank", "rule 5 buries it")


def test_filters_and_other_shelves_of_the_page(view: LiveView) -> None:
    coffee = replace(ANN, filters=Filters(category="Coffee"))
    found = asked(view, "i1", coffee)
    assert (found.cause, kinds(found)) == ("outside the filters", ["filters"])
    found = asked(view, "i1", replace(ANN, but=("i1", "nothing")))
    assert (found.cause, kinds(found)) == ("elsewhere on the page", ["elsewhere"])


def test_what_the_shelf_stands_beside_never_stands_on_it(view: LiveView) -> None:
    found = asked(view, "i0", ShelfRequest("similar", item_id="i0"))
    assert (found.cause, found.remedies, found.sure) == ("asked about", (), False)
    assert found.sentence == (
        "Green tea is not on this shelf: the shelf stands beside it."
        " In the model's own list it is 1st of 4."
    )


def test_a_product_that_is_not_in_the_catalogue(view: LiveView) -> None:
    found = asked(view, "<b>")
    assert found.cause == "unknown product"
    assert found.sentence == "The live catalogue has no product '<b>'."


def test_a_shelf_full_of_pins(view: LiveView) -> None:
    pins = [rule("pin", id=n, items=(f"i{n}",), slot=n - 2, priority=100) for n in (3, 4)]
    found = asked(under(view, *pins), "i1")
    assert found.remedies == (Remedy("rule_off", "Switch off the pin of the last place", 4),)
    assert found.cause == "below the cut"


class TestOfTheRuleShop:
    def test_another_variant(self, rule_view: LiveView) -> None:
        groups = rule_view.release.group_codes
        assert groups is not None
        request = ShelfRequest("for_you", user_id="u1", n=20)
        there = set(rule_view.release.item_ids.rows(ids(show_shelf(rule_view, request))))
        row = next(
            row for row in range(40)
            if groups[row] in groups[list(there)] and groups[row] >= 0 and row not in there
            and rule_view.stock[row] > 0 and row not in rule_view.release.history(1)[0]
        )  # fmt: skip
        found = asked(rule_view, rule_view.release.item_ids.id(row), request)
        assert found.cause == "another variant"
        assert found.sentence.split(": ")[1].startswith("another variant stands at ")
        assert kinds(found) == ["pin"]

    def test_diversity(self, rule_view: LiveView) -> None:
        request = ShelfRequest("for_you", user_id="u1", n=6)
        spread = under(rule_view, for_you={"diversity": "strong", "most_of_category": 1})
        gone = [
            one
            for one in ids(show_shelf(rule_view, request))
            if one not in ids(show_shelf(spread, request))
        ]
        assert gone
        found = asked(spread, gone[0], request)
        assert found.cause == "diversity"
        assert found.remedies == (
            Remedy(
                "setting", "Switch diversity off", 0,
                {"diversity": "none", "most_of_category": None},
            ),
        )  # fmt: skip

    def test_places_are_those_of_a_sort_of_everything(self, rule_view: LiveView) -> None:
        space = rule_view.release.space("also_bought")
        query = space.item_query(3)
        assert query is not None
        scores = space.scores([query])[0]
        request = ShelfRequest("also_bought", cart=("i03",))
        for row in range(0, 40, 7):
            found = why_not(rule_view, request, f"i{row:02}")
            if scores[row] <= 0:
                assert found.rank is None
            else:
                assert found.rank == 1 + int((scores > scores[row]).sum())
                assert found.of == int((scores > 0).sum())

    def test_bought_again_after_a_while(self, rule_view: LiveView) -> None:
        """Products of this shop were last bought in the month of their number, by everybody."""
        request = ShelfRequest("for_you", user_id="u1", n=40)
        window = under(rule_view, for_you={"repurchase_days": 40})
        bought = set(rule_view.release.history(1)[0].tolist())
        newest = {row for row in bought if row % 12 >= 10}
        there = set(rule_view.release.item_ids.rows(ids(show_shelf(window, request))))
        assert newest
        assert not newest & there
        old = {row for row in bought - newest if rule_view.stock[row] > 0 and row % 4 != 1}
        assert old
        assert old <= there


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1st"), (22, "22nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th")],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number) == words
