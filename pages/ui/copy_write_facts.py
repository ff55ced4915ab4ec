"""The facts that copy may rest on, as a table that can be changed before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from recsys.copywriting.text import Fact, Facts, digest

_FIELD, _VALUE = 60, 2_000
_BY_HAND = "By hand"


def edit_facts(facts: Facts, *, source: str, key: str) -> Facts:
    """Show the facts, and let change, add and remove some; return them as they stand then.

    Parameters
    ----------
    source
        Where those come from that nobody changed: "Catalogue".
    """
    widest = 150 if any(len(one.field) > 12 for one in facts.facts) else 95  # pixels
    st.markdown("**Facts**")
    rows = st.data_editor(
        [
            {"Field": one.field, "Value": one.value, "From": _BY_HAND if one.by_hand else source}
            for one in facts.facts
        ]
        or [{"Field": "", "Value": "", "From": _BY_HAND}],
        num_rows="dynamic",
        hide_index=True,
        disabled=["From"],
        height="content" if len(facts.facts) <= 8 else 320,
        column_config={
            "Field": st.column_config.TextColumn(max_chars=_FIELD, width=widest),
            "Value": st.column_config.TextColumn(max_chars=_VALUE),
            "From": st.column_config.TextColumn(width=80, default=_BY_HAND),
        },
        # Changes are kept by row: other facts have to be another table.
        key=f"{key}-{digest(*(f'{one.field} {one.value}' for one in facts.facts))[:12]}",
    )
    changed = with_rows(facts, rows)
    by_hand = sum(one.by_hand for one in changed.facts)
    st.caption(
        "Only this is sent, and only this may be claimed. Add what you know and the catalogue does"
        " not." + (f" {by_hand} of {len(changed.facts)} by hand." if by_hand else "")
    )
    return changed


def with_rows(facts: Facts, rows: Iterable[Mapping[str, Any]]) -> Facts:
    """Return facts as a table has them; rows without a field or a value are none.

    What differs from the catalogue counts as by hand. Of two rows about one field the last counts.
    """
    known = {one.field: one for one in facts.facts}
    found: dict[str, Fact] = {}
    for row in rows:
        field, value = _clean(row.get("Field"), _FIELD), _clean(row.get("Value"), _VALUE)
        before = known.get(field)
        if field in known and before is not None and row.get("Value") == before.value:
            found[field] = before  # as the catalogue has it, blanks and all
        elif field and value:
            found[field] = Fact(field=field, value=value, by_hand=True)
    return facts.model_copy(update={"facts": tuple(found.values())})


def _clean(cell: object, most: int) -> str:
    return " ".join(cell.split())[:most] if isinstance(cell, str) else ""
