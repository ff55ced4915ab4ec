"""The mapping form: what each uploaded file is, and what its columns mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from pages.ui import state
from pages.ui.jobs import ACTOR
from pages.ui.words import plain, size
from recsys.data.files.readers import FilePreview
from recsys.data.ingest import Source
from recsys.data.reading.columns import ROLES, Kind, check_mapping
from recsys.errors import AisleError, BadMapping
from recsys.workflows.loading import guess_file, preview_file
from recsys.workflows.uploads import discard_upload, upload_info
from recsys.workspace import Workspace

_KINDS: dict[Kind, str] = {
    "interactions": "Purchases",
    "items": "Catalogue",
    "shoppers": "Shoppers",
}
_CURRENCIES = ("", "EUR", "GBP", "USD", "CHF", "SEK", "PLN", "CAD", "AUD", "JPY", "INR", "BRL")


def map_files(workspace: Workspace, upload_ids: Sequence[str]) -> dict[str, Any] | None:
    """Show the uploaded files with guessed columns; return what to load once confirmed.

    Returns
    -------
    dict or None
        Arguments for :func:`recsys.workflows.data_jobs.submit_ingest`.
    """
    sources: dict[Kind, Source] = {}
    names: list[str] = []
    for upload_id in upload_ids:
        with st.container(border=True):
            found = _map_file(workspace, upload_id)
        if found is not None:
            kind, source, name = found
            if kind in sources:
                st.warning(f"Two files are marked as {_KINDS[kind].lower()}; keep one of them.")
                return None
            sources[kind] = source
            names.append(name)
    if "interactions" not in sources:
        if sources:
            st.info("A file of purchases is still missing: who bought what.")
        return None
    with st.form("load", border=False):
        left, right = st.columns([3, 1])
        name = left.text_input("Name of this data", value=Path(names[0]).name.split(".")[0])
        currency = right.selectbox("Currency", _CURRENCIES, accept_new_options=True)
        if st.form_submit_button("Load this data", type="primary", icon=":material/database:"):
            return {
                "given": list(sources.items()),
                "name": name.strip() or names[0],
                "currency": currency or "",
            }
    return None


def _map_file(workspace: Workspace, upload_id: str) -> tuple[Kind, Source, str] | None:
    """Show one file; return what it is, or None when it cannot be read."""
    info = upload_info(workspace, upload_id)
    head, drop = st.columns([5, 1], vertical_alignment="center")
    head.markdown(f"**{plain(info.file_name)}** · {size(info.bytes)}")
    drop.button(
        "Remove",
        key=f"drop-{upload_id}",
        type="tertiary",
        icon=":material/close:",
        on_click=_remove,
        args=(workspace, upload_id),
    )
    try:
        seen = preview_file(info.path)
    except AisleError as error:
        st.error(f"{plain(error.message)} {plain(error.hint)}", icon=":material/error:")
        return None
    guessed, _ = guess_file(seen.columns)
    picked = st.segmented_control(
        "This file holds",
        list(_KINDS),
        default=guessed,
        format_func=lambda one: _KINDS[one],
        key=f"kind-{upload_id}",
        required=True,
    )
    kinds = list(_KINDS)
    kind = kinds[kinds.index(picked)] if picked in kinds else guessed
    chosen = _map_columns(upload_id, kind, seen)
    _show_sample(seen)
    try:
        check_mapping(kind, chosen, columns=seen.columns, file_name=info.file_name)
    except BadMapping as error:
        st.warning(f"{plain(error.message)} {plain(error.hint)}", icon=":material/rule:")
        return None
    return kind, Source(info.path, chosen), info.file_name


def _remove(workspace: Workspace, upload_id: str) -> None:
    discard_upload(workspace, upload_id, actor=ACTOR)
    state.remove_upload(upload_id)


def _map_columns(upload_id: str, kind: Kind, seen: FilePreview) -> dict[str, str]:
    """Show one choice a role, those without a guess behind a click."""
    _, guessed = guess_file(seen.columns, kind)
    roles = ROLES[kind]
    chosen: dict[str, str | None] = {}

    def choose(role_names: list[str]) -> None:
        with st.grid(min_column_width=200):
            for role in roles:
                if role.name in role_names:
                    guess = guessed.get(role.name)
                    chosen[role.name] = st.selectbox(
                        role.label + (" (needed)" if role.required else ""),
                        seen.columns,
                        index=seen.columns.index(guess) if guess else None,
                        placeholder="Not in this file",
                        help=role.help,
                        key=f"role-{upload_id}-{kind}-{role.name}",
                    )

    first = [role.name for role in roles if role.required or role.name in guessed]
    choose(first)
    others = [role.name for role in roles if role.name not in first]
    if others:
        with st.expander("More columns that Aisle can use"):
            choose(others)
    return {name: column for name, column in chosen.items() if column is not None}


def _show_sample(seen: FilePreview) -> None:
    with st.expander(f"First rows, {len(seen.columns)} columns"):
        st.dataframe(seen.sample[:20], hide_index=True, height=220)
