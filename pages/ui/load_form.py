"""Below the files: what the data is called, where it goes, and the button that reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.ui import state_files
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.words import count, plain
from recsys.workflows.arrivals import Card
from recsys.workflows.jobs import Job
from recsys.workflows.mapping_choices import (
    CURRENCIES,
    Choices,
    currency_seen,
    missing_roles,
    played,
    proposed_name,
    submit_files,
)

_NEW = ""


def newest_versions(manifests: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return id -> manifest of the newest version of each dataset, in the order given."""
    newest: dict[str, dict[str, Any]] = {}
    for one in manifests:
        held = newest.get(one["lineage"])
        if held is None or one["number"] > held["number"]:
            newest[one["lineage"]] = one
    return {one["id"]: one for one in newest.values()}


def load_form(cards: Sequence[Card], manifests: Sequence[dict[str, Any]]) -> Job | None:
    """Ask for what the files do not say; return the job once somebody starts it."""
    chosen = [(card, state_files.choices(card.key)) for card in cards]
    chosen = [one for one in chosen if played(*one) != "out"]
    into = _where(newest_versions(manifests))
    with st.form("load", border=False):
        name = currency = ""
        accept = False
        if into is None:
            name, currency = _name_and_currency(chosen)
            accept = st.checkbox(
                "Apply what Aisle proposes",
                help="Mends what is almost always wrong, such as rows that stand twice. Each mend"
                " is listed with its count and can be undone. Without it you decide on the Data"
                " page.",
            )
        else:
            st.caption("The fixes of that version hold for the new files, too.")
        problem = _problem(chosen, adding=into is not None)
        files = sum(len(card.files) for card, _ in chosen)
        pressed = st.form_submit_button(
            f"Read and check {count(files, 'file')}" if files else "Read and check",
            type="primary",
            icon=":material/database:",
            disabled=bool(problem),
        )
    if problem:
        st.caption(problem)
        return None
    if not pressed:
        return None
    job = submit_files(
        workspace(),
        chosen,
        name=name,
        currency=currency,
        accept=accept,
        into=into,
        actor=ACTOR,
    )
    state_files.remove_files(file.key for card, _ in chosen for file in card.files)
    state_files.forget_choices(card.key for card, _ in chosen)
    return job


def _where(newest: dict[str, dict[str, Any]]) -> str | None:
    """Ask whether the files make data of their own; outside of the form, which depends on it."""
    if not newest:
        return None
    words = {
        one: f"Add to {manifest['name']}, version {manifest['number']}"
        for one, manifest in newest.items()
    }
    picked = st.selectbox(
        "These files are",
        [_NEW, *words],
        format_func=lambda one: words.get(one, "New data"),
        help="Adding makes a new version; the one before stays as it is.",
        key="load-into",
        width=420,
    )
    return picked if picked in words else None


def _name_and_currency(chosen: Sequence[tuple[Card, Choices]]) -> tuple[str, str]:
    seen = currency_seen([card for card, _ in chosen])
    left, right = st.columns([3, 1])
    proposed = proposed_name(chosen)
    name = left.text_input("Name of this data", value=proposed, key=f"load-name-{proposed}")
    options = ["", *CURRENCIES]
    currency = right.selectbox(
        "Currency",
        options,
        index=options.index(seen),
        format_func=lambda one: one or "Not said",
        accept_new_options=True,
        help="Seen in the first rows." if seen else "Shown beside prices; nothing is converted.",
        key=f"load-currency-{seen}",
    )
    return name, currency or ""


def _problem(chosen: Sequence[tuple[Card, Choices]], *, adding: bool) -> str:
    """Return why the files cannot be loaded yet, in a sentence; empty when they can."""
    for card, choices in chosen:
        if missing := missing_roles(card, choices):
            names = " and ".join(role.label.lower() for role in missing)
            return f"{plain(card.files[0].name)} still needs the column of the {names}."
    if not chosen:
        return "All files are left out."
    if not adding and all(played(*one) != "interactions" for one in chosen):
        return "A file of purchases is still missing: who bought what."
    return ""
