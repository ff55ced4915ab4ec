"""The instructions that a model is given: changed, tried before use, and taken back."""

from __future__ import annotations

from contextlib import closing

import streamlit as st

from pages.ui import state, state_copy_forms
from pages.ui.copy_queue_words import usage_words
from pages.ui.copy_receipts import show_findings, show_receipts
from pages.ui.copy_settings_changed import say_changed
from pages.ui.copy_write_about import KIND_WORDS
from pages.ui.copy_write_brief import ask_brief
from pages.ui.copy_write_model import choose_model
from pages.ui.errors import in_place, show_script_error
from pages.ui.jobs import ACTOR
from pages.ui.words import ago, code, count, moment, plain
from recsys.copywriting.prompt import Prompt
from recsys.copywriting.prompting import LONGEST_TEMPLATE, PLACES
from recsys.copywriting.providers.opening import key_is_set, open_provider
from recsys.copywriting.text import KINDS, Brief, Facts, Kind
from recsys.errors import InputError, ProviderError
from recsys.workflows.copy_facts import (
    category_facts,
    many_product_facts,
    missing_description,
    products_facts,
)
from recsys.workflows.copy_settings import (
    Kept,
    Template,
    save_template,
    template,
    template_history,
    try_template,
)
from recsys.workflows.copywriting import ask, check_by_hand
from recsys.workflows.named_sets import read_ids
from recsys.workspace import Workspace

_FIVE = 5
_VERSIONS = 20


def show_templates(workspace: Workspace) -> None:
    """Show a template with its places, the form to try it, and its versions."""
    with st.container(horizontal=True, vertical_alignment="center"):
        kind: Kind = st.segmented_control(
            "Template of",
            KINDS,
            default=KINDS[0],
            required=True,
            format_func=lambda one: KIND_WORDS[one],
            label_visibility="collapsed",
            key="copy-template-kind",
            persist_state="session",
        )
        st.space("stretch")
        model = choose_model(workspace)
    kept = template(workspace, kind)
    name = f"template-{kind}"
    key, began = state_copy_forms.form(name, kept.revision)
    _say_which(kept)
    say_changed(name, kept, began, kept.value.text)
    left, right = st.columns([1.5, 1], gap="large")
    with right:
        _show_places()
        st.markdown("**Try it with**")
        brief = ask_brief(workspace, kind, key=f"copy-try-{kind}")
    with left, st.form(f"copy-template-{kind}", border=False):
        text = st.text_area(
            "Instructions",
            kept.value.text,
            max_chars=LONGEST_TEMPLATE,
            height=340,
            key=key,
            help="The rules that keep texts true are added by themselves and cannot be edited.",
        )
        pasted = st.text_input(
            "Products to try it on",
            key="copy-template-products",
            placeholder=f"Up to {_FIVE} ids; else the most bought without a description",
        )
        with st.container(horizontal=True, gap="small"):
            shown = st.form_submit_button("Show the requests", icon=":material/visibility:")
            written = st.form_submit_button(
                f"Write {_FIVE} with it",
                icon=":material/science:",
                disabled=not key_is_set(workspace.settings),
                help="Asks the model; nothing of it is kept, and the template is not in use yet",
            )
            saved = st.form_submit_button("Put into use", type="primary", icon=":material/check:")
    changed = Template(kind=kind, text=text)
    with in_place():
        if saved:
            _save(workspace, changed, began)
        if shown or written:
            _try(workspace, changed, brief, pasted, model=model if written else "")
    _show_versions(workspace, kept, state.seen(f"copy-{name}", kept.revision))


def _say_which(kept: Kept[Template]) -> None:
    if kept.revision:
        st.caption(
            f"In use: version {kept.revision}, saved {ago(kept.at)} by {plain(kept.actor)}.",
            help=moment(kept.at),
        )
    else:
        st.caption("In use: Aisle's own. What you change here becomes version 1.")


def _show_places() -> None:
    st.markdown("**Places that are filled in**")
    st.markdown("\n".join(f"- {code(f'{{{name}}}')} {words}" for name, words in PLACES.items()))


