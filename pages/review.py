import streamlit as st

from pages.ui.resources import shop, workspace
from pages.ui.rule_review import (
    ask_for_report,
    publish_form,
    show_audit,
    show_changes,
    show_conflicts,
    show_history,
    show_price,
    show_report,
)
from recsys.errors import NotReady
from recsys.workflows.rule_price import DRAFT, rule_prices_of
from recsys.workflows.rule_review import review_of
from recsys.workflows.rules import changes, conflicts, names_of, rule_board, rule_sets

st.title("What would these changes do?")

try:
    view = shop().current()
except NotReady:
    st.info("Rules act on shelves, and nothing is live yet. Publish a release first.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

board = rule_board(workspace())
found = changes(workspace(), names_of(workspace(), view))

if not found:
    st.info("The draft is what is live: there is nothing to review.", icon=":material/check:")
    if st.button("Go to Rules", type="primary", icon=":material/rule:"):
        st.switch_page("rules.py")
else:
    st.subheader("In words")
    show_changes(found)
    show_conflicts(conflicts(board.book, view))
    st.subheader("On the shelves")
    report = review_of(workspace(), board.book, view)
    ask_for_report(workspace(), report)
    if report is not None:
        show_report(report)
    st.subheader("Against past purchases")
    show_price(workspace(), rule_prices_of(workspace(), board.book, view).get(DRAFT))
    st.subheader("Make it live")
    publish_form(workspace(), board, reviewed=report is not None and not report["outdated"])

show_history(workspace(), rule_sets(workspace()))
show_audit(workspace())
