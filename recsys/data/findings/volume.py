"""Whether there is enough to learn from."""

from __future__ import annotations

from recsys.data.findings.base import Bench, Finding

_INTERACTIONS = 1_000
_SHOPPERS = 25
_BASKETS = 100
# So many rows mostly hold enough baskets to tell, which spares the look at all others.
_FIRST_LOOK = 50_000


def check_volume(bench: Bench) -> list[Finding]:
    """Say what there is too little of for lists that mean anything."""
    rows, shoppers = bench.run(
        'SELECT coalesce(sum("rows"), 0), count(*) FILTER ("rows" >= 2) FROM'
        f' (SELECT u, count(*) AS "rows" FROM {bench.left} WHERE u IS NOT NULL GROUP BY u)'
    )[0]
    found: list[Finding] = []
    if rows < _INTERACTIONS:
        found.append(
            _few(
                "few_interactions",
                int(rows),
                "interaction is left",
                "interactions are left",
                f"Below {_INTERACTIONS:,}, lists follow chance more than taste.",
            )
        )
    if shoppers < _SHOPPERS:
        found.append(
            _few(
                "few_shoppers",
                shoppers,
                "shopper bought twice or more",
                "shoppers bought twice or more",
                f"What goes with what is learned from them: it takes {_SHOPPERS} at least.",
            )
        )
    baskets = _baskets(bench)
    if baskets < _BASKETS:
        found.append(
            _few(
                "few_baskets",
                baskets,
                "basket holds two products or more",
                "baskets hold two products or more",
                f"Also bought learns from nothing else: it takes {_BASKETS} at least.",
            )
        )
    return found


def _few(code: str, number: int, singular: str, plural: str, advice: str) -> Finding:
    return Finding(
        code=code,
        message=f"Only {number:,} {singular if number == 1 else plural}.",
        count=number,
        advice=advice,
    )


def _baskets(bench: Bench) -> int:
    """Count baskets with two products or more; at least 100 is enough to know."""
    roles = bench.coded.roles
    day = "ts // 86400" if "timestamp" in roles else "0"
    # as baskets are made: a row without an order goes with the shopper's day
    day = f"CASE WHEN o IS NULL THEN {day} ELSE 0 END" if "order_id" in roles else day
    number = 0
    for rows in (f"(FROM {bench.left} LIMIT {_FIRST_LOOK})", bench.left):
        lines = f"SELECT u, o, {day} AS day, i FROM {rows}"
        several = f"SELECT u FROM ({lines}) GROUP BY u, o, day HAVING min(i) <> max(i)"
        number = bench.count("true", f"({several} LIMIT {_BASKETS})")
        if number >= _BASKETS:
            break
    return number
