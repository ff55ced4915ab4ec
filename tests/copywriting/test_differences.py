from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recsys.copywriting.differences import Piece, differences


def test_a_changed_word_is_removed_and_added() -> None:
    assert differences("A red cup.", "A blue cup.") == [
        Piece("same", "A "),
        Piece("removed", "red"),
        Piece("added", "blue"),
        Piece("same", " cup."),
    ]


def test_equal_texts_have_one_piece_and_empty_ones_none() -> None:
    assert differences("A cup.", "A cup.") == [Piece("same", "A cup.")]
    assert differences("", "") == []
    assert differences("", "A cup.") == [Piece("added", "A cup.")]


def test_a_text_that_was_written_anew_is_not_cut_into_chance_words() -> None:
    pieces = differences("Cup of steel, 350 ml", "Warm tea on every long and windy walk home")
    assert [piece.change for piece in pieces] == ["removed", "added"]


def test_texts_of_thousands_of_words_are_not_compared() -> None:
    before = "word " * 1_500
    assert [one.change for one in differences(before, f"{before}more")] == ["removed", "added"]


@given(st.text("ab c.\n", max_size=30), st.text("ab c.\n", max_size=30))
def test_nothing_is_lost_or_made_up(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(one.text for one in pieces if one.change != "added") == before
    assert "".join(one.text for one in pieces if one.change != "removed") == after
