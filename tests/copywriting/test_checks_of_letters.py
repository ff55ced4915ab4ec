"""Words hidden from the lists, and texts made to be slow."""

from __future__ import annotations

import time

import pytest

from recsys.copywriting.checks.check import MOST_FINDINGS, check
from recsys.copywriting.text import Brief, Copy, Fact, Facts

MUG = Facts(
    about="product",
    id="1",
    name="Mug",
    facts=(Fact(field="brand", value="Чайка"), Fact(field="maker", value="A.C.M.E")),
)


def found(text: str) -> list[tuple[str, str]]:
    checked = check(Copy(text=text), MUG, Brief(voice="casual"))
    return [
        (one.words, text[one.start : one.end]) for one in checked.findings if one.check == "letters"
    ]


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        (
            "A water\u200bproof mug",
            "A sign that hides words, zero width space; remove it.",
            "\u200b",
        ),
        ("A water\u00adproof mug", "A sign that hides words, soft hyphen; remove it.", "\u00ad"),
        (
            "A water\u200dproof mug",
            "A sign that hides words, zero width joiner; remove it.",
            "\u200d",
        ),
        (
            "A water\ufe0fproof mug",
            "A sign that hides words, variation selector-16; remove it.",
            "\ufe0f",
        ),
        (
            "A wo\u0336ol mug",
            "A sign that hides words, combining long stroke overlay; remove it.",
            "\u0336",
        ),
        (
            "A \u24e6ool mug",
            "A sign that hides words, circled latin small letter w; remove it.",
            "\u24e6",
        ),
        (
            "A w\u0430terproof mug",
            "“w\u0430terproof” has letters that are not plain ones; write it in those.",
            "w\u0430terproof",
        ),
        (
            "A \uff57ool mug",
            "“\uff57ool” has letters that are not plain ones; write it in those.",
            "\uff57ool",
        ),
        (
            "An o.r.g.a.n.i.c mug",
            "“o.r.g.a.n.i.c” is a word cut into pieces; write it in one.",
            "o.r.g.a.n.i.c",
        ),
        (
            "An o r g a n i c mug",
            "“o r g a n i c” is a word cut into pieces; write it in one.",
            "o r g a n i c",
        ),
        (
            "A water*proof mug",
            "“water*proof” is a word cut into pieces; write it in one.",
            "water*proof",
        ),
    ],
)
def test_what_hides_a_word_blocks(text: str, words: str, shown: str) -> None:
    assert found(text) == [(words, shown)]


@pytest.mark.parametrize(
    "text",
    [
        "Crème brûlée “au lait” für große Köche, über Ωmega µm … Łódź",
        "Cafe\u0301 au lait \U0001f469\u200d\U0001f373 \u2764\ufe0f",
        "A Чайка mug by A.C.M.E, e.g. for tea, a.m. or p.m.™",
        "Mug* for tea/coffee, well-made",
    ],
)
def test_honest_letters_pass(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "a.",
            "**",
            "[",
            "[a](",
            "{{1 ",
            "{% ",
            "<a ",
            "*|",
            "a-",
            "1 jan ",
            "\n",
            "!\n",
            "[your",
        ),
        *("1 ", "+1 1-", "a@a.b ", "%%", "a.b.de ", "a\u200b", "a\u0430 ", "last chance ", "@abc "),
    ],
)
def test_no_text_makes_the_checks_slow(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    check(Copy(text="A mug"), MUG, Brief())
    began = time.process_time()
    checked = check(Copy(text=text), MUG, Brief())

    assert time.process_time() - began < 1.5  # .5 s on a machine with nothing else to do
    assert len(checked.findings) <= MOST_FINDINGS
