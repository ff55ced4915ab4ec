import streamlit as st

from pages.ui.choosing import waiting_release
from pages.ui.evidence import evidence_sentences, publication_words
from pages.ui.first_steps import load_demo, train_first_models
from pages.ui.resources import workspace
from pages.ui.words import count, day, moment, plain
from recsys.workflows.findings import standing
from recsys.workflows.jobs import active_jobs
from recsys.workflows.shop import publication_history, shop_state

shop = shop_state(workspace())
dataset = shop.dataset
trained = [m for m in shop.models if dataset and m["dataset_id"] == dataset["id"]]
release = shop.live_release()
waiting = waiting_release(workspace(), shop)
look = standing(dataset).need_a_look if dataset else 0

st.title("What needs you today?")

if active := active_jobs(workspace()):
    st.info(
        f"Aisle is at work: {plain(active[0].label)}. Its progress is at the left; you can leave"
        " this page. What comes next will stand here.",
        icon=":material/hourglass_top:",
    )
elif dataset is None:
    st.markdown(
        "Aisle learns from what your shoppers bought, shows you the shelves they would see, and"
        " puts nothing live that you have not published. **It starts with your data.**"
    )
    with st.container(horizontal=True):
        st.button(
            "Load the demo shop", type="primary", icon=":material/storefront:", on_click=load_demo
        )
        if st.button("Bring your own files", icon=":material/upload_file:"):
            st.switch_page("files.py")
    st.caption(
        "The demo shop is a year of a supermarket: 1.47 million purchases by 2,469 households."
        " It needs no files of yours and about a minute from here to the first shelf."
    )
elif not trained:
    st.markdown(
        f"**{plain(dataset['name'])}** is loaded. Train the two models that most shops start with:"
        " one for tastes, one for what is bought together."
    )
    if look:
        verb = "needs" if look == 1 else "need"
        st.markdown(
            f"**{count(look, 'finding')} {verb} a look first**: Aisle found in the data what may"
            " make lists worse, and says what can be done about it."
        )
    with st.container(horizontal=True):
        if look and st.button("See the findings", type="primary", icon=":material/fact_check:"):
            st.switch_page("data.py")
        st.button(
            "Train the first models",
            type="secondary" if look else "primary",
            icon=":material/model_training:",
            on_click=train_first_models,
            args=(dataset["id"],),
        )
elif waiting is not None:
    st.markdown(
        f"A release of **{plain(waiting['name'])}** is built and not live. Look at what would"
        " change, then publish it."
    )
    if st.button("See what would change", type="primary", icon=":material/difference:"):
        st.switch_page("publish.py")
elif release is None or release["dataset_id"] != dataset["id"]:
    st.markdown(
        f"{count(len(trained), 'model')} learned from **{plain(dataset['name'])}**. Build a"
        " release of the best ones, and see what would change before it goes live."
    )
    if st.button("Choose what goes live", type="primary", icon=":material/publish:"):
        st.switch_page("publish.py")
else:
    st.markdown("All is published. Look at the shelves as a shopper would see them.")
    with st.container(horizontal=True):
        if st.button("Preview the shelves", type="primary", icon=":material/shelves:"):
            st.switch_page("shelves.py")
        if st.button("Look for better models", icon=":material/auto_awesome:"):
            st.switch_page("models.py")

if dataset is None:
    st.stop()

numbers = dataset["counts"]
is_live = release is not None and release["dataset_id"] == dataset["id"]
st.subheader("The shop" if is_live else f"Newest data: {plain(dataset['name'])}, not live yet")
with st.grid(4, min_column_width=150):
    st.metric("Purchases", f"{numbers['interactions']:,}", border=True)
    st.metric("Shoppers", f"{numbers['shoppers']:,}", border=True)
    st.metric("Products", f"{numbers['items']:,}", border=True)
    st.metric("Baskets", f"{numbers['baskets']:,}", border=True)
if dataset.get("first_timestamp"):
    st.caption(
        f"{plain(dataset['name'])}, {day(dataset['first_timestamp'])} to"
        f" {day(dataset['last_timestamp'])}. {' '.join(plain(n) for n in dataset['notes'])}"
    )

if release is not None and shop.live is not None:
    st.subheader(f"Live now: {plain(release['name'])}")
    st.caption(publication_words(shop.live, shop.releases), help=moment(shop.live.at))
    for sentence in evidence_sentences(release, shop.models):
        st.markdown(f"- {sentence}")
    with st.expander("What went live before"):
        for line in publication_history(workspace()):
            st.caption(publication_words(line, shop.releases), help=moment(line.at))
