import streamlit as st

from pages.ui.board import badges_of
from pages.ui.choosing import choose_data, waiting_release
from pages.ui.errors import in_place
from pages.ui.impact import show_impact
from pages.ui.jobs import ACTOR
from pages.ui.publishing import choose_strategies, show_live
from pages.ui.resources import workspace
from pages.ui.words import ago, moment, plain
from recsys.workflows.candidates import publish_candidate
from recsys.workflows.impact import impact_of
from recsys.workflows.jobs import active_jobs
from recsys.workflows.leaderboard import leaderboard
from recsys.workflows.shop import shop_state

shop = shop_state(workspace())

st.title("What would change if this went live?")

dataset, models = choose_data(shop)
release = waiting_release(workspace(), shop)
report = impact_of(workspace(), release["id"]) if release else None
building = next((job for job in active_jobs(workspace()) if job.kind == "candidate"), None)

if building is not None:
    st.info(
        f"{plain(building.label)}: its progress is at the left. What would change will stand here.",
        icon=":material/hourglass_top:",
    )
elif release is not None and report is not None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(
            f"Built, not live: {plain(release['name'])}, {ago(release['created_at'])}",
            help=f"Release {release['id']}, built {moment(release['created_at'])}",
        )
        st.space("stretch")
        if st.button("Publish this release", type="primary", icon=":material/publish:"):
            with in_place():
                publish_candidate(workspace(), release["id"], actor=ACTOR)
                st.rerun()
    if report["outdated"]:
        st.warning("Another release went live since this report. Build and compare once more.")
    show_impact(report, release["currency"])

st.subheader("Which model feeds which shelf")
badges = badges_of(leaderboard(workspace(), dataset["id"]))
choose_strategies(workspace(), dataset["id"], models, badges, primary=report is None, actor=ACTOR)

st.subheader("Live now")
show_live(workspace(), shop, actor=ACTOR)
