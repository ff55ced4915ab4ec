"""What the checks catch of the sentences in the two tables, and what they let pass."""

from __future__ import annotations

import sys

import pytest
from copy_sentences import rates, sentences

from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.text import Brief, Claim, Copy, Fact, Facts


def facts_of(*, stock: int | None = None, **fields: str) -> Facts:
    facts = tuple(Fact(field=field, value=value) for field, value in fields.items())
    return Facts(about="product", id="1", name="Mug", facts=facts, stock=stock)


def checked(text: str, facts: Facts, *claims: tuple[str, str]) -> Checked:
    pairs = tuple(Claim(words=words, field=field) for words, field in claims)
    return check(Copy(text=text, claims=pairs), facts, Brief())


def blocking(found: Checked) -> list[tuple[str, str]]:
    return [(one.check, one.words) for one in found.findings if one.blocks]


def test_every_sentence_of_the_table_is_judged_rightly():
    wrong = [
        (one.facts.id, one.text, sorted(one.wrong), sorted(one.found()))
        for one in sentences("claims.toml")
        if one.found() != one.wrong
    ]

    assert wrong == []


def test_the_tables_are_large_enough_and_their_rates_hold():
    caught, lies, alarms, truths = rates("claims.toml")
    held_caught, held_lies, held_alarms, held_truths = rates("claims_held_out.toml")
    sys.stdout.write(
        f"\ncaught {caught} of {lies}, false alarms {alarms} of {truths}; held out:"
        f" caught {held_caught} of {held_lies}, false alarms {held_alarms} of {held_truths}\n"
    )

    assert lies + truths >= 120
    assert held_lies + held_truths >= 40
    assert held_caught / held_lies >= 0.9
    assert held_alarms / held_truths <= 0.1


def test_sentences_that_somebody_else_wrote_are_mostly_judged_rightly():
    caught, lies, alarms, truths = rates("claims_by_another.toml")

    assert (lies, truths) == (49, 23)
    assert caught >= 37
    assert alarms <= 3


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12/12 OZ", "a 12-pack of 12-ounce cans"),
        ("6/12 OZ", "six 12-ounce cans, a pack of six"),
        ("4 PK/4.4 OZ", "a pack of four, 4.4 ounces each"),
        ("10-6.75 OZ", "ten pieces of 6.75 ounces"),
        ("10 3/4 OZ", "10.75 ounces"),
        ("1 DZ", "a dozen pieces"),
        ("1/2 GAL", "half a gallon"),
        ("7.5 X7.5 IN", "7.5 inches"),
        ("60 °C", "sixty degrees"),
        ("75 cm", "three quarters of a metre"),
        ("250 g", "a quarter of a kilo"),
        ("0.35 l", "350 ml"),
        ("350 ml", "35 cl"),
        ("0,35 l", "0.35 litres"),
        ("12 OZ", "340 g"),
        ("12 oz", "12-ounce"),
        ("12 fl oz", "355 ml"),
        ("1.5 kg", "1500 g"),
        ("1.500 g", "1.5 kilos"),
        ("1,500 g", "1.5 kg"),
        ("35 x 50 cm", "35 \u00d7 50 cm"),
        ("35 x 50 cm", "half a metre"),
        ('6"', "six inches"),
        ("10 inch", "25.4 cm"),
        ("1/2 litre", "500 ml"),
        ("1 1/2 l", "1.5 l"),
        ("1½ l", "1500 ml"),
        ("10-12 °C", "10 to 12 °C"),
        ("-20 °C", "-20 °C"),
        ("2 kW", "2000 watts"),
        ("5 Ah", "5000 mAh"),
        ("1 TB", "1000 GB"),
        ("pack of 6", "a six-pack"),
        ("6-pack", "six pieces"),
        ("6 ct", "a pack of six"),
        ("40 % vol", "40% ABV"),
        ("1 year", "twelve months"),
        ("two dozen eggs", "24 eggs"),
        ("USB 3.0", "USB 3.0"),
        ("2-in-1", "2-in-1"),
        ("$ 20", "20 dollars"),
        ("Founded 1887", "since 1887"),
        ("IP67", "IP 67"),
    ],
)
def test_a_number_told_otherwise_is_the_same_number(value: str, text: str):
    found = checked(f"It has {text} of it.", facts_of(size=value))

    assert blocking(found) == []
    assert "size" in {receipt.field for receipt in found.receipts}


