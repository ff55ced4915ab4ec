"""What a dataset looks like, computed once when it is made: the figures behind its pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from recsys.data.findings.base import Bench
from recsys.data.reading import events

OVERVIEW = "overview.json"

Period = Literal["day", "week", "month"]

_DAY = 86_400
# The longest span in days that is told day by day, and week by week.
_DAYS, _WEEKS = 92, 731
# More empty periods than these between two rows come from a wrong year, not from a quiet shop.
_MOST_PERIODS = 600
_CURVE_POINTS = 100
_MOST_CATEGORIES = 15
_NO_CATEGORY, _OTHER = "No category", "Other"
_PRICE_BINS = 30
_MOST_EVENTS = 200


def write_overview(bench: Bench, path: Path) -> None:
    """Write :func:`overview` as JSON."""
    path.write_text(json.dumps(overview(bench), allow_nan=False), encoding="utf-8")


def overview(bench: Bench) -> dict[str, Any]:
    """Count what is left of the rows for pictures of the whole shop.

    Sales are purchases where the shop tells events apart and some are purchases; otherwise all
    rows that speak for a product. Rows without a shopper count as sales, too.

    Parameters
    ----------
    bench
        With the rows left, and the tables ``items_made``, ``final_items`` and ``final_users``.

    Returns
    -------
    dict
        - ``summary``: the shop in one sentence.
        - ``period`` ("day", "week" or "month") and ``over_time``: for each period its ``start``
          in seconds since the epoch, ``interactions`` and ``shoppers``; empty without dates.
        - ``popularity``: the share of ``products``, most bought first, and their share of
          ``sales``; ``top1``: the share of sales of the top 1 % of products; ``half``: the share
          of products that make half of all sales. Only products that were sold count.
        - ``activity``: how many ``shoppers`` have ``from`` to ``to`` rows.
        - ``categories``: ``category``, ``interactions`` and ``products`` of the 15 that sell
          most, of the other ones, and of what has none; empty where nothing has one.
        - ``prices``: how many ``products`` cost ``from`` to ``to`` (None: or more).
        - ``events``: each ``event`` with its ``kind``, ``weight`` (None: left out), ``default``
          and number of ``rows`` in the files.
        - ``matrix``: how many ``pairs`` of a shopper and a product speak for each other, and
          which share of all pairs is ``filled`` so.
    """
    happened = _events(bench)
    bench.run(
        "CREATE TEMP TABLE sold AS SELECT i, count(*) AS rows,"
        f" count(*) FILTER ({_sales(happened)}) AS sales FROM {bench.left} GROUP BY i"
    )
    popularity = _popularity(bench)
    shoppers = bench.count("true", "final_users")
    return {
        "summary": _summary(bench, happened, popularity, shoppers),
        **_over_time(bench),
        **popularity,
        "activity": _activity(bench),
        "categories": _categories(bench),
        "prices": _prices(bench),
        "events": happened,
        "matrix": _matrix(bench, shoppers),
    }


def _events(bench: Bench) -> list[dict[str, Any]]:
    """Count all rows of the files: an event of unknown weight is left out only until it has one."""
    found = bench.run(
        "SELECT id, weight, rows FROM all_event JOIN"
        " (SELECT e AS n, count(*) AS rows FROM coded WHERE e IS NOT NULL GROUP BY e) USING (n)"
        f" ORDER BY rows DESC, id LIMIT {_MOST_EVENTS}"
    )
    return [
        {
            "event": event,
            "kind": events.kind_of(event),
            # as it was written: 0.7, not the 0.699999988 of 32 bits
            "weight": None if weight is None else round(weight, 6),
            "default": events.weight_of(event),
            "rows": rows,
        }
        for event, weight, rows in found
    ]


def _sales(happened: list[dict[str, Any]]) -> str:
    if not any(event["kind"] == "purchased" for event in happened):
        return "weight > 0"
    default = events.weight_sql("id")
    # an event of the shop's own that is worth as much as a purchase is taken for one
    bought = f"coalesce({default}, weight) >= {events.PURCHASED}"
    return f"weight > 0 AND e IN (SELECT n FROM all_event WHERE {bought})"


def _popularity(bench: Bench) -> dict[str, Any]:
    found = bench.run(
        "SELECT sales, count(*) FROM sold WHERE sales > 0 GROUP BY sales ORDER BY sales DESC"
    )
    products = sum(number for _, number in found)
    if not products:
        return {"popularity": [], "top1": 0.0, "half": 0.0}
    places = {-(-products * point // _CURVE_POINTS) for point in range(_CURVE_POINTS + 1)}
    reached: dict[int, int] = {}
    half = done = made = 0
    everything = sum(sales * number for sales, number in found)
    for sales, number in found:
        for place in places:
            if done <= place <= done + number:
                reached[place] = made + (place - done) * sales
        if not half and 2 * (made + number * sales) >= everything:
            half = done + -(-(everything - 2 * made) // (2 * sales))
        done, made = done + number, made + number * sales
    return {
        "popularity": [
            {"products": place / products, "sales": reached[place] / everything}
            for place in sorted(places)
        ],
        "top1": reached[-(-products // _CURVE_POINTS)] / everything,
        "half": half / products,
    }


def _summary(
    bench: Bench, happened: list[dict[str, Any]], popularity: dict[str, Any], shoppers: int
) -> str:
    products = bench.count("sales > 0", "sold")
    did, sales = "bought", "sales"
    if "rating" in bench.coded.roles:
        did, sales = "rated", "ratings"
    elif happened and not any(event["kind"] == "purchased" for event in happened):
        did, sales = "looked at", "interactions"
    who = _number(shoppers, "shopper") if shoppers else "Shoppers without an account"
    sentence = f"{who} {did} {_number(products, 'product')}"
    if products < 2:
        return f"{sentence}."
    return f"{sentence}; half of all {sales} come from {_percent(popularity['half'])} of them."


def _number(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _percent(share: float) -> str:
    if share < 0.001:
        return "less than 0.1 %"
    return f"{share:.1%}".replace("%", " %") if share < 0.01 else f"{100 * share:.0f} %"


def _over_time(bench: Bench) -> dict[str, Any]:
    first, last = bench.run(f"SELECT min(ts), max(ts) FROM {bench.left}")[0]
    if first is None:
        return {"period": "day", "over_time": []}
    days = (last - first) // _DAY
    period: Period = "day" if days <= _DAYS else "week" if days <= _WEEKS else "month"
    start = f"date_trunc('{period}', make_timestamp(day * {_DAY} * 1000000))"
    # first by day, shopper: a date is worked out some 100,000 times, not once a row
    found = bench.run(
        f"SELECT CAST(epoch({start}) AS BIGINT) AS start, sum(rows), count(DISTINCT u) FROM"
        f" (SELECT CAST(floor(ts / {_DAY}) AS BIGINT) AS day, u, count(*) AS rows"
        f" FROM {bench.left} WHERE ts IS NOT NULL GROUP BY ALL) GROUP BY 1"
    )
    counted = {int(moment): (int(rows), users) for moment, rows, users in found}
    step, low, high = f"INTERVAL 1 {period}", min(counted), max(counted)
    ends = ", ".join(f"make_timestamp({moment * 1_000_000})" for moment in (low, high))
    every = bench.run(
        "SELECT CAST(epoch(moment) AS BIGINT) FROM"
        f" (SELECT unnest(generate_series({ends}, {step})) AS moment)"
    )
    moments = [int(moment) for (moment,) in every]
    if len(moments) > _MOST_PERIODS:
        moments = sorted(counted)
    return {
        "period": period,
        "over_time": [
            {"start": moment, "interactions": rows, "shoppers": users}
            for moment in moments
            for rows, users in [counted.get(moment, (0, 0))]
        ],
    }


def _activity(bench: Bench) -> list[dict[str, int]]:
    found = bench.run(
        "SELECT length(bin(rows)) - 1 AS doubled, count(*) FROM (SELECT count(*) AS rows"
        f" FROM {bench.left} WHERE u IS NOT NULL GROUP BY u) GROUP BY doubled"
    )
    counted = {int(doubled): shoppers for doubled, shoppers in found}
    return [
        {"from": 2**doubled, "to": 2 ** (doubled + 1) - 1, "shoppers": counted.get(doubled, 0)}
        for doubled in range(max(counted, default=-1) + 1)
    ]


def _has(bench: Bench, column: str) -> bool:
    """Tell whether any product has a category or price."""
    columns = [row[0] for row in bench.run("DESCRIBE items_made")]
    return column in columns and bool(bench.count(f"{column} IS NOT NULL", "items_made"))


def _categories(bench: Bench) -> list[dict[str, Any]]:
    if not _has(bench, "category"):
        return []
    found = bench.run(
        f"SELECT coalesce(category, '{_NO_CATEGORY}') AS label,"
        " CAST(sum(coalesce(rows, 0)) AS BIGINT) AS interactions, count(*) AS products"
        " FROM items_made LEFT JOIN sold ON sold.i = items_made.n"
        " GROUP BY label ORDER BY interactions DESC, products DESC, label"
    )
    named = [row for row in found if row[0] not in {_NO_CATEGORY, _OTHER}]
    rest = [*named[_MOST_CATEGORIES:], *(row for row in found if row[0] == _OTHER)]
    shown = named[:_MOST_CATEGORIES]
    if rest:
        shown.append((_OTHER, sum(row[1] for row in rest), sum(row[2] for row in rest)))
    shown += [row for row in found if row[0] == _NO_CATEGORY]
    return [
        {"category": label, "interactions": interactions, "products": products}
        for label, interactions, products in shown
    ]


def _prices(bench: Bench) -> list[dict[str, Any]]:
    if not _has(bench, "price"):
        return []
    low, high = bench.run(
        "SELECT min(price), quantile_disc(price, 0.98) FROM items_made WHERE price IS NOT NULL"
    )[0]
    width = (high - low) / _PRICE_BINS
    bins = _PRICE_BINS if width > 0 else 1
    place = f"least(CAST(floor((price - {low!r}) / {width!r}) AS INTEGER), {bins - 1})"
    place = place if width > 0 else "0"
    found = bench.run(
        f"SELECT CASE WHEN price > {high!r} THEN {bins} ELSE {place} END AS bin, count(*)"
        " FROM items_made WHERE price IS NOT NULL GROUP BY bin"
    )
    counted = {int(one): products for one, products in found}
    edges: list[float | None] = [low + width * one for one in range(bins)] + [high, None]
    return [
        {"from": edges[one], "to": edges[one + 1], "products": counted.get(one, 0)}
        for one in range(bins + (bins in counted))
    ]


def _matrix(bench: Bench, shoppers: int) -> dict[str, Any]:
    counted, pairs = bench.pairs
    if counted != bench.left:
        pairs = bench.run(
            f"SELECT count(*) FROM (SELECT DISTINCT u, i FROM {bench.left}"
            " WHERE u IS NOT NULL AND weight > 0)"
        )[0][0]
    cells = shoppers * bench.count("true", "final_items")
    return {"pairs": pairs, "filled": pairs / cells if cells else 0.0}
