"""What is told to a model, and what of shoppers must neither be sent nor written."""

from __future__ import annotations

import pytest

from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.leaks import personal_in
from recsys.copywriting.text import Brief, Claim, Copy, Fact, Facts

MUG = Facts(about="product", id="1", name="Mug", facts=(Fact(field="brand", value="Ikaro"),))
SEGMENT = Facts(
    about="segment",
    id="1",
    name="Leather - Anna Schmidt anna@x.example",
    facts=(Fact(field="category", value="Tea (60 % of orders)"),),
)
SUBJECT = Brief(kind="subject")


@pytest.mark.parametrize("text", ["Only 3 left", "Last pieces"])
def test_the_model_is_not_told_the_stock(text: str) -> None:
    facts = MUG.model_copy(update={"stock": 4711})
    finding = next(
        one for one in check(Copy(text=text), facts, SUBJECT).findings if one.check == "urgency"
    )

    assert "there are 4711 in stock" in finding.words
    assert finding.to_model == (
        f"“{text}” is not what the stock says; leave out how many are left."
    )


def test_a_segments_name_bears_nothing_out_and_stands_in_no_finding() -> None:
    copy = Copy(text="Leather for Anna", claims=(Claim(words="Leather", field="name"),))
    checked = check(copy, SEGMENT, SUBJECT)

    assert not checked.clean
    assert checked.receipts == ()
    assert "x.example" not in repr(checked)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ask anna.b+c@mail.example.com", "an e-mail address"),
        ("Call +49 170 1234567", "a telephone number"),
        ("Call 0170/1234567", "a telephone number"),
        ("(555) 123-4567", "a telephone number"),
        ("01701234567", "a telephone number"),
        ("EAN 4006381333931", None),
        ("GTIN 0012345678905", None),
        ("2026-11-30 - 2026-12-24", None),
        ("1,250,000 sold @ home", None),
        ("", None),
    ],
)
def test_personal_data_is_told_from_other_numbers(text: str, found: str | None) -> None:
    assert personal_in(text) == found


def test_an_account_stands_in_a_field_or_is_found() -> None:
    copy = Copy(text="Ask @Evilshop or @ikaro.mugs on Telegram.")
    facts = MUG.model_copy(update={"facts": (Fact(field="contact", value="@ikaro.mugs"),)})

    assert [
        (one.check, one.words) for one in check(copy, facts, Brief()).findings if one.blocks
    ] == [("leak", "“@Evilshop” is an account that stands in no field; remove it.")]


def personal(text: str, kind: str = "subject", *, blocks: bool = True) -> list[str]:
    facts = MUG.model_copy(update={"name": "Tea by Emma", "facts": ()})
    brief = Brief(kind=kind, merge_tool="klaviyo")
    findings = check(Copy(text=text), facts, brief).findings
    return [one.words for one in findings if one.check == "personal" and one.blocks == blocks]


@pytest.mark.parametrize(
    "text",
    [
        "Anna, your tea is back",
        "Tea for you, Anna Schmidt",
        "For Anna: fresh tea",
        "Anna's tea is back",
        "anna, your tea is back",
        "Hi Anna, tea is back",
        "Hallo Anna, Tee!",
    ],
)
def test_nobodys_name_stands_in_a_subject(text: str) -> None:
    name = "anna" if "anna" in text else "Anna"
    assert personal(text) == [
        f"“{name}” is a person's name that stands in no field; use a merge tag instead."
    ]


def test_who_is_called_in_a_subject_may_be_a_person() -> None:
    assert personal("Yolandi, your tea is back", blocks=False) == [
        "“Yolandi” may be a person's name; if it is one, use a merge tag instead."
    ]
    assert personal("Dear Yolandi, tea is back", "description") != []


@pytest.mark.parametrize(
    "text",
    [
        "Emma, your tea is back",
        "Tea, your way",
        "Hello Sunshine, tea is back",
        "Tea for St Patrick's Day",
        "Finally, your tea is back",
        "{{ first_name|default:'Anna' }}, your tea is back",
        "The tea that you will love",
    ],
)
def test_words_that_are_nobodys_name_pass(text: str) -> None:
    assert personal(text) == []
    assert personal(text, blocks=False) == []


def test_a_name_is_found_in_e_mails_alone() -> None:
    assert personal("A chair that Anna would like.", "description") == []
