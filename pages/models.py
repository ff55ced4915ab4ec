import streamlit as st

from pages.ui.charts import against_popularity
from pages.ui.evidence import METRIC_HELP, METRIC_WORDS, leaderboard
from pages.ui.jobs import ACTOR
from pages.ui.publishing import show_publishing
from pages.ui.resources import workspace
from pages.ui.training import train_form
from pages.ui.words import ago, moment, plain
from recsys.workflows.shop import shop_state

shop = shop_state(workspace())

st.title("Which model finds what shoppers buy next?")

if not shop.datasets:
    st.info("Models learn from purchases. Load your data or the demo shop first.")
    if st.button("Go to Data", type="primary", icon=":material/database:"):
        st.switch_page("data.py")
    st.stop()

names = {d["id"]: f"{d['name']} · {ago(d['created_at'])}" for d in shop.datasets}
dataset_id = st.selectbox(
    "Dataset",
    list(names),
    format_func=lambda one: str(names.get(one, one)),
    key=f"of-{shop.datasets[0]['id']}",
)
dataset_id = str(dataset_id)
models = [m for m in shop.models if m["dataset_id"] == dataset_id]
rows = leaderboard(models)

if not models:
    st.info("No model has learned from this data yet. Start with ALS and Bought together.")
elif rows.empty:
    st.info(plain(models[0]["not_measured_because"] or "These models were trained without a test."))
else:
    st.caption(
        "Each model learned from the older purchases only and had to find the later ones"
        " (validation part; the newest fifth is kept back, unseen, for a last test). Popularity"
        " is the same list for everybody; a model that does not beat it is not worth its trouble."
    )
    metrics = [metric for metric in METRIC_WORDS if metric in set(rows["metric"])]
    with st.grid(min_column_width=320):
        for metric in metrics:
            with st.container(border=True):
                st.markdown(f"**{METRIC_WORDS[metric]}**", help=METRIC_HELP[metric])
                chosen = rows[rows["metric"] == metric]
                st.plotly_chart(
                    against_popularity(chosen),
                    key=f"chart-{metric}",
                    config={"displayModeBar": False},
                )
    st.dataframe(
        rows[["Model", "Question", "Score", "Popularity", "Against popularity"]],
        hide_index=True,
        column_config={
            "Score": st.column_config.NumberColumn(format="%.3f", help="Mean of the test."),
            "Popularity": st.column_config.NumberColumn(format="%.3f"),
        },
    )

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Train a model")
    train_form(workspace(), dataset_id, actor=ACTOR)
    if models:
        with st.expander(f"All models of this data ({len(models)})"):
            for model in models:
                settings = ", ".join(f"{k} {v}" for k, v in model["settings"].items())
                st.caption(
                    f"**{plain(model['label'])}** · {ago(model['created_at'])} ·"
                    f" {model['seconds']:.0f} s · {plain(settings or 'no settings')}",
                    help=f"Model {model['id']}, trained {moment(model['created_at'])}",
                )
with right:
    st.subheader("Publish a release")
    show_publishing(workspace(), shop, dataset_id, actor=ACTOR)
