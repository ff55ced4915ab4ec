"""Rules at the door."""

from __future__ import annotations

import json
import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from recsys.errors import InputError
from recsys.rules.reading import read_rule, rule_faults
from recsys.rules.rule import RULE_KINDS, STRENGTHS, Rule, Scope, Target
from recsys.rules.saying import rule_words
from recsys.rules.schedule import moment
from recsys.types import SHELVES

GIFTS, VIPS = 3, 7
SETS = {GIFTS: "collection", VIPS: "segment"}
HIDE = {"kind": "hide", "target": {"items": ["tea"]}}


def fault(document: dict) -> str:
    with pytest.raises(InputError) as told:
        read_rule(document, sets=SETS, now=moment("2026-11-30T12:00", "UTC"))
    assert told.value.hint == "Mend the rule and save it again; nothing has changed."
    return told.value.message


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"target": {}}, "The rule is about no products: give it a target."),
        ({"target": {"items": []}}, "The rule is about no products: give it a target."),
        ({"kind": "pin", "target": {"brands": ["A"]}}, "A pin needs the id of a product."),
        ({"kind": "promote"}, 'kind is "promote"; it has to be '
         "'pin', 'boost', 'bury', 'hide' or 'only'."),
        ({"kind": None}, "kind is null; it has to be 'pin', 'boost', 'bury', 'hide' or 'only'."),
        ({"slot": 0}, "slot is 0; slots go from 1 to 50."),
        ({"slot": 51}, "slot is 51; slots go from 1 to 50."),
        ({"slot": 2.5}, "slot is 2.5, which is not a whole number."),
        ({"slot": "second"}, 'slot is "second", which is not a whole number.'),
        ({"priority": 101}, "priority is 101; it has to be 100 or less."),
        ({"on": "perhaps"}, 'on is "perhaps"; it has to be true or false.'),
        ({"name": "x" * 121}, "name is longer than 120 characters."),
        ({"colour": "red"}, "A rule has no field 'colour'."),
        ({"target": {"items": ["tea"], "size": 1}}, "A rule has no field 'target.size'."),
        ({"target": "tea"}, 'target is "tea", which is not an object with fields.'),
        ({"target": {"items": "tea"}}, 'target.items is "tea", which is not a list.'),
        ({"target": {"items": [" "]}}, "An id or a value of the target is empty."),
        ({"target": {"attributes": {"colour": []}}}, "Which colour is meant is not said."),
        ({"target": {"price_min": -1}}, "target.price_min is -1; it has to be 0.0 or more."),
        ({"target": {"price_min": 9.5, "price_max": 3}},
         "The lowest price 9.5 is above the highest 3."),
        ({"target": {"stock_min": 1200, "stock_max": 3}},
         "The lowest stock 1,200 is above the highest 3."),
        ({"target": {"items": [f"i{n}" for n in range(1001)]}},
         "The rule names 1,001 products, and 1,000 is the most: make a collection of them."),
        ({"target": {"collections": [VIPS]}}, "There is no collection 7."),
        ({"scope": {"segments": [99]}}, "There is no segment 99."),
        ({"scope": {"placements": ["home"]}}, "There is no placement 'home'; there are for_you,"
         " similar, also_bought, lookalikes, buy_again."),
        ({"scope": {"placements": ["for_you"], "anchor_categories": ["Tea"]}},
         "A rule beside a product or a category holds on Similar and Also bought only, and this"
         " one is for neither."),
        ({"starts": "tomorrow"},
         "starts is 'tomorrow'; write the shop's local time as 2026-12-01T08:00."),
        ({"ends": "2026-02-30T00:00"},
         "ends is '2026-02-30T00:00'; write the shop's local time as 2026-12-01T08:00."),
        ({"starts": "2026-12-01T08:00+01:00"},
         "starts is '2026-12-01T08:00+01:00'; write the shop's local time as 2026-12-01T08:00."),
        ({"starts": "2026-12-24", "ends": "2026-12-01T09:00"},
         "The rule starts on 24 Dec 2026, 00:00, which is not before it ends on 1 Dec 2026,"
         " 09:00."),
        ({"ends": "2026-11-30T12:00"}, "The rule has ended on 30 Nov 2026, 12:00."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(changed: dict, said: str) -> None:
    assert fault({**HIDE, **changed}) == said


def test_one_error_lists_all_faults() -> None:
    document = {
        "kind": "pin",
        "target": {"categories": ["Tea"], "price_min": 9, "price_max": 3},
        "scope": {"segments": [99]},
        "slot": 99,
        "strength": "huge",
        "starts": "2026-12-24",
        "ends": "2026-12-01",
        "colour": "red",
    }
    assert fault(document) == (
        "slot is 99; slots go from 1 to 50. strength is \"huge\"; it has to be 'light',"
        " 'medium' or 'strong'. A rule has no field 'colour'. A pin needs the id of a product."
        " The lowest price 9 is above the highest 3. The rule starts on 24 Dec 2026, 00:00, which"
        " is not before it ends on 2 Dec 2026, 00:00. There is no segment 99."
    )


def test_a_day_is_taken_whole() -> None:
    rule = read_rule({**HIDE, "starts": "2026-12-24", "ends": " 2026-12-31 "}, sets={})
    assert (rule.starts, rule.ends) == ("2026-12-24T00:00", "2027-01-01T00:00")
    assert read_rule({**HIDE, "ends": "2001-01-01"}, sets={}).ends == "2001-01-02T00:00"


texts = some.text(min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
several = some.lists(texts, min_size=1, max_size=3).map(tuple)
times = some.datetimes().map(lambda one: one.strftime("%Y-%m-%dT%H:%M").zfill(16))


@some.composite
def rules(draw: some.DrawFn) -> Rule:
    low, high = sorted(draw(some.tuples(some.floats(0, 1e9), some.floats(0, 1e9))))
    starts, ends = sorted(draw(some.tuples(times, times)))
    scope = Scope(
        placements=draw(some.lists(some.sampled_from(SHELVES), unique=True).map(tuple)),
        segments=draw(some.sampled_from([(), (VIPS,)])),
    )
    target = Target(
        items=draw(several),
        collections=draw(some.sampled_from([(), (GIFTS,)])),
        categories=draw(some.one_of(some.just(()), several)),
        price_min=low,
        price_max=draw(some.sampled_from([None, high])),
        newer_than_days=draw(some.one_of(some.none(), some.integers(1, 9_999))),
        attributes=draw(some.dictionaries(texts, several, max_size=2)),
    )
    return Rule(
        id=draw(some.integers(0, 10**9)),
        name=draw(some.text(string.printable, max_size=120)),
        kind=draw(some.sampled_from(RULE_KINDS)),
        target=target,
        scope=scope,
        slot=draw(some.integers(1, 50)),
        strength=draw(some.sampled_from(STRENGTHS)),
        priority=draw(some.integers(0, 100)),
        starts=draw(some.sampled_from(["", starts])),
        ends="" if starts == ends else draw(some.sampled_from(["", ends])),
        on=draw(some.booleans()),
    )


@given(rules())
def test_a_rule_comes_back_from_json_as_it_was(rule: Rule) -> None:
    document = json.loads(json.dumps(rule.model_dump(mode="json")))
    assert read_rule(document, sets=SETS) == rule
    assert rule_faults(rule, sets=SETS) == []
    words = rule_words(rule)
    assert words
    assert words == rule_words(Rule.model_validate(document))


values = some.recursive(
    some.one_of(some.none(), some.booleans(), some.integers(), some.floats(), some.text()),
    lambda inner: some.one_of(some.lists(inner), some.dictionaries(some.text(), inner)),
    max_leaves=8,
)


@given(some.dictionaries(some.sampled_from([*Rule.model_fields, "x"]), values))
def test_anything_else_is_a_rule_or_an_error_for_people(document: dict) -> None:
    with suppress(InputError):
        read_rule(document, sets=SETS)
