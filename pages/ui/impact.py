"""The report on a release that is built and not live: what would change, in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.evidence import PLACEMENT_WORDS, SCORE_HELP, SCORE_WORDS
from pages.ui.words import count, money, percent, plain

_EXAMPLES = 5
Part = Mapping[str, Any]


def show_impact(report: Mapping[str, Any], currency: str) -> None:
    """Show what a release would change: a sentence a shelf, then the numbers of one of them."""
    parts: Mapping[str, Part] = report["placements"]
    asked = count(report["shoppers"], "shopper")
    drawn = "all of them" if report["shoppers"] == report["of"] else f"drawn from {report['of']:,}"
    if report["problem"]:
        st.info(plain(report["problem"]), icon=":material/info:")
    for placement, part in parts.items():
        st.markdown(f"- **{PLACEMENT_WORDS[placement]}**: {sentence(part, placement, currency)}")
    st.caption(
        f"Lists of {asked}, {drawn}, as they would get them now, with today's stock and prices."
        f" {plain(report['note'])}"
    )
    show_numbers(parts, currency, key="impact-placement")


def show_numbers(parts: Mapping[str, Part], currency: str, *, key: str) -> None:
    """Show the numbers of one of several placements, and what is shown more and less."""
    shown = st.segmented_control(
        "Numbers of",
        list(parts),
        default=next(iter(parts)),
        format_func=lambda one: PLACEMENT_WORDS[one],
        required=True,
        key=key,
    )
    _numbers(parts[shown], currency)
    _tables(parts[shown], shown)


def sentence(part: Part, placement: str, currency: str) -> str:
    """Say what changes on one shelf."""
    before, after = part["before"], part["after"]
    if not after["slots"]:
        return "no longer served." if before["slots"] else "nothing to show."
    products = count(after["products"], "different product")
    if part["new"]:
        return f"new, with {products} on {count(after['lists'], 'list')}."
    if not part["slots_changed"]:
        return "nothing changes."
    words = [
        f"{percent(part['slots_changed'])} of the places hold another product",
        f"{products} shown ({before['products']:,} before)",
    ]
    prices = before["mean_price"], after["mean_price"]
    if None not in prices and prices[0] != prices[1]:
        old, new = (plain(money(price, currency)) for price in prices)
        words.append(f"mean price {new} ({old} before)")
    if part["lost"]["shoppers"]:
        words.append(f"{count(part['lost']['shoppers'], 'shopper')} would lose the model's list")
    return f"{'; '.join(words)}. {quality(part['metrics'], placement)}"


def quality(metrics: Mapping[str, Any], placement: str) -> str:
    """Say which model found later purchases better, or why nobody can tell."""
    difference = metrics.get("difference")
    if difference is None:
        why = metrics.get("why_not") or metrics.get("why_no_interval") or ""
        return f"Quality: {plain(why[:1].lower() + why[1:])}" if why else ""
    name = SCORE_WORDS[placement].lower()
    before = metrics["before"][metrics["metric"]]
    after = metrics["after"][metrics["metric"]]
    scores = f"{name}: {after:.3f}, {before:.3f} before"
    if difference["low"] > 0:
        return f"It finds later purchases better ({scores})."
    if difference["high"] < 0:
        return f":orange[:material/warning: It finds later purchases worse] ({scores})."
    return f"Its test is not clearly better or worse ({scores})."


def _numbers(part: Part, currency: str) -> None:
    before, after = part["before"], part["after"]
    old = not part["new"]
    with st.grid(min_column_width=150):
        st.metric(
            "Places that change",
            "all new" if not old else percent(part["slots_changed"]),
            border=True,
            height="stretch",
            help="The share of places on all lists that hold another product than now.",
        )
        _metric("Different products", before["products"], after["products"], "{:,}", old=old)
        _metric(
            "Of the catalogue",
            100 * before["coverage"],
            100 * after["coverage"],
            "{:.1f} %",
            old=old,
            help="Coverage: the share of all products that stand on any list.",
        )
        if after["mean_price"] is not None:
            _metric(
                "Mean price",
                before["mean_price"],
                after["mean_price"],
                "{}",
                old=old,
                money_of=currency,
            )
        _metric(
            "Lists filled",
            before["lists"],
            after["lists"],
            "{:,}",
            old=old,
            help="Lists made by the model; others show popular products instead.",
        )
        if after["stock_known"]:
            _metric(
                "In stock",
                100 * (before["in_stock"] or 0),
                100 * (after["in_stock"] or 0),
                "{:.0f} %",
                old=old,
            )


def _metric(
    label: str,
    before: float | None,
    after: float,
    shape: str,
    *,
    old: bool,
    help: str = "",
    money_of: str | None = None,
) -> None:
    say = shape.format if money_of is None else lambda one: plain(money(one, money_of))
    delta = f"{say(before)} before" if old and before is not None else None
    st.metric(
        label,
        say(after),
        delta,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help=help or None,
    )


def _tables(part: Part, placement: str) -> None:
    if part["new"]:
        _moved("Shown most often", part["wins"], "Product", "name")
    else:
        tables = st.grid(min_column_width=340, gap="large")
        with tables, st.container():
            _moved("Shown more often", part["wins"], "Product", "name")
        with tables, st.container():
            _moved("Shown less often", part["losses"], "Product", "name")
            if gone := part["no_longer_shown"]:
                st.caption(
                    f"{count(gone, 'product')} shown now would stand on none of these lists."
                )
    groups = st.grid(min_column_width=340, gap="large")
    for field in ("category", "brand"):
        moved = part.get("categories" if field == "category" else "brands")
        if moved:
            with groups, st.container():
                _moved(f"By {field}", moved, field.capitalize(), field)
    lost = part["lost"]
    if lost["shoppers"]:
        some = ", ".join(plain(one) for one in lost["examples"][:_EXAMPLES])
        st.caption(
            f"{count(lost['shoppers'], 'shopper')} would get popular products in place of the"
            f" model's list, such as {some}."
        )
    if "before" in part.get("metrics", {}):
        st.caption(f"{SCORE_WORDS[placement]}: {SCORE_HELP[placement]}")


def _moved(title: str, rows: Sequence[Part], head: str, field: str) -> None:
    st.markdown(f"**{title}**")
    if not rows:
        st.caption("None.")
        return
    st.dataframe(
        [{head: row[field], "Now": row["before"], "Then": row["after"]} for row in rows],
        hide_index=True,
        column_config={
            "Now": st.column_config.NumberColumn(format="localized", help="Places it has now."),
            "Then": st.column_config.NumberColumn(format="localized", help="Places it would have."),
        },
    )
