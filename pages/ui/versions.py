"""The versions of a dataset: what changed, and what can be done with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.ui.datasets import version_words
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR, at_work_on_data
from pages.ui.words import ago, count, moment, plain
from recsys.workflows.data_jobs import submit_restore
from recsys.workflows.datasets import Comparison, compare, delete_version, name_version
from recsys.workspace import Workspace

_A_PAGE = 10
_COUNTS = {
    "read": "Rows read",
    "removed": "Rows left out",
    "interactions": "Purchases",
    "guest_rows": "Rows without a shopper",
    "items": "Products",
    "shoppers": "Shoppers",
    "baskets": "Baskets",
}


def show_versions(workspace: Workspace, versions: Sequence[Mapping[str, Any]]) -> None:
    """Show the versions of a dataset, newest first, and let compare two of them."""
    blocked = at_work_on_data()
    page = 1
    if len(versions) > _A_PAGE:
        page = st.pagination(-(-len(versions) // _A_PAGE), key="versions-page")
    for version in versions[(page - 1) * _A_PAGE : page * _A_PAGE]:
        with st.container(border=True):
            newest = version["id"] == versions[0]["id"]
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                name = f" · {plain(version['label'])}" if version["label"] else ""
                badge = " :gray-badge[Newest]" if newest else ""
                st.markdown(f"**Version {version['number']}{name}**{badge}", width="stretch")
                _actions(workspace, version, blocked, newest=newest)
            _say(version)
    if len(versions) > 1:
        _compare(workspace, versions)


def _say(version: Mapping[str, Any]) -> None:
    st.markdown(plain(version["change"]))
    numbers = version["counts"]
    st.caption(
        f"{ago(version['created_at'])} · {count(numbers['interactions'], 'purchase')} ·"
        f" {count(numbers['shoppers'], 'shopper')} · {count(numbers['items'], 'product')}",
        help=f"Made {moment(version['created_at'])}; id {version['id']}.",
    )


def _actions(
    workspace: Workspace, version: Mapping[str, Any], blocked: str, *, newest: bool
) -> None:
    version_id, number = version["id"], version["number"]
    with (
        st.popover("Name", type="tertiary", icon=":material/edit:", key=f"naming-{version_id}"),
        st.form(f"name-{version_id}", border=False),
    ):
        name = st.text_input("Name of this version", value=version["label"], max_chars=200)
        if st.form_submit_button("Keep this name"):
            name_version(workspace, version_id, name or "", actor=ACTOR)
            st.rerun()
    if not newest and st.button(
        "Restore",
        key=f"restore-{version_id}",
        type="tertiary",
        icon=":material/history:",
        disabled=bool(blocked),
        help=blocked or f"Makes a new version that is like version {number}; none goes away.",
    ):
        with in_place():
            submit_restore(workspace, version_id, actor=ACTOR)
            st.rerun()
    with st.popover(
        "Delete", type="tertiary", icon=":material/delete:", key=f"deleting-{version_id}"
    ):
        st.markdown(
            f"Version {number} and the files that only it is made of go for good. Other versions"
            " stay."
        )
        if st.button(
            f"Delete version {number}",
            key=f"delete-{version_id}",
            icon=":material/delete:",
            disabled=bool(blocked),
            help=blocked or None,
        ):
            with in_place():
                delete_version(workspace, version_id, actor=ACTOR)
                st.rerun()


def _compare(workspace: Workspace, versions: Sequence[Mapping[str, Any]]) -> None:
    st.subheader("Compare two versions")
    by_id = {one["id"]: one for one in versions}
    left, right = st.columns(2)
    key = versions[0]["id"]
    sides = [
        str(
            column.selectbox(
                label,
                list(by_id),
                index=place,
                format_func=lambda one: version_words(by_id[one]) if one in by_id else str(one),
                key=f"{label}-{key}",
            )
        )
        for column, label, place in ((left, "This version", 1), (right, "with this one", 0))
    ]
    heads = [f"Version {by_id[side]['number']}" for side in sides]
    if sides[0] == sides[1]:
        st.info("Choose two different versions.")
        return
    found = compare(workspace, *sides)
    st.dataframe(
        count_rows(found, heads),
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="localized") for name in (*heads, "Change")
        },
    )
    differences = [
        *(("Fix", what, *there) for what, there in found.fixes.items()),
        *(("File", what, *there) for what, there in found.files.items()),
    ]
    if not differences:
        st.caption("Both have the same fixes and the same files.")
        return
    st.dataframe(
        [
            {"Differs": kind, "What": what, heads[0]: _yes(one), heads[1]: _yes(other)}
            for kind, what, one, other in differences
        ],
        hide_index=True,
    )


def count_rows(found: Comparison, heads: Sequence[str]) -> list[dict[str, Any]]:
    """Return the counts of two versions side by side, in words."""
    return [
        {
            "What": _COUNTS.get(name, name),
            heads[0]: one,
            heads[1]: other,
            "Change": other - one,
        }
        for name, (one, other) in found.counts.items()
    ]


def _yes(there: bool) -> str:
    return "yes" if there else "no"
