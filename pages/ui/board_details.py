"""What lies beneath the leaderboard: groups of shoppers, all numbers, and who is not ranked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.evidence import METRIC_WORDS, SCORE_WORDS
from pages.ui.words import count, plain, size
from recsys.workflows.leaderboard import Board


def show_groups(board: Board, names: Mapping[str, str]) -> None:
    """Show the score by group of shoppers: new, loyal, and by what they mostly buy."""
    lines: dict[str, dict[str, Any]] = {}
    for row in board.rows:
        for name, group in _flat(row.groups):
            line = lines.setdefault(name, {"Shoppers": name, "Tested": group["asked"]})
            line[names[row.model_id]] = group[row.metric]
    if not lines:
        return
    with st.expander("By group of shoppers"):
        st.caption(
            f"{SCORE_WORDS[board.placement]}, by what shoppers had bought before the test."
            " Small groups say little."
        )
        scores = {name: st.column_config.NumberColumn(format="%.3f") for name in names.values()}
        st.dataframe(
            list(lines.values()),
            hide_index=True,
            column_config={
                **scores,
                "Shoppers": st.column_config.TextColumn(pinned=True),
                "Tested": st.column_config.NumberColumn(
                    format="localized", help="How many shoppers of the group were tested."
                ),
            },
        )


def _flat(groups: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the groups of a test in one list: new, loyal, then the categories."""
    flat: list[tuple[str, Mapping[str, Any]]] = []
    for name in ("new", "loyal"):
        if name in groups:
            low, high = groups[name]["products"]
            products = f"{low:,}" if low == high else f"{low:,} to {high:,}"
            flat.append((f"{name.capitalize()}: {products} products bought", groups[name]))
    flat += [(f"Mostly {name}", group) for name, group in groups.get("category", {}).items()]
    return flat


def show_all_numbers(board: Board, names: Mapping[str, str], again: Mapping[str, float]) -> None:
    """Show every number of the test: a row a number, a column a model.

    Parameters
    ----------
    again
        Model id -> the score where products that were bought before count, too.
    """
    metrics = dict.fromkeys(name for row in board.rows for name in row.metrics)
    lines: list[dict[str, Any]] = []
    for metric in metrics:
        words, formula = METRIC_WORDS.get(metric, (metric, ""))
        line: dict[str, Any] = {"Number": words}
        line |= {names[row.model_id]: row.metrics.get(metric) for row in board.rows}
        lines.append({**line, "How it is worked out": formula})
    if again:
        lines.append(
            {
                "Number": "Right things on top, repeats count",
                **{names[row.model_id]: again.get(row.model_id) for row in board.rows},
                "How it is worked out": "The same NDCG@10 when products that were bought before"
                " count, too. For You leaves those out, so this does not decide.",
            }
        )
    with st.expander("All numbers of this test"):
        numbers = {name: st.column_config.NumberColumn(format="%.4f") for name in names.values()}
        pinned = {"Number": st.column_config.TextColumn(pinned=True)}
        st.dataframe(lines, hide_index=True, column_config={**numbers, **pinned})


def show_apart(board: Board, names: Mapping[str, str]) -> None:
    """Show the models that are not ranked with the others, and why."""
    if not board.apart:
        return
    with st.expander(f"Not ranked here: {count(len(board.apart), 'model')}"):
        by_reason: dict[str, list[str]] = {}
        for manifest, reason in board.apart:
            by_reason.setdefault(reason, []).append(names[manifest["id"]])
        for reason, which in by_reason.items():
            st.markdown(f"- **{plain(', '.join(which))}**: {plain(reason)}")


def model_lines(models: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Show every model of the data with its settings."""
    for model in models:
        settings = ", ".join(f"{key} {value}" for key, value in model["settings"].items())
        st.caption(
            f"**{plain(names[model['id']])}** · {model['seconds']:.0f} s ·"
            f" {plain(settings or 'no settings')}",
            help=f"Model {model['id']}, {size(model['evidence']['bytes'])}"
            if model.get("evidence")
            else f"Model {model['id']}",
        )