def test_a_field_may_name_the_unit_of_its_number():
    facts = facts_of(weight_g="310", capacity_ml="350")

    assert blocking(checked("It weighs 310 g and holds 0.35 l.", facts)) == []
    assert blocking(checked("It weighs 310 kg.", facts)) == [
        ("unit", "“310 kg” is not what the field “weight_g” says: “310”. Say it as it is there.")
    ]


def test_a_finding_says_what_was_found_where_it_should_stand_and_what_to_do():
    facts = facts_of(material="Glass", care="Not waterproof", capacity="0.35 l")
    found = checked("A waterproof steel mug of 40 cl, vegan and Fairtrade.", facts)

    assert blocking(found) == [
        (
            "negation",
            "“waterproof” is the reverse of the field “care”: “Not waterproof”."
            " Say what stands there, or remove it.",
        ),
        (
            "material",
            "“steel” stands in no field of this product; remove it, or add it as a feature.",
        ),
        (
            "number",
            "“40 cl” is not what the field “capacity” says: “0.35 l”. Say it as it is there.",
        ),
        (
            "property",
            "“vegan” stands in no field of this product; remove it, or add it as a feature.",
        ),
        (
            "certification",
            "“Fairtrade” stands in no field of this product; remove it, or add it as a feature.",
        ),
    ]


def test_a_narrower_word_is_said_to_say_too_much():
    found = checked("A navy mug.", facts_of(colour="Blue"))

    assert blocking(found) == [
        ("colour", "“navy” says more than the field “colour”: “Blue”. Say what stands there.")
    ]


def test_receipts_name_the_field_and_overlap_nothing():
    text = "A navy mug that holds 350 ml."
    facts = facts_of(colour="Navy", capacity="0.35 l")
    found = checked(text, facts, ("navy", "colour"), ("holds 350 ml", "capacity"))

    assert [(text[one.start : one.end], one.field, one.value) for one in found.receipts] == [
        ("navy", "colour", "Navy"),
        ("350 ml", "capacity", "0.35 l"),
    ]


def test_of_a_claim_only_what_the_field_bears_out_is_underlined():
    text = "A calm, deep blue keeps to itself; the soft silicone lid closes."
    facts = facts_of(colour="Deep blue", material="Steel, silicone lid")
    found = checked(text, facts, ("soft silicone lid", "material"))

    assert blocking(found) == []
    assert ("silicone lid", "material") in {
        (text[one.start : one.end], one.field) for one in found.receipts
    }
    assert [one.words for one in found.findings] == [
        "Of “soft silicone lid”, “soft” does not stand in the field “material”:"
        " “Steel, silicone lid”. See for yourself."
    ]


@pytest.mark.parametrize(
    ("claim", "borne"),
    [
        ("This banana is chosen by every Olympic team and loved by stars", "banana"),
        ("Bananas that stay fresh for months without a fridge", "Bananas"),
    ],
)
def test_a_claim_of_which_one_word_agrees_is_no_receipt(claim: str, borne: str):
    found = checked(
        f"{claim}.", facts_of(description="Ripe bananas, 1 kg."), (claim, "description")
    )

    assert blocking(found) == [
        (
            "claim",
            f"Of “{claim}”, only “{borne}” stands in the field “description”:"
            " “Ripe bananas, 1 kg.”. Say what stands there, or remove it.",
        )
    ]
    assert found.receipts == ()


