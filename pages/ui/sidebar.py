from __future__ import annotations

import streamlit as st

from pages.ui.jobs import announce_ended, show_active_job
from pages.ui.resources import shop, workspace
from pages.ui.words import ago, moment, plain
from recsys.errors import NotReady
from recsys.workflows.jobs import active_jobs


def draw_sidebar() -> None:
    """Show which shop this is, what is live, and what is being worked on."""
    with st.sidebar:
        try:
            view = shop().current()
        except NotReady:
            st.caption(":material/circle: Nothing is live yet")
        else:
            manifest = view.release.manifest
            currency = f" · {plain(manifest['currency'])}" if manifest["currency"] else ""
            st.caption(f"{plain(manifest['name'])}{currency}")
            st.caption(
                f":green[:material/check_circle:] Live, published {ago(view.publication.at)}",
                help=f"Release {view.release.id}, published {moment(view.publication.at)}",
            )
        announce_ended(workspace())
        if active_jobs(workspace()):
            show_active_job()
