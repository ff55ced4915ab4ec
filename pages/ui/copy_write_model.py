"""Which model writes, and what to do where none can."""

from __future__ import annotations

from contextlib import closing

import streamlit as st

from pages.ui import state_copy
from pages.ui.words import code, plain
from recsys.copywriting.providers.base import ModelLine
from recsys.copywriting.providers.opening import open_provider
from recsys.errors import ProviderError
from recsys.settings import Settings
from recsys.workflows.copy_settings import model_of
from recsys.workspace import Workspace

_MODEL = "copy-model"
_KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}


def choose_model(workspace: Workspace) -> str:
    """Show the model that writes and, once opened, the others that the provider has now."""
    model = state_copy.chosen_model() or model_of(workspace)
    with st.popover(
        plain(model),
        type="tertiary",
        icon=":material/smart_toy:",
        help="The model that writes",
        key="copy-models",
        on_change="rerun",  # the provider is asked only by who opens it
    ) as opened:
        if opened.open:
            _list_models(workspace.settings, model)
    return model


def _list_models(settings: Settings, model: str) -> None:
    listed: list[ModelLine] = []
    try:
        listed = models_of(settings.llm_provider, settings.llm_url)
    except ProviderError as error:
        st.caption(f"The models could not be listed. {plain(error)} A name can be typed.")
    names = {one.id: one.name for one in listed}
    state_copy.put(_MODEL, model)
    st.selectbox(
        "Model",
        list(dict.fromkeys((*names, model))),
        format_func=lambda one: names.get(one) or one,
        accept_new_options=True,
        key=_MODEL,
        on_change=state_copy.choose_model,
        args=(_MODEL,),
    )


@st.cache_data(ttl=3_600, max_entries=8, show_spinner="Asking which models there are")
def models_of(provider: str, url: str) -> list[ModelLine]:
    """Return the models of a provider, asked once an hour; the key is no part of the question."""
    with closing(open_provider(Settings.from_environment())) as opened:
        return opened.models()


def show_no_key(settings: Settings) -> None:
    """Say that nothing can be written, what can be done all the same, and how to set a key."""
    name = _KEYS[settings.llm_provider]
    line = f'{name} = "..."'
    st.info(
        "**No key is set, so no model is asked.** Below is what one would be sent, word for word."
        " A text that you type or paste is checked just the same.  \nTo have texts written, set"
        f" {code(name)} in the environment of the server, or in {code('.streamlit/secrets.toml')}"
        f" as {code(line)}, and start Aisle again. The key is not stored or shown.",
        icon=":material/key_off:",
    )