def _save(workspace: Workspace, changed: Template, revision: int) -> None:
    kept = save_template(workspace, changed, revision=revision, actor=ACTOR)
    state_copy_forms.anew(f"template-{changed.kind}", kept.revision)
    state.tell(
        f"{KIND_WORDS[changed.kind]}: version {kept.revision} is in use.", icon=":material/check:"
    )
    st.rerun()


def _try(workspace: Workspace, changed: Template, brief: Brief, pasted: str, *, model: str) -> None:
    """Show what would be sent for five products and, with a model, what it writes."""
    some = _facts_to_try(workspace, changed.kind, pasted)
    prompts = [try_template(workspace, changed, facts, brief) for facts in some]
    st.subheader(
        f"Tried on {count(len(some), 'product')}" if changed.kind != "category" else "Tried"
    )
    with st.expander("What all of them are told", icon=":material/description:"):
        st.code(prompts[0].system, language=None, wrap_lines=True)
    if model:
        _write(workspace, some, prompts, brief, model)
        return
    for facts, prompt in zip(some, prompts, strict=True):
        with st.expander(plain(facts.name), icon=":material/inventory_2:"):
            st.code(prompt.user, language=None, wrap_lines=True)


def _facts_to_try(workspace: Workspace, kind: Kind, pasted: str) -> list[Facts]:
    """Return the facts of five products or, for a category's text, of the categories they are in.

    Raises
    ------
    InputError
        None is found.
    """
    ids = read_ids(pasted) if pasted.strip() else missing_description(workspace)
    known = many_product_facts(workspace, ids[:_FIVE])
    if not known:
        raise InputError(
            "There is no product to try it on.", hint="Give some ids of products of the catalogue."
        )
    if kind == "description":
        return list(known.values())
    if kind == "subject":
        return [products_facts(workspace, [item_id]) for item_id in known]
    names = dict.fromkeys(filter(None, (one.value("category") for one in known.values())))
    if not names:
        raise InputError("These products have no category.", hint="Give others.")
    return [category_facts(workspace, name) for name in names]


def _write(
    workspace: Workspace, some: list[Facts], prompts: list[Prompt], brief: Brief, model: str
) -> None:
    """Have the texts written one after the other; each is shown as it comes, none is kept."""
    with closing(open_provider(workspace.settings)) as provider:
        for number, (facts, prompt) in enumerate(zip(some, prompts, strict=True)):
            with st.container(border=True):
                st.markdown(f"**{plain(facts.name)}**")
                try:
                    with st.spinner("Being written"):
                        copy, usage = ask(provider, prompt, brief.kind, model=model)
                except ProviderError as error:
                    show_script_error(error)
                    continue
                checked = check_by_hand(workspace, copy, facts, brief).checked
                show_receipts(copy, checked, key=f"copy-tried-{number}")
                show_findings(checked)
                st.caption(plain(usage_words(usage)))
    st.caption("Nothing of this is kept. Put the template into use if you like what it does.")


def _show_versions(workspace: Workspace, kept: Kept[Template], seen: int) -> None:
    """Show the versions, and the way back to one or to Aisle's own."""
    part = st.expander(
        "Versions", icon=":material/history:", key="copy-template-versions", on_change="rerun"
    )
    if not part.open:
        return
    kind = kept.value.kind
    with part:
        for one in template_history(workspace, kind)[:_VERSIONS]:
            named = f"Version {one.revision}" if one.revision else "Aisle's own"
            when = f" :gray[{ago(one.at)} by {plain(one.actor)}]" if one.revision else ""
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{named}**{when}", width="stretch")
                is_used = one.value.text == kept.value.text
                if not is_used and st.button(
                    "Use this one again",
                    key=f"copy-template-back-{kind}-{one.revision}",
                    type="tertiary",
                    icon=":material/undo:",
                    help="As a new version; none goes away",
                ):
                    with in_place():
                        _save(workspace, one.value, seen)
            with st.popover("Read it", type="tertiary", key=f"copy-read-{kind}-{one.revision}"):
                st.code(one.value.text, language=None, wrap_lines=True)
