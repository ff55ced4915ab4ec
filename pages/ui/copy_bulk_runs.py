"""The bulk runs there are: how far, what they cost, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from typing import Any

import streamlit as st

from pages.ui import state_copy
from pages.ui.copy_queue_words import cost_words, usage_words
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import ago, count, moment, plain, shorten
from recsys.workflows.copy_bulk import (
    RunLine,
    RunState,
    cancel_run,
    pause_run,
    resume_run,
    retry_failed,
    rows,
    runs,
)
from recsys.workflows.copy_settings import model_of
from recsys.workflows.jobs import worker_is_running
from recsys.workspace import Workspace

_STATES: dict[RunState, tuple[str, Any]] = {
    "running": ("Running", "blue"),
    "paused": ("Paused", "orange"),
    "capped": ("At its limit", "orange"),
    "done": ("Done", "green"),
    "cancelled": ("Cancelled", "gray"),
}
_ROWS = {
    "written": "written",
    "sent": "sent",
    "waiting": "to do",
    "failed": "failed",
    "skipped": "left out",
}
_FAILED = 100
_SHOWN = 20


def show_runs(workspace: Workspace) -> None:
    """Show the newest runs; they are looked at again by themselves while one is at work."""
    st.subheader("Runs")
    lines = runs(workspace, _SHOWN)
    if not lines:
        st.info(
            "No run yet. Choose products at the left; you see what it would cost before anything"
            " is sent."
        )
        return
    every = _pause_between(lines)
    if every and not worker_is_running(workspace):
        st.warning("No worker is running. The server starts one by itself within seconds.")
    st.fragment(run_every=every)(_show_lines)(every)


def _pause_between(lines: list[RunLine]) -> str | None:
    """Return how long to wait between two looks; batches take hours."""
    ways = {line.way for line in lines if line.state == "running"}
    if not ways:
        return None
    return "1s" if "direct" in ways else "15s"


def _show_lines(every: str | None) -> None:
    lines = runs(workspace(), _SHOWN)
    if _pause_between(lines) != every or state_copy.view() != "bulk":
        st.rerun()  # the whole page, which says how often to look, or is another view by now
    for line in lines:
        with st.container(border=True, key=f"copy-run-{line.id}"):
            _run(line)


def _run(line: RunLine) -> None:
    words, colour = _STATES[line.state]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{plain(line.label)}**",
            help=f"Run {line.id}, by {plain(line.model)}",
            width="stretch",
        )
        st.badge(words, color=colour)
    every = sum(line.counts.values())
    ended = every - line.counts.get("waiting", 0) - line.counts.get("sent", 0)
    said = [f"{line.counts[one]:,} {words}" for one, words in _ROWS.items() if line.counts.get(one)]
    if line.state in ("running", "paused", "capped") and every:
        st.progress(ended / every, text=f"{ended:,} of {every:,}")
    st.caption(" · ".join(said) or "Being prepared")
    paid = "Nothing spent yet"
    if any(astuple(line.usage)):
        paid = f"{plain(usage_words(line.usage))} · {cost_words(line.cost)}"
    if line.cap is not None:
        paid += f", at most {cost_words(line.cap)}"
    elif line.cap_tokens is not None:
        paid += f", at most {line.cap_tokens:,} tokens"
    st.caption(f"{paid} · {ago(line.at)} by {plain(line.actor)}", help=moment(line.at))
    if line.words:
        st.markdown(f":orange[:material/warning:] {plain(line.words)}")
    if line.way == "batch" and line.state == "running":
        st.caption("The provider answers a batch within a day. You can leave this page.")
    _buttons(line)
    if line.counts.get("failed"):
        _show_failed(line)


def _buttons(line: RunLine) -> None:
    failed = line.counts.get("failed", 0)
    with st.container(horizontal=True, gap="small"):
        if line.state == "running" and _clicked(line, "Pause", ":material/pause:"):
            _do(pause_run, line)
        if line.state == "paused" and _clicked(line, "Go on", ":material/play_arrow:"):
            _do(resume_run, line)
        other = state_copy.chosen_model() or model_of(workspace())
        if (
            line.state == "paused"
            and other != line.model
            and _clicked(line, f"Go on with {plain(other)}", ":material/smart_toy:")
        ):
            _do(resume_run, line, model=other)
        if line.state == "capped":
            _go_on_with_more(line)
        if line.state in ("running", "paused", "capped") and _clicked(
            line, "Cancel", ":material/close:"
        ):
            _do(cancel_run, line)
        if (
            failed
            and line.state != "running"
            and _clicked(line, "Try the failed again", ":material/refresh:")
        ):
            _do(retry_failed, line)
        if line.counts.get("written"):
            # A callback, which holds though the timer draws this part anew in the same moment.
            st.button(
                "See them in the queue",
                key=f"copy-run-{line.id}-see",
                type="tertiary",
                icon=":material/rate_review:",
                on_click=state_copy.open_view,
                args=("queue",),
                kwargs={"run": str(line.id)},
            )


def _clicked(line: RunLine, label: str, icon: str) -> bool:
    return st.button(label, key=f"copy-run-{line.id}-{label}", type="tertiary", icon=icon)


def _do(act: Callable[..., RunLine], line: RunLine, **more: Any) -> None:
    with in_place():
        act(workspace(), line.id, actor=ACTOR, **more)
        st.rerun()


def _go_on_with_more(line: RunLine) -> None:
    with st.popover("Go on with more", type="tertiary", icon=":material/play_arrow:"):
        key = f"copy-run-cap-{line.id}"
        more: dict[str, Any] = {}
        if line.cap is None:
            more["cap_tokens"] = int(
                st.number_input(
                    "Stop at so many tokens, with those that are used",
                    1_000,
                    value=max(2 * (line.cap_tokens or 0), 1_000),
                    step=1_000,
                    key=key,
                )
            )
        else:
            more["cap"] = st.number_input(
                "Stop at, in US dollars, with what is spent",
                0.01,
                value=max(2 * line.cap, 0.01),
                format="%.2f",
                key=key,
            )
        if st.button("Go on", key=f"copy-run-more-{line.id}", type="primary"):
            _do(resume_run, line, **more)


def _show_failed(line: RunLine) -> None:
    """Show which rows failed and why; read only once the part is opened."""
    failed = line.counts["failed"]
    part = st.expander(
        f"{count(failed, 'text')} failed",
        icon=":material/error:",
        key=f"copy-run-failed-{line.id}",
        on_change="rerun",
    )
    if not part.open:
        return
    with part:
        for row in rows(workspace(), line.id, state="failed", limit=_FAILED):
            tries = f" :gray[after {count(row.tries, 'try', 'tries')}]" if row.tries > 1 else ""
            st.markdown(
                f"**{plain(shorten(row.name or row.about_id, 60))}**{tries}  \n{plain(row.error)}",
                help=plain(row.about_id),
            )
        if failed > _FAILED:
            st.caption(f"And {failed - _FAILED:,} more.")
