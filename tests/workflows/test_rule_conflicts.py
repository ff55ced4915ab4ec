from __future__ import annotations

import time
from dataclasses import replace

import pytest

from recsys.releases.live import LiveShop, LiveView
from recsys.rules.book import NamedSet, RuleBook
from recsys.rules.rule import Rule, Scope, Target
from recsys.rules.schedule import moment
from recsys.types import ShelfName
from recsys.workflows.rules import conflicts, match_counts

NOW = moment("2026-11-30T12:00", "UTC")
ONE, TWO = Target(items=("i01",)), Target(items=("i02",))


@pytest.fixture
def view(reading: LiveShop) -> LiveView:
    """Product 3 is sold out, 4 is hidden."""
    view = reading.current()
    stock, hidden = view.stock.copy(), view.hidden.copy()
    stock[3], hidden[4] = 0, True
    return replace(view, stock=stock, hidden=hidden)


def rule(number: int, kind: str, target: Target, *where: ShelfName, **more: object) -> Rule:
    scope = Scope(placements=where, segments=more.pop("segments", ()))  # type: ignore[arg-type]
    return Rule.model_validate(
        {"id": number, "name": f"R{number}", "kind": kind, "target": target, "scope": scope} | more
    )


def said(view: LiveView, *rules: Rule, **book: object) -> list[tuple[str, str]]:
    found = conflicts(RuleBook(rules=rules, **book), view, now=NOW)
    return [(one.severity, one.words) for one in found]


def test_a_book_without_faults(view: LiveView) -> None:
    fine = (
        rule(1, "pin", ONE, "for_you", slot=2),
        rule(2, "pin", TWO, "for_you", slot=3),
        rule(3, "hide", Target(items=("i05",))),
        rule(4, "boost", Target(price_min=20)),
        rule(5, "bury", Target(price_max=4)),
        rule(6, "only", Target(price_max=16), "for_you"),
    )
    assert said(view, *fine) == []
    assert said(view) == []
    assert match_counts(RuleBook(rules=fine), view) == {1: 1, 2: 1, 3: 1, 4: 5, 5: 4, 6: 16}


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (rule(1, "hide", Target(brands=("A",))),
         "Rule 'R1' matches no product of the live catalogue."),
        (rule(1, "hide", Target(items=("i01", "i02"), price_min=900)),
         "Rule 'R1' matches no product at the live prices, stock and launch dates."),
        (rule(1, "boost", Target(attributes={"colour": ("red",)})),
         "Rule 'R1' goes by 'colour', and the live catalogue has no such column."),
        (rule(1, "boost", Target(newer_than_days=30)),
         "Rule 'R1' goes by launch dates, and the live catalogue has none."),
        (rule(1, "pin", Target(items=("x", "y")), "for_you"),
         "Rule 'R1' names 'x', 'y', which the live catalogue does not have."),
        (rule(1, "hide", Target(collections=(9,))),
         "Rule 'R1' names a collection that was deleted, so it matches nothing."),
        (rule(1, "hide", ONE, segments=(9,)),
         "Rule 'R1' names a segment that was deleted, so it holds for nobody."),
        (rule(1, "only", Target(price_max=5), "for_you"),
         "Rule 'R1' leaves 3 products in stock, and For You shows 10."),
        (rule(1, "pin", ONE, "similar", slot=21),
         "Rule 'R1' pins to slot 21, and Similar never shows more than 20."),
    ],
)  # fmt: skip
def test_a_rule_that_does_not_do_what_it_says(view: LiveView, one: Rule, words: str) -> None:
    assert ("warning", words) in said(view, one)
    assert said(view, one.model_copy(update={"on": False})) == []


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (rule(1, "pin", Target(items=("i03",)), "for_you"),
         "Rule 'R1' waits: Product 3 is sold out."),
        (rule(1, "pin", Target(items=("i04",)), "for_you"),
         "Rule 'R1' waits: Product 4 is hidden now."),
        (rule(1, "pin", ONE, slot=7),
         "Rule 'R1' pins to slot 7, which Similar or Also bought shows only where more are asked"
         " for."),
        (rule(1, "hide", Target(items=("i01", "x"))),
         "Rule 'R1' names 'x', which the live catalogue does not have."),
        (rule(1, "hide", ONE, starts="2026-12-01T08:00"),
         "Rule 'R1' waits until 1 Dec 2026, 08:00."),
        (rule(1, "hide", ONE, ends="2026-11-30T08:00"),
         "Rule 'R1' has ended on 30 Nov 2026, 08:00 and does nothing."),
    ],
)  # fmt: skip
def test_a_rule_that_does_it_later_or_in_part(view: LiveView, one: Rule, words: str) -> None:
    assert said(view, one) == [("note", words)]


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (rule(1, "pin", ONE, "for_you"), rule(2, "pin", TWO, "for_you", priority=60),
         "Rule 'R2' and rule 'R1' both pin to slot 1: the first has it, the other the next free."),
        (rule(1, "pin", ONE, "for_you"), rule(2, "pin", ONE, "for_you", slot=3),
         "Rule 'R1' and rule 'R2' both pin Product 1: it stands in one place only."),
        (rule(1, "pin", ONE, "for_you"), rule(2, "hide", Target(price_max=3)),
         "Rule 'R1' pins Product 1 and rule 'R2' hides it: rule 'R1' has its way."),
        (rule(1, "pin", ONE, "for_you"), rule(2, "hide", Target(price_max=3), priority=51),
         "Rule 'R1' pins Product 1 and rule 'R2' hides it: rule 'R2' has its way."),
        (rule(1, "pin", ONE, "for_you"), rule(2, "only", Target(price_min=5)),
         "Rule 'R1' pins Product 1 and rule 'R2' includes other products only: rule 'R1' has its"
         " way."),
        (rule(1, "boost", Target(price_min=6)), rule(2, "bury", Target(price_max=7)),
         "Rule 'R1' and rule 'R2' both move 2 products in opposite directions, such as Product 5."),
    ],
)  # fmt: skip
def test_two_rules_that_want_different_things(
    view: LiveView, one: Rule, other: Rule, words: str
) -> None:
    assert said(view, one, other) == [("warning", words)]
    elsewhere = other.model_copy(update={"scope": Scope(placements=("lookalikes",))})
    later = {"starts": "2026-12-24T00:00"}
    before = one.model_copy(update={"ends": "2026-12-24T00:00"})
    if one.scope.placements:
        assert said(view, one, elsewhere) == []
    waits = ("note", "Rule 'R2' waits until 24 Dec 2026, 00:00.")
    assert said(view, before, other.model_copy(update=later)) == [waits]


