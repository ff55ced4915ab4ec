from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.errors import in_place
from pages.ui.evidence import PLACEMENT_HELP, PLACEMENT_WORDS, model_names, publication_words
from pages.ui.words import ago, moment, plain
from recsys.types import PLACEMENTS, Placement
from recsys.workflows.candidates import submit_candidate
from recsys.workflows.publishing import DEFAULT_KIND, best_models, roll_back_release
from recsys.workflows.shop import ShopState, publication_history
from recsys.workflows.training import model_kinds
from recsys.workspace import Workspace


def choose_strategies(
    workspace: Workspace,
    dataset_id: str,
    models: Sequence[Mapping[str, Any]],
    badges: Mapping[tuple[Placement, str], str],
    *,
    primary: bool,
    actor: str,
) -> None:
    """Show which model feeds which shelf, the best preselected, and build what is chosen.

    Parameters
    ----------
    badges
        (placement, model id) -> what the evidence says of it, in a few words.
    """
    by_id = {model["id"]: model for model in models}
    names = model_names(models)
    best = best_models(workspace, dataset_id)
    labels = {kind.name: kind.label for kind in model_kinds()}
    chosen: dict[Placement, str] = {}
    with st.form("strategies", border=False):
        with st.grid(min_column_width=340):
            for placement in PLACEMENTS:
                able = [one for one in by_id if placement in by_id[one]["placements"]]
                picked = st.selectbox(
                    PLACEMENT_WORDS[placement],
                    able,
                    index=able.index(best[placement]) if placement in best else None,
                    format_func=lambda one, shelf=placement: " · ".join(
                        filter(None, (names[one], badges.get((shelf, one))))
                    ),
                    placeholder=f"{labels[DEFAULT_KIND[placement]]}, trained now",
                    help=PLACEMENT_HELP[placement],
                    key=f"strategy-{dataset_id}-{placement}",
                )
                if picked is not None:
                    chosen[placement] = picked
        if st.form_submit_button(
            "Build and compare",
            type="primary" if primary else "secondary",
            icon=":material/difference:",
            help="Builds the release beside what is live, checks it, and shows what would change."
            " Nothing goes live by this.",
        ):
            with in_place():
                submit_candidate(workspace, strategies=chosen, dataset_id=dataset_id, actor=actor)
                st.rerun()


def show_live(workspace: Workspace, shop: ShopState, *, actor: str) -> None:
    """Say what is live, and offer to roll back to what was live before."""
    if shop.live is None:
        st.caption("Nothing is live yet.")
        return
    said = publication_words(shop.live, shop.releases)
    st.markdown(f"Live: {said[:1].lower()}{said[1:]}.", help=moment(shop.live.at))
    if shop.live.beneath is None:
        return
    before = next(p for p in publication_history(workspace, 1000) if p.id == shop.live.beneath)
    name = next((r["name"] for r in shop.releases if r["id"] == before.release_id), "")
    if st.button(
        f"Roll back to {plain(name)} of {ago(before.at)}",
        key="roll-back",  # without one, a click is lost when the label changes with the minute
        icon=":material/undo:",
        help="The release before becomes live at once. Live stock and hidden products stay.",
    ):
        roll_back_release(workspace, actor=actor)
        st.rerun()
