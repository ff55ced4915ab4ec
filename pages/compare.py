import streamlit as st

from pages.ui.choosing import choose_data
from pages.ui.comparing import choose_two, show_blind_vote, show_side_by_side
from pages.ui.evidence import model_names
from pages.ui.resources import workspace
from recsys.workflows.shop import shop_state

VIEWS = ("Side by side", "Blind vote on Similar")

st.title("Where do two models differ?")

dataset, models = choose_data(shop_state(workspace()))
view = st.segmented_control(
    "Show",
    VIEWS,
    default=VIEWS[0],
    required=True,
    label_visibility="collapsed",
    key="compare-view",
)
blind = view == VIEWS[1]
able = [one for one in models if ("similar" in one["placements"] if blind else one["placements"])]
if len(able) < 2:
    words = "that know similar products" if blind else "of this data"
    st.info(f"It takes two models {words} to compare. Train one more.")
    if st.button("Go to Models", type="primary", icon=":material/model_training:"):
        st.switch_page("models.py")
    st.stop()

names = model_names(models)
pair = choose_two(able, names)
if pair is None:
    st.stop()
if blind:
    show_blind_vote(workspace(), *pair, names, dataset["currency"])
else:
    show_side_by_side(*pair, names, dataset["currency"])
