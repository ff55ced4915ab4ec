"""What the Copy page remembers of a session: what is written about, and what came of it.

The address says the same, so that a page can be linked and reloaded: ``/copy?view=queue``,
``/copy?item=0108775044``, ``/copy?kind=subject&segment=3``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import streamlit as st

from recsys.copywriting.text import KINDS, MOST_PRODUCTS, Copy, Facts, Kind, State
from recsys.workflows.copywriting import Written

VIEWS = ("write", "queue", "bulk", "settings")
_CHOSEN = "copy-chosen"
_DRAFT = "copy-draft"
_MODEL = "copy-model-chosen"
_TURNED = "copy-view-turned"
_UNDER_WAY = 2.0  # seconds in which a request from before a turn may still arrive
_ADDRESS = ("kind", "item", "segment", "category")


@dataclass(frozen=True)
class Chosen:
    """What is to be written, and about what.

    Attributes
    ----------
    items
        Of a description the first counts.
    segment
        0 for none.
    """

    kind: Kind = "description"
    items: tuple[str, ...] = ()
    segment: int = 0
    category: str = ""

    @property
    def name(self) -> str:
        """What texts about it are kept under, as long as they are not in the queue."""
        return "|".join((self.kind, str(self.segment), self.category, *self.items))


@dataclass(frozen=True)
class Variant:
    """A text that was written, and where it lies in the queue once it is kept.

    Attributes
    ----------
    kept
        What of it is in the queue, and the facts it was checked against.
    """

    written: Written
    copy_id: int = 0
    revision: int = 0
    state: State = "draft"
    kept: tuple[Copy, Facts] | None = None


@dataclass(frozen=True)
class Draft:
    """What came of the last writing: it is nowhere else until it is kept.

    Attributes
    ----------
    about
        The name of what was chosen then.
    number
        What its widgets are called by.
    failed, partial
        What the provider said when it did not serve, and what had come by then.
    """

    about: str
    number: int = 0
    variants: tuple[Variant, ...] = ()
    failed: str = ""
    partial: str = ""


@dataclass(frozen=True)
class _Turned:
    """From which view to which address, and until when the former may be a late request."""

    before: str
    address: dict[str, str]
    until: float


def view() -> str:
    """Return the view that the address names."""
    asked = st.query_params.get("view", VIEWS[0])
    turned = st.session_state.get(_TURNED)
    if turned is not None and asked == turned.before and time.monotonic() < turned.until:
        # A request that was under way as the view was turned still names the address of before.
        st.query_params.from_dict(turned.address)
        asked = turned.address["view"]
    return asked if asked in VIEWS else VIEWS[0]


def view_key(view: str) -> str:
    """Return the key of the control of the views while one is shown.

    Each view has a control of its own: with one for all, a browser that has not heard of a turn yet
    would send its old choice, and turn back.
    """
    return f"copy-view-{view}"


def put_view(key: str) -> None:
    """Write the chosen view into the address, alone (a widget callback)."""
    open_view(st.session_state[key])


def open_view(view: str, **more: str) -> None:
    """Turn to a view (a button callback)."""
    before = st.query_params.get("view", VIEWS[0])
    if before != view:
        until = time.monotonic() + _UNDER_WAY
        st.session_state[_TURNED] = _Turned(before, {"view": view, **more}, until)
    st.query_params.from_dict({"view": view, **more})


def chosen() -> Chosen:
    """Return what the address names, else what was chosen last."""
    address = {name: st.query_params.get_all(name) for name in _ADDRESS}
    if any(address.values()):
        st.session_state[_CHOSEN] = _read(address)
    found: Chosen = st.session_state.get(_CHOSEN, Chosen())
    _put(found)
    return found


def choose(found: Chosen) -> None:
    """Write about something else (a callback, or before a rerun)."""
    st.session_state[_CHOSEN] = found
    _put(found)


def _read(address: dict[str, list[str]]) -> Chosen:
    items = tuple(dict.fromkeys(one for one in address["item"] if one))[:MOST_PRODUCTS]
    segment, category = (next(iter(address[name]), "") for name in ("segment", "category"))
    asked = next(iter(address["kind"]), "")
    found = Chosen(
        items=items,
        segment=int(segment) if segment.isdecimal() and len(segment) < 10 else 0,
        category=category,
    )
    return replace(found, kind=next((one for one in KINDS if one == asked), _usual(found)))


def _usual(found: Chosen) -> Kind:
    """Return what is mostly written about such a thing, where an address does not say."""
    if found.segment or len(found.items) > 1:
        return "subject"
    return "category" if found.category and not found.items else "description"


def _put(found: Chosen) -> None:
    wanted = {
        "kind": [] if found.kind == _usual(found) else [found.kind],
        "item": list(found.items),
        "segment": [str(found.segment)] if found.segment else [],
        "category": [found.category] if found.category else [],
    }
    for name, values in wanted.items():
        if not values:
            st.query_params.pop(name, None)
        elif st.query_params.get_all(name) != values:
            st.query_params[name] = values


def draft(about: Chosen) -> Draft:
    """Return what came of the last writing about something; an empty one where nothing did."""
    kept: Draft | None = st.session_state.get(_DRAFT)
    if kept is not None and kept.about == about.name:
        return kept
    return Draft(about.name, number=kept.number + 1 if kept else 0)


def set_draft(
    about: Chosen, written: tuple[Written, ...], *, failed: str = "", partial: str = ""
) -> None:
    """Remember what came of writing, in place of what was there.

    Where nothing came, what was there stays beside the words of what went wrong.
    """
    before = draft(about)
    if failed and not written:
        st.session_state[_DRAFT] = replace(before, failed=failed, partial=partial)
        return
    variants = tuple(Variant(one) for one in written)
    st.session_state[_DRAFT] = Draft(about.name, before.number + 1, variants, failed, partial)


def add_variant(about: Chosen, written: Written) -> None:
    """Put a text beside those that are there, and show it (a button callback)."""
    found = draft(about)
    variants = (*found.variants, Variant(written))
    st.session_state[_DRAFT] = replace(found, variants=variants, failed="", partial="")
    st.session_state[variant_key(found)] = len(variants) - 1


def variant_key(found: Draft) -> str:
    """Return what the control of the variants is called; it shows one as soon as it is drawn."""
    key = f"copy-variant-{found.number}"
    st.session_state.setdefault(key, 0)
    return key


def keep_variant(about: Chosen, place: int, variant: Variant) -> None:
    """Remember that a variant is in the queue, and how it stands there."""
    found = draft(about)
    variants = (*found.variants[:place], variant, *found.variants[place + 1 :])
    st.session_state[_DRAFT] = replace(found, variants=variants)


def picked(key: str) -> object:
    """Return what stands in a widget (in its callback)."""
    return st.session_state.get(key)


def put(key: str, value: object) -> None:
    """Make a widget show a value (before it is drawn)."""
    st.session_state[key] = value


def chosen_model() -> str:
    """Return the model that this session chose; empty before it did."""
    return st.session_state.get(_MODEL, "")


def choose_model(key: str) -> None:
    """Have another model write: what stands in a widget (its callback)."""
    st.session_state[_MODEL] = str(st.session_state.get(key) or "").strip()[:200]
