"""Claims by their form, what goes with a thing, small numbers, and numbers of another field."""

from __future__ import annotations

import pytest

from recsys.copywriting.checks.check import check
from recsys.copywriting.text import Brief, Copy, Fact, Facts


def found(text: str, language: str = "en", **fields: str) -> list[tuple[str, str, bool]]:
    facts = tuple(
        Fact(field=field.replace("_", " "), value=value) for field, value in fields.items()
    )
    about = Facts(about="product", id="1", name="Thing", facts=facts)
    checked = check(Copy(text=text), about, Brief(language=language))
    return [(one.check, text[one.start : one.end], one.blocks) for one in checked.findings]


@pytest.mark.parametrize(
    ("text", "check_", "shown"),
    [
        ("Grown in Ecuador.", "origin", "Ecuador"),
        ("With shea butter from Ghana.", "origin", "Ghana"),
        ("The sweetest bananas around.", "superlative", "sweetest"),
        ("Most comfortable chair we know.", "superlative", "Most comfortable"),
        ("Rich in potassium and vitamin C.", "property", "Rich in potassium and vitamin C"),
        ("Low in fat.", "property", "Low in fat"),
        ("A source of fibre.", "property", "source of fibre"),
        ("Suitable for diabetics.", "property", "Suitable for diabetics"),
        ("Never sprayed.", "property", "Never sprayed"),
        ("Ripened on the tree.", "property", "Ripened on the tree"),
        ("Cancels the noise around you.", "property", "Cancels the noise"),
        ("Works with wireless charging.", "property", "wireless charging"),
        ("Inspired by hermès.", "brand", "hermès"),
        ("A rival of Lodge.", "brand", "Lodge"),
        ("Three layers of it.", "number", "Three"),
        ("It comes with two brushes.", "number", "two"),
        ("It goes with you, and is made of silk.", "material", "silk"),
        ("Wear it with its leather strap.", "material", "leather"),
    ],
)
def test_what_no_field_says_blocks(text: str, check_: str, shown: str):
    assert (check_, shown, True) in found(text, description="Bluetooth 5.3")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("A harvest of honest, modest fruit for guests.", {}),
        ("For the coldest mornings, and even the smallest kitchen.", {}),
        ("Rich in potassium.", {"description": "Rich in potassium and vitamin B6."}),
        ("The sweetest bananas.", {"description": "Our sweetest bananas"}),
        ("Rich in colour, a source of joy.", {}),
        ("Cut from pure linen.", {"material": "100% linen"}),
        ("The soy wax burns slowly.", {"wax": "soy"}),
        ("Choose from four sizes.", {"sizes": "S, M, L, XL"}),
        ("Merino makes up 80% of the knit.", {"material": "80% merino wool"}),
        ("Fifteen bars of pressure.", {"pressure": "15 bar"}),
        ("With a slice of orange.", {}),
        ("From Ecuador.", {"description": "Ecuadorian bananas"}),
    ],
)
def test_what_is_harmless_or_stands_in_a_field_passes(text: str, fields: dict[str, str]):
    assert [one for one in found(text, **fields) if one[2]] == []


@pytest.mark.parametrize(
    ("text", "check_", "shown"),
    [
        ("Room for two windows side by side.", "number", "two"),
        ("Dress it up with a silk scarf.", "material", "silk"),
        ("It goes with everything from a white tee to a black dress.", "colour", "white"),
        ("Wear it under a leather jacket.", "material", "leather"),
    ],
)
def test_what_goes_with_it_and_small_numbers_are_advice(text: str, check_: str, shown: str):
    assert (check_, shown, False) in found(text)


def test_german_superlatives_are_known_by_their_ending():
    text = "Die süßeste Banane, der cremigste Joghurt und das erste robuste Glas."

    assert [shown for name, shown, _ in found(text, "de") if name == "superlative"] == [
        "süßeste",
        "cremigste",
    ]


@pytest.mark.parametrize(
    ("text", "fields", "shown"),
    [
        ("It is 5 cm wide.", {"size": "Diameter 28 cm, depth 5 cm"}, "5 cm"),
        ("It is 28 cm deep.", {"size": "Diameter 28 cm, depth 5 cm"}, "28 cm"),
        ("Weighs just 28 cm.", {"diameter": "28 cm"}, "28 cm"),
        ("20 h of charging time.", {"battery": "20 h"}, "20 h"),
        ("Waterproof to 10 m.", {"waterproof": "yes", "range": "10 m"}, "10 m"),
        ("Lasts 2 years in daily use.", {"description": "Aged 2 years."}, "2 years"),
        ("Delivered within 30 days.", {"description": "Returns within 30 days."}, "30 days"),
    ],
)
def test_a_number_of_something_else_is_not_borne_out(text: str, fields: dict[str, str], shown: str):
    assert found(text, **fields) == [("number", shown, True)]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("It is 28 cm wide and 5 cm deep.", {"size": "Diameter 28 cm, depth 5 cm"}),
        ("It is 180 cm long and 75 cm high.", {"size": "180 x 90 cm", "height": "75 cm"}),
        ("Up to 20 hours of music.", {"battery": "20 h with case", "charging_time": "20 h"}),
        ("It lasts 40 hours.", {"burn_time": "40 h"}),
        ("The 200 g block keeps well.", {"weight": "200 g"}),
    ],
)
def test_a_number_of_the_same_passes(text: str, fields: dict[str, str]):
    assert found(text, **fields) == []


@pytest.mark.parametrize(
    ("text", "fields", "shown"),
    [
        ("Suitable for induction.", {"induction": "no"}, "induction"),
        ("Works on induction hobs.", {"care": "Not suitable for induction hobs."}, "induction"),
        ("Induction? Of course.", {"care": "Not waterproof. No induction."}, "Induction"),
        ("Bleach it when you like.", {"care": "Do not wring, no bleach"}, "Bleach"),
    ],
)
def test_what_a_field_denies_in_words_of_no_list_blocks(
    text: str, fields: dict[str, str], shown: str
):
    assert found(text, **fields) == [("negation", shown, True)]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Not for induction hobs.", {"induction": "no"}),
        ("It slips into a bag.", {"features": "The base does not slip."}),
        ("A gift for kids.", {"description": "Not just for kids."}),
        ("Easy to clean.", {"care": "Not suitable for cleaning with steam"}),
    ],
)
def test_what_is_denied_in_the_text_too_passes(text: str, fields: dict[str, str]):
    assert found(text, **fields) == []
