"""What Home's buttons begin.

As callbacks, since they come before all else of a run: who clicks and at once goes to another page
cuts the run short that the click began, and what it had not come to would be lost.
"""

from __future__ import annotations

from pages.ui.jobs import ACTOR
from pages.ui.resources import workspace
from recsys.workflows.data_jobs import submit_demo
from recsys.workflows.jobs import active_jobs, submit_training


def load_demo() -> None:
    """Queue the demo shop, unless a click before this one did."""
    if not active_jobs(workspace()):
        submit_demo(workspace(), actor=ACTOR)


def train_first_models(dataset_id: str) -> None:
    """Queue the two models that most shops start with, unless a click before this one did."""
    if not active_jobs(workspace()):
        for kind in ("als", "copurchase"):
            submit_training(workspace(), kind, dataset_id=dataset_id, actor=ACTOR)
