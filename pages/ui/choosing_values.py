"""The small inputs that the forms of rules and of segments share; nothing chosen is "any"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.words import count
from recsys.rules.sets import SetLine

Sets = Sequence[SetLine]


def several(label: str, options: Sequence[str], chosen: Sequence[str], key: str) -> tuple[str, ...]:
    """Let choose several values; one that is chosen stays when it is no longer there."""
    every = list(dict.fromkeys((*options, *chosen)))
    if not every:
        return ()
    return tuple(st.multiselect(label, every, default=chosen, key=key, placeholder="Any"))


def named_sets_of(
    label: str, sets: Sets, kind: str, chosen: Sequence[int], key: str, *, nothing: str = "Any"
) -> tuple[int, ...]:
    """Let choose several collections or segments; one that was deleted says so."""
    names: Mapping[int, str] = {
        one.id: f"{one.name} ({count(one.count, 'member')})" for one in sets if one.kind == kind
    }
    every = list(dict.fromkeys((*names, *chosen)))
    return tuple(
        st.multiselect(
            label,
            every,
            default=chosen,
            format_func=lambda one: names.get(one, f"Deleted ({one})"),
            key=key,
            placeholder=nothing if every else "None made yet",
            disabled=not every,
        )
    )


def number(label: str, value: float | None, key: str) -> float | None:
    """Ask for an amount; None for any."""
    return st.number_input(label, 0.0, value=value, key=key, placeholder="Any")


def whole(
    label: str, value: int | None, key: str, *, least: int = 0, help: str | None = None
) -> int | None:
    """Ask for a whole number; None for any."""
    found = st.number_input(
        label, least, value=value, step=1, key=key, placeholder="Any", help=help
    )
    return None if found is None else int(found)
