import streamlit as st

from pages.ui.board import pick_placement, show_board
from pages.ui.board_details import model_lines, show_all_numbers, show_apart, show_groups
from pages.ui.choosing import choose_data
from pages.ui.evidence import PLACEMENT_WORDS, model_names
from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from pages.ui.training import let_aisle_choose, train_one_kind
from pages.ui.tuning import show_search
from pages.ui.words import plain
from recsys.workflows.leaderboard import leaderboard
from recsys.workflows.shop import shop_state

shop = shop_state(workspace())

st.title("Which model finds what shoppers buy next?")

dataset, models = choose_data(shop)
boards = leaderboard(workspace(), dataset["id"])
names = model_names(shop.models)

if models:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        placement = pick_placement(boards)
        st.space("stretch")
        if st.button("Compare two models", icon=":material/compare:"):
            st.switch_page("compare.py")
        if st.button("Publish", icon=":material/publish:"):
            st.switch_page("publish.py")
    board = boards[placement]
    if board.rows:
        show_board(board, names, dated=bool(dataset.get("first_timestamp")))
        show_groups(board, names)
        again = {
            model["id"]: model["metrics"]["for_you_again"]["ndcg@10"]
            for model in models
            if placement == "for_you" and "for_you_again" in model["metrics"]
        }
        show_all_numbers(board, names, again)
    else:
        why = next((one["not_measured_because"] for one in models), "")
        st.info(plain(why) if why else f"No model was tested for {PLACEMENT_WORDS[placement]} yet.")
    show_apart(board, names)
else:
    st.info("No model has learned from this data yet. Let Aisle find the best one for each shelf.")

show_search(dataset["id"], models)
st.subheader("Train models")
let_aisle_choose(workspace(), dataset["id"], actor=ACTOR)
with st.expander("Train one kind of model"):
    train_one_kind(workspace(), dataset["id"], actor=ACTOR)
if models:
    with st.expander(f"All models of this data ({len(models)})"):
        model_lines(models, names)
