"""Shoppers who are hardly persons, or hardly say what they like."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.data.findings.base import Bench, Finding, rows_do

_BOT_MOMENTS = 300
_BOT_HOURS = 20
_BROAD_PRODUCTS = 500
_BROAD_SHARE = 0.25
_BROAD_TIMES = 10
_RESELLER_PIECES = 20
_RESELLER_TIMES = 20
_RESELLER_ROWS = 5
_REFUND_PURCHASES = 10
_REFUND_SHARE = 0.5
_SAME_RATINGS = 5


@dataclass(frozen=True)
class _Odd:
    """A rule that found shoppers: their numbers stand in a table of its name."""

    code: str
    singular: str
    plural: str
    advice: str
    proposed: bool = False


def check_shoppers(bench: Bench) -> list[Finding]:
    """Find bots, and shoppers whose breadth, quantities, returns or ratings no person has."""
    bench.run(
        'CREATE TABLE activity AS SELECT u, count(*) AS "rows",'
        f" count(*) FILTER (quantity >= {_RESELLER_PIECES}) AS bulk,"
        " count(rating) AS ratings, min(rating) AS worst, max(rating) AS best"
        f" FROM {bench.left} WHERE u IS NOT NULL GROUP BY u"
    )
    rules = [_bots, _broad, _resellers, _refunds, _same_rating]
    found = [odd for rule in rules if (odd := rule(bench)) is not None]
    return [_finding(bench, odd) for odd in found]


def _finding(bench: Bench, odd: _Odd) -> Finding:
    table = f"shoppers_{odd.code}"
    number = bench.count("true", table)
    where = f"u IN (SELECT u FROM {table})"
    return Finding(
        code=odd.code,
        about="shoppers",
        message=rows_do(number, odd.singular, odd.plural, noun="shopper"),
        count=number,
        advice=odd.advice,
        examples=bench.ids("user", f"SELECT u FROM {table}"),
        fix="Leave them out",
        removes=bench.run(f'SELECT sum("rows") FROM activity SEMI JOIN {table} USING (u)')[0][0],
        proposed=odd.proposed,
        reason=f"is of a shopper who {odd.singular}",
        rows=where,
    )


def _some(bench: Bench, code: str, query: str) -> bool:
    """Make the table of a rule's shoppers, and tell whether there are any."""
    bench.run(f"CREATE TABLE shoppers_{code} AS {query}")
    return bench.count("true", f"shoppers_{code}") > 0


def _bots(bench: Bench) -> _Odd | None:
    """Return shoppers who were busy 300 times in one hour, or in 20 hours of one day."""
    if "timestamp" not in bench.coded.roles:
        return None
    bench.run(
        'CREATE TABLE hours AS SELECT u, ts // 3600 AS hour, count(*) AS "rows"'
        f" FROM {bench.left} WHERE u IS NOT NULL GROUP BY ALL"
    )
    found = _some(
        bench,
        "bot",
        "SELECT DISTINCT u FROM"
        f" (SELECT u FROM hours GROUP BY u, hour // 24 HAVING count(*) >= {_BOT_HOURS}"
        f" UNION ALL SELECT u FROM {bench.left} AS line JOIN"
        f' (SELECT u, hour FROM hours WHERE "rows" >= {_BOT_MOMENTS}) AS busy USING (u)'
        " WHERE ts // 3600 = hour GROUP BY u, hour"
        f" HAVING count(DISTINCT ts) >= {_BOT_MOMENTS})",
    )
    bench.run("DROP TABLE hours")
    if not found:
        return None
    return _Odd(
        "bot",
        "was busier than a person can be",
        "were busier than a person can be",
        f"At {_BOT_MOMENTS} or more different moments within one hour, or in {_BOT_HOURS} or more"
        " different hours of one day. Mostly a crawler, a test, or a till that books under one"
        " number. The fix leaves out all their rows.",
        proposed=True,
    )


