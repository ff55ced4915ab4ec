"""The leaderboard of one shelf: who is best, how sure that is, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.charts import quality_against, ranking
from pages.ui.evidence import (
    DECIDING,
    METRIC_WORDS,
    PLACEMENT_WORDS,
    SCORE_HELP,
    SCORE_WORDS,
    TEST_WORDS,
    asked_words,
)
from pages.ui.words import count, percent, plain, size

Rows = Sequence[Mapping[str, Any]]
Model = Mapping[str, Any]

_PICTURES = {
    "Speed": ("query_ms", "Milliseconds a list; further left is quicker", True),
    "Variety": ("diversity", "Variety in a list, 0 to 1; further right is more", False),
    "Products shown": ("coverage", "Share of all products shown; further right is more", False),
    "Training time": ("fit_seconds", "Seconds to train; further left is quicker", True),
    "Size": ("bytes", "Bytes on disk; further left is smaller", True),
}


def show_board(rows: Rows, models: Mapping[str, Model], placement: str) -> None:
    """Show the ranking of one placement: the answer in words, the chart, the table."""
    evidence = models[rows[0]["model_id"]]["evidence"]
    asked = asked_words(placement, evidence["asked"][placement])
    st.markdown(_answer(rows, placement))
    st.caption(
        f"{TEST_WORDS[placement]} Tested on the later purchases of {asked}; the newest fifth of"
        " the purchases is kept back, unseen, for a last test."
        if evidence["measured_on"] == "validation"
        else f"{TEST_WORDS[placement]} These purchases have no dates: the last rows of each shopper"
        f" were held back instead of the later ones ({asked}), which says less about the future."
    )
    picture, numbers = st.columns([1.25, 1], gap="large")
    with picture:
        st.markdown(f"**{SCORE_WORDS[placement]}**", help=SCORE_HELP[placement])
        st.plotly_chart(
            ranking(rows, SCORE_WORDS[placement]),
            key=f"ranking-{placement}",
            config={"displayModeBar": False},
        )
    with numbers:
        _picture(rows, placement)
    _table(rows, placement)


def _answer(rows: Rows, placement: str) -> str:
    """Say who should feed the shelf, and how sure that is."""
    best = next((row for row in rows if row["badge"]), None)
    if best is None:
        return (
            "Too few later purchases to tell which model is best. Choose by looking at the lists."
        )
    colour = "green" if best["badge"].startswith("Best") else "gray"
    said = f"; {best['verdict']}" if best["verdict"] else ""
    return f":{colour}-badge[{best['badge']}] **{plain(best['name'])}**{said}."


def _picture(rows: Rows, placement: str) -> None:
    able = {
        word: what
        for word, what in _PICTURES.items()
        if sum(row.get(what[0]) is not None for row in rows) > 1
    }
    if not able:
        return
    st.markdown("**What quality costs**", help="Each dot is a model; grey ones are baselines.")
    word = st.segmented_control(
        "Quality against",
        list(able),
        default=next(iter(able)),
        required=True,
        label_visibility="collapsed",
        key=f"against-{placement}",
    )
    field, title, log = able[word]
    dots = [
        {**row, "other": row[field], "shown": _shown(field, row[field])}
        for row in rows
        if row.get(field) is not None and not (log and row[field] <= 0)
    ]
    st.plotly_chart(
        quality_against(dots, SCORE_WORDS[placement], title, log=log),
        key=f"picture-{placement}",
        config={"displayModeBar": False},
    )


def _shown(field: str, value: float) -> str:
    if field == "bytes":
        return size(int(value))
    if field == "query_ms":
        return f"{value:.2g} ms a list"
    if field == "fit_seconds":
        return f"{value:.1f} s to train"
    return percent(value) if field == "coverage" else f"variety {value:.2f}"


def _table(rows: Rows, placement: str) -> None:
    st.dataframe(
        [
            {
                "Model": row["name"],
                "": row["badge"]
                or {"yardstick": "Yardstick", "baseline": "Baseline"}.get(row["role"], ""),
                "Score": row["value"],
                "95 %": f"{row['low']:.3f} to {row['high']:.3f}",
                "Against popularity": row["verdict"],
                "Against recent popularity": row["recent_verdict"],
                "Products shown": None if row["coverage"] is None else 100 * row["coverage"],
                "Training": row["fit_seconds"],
                "A list": row["query_ms"],
                "Size": None if row["bytes"] is None else row["bytes"] / 1e6,
            }
            for row in rows
        ],
        hide_index=True,
        column_config={
            "Score": st.column_config.NumberColumn(
                SCORE_WORDS[placement], format="%.3f", help=SCORE_HELP[placement]
            ),
            "95 %": st.column_config.TextColumn(
                "Between", help="95 % interval: bootstrap over shoppers, 1,000 times."
            ),
            "Products shown": st.column_config.NumberColumn(
                format="%.0f %%", help=METRIC_WORDS["coverage@10"][1]
            ),
            "Training": st.column_config.NumberColumn(
                format="%.1f s", help="How long the model learned for the test."
            ),
            "A list": st.column_config.NumberColumn(
                format="%.2f ms", help="How long one list took in the test, without the engine."
            ),
            "Size": st.column_config.NumberColumn(format="%.1f MB", help="On disk."),
        },
    )


def show_groups(rows: Rows, models: Mapping[str, Model], placement: str) -> None:
    """Show the score by group of shoppers: new, loyal, and by what they mostly buy."""
    metric = DECIDING[placement]
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        groups = models[row["model_id"]]["evidence"].get("groups", {}).get(placement, {})
        for name, group in _flat(groups):
            line = found.setdefault(name, {"Shoppers": name, "Asked": group["asked"]})
            line[row["name"]] = group.get(metric)
    if not found:
        return
    with st.expander("By group of shoppers"):
        st.caption(
            f"{SCORE_WORDS[placement]}, for shoppers who had bought little or much before the"
            " test, and by the category they bought most. Small groups say little."
        )
        scores = {row["name"]: st.column_config.NumberColumn(format="%.3f") for row in rows}
        st.dataframe(
            list(found.values()),
            hide_index=True,
            column_config={**scores, "Asked": st.column_config.NumberColumn(format="localized")},
        )


def _flat(groups: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the groups of a test in one list: ``new``, ``loyal``, then the categories."""
    flat = [
        (name.replace("_", " ").capitalize(), group)
        for name, group in groups.items()
        if name != "category"
    ]
    return flat + list(groups.get("category", {}).items())


