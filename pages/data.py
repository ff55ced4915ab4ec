import streamlit as st

from pages.ui.datasets import choose_dataset, choose_version, show_files, show_numbers
from pages.ui.events import show_events
from pages.ui.findings import show_findings
from pages.ui.jobs import ACTOR
from pages.ui.overview import show_overview
from pages.ui.rejects import show_rejects
from pages.ui.resources import workspace
from pages.ui.versions import show_versions
from pages.ui.words import count
from recsys.workflows.data_jobs import submit_demo
from recsys.workflows.datasets import overview, versions
from recsys.workflows.findings import newest_of_each, standing
from recsys.workflows.jobs import active_jobs
from recsys.workflows.shop import shop_state

VIEWS = ("Findings", "Overview", "Events", "Versions")

datasets = newest_of_each(shop_state(workspace()).datasets)

st.title("What do we know about the shop?")

if not datasets:
    if active_jobs(workspace()):
        st.info(
            "Aisle is reading the data; its progress is at the left.",
            icon=":material/hourglass_top:",
        )
    else:
        st.markdown("Nothing yet. Bring the shop's files, and Aisle says what is wrong with them.")
    with st.container(horizontal=True):
        if st.button("Bring your own files", type="primary", icon=":material/upload_file:"):
            st.switch_page("files.py")
        if st.button("Load the demo shop", icon=":material/storefront:"):
            submit_demo(workspace(), actor=ACTOR)
            st.rerun()
    st.stop()

which, version_of, more = st.columns([4, 5, 2.4], vertical_alignment="bottom")
with which:
    dataset = choose_dataset(datasets)
family = sorted(versions(workspace(), dataset["id"]), key=lambda one: one["number"], reverse=True)
with version_of:
    version = choose_version(family)
with more:
    if st.button("Files", icon=":material/upload_file:", width="stretch"):
        st.switch_page("files.py")

seen = overview(workspace(), version["id"])
where = standing(version)
show_numbers(version, seen["summary"])

view = st.segmented_control(
    "Show",
    VIEWS,
    default=VIEWS[0],
    required=True,
    label_visibility="collapsed",
    key="view",
    bind="query-params",
)
if view == "Overview":
    show_overview(seen, version["currency"])
elif view == "Events":
    show_events(workspace(), version, seen)
elif view == "Versions":
    show_versions(workspace(), family)
else:
    show_findings(workspace(), version, where)
    show_rejects(workspace(), version)
    show_files(version)
    if where.must_act:
        still = count(where.must_act, "finding")
        st.caption(f"{still} should be acted on before models learn from this version.")
    if st.button(
        "Train models all the same" if where.must_act else "Train models",
        type="tertiary" if where.must_act or where.proposed else "primary",
        icon=":material/model_training:",
    ):
        st.switch_page("models.py")
