"""What the pages about models choose from first: a dataset with its models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.words import ago
from recsys.workflows.shop import ShopState, publication_history
from recsys.workspace import Workspace


def choose_data(shop: ShopState) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """Show the picker of datasets; return the chosen one and its models, newest first.

    Without any dataset the page ends here, with a way to get one.
    """
    if not shop.datasets:
        st.info("Models learn from purchases. Load your data or the demo shop first.")
        if st.button("Go to Data", type="primary", icon=":material/database:"):
            st.switch_page("data.py")
        st.stop()
    by_id = {dataset["id"]: dataset for dataset in shop.datasets}
    if len(by_id) == 1:
        return shop.datasets[0], shop.models
    chosen = st.selectbox(
        "Dataset",
        list(by_id),
        format_func=lambda one: f"{by_id[one]['name']} · {ago(by_id[one]['created_at'])}",
        key=f"of-{shop.datasets[0]['id']}",
    )
    return by_id[chosen], [model for model in shop.models if model["dataset_id"] == chosen]


def waiting_release(workspace: Workspace, shop: ShopState) -> Mapping[str, Any] | None:
    """Return the manifest of the newest release where it was never live: built to be looked at."""
    if not shop.releases:
        return None
    newest = shop.releases[0]
    was_live = any(one.release_id == newest["id"] for one in publication_history(workspace, 1000))
    return None if was_live else newest
