"""Which model writes, what it costs, and what only the environment can say."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from pages.ui import state
from pages.ui.copy_write_model import models_of
from pages.ui.errors import in_place
from pages.ui.jobs import ACTOR
from pages.ui.words import ago, code, plain
from recsys.copywriting.providers.base import ModelLine
from recsys.copywriting.providers.opening import key_is_set
from recsys.errors import ProviderError
from recsys.settings import Settings
from recsys.workflows.copy_settings import (
    Choices,
    Kept,
    Price,
    choices,
    model_of,
    price_of,
    save_choices,
)
from recsys.workspace import Workspace

_PROVIDERS = {"anthropic": "Anthropic", "openai": "OpenAI-compatible"}
_ALWAYS = ("name", "category", "brand", "description")


def show_model(workspace: Workspace) -> None:
    """Show the choice of the model and its price beside what the environment says."""
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        _choose(workspace, choices(workspace))
    with right:
        _show_environment(workspace.settings)


def _choose(workspace: Workspace, kept: Kept[Choices]) -> None:
    seen = state.seen("copy-choices", kept.revision)
    st.subheader("The model")
    listed: list[ModelLine] = []
    if key_is_set(workspace.settings):
        try:
            listed = models_of(workspace.settings.llm_provider, workspace.settings.llm_url)
        except ProviderError as error:
            st.caption(f"The models could not be listed: {plain(error)} A name can be typed.")
    names = {one.id: one.name for one in listed}
    usual = model_of(workspace)
    known = list(dict.fromkeys((*names, usual)))
    model = st.selectbox(
        "Model that writes",
        known,
        index=known.index(usual),
        format_func=lambda one: names.get(one) or one,
        accept_new_options=True,
        key=f"copy-settings-model-{kept.revision}",
        help="For everybody. On Write another one can be chosen for the moment.",
    )
    price = price_of(workspace, model)
    with st.form(f"copy-price-{model}", border=False):
        if price is None:
            st.caption(f"What {code(model)} costs is not known here. Its provider says it.")
        with st.container(horizontal=True):
            into = _ask_price("Dollars for a million tokens in", price and price.input, model)
            out = _ask_price("Dollars for a million tokens out", price and price.output, model)
        saved = st.form_submit_button("Save", type="primary", icon=":material/save:")
    if kept.revision:
        st.caption(f"Saved {ago(kept.at)} by {plain(kept.actor)}")
    if saved:
        with in_place():
            prices = dict(kept.value.prices)
            if into is not None and out is not None:
                given = Price(input=into, output=out)
                if given != price:
                    prices[model] = given
            changed = Choices(model=model, prices=prices)
            save_choices(workspace, changed, revision=seen, actor=ACTOR)
            state.tell(f"Texts are written by {plain(model)} now.", icon=":material/check:")
            st.rerun()


def _ask_price(label: str, value: float | None, model: str) -> float | None:
    return st.number_input(
        label,
        0.0,
        value=value,
        format="%.3f",
        placeholder="Not known",
        key=f"copy-price-{label[-3:]}-{model}",
        help="Only used to tell what was spent, and to stop runs at their budget.",
    )


def _show_environment(settings: Settings) -> None:
    """Say what is set outside; nothing of it can be changed here, and no key is ever shown."""
    st.subheader("Set outside")
    if key_is_set(settings):
        st.badge("A key is set", icon=":material/key:", color="green")
    else:
        st.badge("No key is set", icon=":material/key_off:", color="orange")
    provider = _PROVIDERS[settings.llm_provider]
    st.markdown(f"**Provider**  \n{provider} :gray[{code('AISLE_LLM_PROVIDER')}]")
    st.markdown(f"**Address**  \n{_address(settings)} :gray[{code('AISLE_LLM_URL')}]")
    fields = ", ".join((*_ALWAYS, *settings.copy_fields))
    st.markdown(
        f"**Columns of the catalogue that may be sent**  \n{plain(fields)}"
        f" :gray[{code('AISLE_COPY_FIELDS')}]",
        help="Those in the variable are added to the first four. Nothing of shoppers is ever sent,"
        " and no stock.",
    )
    st.caption("These are set in the environment of the server, by whoever runs it.")


def _address(settings: Settings) -> str:
    """Return where requests go, without a name or a password that an address may hold."""
    if not settings.llm_url:
        return "the provider's own"
    parts = urlsplit(settings.llm_url)
    return code(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")
