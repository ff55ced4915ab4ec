"""Collections of products: made, filled and looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui import state
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import ago, count, moment, plain, shorten
from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet
from recsys.workflows.named_sets import (
    How,
    SetLine,
    delete_named_set,
    edited,
    member_rows,
    named_set,
    read_ids,
    repeated_words,
    restore_version,
    save_named_set,
    unknown_words,
    versions,
)
from recsys.workspace import Workspace

_FOR = (
    "A collection names products that belong together: gifts, own brand, leftovers. A rule can pin,"
    " boost, bury or hide all of them at once."
)
_HOW: dict[str, How] = {"Add": "add", "Remove": "remove", "Replace": "replace"}
_A_PAGE = 1_000
PASTE_HELP = (
    "One on a line, or with commas, semicolons or tabs between them; ids that hold one of these go"
    " into quotes. A column copied from a spreadsheet works, with its head."
)


def make_set(workspace: Workspace, view: LiveView | None, *, first: bool) -> None:
    """Show the form of a new one: on the page where it is the first, else behind a button."""
    number = state.sent("new-collection")
    if first:
        st.info(f"{_FOR} There are none yet, and none are needed to start with.")
        place = st.container()
    else:
        # Another one, closed, once the form was sent.
        place = st.popover("New collection", icon=":material/add:", key=f"new-collection-{number}")
    with place, st.form("new-collection", border=False):
        name = st.text_input("Name", max_chars=120, key=f"new-collection-name-{number}")
        pasted = st.text_area(
            "Ids of its products",
            help=PASTE_HELP,
            height=160,
            key=f"new-collection-ids-{number}",
        )
        if not st.form_submit_button(
            "Make this collection", type="primary" if first else "secondary", icon=":material/add:"
        ):
            return
        with in_place():
            ids = read_ids(pasted or "")
            made = save_named_set(workspace, "collection", name or "", ids, actor=ACTOR)
            words = f"{count(len(made.members), 'member')}."
            _tell([words, repeated_words(ids), unknown_words(view, "collection", made.members)])
            state.put("set-collection", made.id)
            state.sent("new-collection", more=1)
            st.rerun()


def list_sets(lines: Sequence[SetLine], used: Mapping[int, Sequence[str]]) -> None:
    """Show all collections in a table."""
    st.dataframe(
        [
            {
                "Name": line.name,
                "Members": line.count,
                "Used by": ", ".join(used.get(line.id, [])) or "no rule",
                "Changed": f"{ago(line.at)} by {line.actor}",
            }
            for line in lines
        ],
        hide_index=True,
        height="content" if len(lines) <= 8 else 320,
        column_config={
            "Members": st.column_config.NumberColumn(format="localized", width="small"),
            "Used by": st.column_config.TextColumn(width="large"),
        },
    )


def choose_set(lines: Sequence[SetLine]) -> SetLine:
    """Let choose a collection, at first the one that the address names: ``?set=3``."""
    by_id = {line.id: line for line in lines}
    wanted = st.query_params.get("set", "")
    known = int(wanted) if wanted.isdecimal() else 0
    if wanted and known not in by_id:
        st.warning(f"There is no collection {plain(wanted)}. It may have been deleted.")
    picked = st.selectbox(
        "Look at this collection",
        list(by_id),
        index=list(by_id).index(known) if known in by_id else 0,
        format_func=lambda one: by_id[one].name if one in by_id else str(one),
        key="set-collection",
    )
    st.query_params["set"] = str(picked)
    return by_id[picked]


def manage_set(workspace: Workspace, line: SetLine, used: Sequence[str]) -> None:
    """Show what a set is called, where it is used, and the buttons that rename and delete it."""
    seen = state.seen(f"manage-{line.id}", line.version)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(line.name), help=f"Collection {line.id}")
        st.space("stretch")
        if st.button("Write copy", type="tertiary", icon=":material/edit_note:"):
            address = {"view": "bulk", "collection": str(line.id)}
            st.switch_page("copywriting.py", query_params=address)
        with (
            st.popover("Rename", type="tertiary", icon=":material/edit:"),
            st.form(f"rename-{line.id}", border=False),
        ):
            name = st.text_input("Name", line.name, max_chars=120, key=f"name-{line.id}")
            note = st.text_input("Note", line.note, max_chars=500)
            if st.form_submit_button("Keep these"):
                with in_place():
                    _rename(workspace, line, name or "", note or "", seen)
                    st.rerun()
        with st.popover("Delete", type="tertiary", icon=":material/delete:"):
            st.markdown(_before_deleting(used))
            if st.button("Delete this collection", icon=":material/delete:"):
                with in_place():
                    told = delete_named_set(
                        workspace, line.kind, line.id, revision=seen, actor=ACTOR
                    )
                    _tell([f"Collection {line.name} is deleted.", *told])
                    st.query_params.pop("set", None)
                    st.rerun()
    st.caption(" · ".join(filter(None, (plain(line.note), used_words(used)))))


def _rename(workspace: Workspace, line: SetLine, name: str, note: str, seen: int) -> None:
    members = named_set(workspace, line.kind, line.id).members
    save_named_set(
        workspace, line.kind, name, members, set_id=line.id, revision=seen, note=note, actor=ACTOR
    )


def used_words(used: Sequence[str]) -> str:
    """Say which rules name a set; escaped."""
    if not used:
        return "No rule names it yet."
    return f"Named by {', '.join(plain(one) for one in used[:5])}" + (
        f" and {count(len(used) - 5, 'more rule')}." if len(used) > 5 else "."
    )


def _before_deleting(used: Sequence[str]) -> str:
    if not used:
        return "No rule names this collection. Its versions stay in the records."
    return (
        f"**{used_words(used)}** In the draft they will match nothing for its sake; live rules go"
        " on with the members they were published with."
    )


def show_members(view: LiveView | None, chosen: NamedSet) -> None:
    """Show the members of a set with their names, a page at a time."""
    if not chosen.members:
        st.info("It has no members yet. Paste their ids at the right.")
        return
    pages = -(-len(chosen.members) // _A_PAGE)
    page = st.pagination(pages, key=f"members-{chosen.id}") if pages > 1 else 1
    rows = member_rows(view, chosen, (page - 1) * _A_PAGE, page * _A_PAGE)
    table = [
        {
            "Product id": row.id,
            "Name": row.name,
            "Category": row.category,
            "Price": row.price,
            "Live": "yes" if row.known else "not known",
        }
        for row in rows
    ]
    blank = {name for name in ("Name", "Category", "Price") if not any(r[name] for r in table)}
    if all(row.known for row in rows):
        blank.add("Live")  # which says something only where one is not
    st.dataframe(
        [{name: cell for name, cell in row.items() if name not in blank} for row in table],
        hide_index=True,
        height="content" if len(table) <= 12 else 460,
        column_config={
            "Name": st.column_config.TextColumn(width="medium"),
            "Price": st.column_config.NumberColumn(format="%.2f", width="small"),
            "Live": st.column_config.TextColumn(width="small"),
        },
    )
    st.caption(f"{count(len(chosen.members), 'product')}, in the order in which they were given.")
    if unknown := unknown_words(view, chosen.kind, chosen.members):
        st.caption(f":material/help: {plain(unknown)}")


def ask_members(
    workspace: Workspace, view: LiveView | None, line: SetLine, chosen: NamedSet
) -> None:
    """Show the form that adds, removes or replaces members by a pasted list."""
    seen = state.seen(f"members-{line.id}", line.version)
    with st.form(f"members-of-{line.id}", border=True, clear_on_submit=False):
        how = st.segmented_control(
            "Change its members", list(_HOW), default="Add", required=True, key=f"how-{line.id}"
        )
        number = state.sent(f"paste-{line.id}")
        pasted = st.text_area(
            "Ids of products",
            help=PASTE_HELP,
            height=160,
            key=f"paste-{line.id}-{number}",
        )
        if not st.form_submit_button("Save these members"):
            return
        with in_place():
            ids = read_ids(pasted or "")
            members, did = edited(chosen.members, ids, _HOW[how])
            save_named_set(
                workspace,
                line.kind,
                line.name,
                members,
                set_id=line.id,
                revision=seen,
                actor=ACTOR,
            )
            unknown = "" if how == "Remove" else unknown_words(view, line.kind, ids)
            _tell([did, repeated_words(ids), unknown])
            state.sent(f"paste-{line.id}", more=1)
            st.rerun()


def show_versions(workspace: Workspace, line: SetLine) -> None:
    """Show who changed a set and when, and offer to go back to a version."""
    every = versions(workspace, line.id)
    seen = state.seen(f"versions-{line.id}", line.version)
    with st.expander(count(len(every), "version"), icon=":material/history:"):
        for one in every[:20]:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f"**{one.version}** {plain(shorten(one.name, 40))}:"
                    f" {count(one.count, 'member')}, {ago(one.at)} by {plain(one.actor)}",
                    help=moment(one.at),
                    width="stretch",
                )
                if one.version != line.version and st.button(
                    "Go back",
                    key=f"back-{line.id}-{one.version}",
                    type="tertiary",
                    icon=":material/undo:",
                    help="Makes a new version with these members; none goes away.",
                ):
                    with in_place():
                        restore_version(
                            workspace, line.kind, line.id, one.version, revision=seen, actor=ACTOR
                        )
                        st.rerun()


def _tell(sentences: Sequence[str]) -> None:
    state.tell(plain(" ".join(filter(None, sentences))))
