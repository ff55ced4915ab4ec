"""Numbers, prices, times and shop text as people read them."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
# Between these two signs Streamlit's page must find something else: named icons and addresses
# (:smile: https://), domains (www.), mail (a@b) and drawn signs (-> -- <= ~=).
_JOINTS = re.compile(r"(?<=:)(?=\S)|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=[<>~-])(?=[>=-])", re.I)
_JOINT = "\u2060"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def plain(text: object) -> str:
    """Escape text from a shop, so that Markdown shows it as it is and runs nothing.

    A backslash does not stop what is looked for after Markdown was read: icons, links and arrows.
    An invisible joint does.
    """
    line = re.sub(r"\s+", " ", str(text))  # as a page shows it; a second line could be code
    return _MARKDOWN.sub(r"\\\1", _JOINTS.sub(_JOINT, line))


def code(text: object) -> str:
    """Return text from a shop as a span of code, which Markdown shows as it is and runs nothing."""
    line = re.sub(r"\s+", " ", str(text)).strip() or "(empty)"
    line = line.replace(":material/", f":{_JOINT}material/")  # which is rewritten even in code
    longest = max((len(run) for run in re.findall(r"`+", line)), default=0)
    fence = "`" * (longest + 1)
    edge = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{edge}{line}{edge}{fence}"


def shorten(text: str, length: int) -> str:
    """Cut text at a word, with an ellipsis, to at most ``length`` characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    if len(at_word) > 0.7 * length:  # else the word that would go is what matters
        cut = at_word
    return f"{cut.rstrip(' ,;·')}…"


def money(value: float | None, currency: str) -> str:
    """Return a price: ``$1,204.50``; in words where there is none."""
    if value is None:
        return "no price"
    symbol = _SYMBOLS.get(currency, "")
    amount = f"{value:,.2f}"
    return f"{symbol}{amount}" if symbol else f"{amount} {currency}".strip()


def count(number: float, word: str, plural: str = "") -> str:
    """Return ``1 product`` or ``68,509 products``."""
    return f"{number:,.0f} {word if number == 1 else plural or word + 's'}"


def ago(seconds: float, *, now: float | None = None) -> str:
    """Return how long ago a moment was: ``just now``, ``5 minutes ago``, ``2 days ago``."""
    past = (time.time() if now is None else now) - seconds
    for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if past >= size:
            return f"{count(past // size, word)} ago"
    return "just now"


def percent(share: float) -> str:
    """Return a share with the digits that matter: ``45 %``, ``3.2 %``, ``0.045 %``."""
    value = share * 100
    if value <= 0 or value >= 9.95:
        return f"{value:.0f} %"
    if value >= 0.95:
        return f"{value:.1f}".removesuffix(".0") + " %"
    return f"{value:.2g} %" if value >= 0.001 else "under 0.001 %"


def day(seconds: float) -> str:
    """Return a date: ``21 Nov 2026``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y")


def moment(seconds: float) -> str:
    """Return a date with its time in UTC, for tooltips."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y, %H:%M UTC")


def size(number: int) -> str:
    """Return a file size: ``7.6 MB``."""
    value = float(number)
    for unit in ("bytes", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "bytes" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
