"""What a look at a segment works out, kept for all sessions by what it depends on."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.resources import workspace
from recsys.lifts import Lift
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.rules.sets import SetLine
from recsys.segments.definition import Definition
from recsys.segments.seeds import Matched, match
from recsys.types import Placement
from recsys.workflows.maps import newest_map
from recsys.workflows.segment_proof import Proof, newest_proof
from recsys.workflows.segments import LifecycleLine, Preview, Segment, TopProduct, preview

# What feeds the map of shoppers, the first that the release has.
_MAP_OF: tuple[Placement, ...] = ("for_you", "lookalikes")


def preview_of(
    view: LiveView, definition: Definition, sets: list[SetLine], lifecycle: LifecycleLine
) -> Preview:
    """Return what a definition gives; worked out once for a release and what it goes by.

    Raises
    ------
    InputError, NotReady
        As for :func:`recsys.workflows.segments.preview`.
    """
    proof = proof_of(view, definition)
    picture = map_of_shoppers(view) if definition.kind == "taste" else None
    goes_by = (
        tuple((one.id, one.version) for one in sets),
        lifecycle.revision,
        proof.id if proof else "",
        picture.id if picture else "",
    )
    return _preview(view.release.id, definition.model_dump_json(), goes_by, view, definition)


# Shared and not copied: nobody changes what it returns.
@st.cache_resource(max_entries=32, show_spinner=False)
def _preview(
    release_id: str, worded: str, goes_by: tuple[object, ...], _view: LiveView, _one: Definition
) -> Preview:
    return preview(workspace(), _view, _one)


@dataclass(frozen=True)
class Common:
    """What the members of a saved segment have in common."""

    shared: dict[str, list[Lift]]
    top: list[TopProduct]


def common_of(view: LiveView, segment: Segment, lifecycle: LifecycleLine) -> Common:
    """Return what the members of a saved segment share and buy, by what is live."""
    line = segment.line
    return _common(view.release.id, line.id, line.version, lifecycle.revision, view, segment)


@st.cache_resource(max_entries=32, show_spinner=False)
def _common(
    release_id: str, set_id: int, version: int, revision: int, _view: LiveView, _one: Segment
) -> Common:
    # A list keeps its members and their order, whatever they were found by.
    found = preview(workspace(), _view, Definition(kind="list", ids=_one.members))
    return Common(found.shared, found.top)


@st.cache_resource(max_entries=16, show_spinner=False, hash_funcs={tuple: hash})
def matched_of(release_id: str, ids: tuple[str, ...], _view: LiveView) -> Matched:
    """Return which of the ids of a list the live shop knows."""
    return match(_view.release, ids)


def proof_of(view: LiveView, definition: Definition) -> Proof | None:
    """Return how well shoppers like the seeds are found, where somebody proved it."""
    return newest_proof(workspace(), view, definition) if definition.kind == "lookalikes" else None


def map_of_shoppers(view: LiveView) -> Picture | None:
    """Return the newest map of the shoppers of what is live; None where there is none yet."""
    served: list[Placement] = [one for one in _MAP_OF if one in view.release.manifest["strategies"]]
    found = (newest_map(workspace(), view, "shoppers", one) for one in served)
    return next((one for one in found if one is not None), None)
