import streamlit as st

from pages.ui import state_segments
from pages.ui.resources import shop, workspace
from pages.ui.segment_cached import common_of
from pages.ui.segment_editor import edit_segment, offer_filled
from pages.ui.segment_exports import offer_exports
from pages.ui.segment_lifecycle import show_lifecycle
from pages.ui.segment_list import new_button, show_no_segments, show_segments
from pages.ui.segment_one import show_heading, show_history, show_members
from pages.ui.segment_overlap import show_overlap
from pages.ui.segment_shared import show_shared, show_top
from pages.ui.segment_words import definition_words
from pages.ui.words import count, plain
from recsys.errors import Conflict, NotFound, NotReady
from recsys.segments.definition import Definition, Seeds
from recsys.workflows.named_sets import named_sets, uses
from recsys.workflows.segment_changes import last_changes
from recsys.workflows.segments import lifecycle_line, open_segment, segment_lines

VIEWS = ("Members", "What they share", "Overlap", "Came and went", "Export")

st.title("Whom should this reach?")

try:
    view = shop().current()
except NotReady:
    st.info("Segments are shoppers of the live shop, and nothing is live yet.")
    if st.button("Go to Home", type="primary", icon=":material/home:"):
        st.switch_page("home.py")
    st.stop()

state_segments.begun()
which = state_segments.opened()
lines = segment_lines(workspace())
lifecycle = lifecycle_line(workspace())
sets = named_sets(workspace(), "segment")
segment = None
number = which.removeprefix("edit-")
if which and which != state_segments.NEW:
    try:
        segment = open_segment(workspace(), int(number) if number.isdecimal() else 0)
    except (NotFound, Conflict):
        st.warning(f"There is no segment {plain(number)}. It may have been deleted.")
        offer_filled(which)
        which = ""

if which == state_segments.NEW or which.startswith("edit-"):
    draft = state_segments.draft(
        which,
        segment.definition if segment else Definition(kind="lookalikes", seeds=Seeds()),
        segment.line.version if segment else 0,
    )
    edit_segment(view, draft, segment, sets, lifecycle)
    st.stop()

used = uses(workspace(), "segment")
if segment is None:
    if lines:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(count(len(lines), "segment"), width="stretch")
            new_button()
        show_segments(lines, used, last_changes(workspace()))
    else:
        show_no_segments()
    show_lifecycle(lifecycle)
    st.stop()

names = {one.id: one.name for one in sets}
show_heading(
    view,
    segment,
    used.get(segment.line.id, []),
    words=definition_words(view, segment.definition, names),
)
shown = st.segmented_control(
    "Show", VIEWS, default=VIEWS[0], required=True, label_visibility="collapsed", key="segment-view"
)
if shown == VIEWS[0]:
    show_members(view, segment)
elif shown == VIEWS[1]:
    common = common_of(view, segment, lifecycle)
    show_shared(common.shared, "segment")
    st.markdown("**What they buy more than others**")
    show_top(common.top)
elif shown == VIEWS[2]:
    show_overlap(segment.line, lines)
elif shown == VIEWS[3]:
    show_history(segment)
else:
    offer_exports(view, segment)
