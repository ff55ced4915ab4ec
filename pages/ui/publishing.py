from __future__ import annotations

import streamlit as st

from pages.ui.evidence import PLACEMENT_HELP, PLACEMENT_WORDS, publication_words
from pages.ui.words import ago, moment, plain
from recsys.types import PLACEMENTS, Placement
from recsys.workflows.jobs import submit_publish
from recsys.workflows.publishing import DEFAULT_KIND, best_models, roll_back_release
from recsys.workflows.shop import ShopState, publication_history
from recsys.workflows.training import model_kinds
from recsys.workspace import Workspace


def show_publishing(workspace: Workspace, shop: ShopState, dataset_id: str, *, actor: str) -> None:
    """Show which model feeds which shelf, publish that, and roll back."""
    models = {m["id"]: m for m in shop.models if m["dataset_id"] == dataset_id}
    best = best_models(workspace, dataset_id)
    labels = {kind.name: kind.label for kind in model_kinds()}
    chosen: dict[Placement, str] = {}
    with st.form("publish", border=False):
        with st.grid(min_column_width=200):
            for placement in PLACEMENTS:
                able = [m for m in models if placement in models[m]["placements"]]
                missing = labels[DEFAULT_KIND[placement]]
                picked = st.selectbox(
                    PLACEMENT_WORDS[placement],
                    able,
                    index=able.index(best[placement]) if placement in best else None,
                    format_func=lambda m: f"{models[m]['label']} · {ago(models[m]['created_at'])}",
                    placeholder=f"{missing}, trained now",
                    help=PLACEMENT_HELP[placement],
                    key=f"strategy-{dataset_id}-{placement}",
                )
                if picked is not None:
                    chosen[placement] = picked
        if st.form_submit_button("Build and publish", type="primary", icon=":material/publish:"):
            submit_publish(workspace, strategies=chosen, dataset_id=dataset_id, actor=actor)
            st.rerun()
    st.caption(
        "Building checks the new index against the models. The shelves that are live serve until"
        " the moment the new ones take over."
    )
    if shop.live is None:
        return
    said = publication_words(shop.live, shop.releases)
    st.markdown(f"Live: {said[:1].lower()}{said[1:]}.", help=moment(shop.live.at))
    if shop.live.beneath is None:
        return
    before = next(p for p in publication_history(workspace, 1000) if p.id == shop.live.beneath)
    name = next((r["name"] for r in shop.releases if r["id"] == before.release_id), "")
    if st.button(
        f"Roll back to {plain(name)} of {ago(before.at)}",
        icon=":material/undo:",
        help="The release before becomes live at once. Live stock and hidden products stay.",
    ):
        roll_back_release(workspace, actor=actor)
        st.rerun()
