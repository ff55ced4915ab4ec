"""Choose a version of a dataset, and what it holds in numbers and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.words import ago, count, day, moment, plain, shorten

KIND_WORDS = {"interactions": "Purchases", "items": "Catalogue", "shoppers": "Shoppers"}
_BASKETS = {
    "order": "Baskets are the shop's own orders.",
    "shopper_day": "There are no order numbers: what one shopper bought on one day is a basket.",
    "shopper": "There are neither orders nor dates: all that a shopper bought is one basket.",
}


def choose_dataset(newest: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Let choose a dataset; the one that changed last comes first.

    Parameters
    ----------
    newest
        The newest version of each dataset.
    """
    names = {one["id"]: f"{one['name']} · {ago(one['created_at'])}" for one in newest}
    picked = st.selectbox(
        "Dataset",
        list(names),
        format_func=lambda one: str(names.get(one, one)),
        key=f"dataset-{newest[0]['id']}",  # what was changed last is chosen when it arrives
    )
    return next(one for one in newest if one["id"] == picked)


def choose_version(versions: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Let choose one of the versions of a dataset, newest first."""
    by_id = {one["id"]: one for one in versions}
    picked = st.selectbox(
        "Version",
        list(by_id),
        format_func=lambda one: version_words(by_id[one]) if one in by_id else str(one),
        key=f"version-{versions[0]['id']}",
    )
    return by_id[str(picked)]


def version_words(version: Mapping[str, Any]) -> str:
    """Return a version as one line: its number, and its name or what changed."""
    return f"{version['number']} · {shorten(version['label'] or version['change'], 60)}"


def show_numbers(version: Mapping[str, Any], summary: str) -> None:
    """Show what a version holds: a sentence, four numbers, and what they rest on."""
    numbers = version["counts"]
    st.markdown(f"**{plain(summary)}**")
    with st.grid(4, min_column_width=120):
        st.metric("Purchases", f"{numbers['interactions']:,}", border=True)
        st.metric("Shoppers", f"{numbers['shoppers']:,}", border=True)
        st.metric("Products", f"{numbers['items']:,}", border=True)
        st.metric("Baskets", f"{numbers['baskets']:,}", border=True)
    words = [_BASKETS[version["basket_source"]]]
    if version.get("first_timestamp"):
        first, last = day(version["first_timestamp"]), day(version["last_timestamp"])
        words.insert(0, f"Purchases from {first} to {last}.")
    if numbers["guest_rows"]:
        guests = count(numbers["guest_rows"], "more row")
        words.append(f"{guests} without a shopper teach what is bought together.")
    st.caption(
        plain(" ".join([*words, *version["notes"]])),
        help=f"Version {version['id']}, made {moment(version['created_at'])}.",
    )


def show_files(version: Mapping[str, Any]) -> None:
    """Show which files a version is made of, and how they were read."""
    files = version["recipe"]["files"]
    shown = st.expander(
        f"How Aisle read {count(len(files), 'file')}",
        icon=":material/description:",
        on_change="rerun",  # a table costs its first reader over a second: only who opens it
        key=f"files-{version['id']}",
    )
    if not shown.open:
        return
    with shown:
        st.dataframe(
            [
                {
                    "File": file["name"],
                    "Holds": KIND_WORDS[file["kind"]],
                    "Understood": "; ".join(
                        [
                            *filter(None, [file["understood"]]),
                            *version["understood"].get(file["name"], []),
                        ]
                    ),
                    "Columns used": ", ".join(file["mapping"].values()),
                }
                for file in files
            ],
            hide_index=True,
        )
