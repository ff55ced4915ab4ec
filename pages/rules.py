import streamlit as st

from pages.ui import state_rules
from pages.ui.resources import shop, workspace
from pages.ui.rule_editor import edit_and_preview
from pages.ui.rules import (
    changes_line,
    offer_undo,
    removed_lines,
    rule_named,
    show_none,
    show_rules,
)
from pages.ui.settings_editor import show_settings
from pages.ui.words import plain
from recsys.errors import NotReady
from recsys.workflows.named_sets import named_sets
from recsys.workflows.rule_price import rule_prices_of
from recsys.workflows.rules import names_of, rule_board

VIEWS = ("Rules", "Shelf settings")

st.title("What do we put on our shelves ourselves?")

try:
    view = shop().current()
except NotReady:
    st.info("Rules act on shelves, and nothing is live yet. Publish a release first.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

board = rule_board(workspace())
names = names_of(workspace(), view)
opened = state_rules.opened_rule()

if opened:
    line, begin = rule_named(board, opened)
    if opened == "new" or begin is not None:
        sets = [*named_sets(workspace(), "collection"), *named_sets(workspace(), "segment")]
        edit_and_preview(workspace(), view, board, line, begin, sets=sets, names=names)
        st.stop()
    st.warning(
        f"The draft has no rule {plain(opened.removeprefix('copy-'))}. It was deleted, or the link"
        " is wrong."
    )

with st.container(horizontal=True, vertical_alignment="center"):
    shown = st.segmented_control(
        "Show",
        VIEWS,
        default=VIEWS[0],
        required=True,
        label_visibility="collapsed",
        key="rules-view",
    )
    st.space("stretch")
    changes_line(board)

if shown == VIEWS[1]:
    show_settings(workspace(), view, board)
    st.stop()

offer_undo(workspace())
if board.lines:
    prices = rule_prices_of(workspace(), board.book, view)
    show_rules(workspace(), view, board, names, prices)
else:
    show_none()
removed_lines(workspace(), board)
