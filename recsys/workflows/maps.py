"""Maps: pictures of a model's products and shoppers, made by a job and looked at by pages."""

from __future__ import annotations

from recsys.jobs.queue import Job
from recsys.maps.inside import inside
from recsys.maps.picture import Cluster, Of, Picture
from recsys.releases.live import LiveView
from recsys.types import Placement
from recsys.workflows.map_cards import Cards, GroupLine, cards, find, groups
from recsys.workflows.map_colours import Colouring, Colours, colourings, colours
from recsys.workflows.map_selection import Selection, neighbours, selection
from recsys.workspace import Workspace

__all__ = [
    "Cards",
    "Cluster",
    "Colouring",
    "Colours",
    "GroupLine",
    "Of",
    "Picture",
    "Selection",
    "cards",
    "colourings",
    "colours",
    "find",
    "groups",
    "inside",
    "neighbours",
    "newest_map",
    "quick_map",
    "selection",
    "submit_map",
]


def submit_map(
    workspace: Workspace, *, of: Of, placement: Placement = "for_you", actor: str
) -> Job:
    """Queue the drawing of a map of the live release's model of a placement.

    Raises
    ------
    NotReady
        Nothing is live, or the release has no such placement.
    InputError
        The model has no space to draw, such as popularity.
    """
    raise NotImplementedError


def newest_map(
    workspace: Workspace, view: LiveView, of: Of, placement: Placement
) -> Picture | None:
    """Return the newest map of the model that feeds a placement; None where there is none yet.

    A picture of method "pca" is what the job keeps first, while it works on the "umap" one.
    """
    raise NotImplementedError


def quick_map(view: LiveView, of: Of, placement: Placement) -> Picture:
    """Return the two widest directions of a dense space at once, without groups; id "".

    Raises
    ------
    NotReady
        The space is sparse: its picture is made by the job.
    InputError
        The space has nothing to draw.
    """
    raise NotImplementedError
