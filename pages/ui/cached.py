"""What is dear to work out and depends on ids alone: kept for all sessions, bounded."""

from __future__ import annotations

import streamlit as st

from pages.ui.resources import workspace
from recsys.models.pair_facts import PairFacts
from recsys.types import Placement
from recsys.workflows import comparing, pairs, votes

# Ids name what never changes, so an entry is right for ever; these bounds only save memory.


@st.cache_data(max_entries=64, show_spinner=False)
def side_by_side(first: str, second: str, user_id: str, n: int) -> comparing.SideBySide:
    """Return what two models would show one shopper."""
    return comparing.compare_models(workspace(), first, second, user_id, n)


@st.cache_data(max_entries=32, show_spinner=False)
def differ_most(first: str, second: str, placement: Placement) -> list[comparing.Differing]:
    """Return the shoppers for whom two models differ most."""
    return comparing.differ_most(workspace(), first, second, placement)


@st.cache_data(max_entries=16, show_spinner=False)
def blind_anchors(first: str, second: str) -> list[votes.Anchor]:
    """Return the products on which two models are put to the vote."""
    return votes.blind_anchors(workspace(), first, second)


@st.cache_data(max_entries=256, show_spinner=False)
def pairs_with(dataset_id: str, sources: tuple[str, ...], target: str) -> dict[str, PairFacts]:
    """Return how often a product lies in one basket with others."""
    return pairs.pairs_with(workspace(), dataset_id, sources, target)
