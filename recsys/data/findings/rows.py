"""What single rows of purchases tell: cells that are missing, impossible or cannot be read."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from recsys.data.coding import FILE_BITS, UNREAD
from recsys.data.findings.base import Bench, Finding, Severity, rows_do

_DAY = 86_400


@dataclass(frozen=True)
class _Row:
    """A condition over rows of ``coded``, and how to speak of it."""

    code: str
    where: str
    singular: str
    plural: str
    advice: str
    example: str = ""
    noun: str = "row"
    severity: Severity = "look"
    fix: str = ""
    proposed: bool = False
    must: bool = False


def check_rows(bench: Bench) -> list[Finding]:
    """Find what is wrong with single rows, all in one pass."""
    found = [_two_orders(bench.coded.doubts)] if bench.coded.doubts else []
    checks = [*_unusable(bench), *_questionable(bench), *_unread(bench)]
    each = ", ".join(f"count(*) FILTER ({check.where})" for check in checks)
    counts = bench.run(f"SELECT {each} FROM coded")[0]
    found += [
        _finding(bench, check, number)
        for check, number in zip(checks, counts, strict=True)
        if number
    ]
    return found


def _two_orders(doubts: Mapping[str, str]) -> Finding:
    """Say that day and month could be swapped; the fix reads them the other way round."""
    names = ", ".join(doubts)
    return Finding(
        code="date_order",
        message=f"In every date of {names} day and month could be swapped.",
        count=len(doubts),
        severity="act",
        advice="A wrong order scatters the purchases of a month over the year, and models learn in"
        " the order of time. Look whether the dates under For example are right.",
        examples=tuple(doubts.values()),
        fix="Read them the other way round",
    )


def _finding(bench: Bench, check: _Row, number: int) -> Finding:
    removing = bool(check.fix) or check.must
    return Finding(
        code=check.code,
        message=rows_do(number, check.singular, check.plural, noun=check.noun),
        count=number,
        severity=check.severity,
        advice=check.advice,
        examples=bench.examples(check.example, check.where) if check.example else (),
        fix=check.fix,
        removes=number if removing else 0,
        proposed=check.proposed,
        must=check.must,
        reason=check.singular,
        rows=check.where if removing else "",
    )


def _unusable(bench: Bench) -> list[_Row]:
    """Return what no list can be made of."""
    roles = bench.coded.roles
    gone = "They are left out and kept among the rejected rows."
    checks = [
        _Row(
            "no_item",
            "i IS NULL",
            "has no product id",
            "have no product id",
            f"Nobody can tell what was bought. {gone}",
            must=True,
        )
    ]
    if "order_id" not in roles:
        advice = f"Nobody can tell who bought, nor what was bought together. {gone}"
        checks.append(_no_shopper("u IS NULL", advice, must=True))
    else:
        checks.append(
            _Row(
                "nobody",
                "u IS NULL AND o IS NULL",
                "has neither a shopper nor an order",
                "have neither a shopper nor an order",
                f"They say nothing about tastes or baskets. {gone}",
                must=True,
            )
        )
        advice = (
            "Their orders still teach Also bought what goes together; For You cannot use them."
            " The fix leaves them out altogether."
        )
        checks.append(_no_shopper("u IS NULL", advice, fix="Leave these rows out"))
    if "timestamp" in roles:
        words = "a date that is missing or cannot be read"
        advice = f"Models learn in the order of time. {gone}"
        checks.append(_having("date", "ts IS NULL", words, advice, "timestamp", must=True))
    if "event_type" in roles:
        words = "an event of unknown type"
        advice = f"Give the event a weight under Events to use them. {gone}"
        where = f"{_of(bench, 'event_type', without='rating')} AND weight IS NULL"
        checks.append(_having("event", where, words, advice, "event_type", must=True))
    if "rating" in roles:
        words = "a rating that is not a number"
        where = f"{_of(bench, 'rating')} AND rating IS NULL"
        checks.append(_having("rating", where, words, gone, "rating", must=True))
    return checks


def _of(bench: Bench, role: str, *, without: str = "") -> str:
    """Return the condition of rows of the files that have a role, and not another one."""
    files = [
        str(table.number) for table in bench.tables_with(role) if without not in table.file.mapping
    ]
    return f"place >> {FILE_BITS} IN ({', '.join(files) or 'NULL'})"


def _questionable(bench: Bench) -> list[_Row]:
    """Return what can be used, but hardly is what it seems."""
    roles = bench.coded.roles
    checks: list[_Row] = []
    if "quantity" in roles:
        checks.append(
            _having(
                "quantity",
                "quantity <= 0",
                "a quantity that is not above 0",
                "Mostly returns, write-offs and corrections. Until they are left out, each counts"
                " against its product.",
                "quantity",
                fix="Leave these rows out",
                proposed=True,
            )
        )
    if roles & {"price", "line_total"}:
        checks.append(
            _having(
                "price",
                "price <= 0",
                "a price that is not above 0",
                "Gifts, samples and corrections rather than purchases.",
                "price" if "price" in roles else "line_total",
                fix="Leave these rows out",
                proposed=True,
            )
        )
    if bench.coded.catalogues:
        names = " or ".join(table.file.name for table in bench.coded.catalogues)
        checks.append(
            _Row(
                "orphan",
                "i NOT IN (SELECT n FROM catalogue_items)",
                f"names a product that is not in {names}",
                f"name a product that is not in {names}",
                "On a shelf such a product would have no name, price or stock.",
                "item_id",
                fix="Leave these rows out",
                proposed=True,
                severity="act",
            )
        )
    if "timestamp" in roles:
        tomorrow = int(time.time()) + _DAY
        checks.append(
            _having(
                "future",
                f"ts > {tomorrow}",
                "a date in the future",
                "Age is counted from the newest row, so one wrong year makes all others look old.",
                "timestamp",
                fix="Leave these rows out",
                proposed=True,
                severity="act",
            )
        )
    return checks


def _unread(bench: Bench) -> list[_Row]:
    """Return cells that were left empty, since they could not be read."""
    said = {
        "price": "is not a number such as 3.99 and was left empty",
        "quantity": "is not a number such as 2 and was read as 1",
    }
    checks: list[_Row] = []
    for role, words in said.items():
        if role in bench.coded.roles:
            plural = words.replace("is not a number", "are not numbers").replace("was", "were")
            advice = "The rows stay. Check whether another column is meant."
            checks.append(
                _Row(
                    f"unreadable_{role}",
                    f"unread & {UNREAD[role]} > 0",
                    words,
                    plural,
                    advice,
                    role,
                    noun=f"{role} cell",
                    severity="note",
                )
            )
    return checks


def _no_shopper(where: str, advice: str, *, fix: str = "", must: bool = False) -> _Row:
    words = "no shopper id"
    return _Row("no_shopper", where, f"has {words}", f"have {words}", advice, fix=fix, must=must)


def _having(
    code: str,
    where: str,
    words: str,
    advice: str,
    example: str,
    *,
    fix: str = "",
    proposed: bool = False,
    must: bool = False,
    severity: Severity = "look",
) -> _Row:
    return _Row(
        code,
        where,
        f"has {words}",
        f"have {words}",
        advice,
        example,
        fix=fix,
        proposed=proposed,
        must=must,
        severity=severity,
    )
