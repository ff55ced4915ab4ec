from __future__ import annotations

import pytest

from recsys.rules.changes import rule_changes, settings_changes
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.saying import Names, ago, rule_title, rule_words
from recsys.rules.shelf_settings import ShelfSettings

NAMES = Names({"1": "Green tea", "2": "Oolong"}.__getitem__, {3: "Gifts", 7: "VIPs"})


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule(kind="pin", target=Target(items=("1",)), slot=2,
              scope=Scope(placements=("for_you",))),
         "Pin Green tea to slot 2 on For You"),
        (Rule(kind="boost", target=Target(categories=("Tea", "Coffee"), price_min=3, price_max=9)),
         "Boost category Tea or Coffee, price 3 to 9 (medium)"),
        (Rule(kind="bury", strength="strong", target=Target(price_max=2.5, stock_max=4)),
         "Bury price up to 2.5, stock up to 4 (strong)"),
        (Rule(kind="hide", on=False, target=Target(brands=("A", "B", "C", "D")),
              scope=Scope(placements=("similar", "also_bought"), anchor_items=("1", "2"))),
         "Hide brand A, B or 2 more on Similar and Also bought beside Green tea or Oolong,"
         " switched off"),
        (Rule(kind="only", target=Target(collections=(3, 4), stock_min=1),
              scope=Scope(anchor_categories=("Tea",), segments=(7, 8))),
         "Show only collection Gifts or a deleted collection (4), stock from 1 beside category Tea"
         " for VIPs or a deleted segment (8)"),
        (Rule(kind="boost", target=Target(newer_than_days=30, attributes={"colour": ("red",)}),
              starts="2026-12-01T08:00", ends="2026-12-27T00:00"),
         "Boost colour red, launched in the last 30 days (medium) from 1 Dec 2026, 08:00 until"
         " 27 Dec 2026, 00:00"),
        (Rule(kind="hide", target=Target(newer_than_days=1, price_min=5, price_max=5)),
         "Hide price 5, launched in the last day"),
        (Rule(kind="hide", target=Target()), "Hide nothing"),
    ],
)  # fmt: skip
def test_any_rule_in_one_sentence(rule: Rule, said: str) -> None:
    assert rule_words(rule, NAMES) == said


def test_the_title_of_a_rule() -> None:
    assert rule_title(Rule(id=4, kind="hide", target=Target())) == "Rule 4"


def test_a_change_is_told_even_where_words_cut_it_short() -> None:
    many = tuple("abcdef")
    before = Rule(kind="hide", target=Target(brands=many))
    after = Rule(kind="hide", target=Target(brands=(*many[:5], "x")))
    assert rule_changes(before, after) == ["products, of brand a, b or 4 more"]
    assert rule_changes(before, before) == []
    moved = before.model_copy(update={"scope": Scope(placements=("similar",)), "on": False})
    assert rule_changes(before, moved) == ["where everywhere -> on Similar", "switched on -> off"]


def test_settings_that_differ() -> None:
    after = ShelfSettings(
        leave_out_bought=False, repurchase_days=1, most_of_brand=2, fallbacks=("category",)
    )
    assert settings_changes(ShelfSettings(), after) == [
        "leave out bought products yes -> no",
        "bought products may come again never -> after 1 day",
        "most of one brand no limit -> 2",
        "fallbacks words, popular -> category",
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "just now"), (59, "just now"), (120, "2 minutes ago"), (3_700, "1 hour ago"),
     (200_000, "2 days ago")],
)  # fmt: skip
def test_how_long_ago(seconds: float, said: str) -> None:
    assert ago(1_000_000 - seconds, now=1_000_000) == said
