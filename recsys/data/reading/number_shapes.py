"""What the shape of a cell says about how its number is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CODES = (
    "EUR GBP USD CHF SEK NOK DKK PLN CZK HUF RON BGN TRY CAD AUD NZD JPY CNY INR BRL MXN ZAR SGD"
    " HKD KRW"
)
# How money is named beside a number -> its code; "" where several countries use the word.
CURRENCIES = {
    "€": "EUR",
    "£": "GBP",
    "us$": "USD",
    "r$": "BRL",
    "c$": "CAD",
    "ca$": "CAD",
    "a$": "AUD",
    "$": "USD",
    "¥": "JPY",
    "₹": "INR",
    "rs.": "INR",
    "rs": "INR",
    "zł": "PLN",
    "kč": "CZK",
    "fr.": "CHF",
    "sfr.": "CHF",
    "kr.": "",
    "kr": "",
    "euro": "EUR",
    **{code.lower(): code for code in _CODES.split()},
}
# Between thousands: an apostrophe, straight or bent, or a blank, which may be unbreakable.
GROUP_SIGNS = "'\u2019 \u00a0\u202f"
MONEY = "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))

_PARTS = re.compile(
    rf"(?P<open>\()?(?P<sign>[+\u2212-])?\s*(?P<before>{MONEY})?\s*(?P<sign_2>[+\u2212-])?\s*"
    rf"(?P<digits>[0-9.,][0-9.,{GROUP_SIGNS}]*?)\s*(?P<after>{MONEY})?\s*-?(?(open)\)|)"
)
# Indian thousands come in pairs before the last three: 1,23,456
_GROUPED = re.compile(r"[0-9]{1,3}(?P<sign>[^0-9])(?:[0-9]{2,3}(?P=sign))*[0-9]{3}")


@dataclass(frozen=True)
class Number:
    """What one cell says about the numbers of its column.

    Attributes
    ----------
    decimal
        Its decimal sign, "" for none.
    group
        The sign between its thousands, "" for none.
    either
        Its only comma or point, which may be one or the other.
    currency
        Its code, "" where no money is named.
    """

    decimal: str = ""
    group: str = ""
    either: str = ""
    currency: str = ""


@lru_cache(maxsize=8192)
def number(shape: str) -> Number | None:
    """Tell how the number is written in a cell of this shape; None when it is none."""
    if len(shape) > 40 or "0" not in shape:
        return None
    found = _PARTS.fullmatch(shape)
    if found is None:
        return None
    currency = CURRENCIES.get(found["before"] or found["after"] or "", "")
    digits = found["digits"]
    decimal = re.search(r"[.,](?=[0-9]*$)", digits)
    if decimal is None or decimal[0] in digits[: decimal.start()]:
        group = _group(digits)  # several signs of one kind divide thousands
        return None if group is None else Number("", group, "", currency)
    sign, before, after = decimal[0], digits[: decimal.start()], digits[decimal.end() :]
    group = _group(before)
    if group is None:
        return None
    if not group and len(after) == 3 and 1 <= len(before) <= 3:
        return Number("", "", sign, currency)
    return Number(sign, group, "", currency)


def _group(digits: str) -> str | None:
    """Return the sign between thousands, "" for none; None when these are no thousands."""
    if not digits or digits.isdigit():
        return ""
    found = _GROUPED.fullmatch(digits)
    return found["sign"] if found else None