def show_all_numbers(rows: Rows, models: Mapping[str, Model], placement: str) -> None:
    """Show every number of the test, one row a number and one column a model."""
    with st.expander("All numbers of this test"):
        names = dict.fromkeys(
            name for row in rows for name in models[row["model_id"]]["metrics"][placement]
        )
        lines: list[dict[str, Any]] = []
        for name in names:
            words, formula = METRIC_WORDS.get(name, (name, ""))
            line: dict[str, Any] = {"Number": words, "Formula": f"{name}. {formula}"}
            for row in rows:
                line[row["name"]] = models[row["model_id"]]["metrics"][placement].get(name)
            lines.append(line)
        numbers = {row["name"]: st.column_config.NumberColumn(format="%.4f") for row in rows}
        st.dataframe(lines, hide_index=True, column_config=numbers)
        if again := _again(rows, models, placement):
            st.caption(again)


def _again(rows: Rows, models: Mapping[str, Model], placement: str) -> str:
    """Say how models do when what was bought before counts too."""
    if placement != "for_you":
        return ""
    found = [
        (row["name"], models[row["model_id"]]["metrics"].get("for_you_again", {}).get("ndcg@10"))
        for row in rows
    ]
    known = sorted(((n, v) for n, v in found if v is not None), key=lambda one: -one[1])[:3]
    if not known:
        return ""
    words = ", ".join(f"{plain(name)} {value:.3f}" for name, value in known)
    return (
        f"When products that were bought before count too: {words}. For You leaves those out, so"
        " they do not decide."
    )


def show_apart(apart: Sequence[tuple[str, str]]) -> None:
    """Show the models that are not ranked with the others, and why."""
    if not apart:
        return
    with st.expander(f"Not ranked here: {count(len(apart), 'model')}"):
        for name, reason in apart:
            st.markdown(f"- **{plain(name)}**: {plain(reason)}")


def pick_placement(served: Sequence[str]) -> str:
    """Show the picker of shelves."""
    return st.segmented_control(
        "Shelf",
        served,
        default=served[0],
        format_func=lambda one: PLACEMENT_WORDS[one],
        required=True,
        key="board-placement",
        bind="query-params",
    )
