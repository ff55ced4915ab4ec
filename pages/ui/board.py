"""The leaderboard of one shelf: who is best, how sure that is, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.ui.charts import quality_against, ranking
from pages.ui.evidence import (
    PLACEMENT_WORDS,
    SCORE_HELP,
    SCORE_WORDS,
    TEST_WORDS,
    difference_words,
    tested_on,
    verdict,
)
from pages.ui.words import count, percent, plain
from recsys.types import Placement
from recsys.workflows.leaderboard import Board, Row

# What quality is set against: the value, the title of the axis, whether its steps are factors,
# and the value in words.
_Picture = tuple[Callable[[Row], float | None], str, bool, Callable[[float], str]]
_PICTURES: dict[str, _Picture] = {
    "Speed": (
        lambda row: row.query_ms,
        "Milliseconds a list; further left is quicker",
        True,
        lambda found: f"{found:.2g} ms a list",
    ),
    "Variety": (
        lambda row: row.metrics.get("diversity@10"),
        "Variety in a list, 0 to 1; further right is more",
        False,
        lambda found: f"variety {found:.2f}",
    ),
    "Reach": (
        lambda row: row.metrics.get("coverage@10"),
        "Share of all products shown; further right is more",
        False,
        lambda found: f"{percent(found)} of the products",
    ),
    "Training": (
        lambda row: row.fit_seconds,
        "Seconds to train; further left is quicker",
        True,
        lambda found: f"{found:.2g} s to train",
    ),
}


def pick_placement(boards: Mapping[Placement, Board]) -> Placement:
    """Show the picker of shelves, those with evidence first."""
    shelves = sorted(boards, key=lambda one: not boards[one].rows)
    return st.segmented_control(
        "Shelf",
        shelves,
        default=shelves[0],
        format_func=lambda one: PLACEMENT_WORDS[one],
        required=True,
        key="board-shelf",
    )


def badge_words(board: Board, row: Row) -> str:
    """Say in a few words what the evidence makes of a model."""
    if row.badge == "best":
        return f"Best for {PLACEMENT_WORDS[row.placement]}"
    if row.badge == "tie":
        return "Tie: the simpler one wins" if row.champion else "Tie"
    if row.champion and board.verdict == "alone":
        return "The only one"
    if row.place is None:
        return "Yardstick"
    return "Baseline" if row.baseline else ""


def badges_of(boards: Mapping[Placement, Board]) -> dict[tuple[Placement, str], str]:
    """Return the badges of all shelves: (shelf, model id) -> words; only those that say much."""
    return {
        (placement, row.model_id): badge_words(board, row)
        for placement, board in boards.items()
        for row in board.rows
        if row.badge or row.champion
    }


def show_board(board: Board, names: Mapping[str, str], *, dated: bool) -> None:
    """Show the ranking of one shelf: the answer in words, the charts, the table."""
    placement, rows = board.placement, board.rows
    st.markdown(_answer(board, names))
    asked = tested_on(placement, rows[0].asked)
    st.caption(
        f"{TEST_WORDS[placement]} Tested on {asked}; the newest fifth of the purchases is kept"
        " back, unseen, for a last test."
        if dated
        else f"{TEST_WORDS[placement]} These purchases have no dates: the last rows of each"
        f" shopper were held back in place of later ones. That tells which model is better, not"
        " how it would have done."
    )
    charts = st.grid(min_column_width=400, gap="large")
    with charts, st.container():
        st.markdown(f"**{SCORE_WORDS[placement]}**", help=SCORE_HELP[placement])
        st.plotly_chart(
            ranking(
                [
                    {
                        "name": names[row.model_id],
                        "value": row.value,
                        "low": row.low,
                        "high": row.high,
                        "role": role(row),
                    }
                    for row in rows
                ]
            ),
            key=f"ranking-{placement}",
            config={"displayModeBar": False},
        )
    with charts, st.container():
        _show_costs(board, names)
    _table(board, names)


def role(row: Row) -> str:
    """Return what a model is on the board: model, baseline or yardstick."""
    if row.place is None:
        return "yardstick"
    return "baseline" if row.baseline else "model"


def _answer(board: Board, names: Mapping[str, str]) -> str:
    """Say who should feed the shelf, and how sure that is."""
    if board.verdict == "too few" or board.champion is None:
        return (
            "**Too few later purchases to tell which model is best.** Compare their lists for"
            " shoppers you know."
        )
    best = next(row for row in board.rows if row.champion)
    said = ""
    if best.kind != "popularity" and "popularity" in best.against:
        said = verdict(best.value, best.against["popularity"], asked=best.asked, fewest=1)
    colour = "green" if best.badge == "best" else "gray"
    words = f":{colour}-badge[{badge_words(board, best)}] **{plain(names[best.model_id])}**"
    if said:
        words += f", {said}"
    if board.verdict != "tie":
        return f"{words}."
    others = sum(row.badge == "tie" for row in board.rows) - 1
    return f"{words}. The test cannot tell it from {count(others, 'other model')}."


def against(row: Row, baseline: str) -> str:
    """Say in two words how a model does against a baseline; empty for the baseline itself."""
    difference = row.against.get(baseline)
    if difference is None or row.kind == baseline:
        return ""
    return difference_words(row.value, difference)


def _show_costs(board: Board, names: Mapping[str, str]) -> None:
    st.markdown(
        "**What quality costs**",
        help="Each dot is a model. Grey dots are the"
        " baselines and yardsticks; point at one to see its name.",
    )
    word = st.segmented_control(
        "Quality against",
        list(_PICTURES),
        default="Speed",
        required=True,
        label_visibility="collapsed",
        key=f"costs-{board.placement}",
    )
    value_of, title, log, say = _PICTURES[word]
    dots: list[dict[str, Any]] = []
    for row in board.rows:
        other = value_of(row)
        if other is None or (log and other <= 0):
            continue
        dots.append(
            {
                "name": names[row.model_id],
                "value": row.value,
                "other": other,
                "shown": say(other),
                "role": role(row),
            }
        )
    st.plotly_chart(
        quality_against(dots, SCORE_WORDS[board.placement], title, log=log),
        key=f"cost-picture-{board.placement}",
        config={"displayModeBar": False},
    )


def _table(board: Board, names: Mapping[str, str]) -> None:
    score = SCORE_WORDS[board.placement]
    st.dataframe(
        [
            {
                "Model": names[row.model_id],
                "Verdict": badge_words(board, row),
                "Score": row.value,
                "Between": f"{row.low:.3f} to {row.high:.3f}",
                "Against popularity": against(row, "popularity"),
                "Against recent popularity": against(row, "recent_popularity"),
                "Training": row.fit_seconds,
                "A list": row.query_ms,
                "Size": row.size_bytes / 1e6,
            }
            for row in board.rows
        ],
        hide_index=True,
        column_config={
            "Model": st.column_config.TextColumn(pinned=True, width="medium"),
            "Verdict": st.column_config.TextColumn(
                help="Best: better than the next model in 95 of 100 such tests at least, by the"
                " paired difference. Yardsticks feed no shelf."
            ),
            "Score": st.column_config.NumberColumn(
                score, format="%.3f", help=SCORE_HELP[board.placement]
            ),
            "Between": st.column_config.TextColumn(
                help="95 % interval: bootstrap over shoppers, 1,000 times."
            ),
            "Training": st.column_config.NumberColumn(
                format="%.1f s", help="How long it learned for the test."
            ),
            "A list": st.column_config.NumberColumn(
                format="%.2f ms", help="How long one exact list took in the test."
            ),
            "Size": st.column_config.NumberColumn(format="%.1f MB", help="On disk."),
        },
    )