def _broad(bench: Bench) -> _Odd | None:
    """Return shoppers who bought a quarter of all, and 10 times what the busiest 1 % did."""
    busiest, about = bench.run(
        'SELECT (SELECT max("rows") FROM activity),'
        f" (SELECT approx_count_distinct(i) FROM {bench.left})"
    )[0]
    # the estimate may be a few per cent off; nobody with fewer rows can have as many products
    if not busiest or busiest < 0.8 * max(_BROAD_SHARE * about, _BROAD_SHARE * _BROAD_PRODUCTS):
        return None
    products = bench.run(f"SELECT count(DISTINCT i) FROM {bench.left}")[0][0]
    if products < _BROAD_PRODUCTS or busiest <= _BROAD_SHARE * products:
        return None
    bench.run(
        f"CREATE TABLE breadth AS SELECT u, count(DISTINCT i) AS products FROM {bench.left}"
        " WHERE u IS NOT NULL GROUP BY u"
    )
    found = _some(
        bench,
        "broad",
        f"SELECT u FROM breadth WHERE products > {_BROAD_SHARE * products} AND products >"
        f" {_BROAD_TIMES} * (SELECT quantile_disc(products, 0.99) FROM breadth)",
    )
    if not found:
        return None
    return _Odd(
        "broad",
        "bought more than a quarter of all products",
        "bought more than a quarter of all products",
        f"And {_BROAD_TIMES} times as many as 99 of 100 shoppers. They make everything look alike."
        " The fix leaves out all their rows.",
    )


def _resellers(bench: Bench) -> _Odd | None:
    """Return shoppers whose usual row has 20 pieces, and 20 times the shop's usual."""
    if "quantity" not in bench.coded.roles:
        return None
    # a median of 20 or more is: half of the rows have as many
    enough = f'"rows" >= {_RESELLER_ROWS} AND 2 * bulk >= "rows"'
    if not bench.count(enough, "activity"):
        return None
    usual = bench.run(f"SELECT median(quantity) FROM {bench.left} WHERE quantity > 0")[0][0]
    if usual is None:
        return None
    least = max(_RESELLER_PIECES, _RESELLER_TIMES * usual)
    found = _some(
        bench,
        "reseller",
        f"SELECT u FROM {bench.left} SEMI JOIN (SELECT u FROM activity WHERE {enough}) USING (u)"
        f" GROUP BY u HAVING median(quantity) >= {least}",
    )
    if not found:
        return None
    return _Odd(
        "reseller",
        "buys like a reseller",
        "buy like resellers",
        f"Half of their rows have {least:,.0f} pieces or more, {_RESELLER_TIMES} times what is"
        " usual here. What they stock need not be what they like. The fix leaves out all their"
        " rows.",
    )


def _refunds(bench: Bench) -> _Odd | None:
    """Return shoppers who sent back more than half of their pieces, counted before netting."""
    if "quantity" not in bench.coded.roles:
        return None
    found = _some(
        bench,
        "refunds",
        "SELECT u FROM coded SEMI JOIN (SELECT DISTINCT u FROM coded WHERE quantity < 0) USING (u)"
        " SEMI JOIN activity USING (u) WHERE i IS NOT NULL GROUP BY u"
        f" HAVING count(*) FILTER (quantity > 0) >= {_REFUND_PURCHASES}"
        " AND coalesce(-sum(quantity) FILTER (quantity < 0), 0)"
        f" > {_REFUND_SHARE} * sum(quantity) FILTER (quantity > 0)",
    )
    if not found:
        return None
    return _Odd(
        "refunds",
        "sent back more than half of what they bought",
        "sent back more than half of what they bought",
        f"Counted in pieces, over {_REFUND_PURCHASES} or more purchases, before any fix. The fix"
        " leaves out all their rows.",
    )


def _same_rating(bench: Bench) -> _Odd | None:
    """Return shoppers who gave all products the same rating, where others did not."""
    if "rating" not in bench.coded.roles:
        return None
    found = _some(
        bench,
        "same_rating",
        f"SELECT u FROM activity WHERE ratings >= {_SAME_RATINGS} AND worst = best"
        " AND (SELECT min(worst) < max(best) FROM activity)",
    )
    if not found:
        return None
    return _Odd(
        "same_rating",
        "gave the same rating to everything",
        "gave the same rating to everything",
        f"With {_SAME_RATINGS} ratings or more. Such ratings do not tell what they like best. The"
        " fix leaves out all their rows.",
    )