def test_a_denial_that_the_field_does_not_have_is_not_borne_out():
    facts = facts_of(care="Rusts in the rain")
    found = checked("It never rusts.", facts, ("never rusts", "care"))

    assert [one.words for one in found.findings if one.check == "claim"] == [
        "Of “never rusts”, “never” does not stand in the field “care”: “Rusts in the rain”."
        " See for yourself."
    ]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        (
            ("keeps warm", "care"),
            "The writer claims “keeps warm”, which is not in the text; write it anew.",
        ),
        (("navy", "origin"), "“navy” rests on “origin”, which is no field of this product."),
        (
            ("navy", "capacity"),
            "“navy” is not borne out by the field “capacity”: “0.35 l”."
            " Say what stands there, or remove it.",
        ),
        (
            ("easy to clean", "colour"),
            "“easy to clean” is not borne out by the field “colour”: “Navy”."
            " Say what stands there, or remove it.",
        ),
        (
            ("holds 350 ml", "weight"),
            "“holds 350 ml” is not borne out by the field “weight”: “350 g”."
            " Say what stands there, or remove it.",
        ),
    ],
)
def test_the_word_of_the_model_counts_for_nothing(claim: tuple[str, str], words: str):
    facts = facts_of(colour="Navy", capacity="0.35 l", weight="350 g", care="Hand wash")
    found = checked("A navy mug, easy to clean, holds 350 ml.", facts, claim)

    assert blocking(found) == [("claim", words)]


def test_a_claim_in_other_words_of_the_same_root_passes():
    found = checked(
        "Its insulation is double.", facts_of(wall="Insulated twice"), ("insulation", "wall")
    )

    assert [one.check for one in found.findings] == []


def test_a_boolean_field_says_yes_or_no():
    facts = facts_of(waterproof="no", rechargeable="yes", wireless="true")

    assert blocking(checked("Wireless, rechargeable and not waterproof.", facts)) == []
    assert [name for name, _ in blocking(checked("Waterproof.", facts))] == ["negation"]


def test_a_category_of_many_kinds_says_nothing_of_one_product():
    mixed = facts_of(category="Wool & cashmere")
    single = facts_of(category="Wool scarves")

    assert [name for name, _ in blocking(checked("A wool scarf.", mixed))] == ["material"]
    assert blocking(checked("A wool scarf.", single)) == []


def test_in_a_language_that_is_not_read_numbers_hold_and_the_limits_say_so():
    facts = facts_of(contenance="0,35 l")
    text = "Une tasse de 350 ml pour les matins, avec de la mousse dans la tasse."
    good = check(Copy(text=text), facts, Brief(language="fr"))
    bad = check(Copy(text=text.replace("350", "400")), facts, Brief(language="fr"))

    assert blocking(good) == []
    assert [name for name, _ in blocking(bad)] == ["number"]
    assert good.limits.startswith("Of French, materials, colours, properties, superlatives,")


def test_the_number_of_products_is_known():
    facts = Facts(about="products", id="a,b,c", name="Alba, Bea, Cleo")

    assert blocking(checked("Three mugs for you.", facts)) == []
    assert blocking(checked("Four mugs for you.", facts)) != []


def test_in_another_language_than_the_facts_a_claim_without_numbers_is_advice():
    facts = facts_of(material="Stainless steel", capacity="0.35 l")
    claims = (
        Claim(words="acier inoxydable", field="material"),
        Claim(words="400 ml", field="capacity"),
    )
    text = "Une tasse en acier inoxydable de 400 ml pour les matins."
    found = check(Copy(text=text, claims=claims), facts, Brief(language="fr"))

    assert [(one.check, one.blocks) for one in found.findings] == [
        ("claim", False),
        ("claim", True),
        ("number", True),
    ]
    assert found.findings[0].words == (
        "“acier inoxydable” is said to rest on the field “material”: “Stainless steel”."
        " The words are not alike; see for yourself."
    )