def test_rules_for_different_shoppers_do_not_meet(view: LiveView) -> None:
    sets = {
        number: NamedSet(number, "segment", f"S{number}", 1, members)
        for number, members in ((1, ("u00",)), (2, ("u01",)), (3, ("u00", "u01")))
    }
    pins = [
        rule(1, "pin", ONE, "for_you", segments=(1,)),
        rule(2, "pin", TWO, "for_you", segments=(2,)),
    ]
    assert said(view, *pins, sets=sets) == []
    both = rule(3, "pin", Target(items=("i05",)), "for_you", segments=(3,), priority=1)
    assert [words[:28] for _, words in said(view, pins[0], both, sets=sets)] == [
        "Rule 'R1' and rule 'R3' both"
    ]


def test_members_that_nobody_knows_are_counted(view: LiveView) -> None:
    sets = {
        1: NamedSet(1, "collection", "Gifts", 1, ("i01", "x", "y")),
        2: NamedSet(2, "collection", "Old", 1, ("x",)),
        3: NamedSet(3, "segment", "VIPs", 1, ()),
    }
    rules = [
        rule(1, "hide", Target(collections=(1, 2)), segments=(3,)),
        rule(2, "hide", Target(collections=(1,))),
    ]
    found = conflicts(RuleBook(rules=tuple(rules), sets=sets), view, now=NOW)
    assert [(one.severity, one.words, one.rule_ids) for one in found] == [
        ("warning", "Collection 'Old': 1 of its 1 member is not among the live products.", (1,)),
        ("warning", "Segment 'VIPs' is empty.", (1,)),
        ("note", "Collection 'Gifts': 2 of its 3 members are not among the live products.", (1, 2)),
    ]


def test_five_hundred_rules_are_looked_at_quickly(view: LiveView) -> None:
    kinds = ("pin", "boost", "bury", "hide", "only")
    rules = [
        rule(n, kinds[n % 5], Target(items=(f"i{n % 24:02}",)), slot=1 + n % 50)
        for n in range(1, 501)
    ]
    start = time.process_time()
    found = conflicts(RuleBook(rules=tuple(rules)), view, now=NOW)
    assert time.process_time() - start < 5
    assert "There are 500 rules: nobody keeps so many in mind." in [one.words for one in found]
    assert len(found) < 700
    severities = [one.severity for one in found]
    assert severities == sorted(severities, reverse=True), "warnings come first"


def test_rules_that_leave_each_other_nothing(view: LiveView) -> None:
    cheap, dear = Target(price_max=16), Target(price_min=17)
    one, other = rule(1, "only", cheap, "for_you"), rule(2, "only", dear, "for_you")
    words = (
        "Rule 'R1' and rule 'R2' both include only products that the other leaves out: none is"
        " left."
    )
    assert ("warning", words) in said(view, one, other)
    elsewhere = rule(2, "only", dear, "similar")
    assert words not in [told for _, told in said(view, one, elsewhere)]


@pytest.mark.parametrize("kind", ["only", "boost", "bury"])
def test_a_rule_whose_products_another_hides(view: LiveView, kind: str) -> None:
    some = rule(1, kind, Target(price_max=4), "for_you")
    hide = rule(2, "hide", Target(price_max=5))
    words = "Rule 'R2' hides every product of rule 'R1', which does nothing where both hold."
    assert ("warning", words) in said(view, some, hide)
    most = rule(2, "hide", Target(price_max=3))
    assert words not in [told for _, told in said(view, some, most)]
