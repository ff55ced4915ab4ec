"""Who is left out of a segment, and who is set aside so that an effect can be measured."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.ui.choosing_values import Sets, named_sets_of, whole
from pages.ui.state_segments import Draft
from recsys.releases.live import LiveView
from recsys.segments.definition import Definition, Leaving

_HOLDOUT_HELP = (
    "A random share of the members whom the campaign does not reach. Afterwards, compare what they"
    " bought with what the others did: the difference is what the campaign did. The same shoppers"
    " are set aside at each refresh."
)


def ask_leaving(view: LiveView, draft: Draft, sets: Sets) -> dict[str, Any]:
    """Show who is left out and set aside; return these parts of the definition."""
    was, key = draft.initial, draft.key
    given: dict[str, Any] = {}
    st.markdown("**Leave out**")
    own = draft.which.removeprefix("edit-")
    others = [one for one in sets if str(one.id) != own]
    given["segments"] = named_sets_of(
        "Members of", others, "segment", was.leaving.segments, f"{key}-without", nothing="Nobody"
    )
    if view.release.dated:
        given["bought_within_days"] = whole(
            "Who bought in the last … days",
            was.leaving.bought_within_days,
            f"{key}-lately",
            least=1,
            help="So many days before the newest purchase of the shop.",
        )
    if "consent" in view.release.shoppers.column_names:
        given["no_consent"] = st.checkbox(
            "Who did not consent to be written to",
            was.leaving.no_consent,
            key=f"{key}-consent",
            help="Who said nothing counts as no.",
        )
    else:
        st.caption("The shop's data say nothing of consent: nobody is left out for it.")
    return {"leaving": Leaving(**given), **_ask_shares(was, key)}


def _ask_shares(was: Definition, key: str) -> dict[str, Any]:
    st.markdown("**Set aside**")
    with st.grid(2, min_column_width=140, gap="small"):
        holdout = st.number_input(
            "Hold-out group in %",
            0.0,
            50.0,
            round(100 * was.holdout, 3),
            step=5.0,
            format="%g",
            key=f"{key}-holdout",
            help=_HOLDOUT_HELP,
        )
        sample = st.number_input(
            "Only a random part in %",
            0.1,
            100.0,
            None if was.sample is None else round(100 * was.sample, 3),
            step=5.0,
            format="%g",
            key=f"{key}-sample",
            placeholder="All",
            help="Drawn by a seed, so it is the same whenever it is drawn again.",
        )
    drawn = was.seed
    if holdout or sample is not None:
        drawn = st.number_input(
            "Seed of the draw",
            0,
            2**31 - 1,
            was.seed,
            key=f"{key}-seed",
            help="Another number draws others.",
        )
    # All is no sample.
    part = None if sample is None or sample >= 100 else sample / 100
    return {"holdout": holdout / 100, "sample": part, "seed": int(drawn)}
