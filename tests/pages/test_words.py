from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.words import ago, code, count, money, percent, plain, shorten, size


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (1204.5, "USD", "$1,204.50"),
        (3.0, "GBP", "£3.00"),
        (3.0, "CHF", "3.00 CHF"),
        (3.0, "", "3.00"),
        (None, "USD", "no price"),
    ],
)
def test_money(value: float | None, currency: str, shown: str) -> None:
    assert money(value, currency) == shown


@pytest.mark.parametrize(
    ("past", "shown"),
    [(5, "just now"), (60, "1 minute ago"), (7_300, "2 hours ago"), (172_800, "2 days ago")],
)
def test_ago(past: float, shown: str) -> None:
    assert ago(1_000_000 - past, now=1_000_000) == shown


def test_count_and_size() -> None:
    assert count(1, "product") == "1 product"
    assert count(68_509, "product") == "68,509 products"
    assert size(7_560_929) == "7.6 MB"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0, "0 %"),
        (1, "100 %"),
        (0.4512, "45 %"),
        (0.0996, "10 %"),
        (0.0324, "3.2 %"),
        (0.03, "3 %"),
        (0.00863, "0.86 %"),
        (0.0000001, "under 0.001 %"),
    ],
)
def test_percent_has_the_digits_that_matter(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("C536379", "`C536379`"),
        ("a`b", "``a`b``"),
        ("`a``b`", "``` `a``b` ```"),
        ("two\n# lines", "`two # lines`"),
        ("  ", "`(empty)`"),
        ("<b>:red[x]</b>", "`<b>:red[x]</b>`"),
        (":material/home:", "`:\u2060material/home:`"),
    ],
)
def test_code_cannot_be_left(text: str, shown: str) -> None:
    assert code(text) == shown


@given(st.text())
def test_plain_escapes_every_sign_that_markdown_knows(text: str) -> None:
    shown = plain(text)
    bare = shown.replace("\\\\", "")
    for sign in "*_[]`<>$:#":
        assert bare.count(sign) == bare.count(f"\\{sign}")


# What Streamlit's page looks for after it read the Markdown (StreamlitMarkdown in its frontend).
FOUND_LATER = [
    r"(https?:\/\/|www(?=\.))([-.\w]+)",
    r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)",
    r":\+1:|:-1:|:[\w-]+:",
    r":material\/\w+:",
    r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
]


@pytest.mark.parametrize(
    "text",
    [
        "www.evil.com",
        "see WWW.evil.com",
        "https://evil.com/x",
        "HTTP://evil.com",
        "mailto:a@evil.com",
        "a.b+c@evil.co.uk",
        ":material/home:",
        ":smile:",
        ":streamlit:",
        ":+1:",
        ":-1:",
        ":100:",
        ":_x:",
        *("<->", "->", "<-", "--", ">=", "<=", "~=", "a -> b -- c"),
    ],
)
def test_plain_leaves_nothing_to_draw_otherwise(text: str) -> None:
    read = re.sub(r"\\([^a-zA-Z0-9\s])", r"\1", plain(text))  # as Markdown reads it
    assert read.replace("\u2060", "") == text
    for pattern in FOUND_LATER:
        assert not re.search(pattern, read, re.ASCII | re.IGNORECASE), pattern


@pytest.mark.parametrize("text", ["a\n    code", "a\r\r# b", "a\u2028b", "Tea  \t cup"])
def test_plain_is_one_line(text: str) -> None:
    assert len(plain(text).splitlines()) == 1
    assert "  " not in plain(text)


@given(st.text(), st.integers(2, 60))
def test_shorten_keeps_the_length(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= max(length, 1)
