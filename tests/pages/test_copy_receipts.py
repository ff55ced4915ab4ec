"""Which characters of a text are underlined, which are struck, and what stands beside them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pages.ui.copy_receipts import Piece, drawn, pieces
from pages.ui.copy_write_counts import cut
from pages.ui.copy_write_facts import with_rows
from pages.ui.copy_write_streaming import Growing
from recsys.copywriting.checks.finding import Checked, Finding, Receipt
from recsys.copywriting.text import Copy, Fact, Facts

TEXT = "Solid oak, waterproof, 40 cm high."
OAK = Receipt(start=0, end=9, field="material", value="Solid oak")
WATER = Finding(check="claim", words="Nothing says so.", start=11, end=21)


def test_known_words_are_underlined_and_unknown_ones_struck() -> None:
    assert pieces(TEXT, "text", Checked(findings=(WATER,), receipts=(OAK,))) == [
        Piece("Solid oak", "known", "material: Solid oak", (1,)),
        Piece(", "),
        Piece("waterproof", "unknown", "Nothing says so."),
        Piece(", 40 cm high."),
    ]


def test_what_has_to_go_hides_advice_and_a_receipt() -> None:
    advice = Finding(check="keywords", words="Said often.", start=0, end=21, blocks=False)
    wide = Receipt(start=0, end=21, field="name", value="Oak stool")
    found = pieces(TEXT, "text", Checked(findings=(advice, WATER), receipts=(wide,)))
    assert [(one.text, one.mark) for one in found] == [
        ("Solid oak, ", "advice"),
        ("waterproof", "unknown"),
        (", 40 cm high.", ""),
    ]


def test_a_receipt_cut_by_another_has_its_number_at_its_end_once() -> None:
    inner = Receipt(start=6, end=9, field="wood", value="oak")
    found = pieces(TEXT, "text", Checked(receipts=(inner, OAK)))
    assert [(one.text, one.numbers) for one in found[:2]] == [("Solid ", ()), ("oak", (2, 1))]
    assert found[1].note == "wood: oak; material: Solid oak"


def test_a_preheader_has_marks_of_its_own_and_fields_are_numbered_in_reading_order() -> None:
    checked = Checked(
        receipts=(
            Receipt(start=0, end=3, field="name", value="Oak stool", where="preheader"),
            Receipt(start=4, end=9, field="brand", value="x" * 80),
        )
    )
    shown = drawn(Copy(text="New Brand", preheader="Oak"), checked)
    assert [line["label"] for line in shown["lines"]] == ["Subject", "Preheader"]
    marks = [[one["mark"] for one in line["pieces"]] for line in shown["lines"]]
    assert marks == [["", "known"], ["known"]]
    assert [(one["number"], one["field"]) for one in shown["receipts"]] == [
        ("1", "brand"),
        ("2", "name"),
    ]
    assert len(shown["receipts"][0]["value"]) == 60, "a long value is cut"


PLACES = st.integers(-3, 40)
MARKS = st.lists(st.tuples(PLACES, PLACES, st.booleans()), max_size=8)


@given(st.text(max_size=30), MARKS, MARKS)
def test_no_character_is_lost_wherever_the_marks_are(
    text: str, found: list[tuple[int, int, bool]], borne: list[tuple[int, int, bool]]
) -> None:
    checked = Checked(
        findings=tuple(
            Finding(check="c", words="w", start=a, end=b, blocks=c) for a, b, c in found
        ),
        receipts=tuple(Receipt(start=a, end=b, field="f", value=str(c)) for a, b, c in borne),
    )
    assert "".join(one.text for one in pieces(text, "text", checked)) == text


def test_a_text_is_drawn_with_its_first_piece_and_then_twenty_times_a_second() -> None:
    now, shown = [100.0], []

    class Place:
        def text(self, body: str) -> None:
            shown.append(body)

    grow = Growing(Place(), clock=lambda: now[0])
    for step in range(1, 101):  # a second of pieces, 100 a second
        grow("x" * step)
        now[0] += 0.01
    assert shown[0] == "x"
    assert 18 <= len(shown) <= 21
    assert grow.text == "x" * 100


def test_an_inbox_cuts_a_subject_that_is_longer_than_its_room() -> None:
    assert cut("Oak stools are back", 41) == "Oak stools are back"
    assert cut("Oak stools are back, and so are the benches", 20) == "Oak stools are back,…"


def test_facts_are_what_the_table_has() -> None:
    facts = Facts(
        about="product",
        id="1",
        name="Stool",
        facts=(Fact(field="name", value="Stool "), Fact(field="colour", value="oak")),
    )
    rows = [
        {"Field": "name", "Value": "Stool ", "From": "Catalogue"},
        {"Field": "colour", "Value": "dark  oak", "From": "Catalogue"},
        {"Field": " height ", "Value": "40 cm", "From": None},
        {"Field": "weight", "Value": None, "From": None},
        {"Field": None, "Value": "lost", "From": None},
    ]
    assert with_rows(facts, rows).facts == (
        Fact(field="name", value="Stool "),
        Fact(field="colour", value="dark oak", by_hand=True),
        Fact(field="height", value="40 cm", by_hand=True),
    )
