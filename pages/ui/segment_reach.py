"""How many shoppers to reach: the proof, its curve, and the slider on it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from pages.ui import state_segments
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR, forecast, step_words
from pages.ui.resources import workspace
from pages.ui.segment_charts import FoundLine, reach_curve
from pages.ui.state_segments import Draft
from pages.ui.words import ago, count, percent, plain
from recsys.segments.definition import Definition, Scorer
from recsys.segments.lifecycle import LifecycleRules
from recsys.segments.proving import CHOSEN, MATCHED, RANDOM, RFM
from recsys.segments.seeds import FEWEST_SEEDS
from recsys.workflows.jobs import Job, active_jobs
from recsys.workflows.segment_proof import Proof, submit_proof
from recsys.workflows.segments import Preview

USUAL = 1_000
_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
_PROOF_HELP = (
    "Some seeds are hidden, ten times over, and looked for among the shoppers most like the rest."
    " The way of looking is chosen without the hidden ones. It takes some minutes at most, goes on"
    " when you leave the page, and changes nothing."
)
SCORER_WORDS = {
    "centroid": "Like the average of them",
    "nearest": "Like some of them",
    "classifier": "By what tells them apart",
}
_LOOK_HELP = (
    "The mean of ten rounds, with its 95 % interval. Like the average of them: the centroid of"
    " their vectors. Like some of them: the nearest seeds. By what tells them apart: a regularised"
    " logistic classifier."
)


def steps_up_to(most: int) -> list[int]:
    """Return round sizes to choose from: 10, 12, 15, 20, 25, 30, 40 ... and all."""
    found = [int(step * 10**power) for power in range(1, 8) for step in _STEPS]
    return [*(size for size in found if size < most), most]


def ask_size(draft: Draft, most: int) -> int:
    """Show the slider, and the number for who wants to type it; return the size.

    Parameters
    ----------
    most
        How many shoppers there are to reach.
    """
    steps = steps_up_to(most)
    slider, exact = f"{draft.key}-reach", f"{draft.key}-size"
    start = min(draft.initial.size or USUAL, most)
    left, right = st.columns([4, 1.3], vertical_alignment="bottom")
    with left:
        st.select_slider(
            "Reach",
            steps,
            value=_nearest(steps, start),
            format_func=lambda one: f"{one:,}",
            key=slider,
            help="Round sizes. For any other, type it at the right.",
            on_change=lambda: state_segments.put(exact, state_segments.widget(slider)),
        )
    with right:
        typed = st.number_input(
            "Exactly",
            1,
            most,
            start,
            key=exact,
            on_change=lambda: state_segments.put(
                slider, _nearest(steps, state_segments.widget(exact))
            ),
        )
    return int(typed)


def _nearest(steps: list[int], size: int) -> int:
    place = bisect_left(steps, size)
    around = steps[max(place - 1, 0) : place + 1]
    return min(around, key=lambda one: abs(one - size))


def show_proof(
    definition: Definition, proof: Proof | None, found: Preview, size: int, rules: LifecycleRules
) -> None:
    """Show how well such seeds are found, or offer to find it out.

    Parameters
    ----------
    found
        Whom the definition finds now; its notes stand elsewhere on the page.
    rules
        Of the stages, by which seeds may be chosen.
    """
    seeds = len(found.ranked.seeds)
    if seeds < FEWEST_SEEDS:
        st.warning(
            f"Only {count(seeds, 'seed')}. With fewer than {FEWEST_SEEDS} nobody can say how well"
            " shoppers like them are found, so there is no proof and no curve.",
            icon=":material/warning:",
        )
        return
    job = _at_work(definition)
    if job is not None:
        _show_running(job.id, definition)
    elif proof is None:
        _offer(definition, rules)
    elif not proof.proved:
        st.warning(plain(proof.words), icon=":material/warning:")
    else:
        _show(definition, proof, size, told=found.notes)


def _at_work(definition: Definition) -> Job | None:
    """Return the job that proves these seeds, if there is one."""
    wanted = definition.model_dump(mode="json")["seeds"]
    for job in active_jobs(workspace()):
        if job.kind == "segment_proof" and job.params["definition"].get("seeds") == wanted:
            return job
    return None


@st.fragment(run_every="1s")
def _show_running(job_id: int, definition: Definition) -> None:
    job = _at_work(definition)
    if job is None or job.id != job_id:
        st.rerun()  # the whole page: its curve should appear
    with st.container(border=True):
        st.markdown("**Looking for hidden seeds**")
        st.progress(min(job.share, 1.0), text=plain(step_words(job)))
        st.caption(f"{forecast(job)}. You can go on here, or leave this page.")


def _offer(definition: Definition, rules: LifecycleRules) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**How well are shoppers like these found?** :gray[Nobody has looked yet.]",
            width="stretch",
        )
        if st.button("Prove it", icon=":material/science:", key="prove-segment", help=_PROOF_HELP):
            with in_place():
                submit_proof(workspace(), definition, rules=rules, actor=ACTOR)
                st.rerun()


def _show(definition: Definition, proof: Proof, size: int, *, told: Sequence[str]) -> None:
    words, doubt = proof.said_at(size, definition.scorer or None)
    st.markdown(f"**{plain(words)}**", help=_LOOK_HELP)
    for warning in filter(None, [doubt, *(note for note in proof.notes if note not in told)]):
        st.caption(f":orange[:material/warning:] {plain(warning)}")
    lines = curve_lines(proof, definition.scorer)
    st.plotly_chart(reach_curve(lines, size), config={"displayModeBar": False}, key="segment-curve")


def show_how(definition: Definition, proof: Proof, rules: LifecycleRules) -> None:
    """Show the curve as a table, and how it was made."""
    lines = curve_lines(proof, definition.scorer)
    with st.expander("The curve as a table, and how it was made", icon=":material/table:"):
        for words in _about(proof):
            st.caption(plain(words))
        st.dataframe(_table(lines), hide_index=True, height=280)
        if st.button("Prove it again", type="tertiary", icon=":material/science:"):
            with in_place():
                submit_proof(workspace(), definition, rules=rules, actor=ACTOR)
                st.rerun()


def curve_lines(proof: Proof, scorer: Scorer | Literal[""] = "") -> list[FoundLine]:
    """Return the curves of a proof: of the scorer that is used, of RFM and of chance."""
    sizes = proof.sizes.tolist()
    found: list[FoundLine] = []
    for role, name, label in (
        ("segment", scorer or CHOSEN, "Like these"),
        ("rfm", RFM, "RFM"),
        ("matched", MATCHED, "Order as often"),
        ("random", RANDOM, "Chance"),
    ):
        if name in proof.curves:
            curve = proof.curves[name]
            means, low, high = (one.tolist() for one in (curve.mean, curve.low, curve.high))
            with_range = role in ("segment", "rfm")
            found.append(
                FoundLine(
                    label, role, sizes, means, low if with_range else (), high if with_range else ()
                )
            )
    return found


def _about(proof: Proof) -> list[str]:
    """Say how a proof was made."""
    wins = ", ".join(
        f"{SCORER_WORDS[name].lower()} {times:,} times" for name, times in proof.wins.items()
    )
    return [
        f"{proof.hidden:,} of {proof.seeds:,} seeds were hidden, ten times over, and looked for"
        f" among {proof.base:,} shoppers. Chosen in the rounds: {wins}.",
        f"Made {ago(proof.about['created_at'])}.",
    ]


def _table(lines: list[FoundLine]) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for place, size in enumerate(lines[0].sizes):
        row = {"Reached": f"{size:,.0f}"}
        for line in lines:
            words = percent(line.found[place])
            if len(line.low):
                words += f" ({100 * line.low[place]:.0f} to {100 * line.high[place]:.0f})"
            row[line.name] = words
        rows.append(row)
    return rows
