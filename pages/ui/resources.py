"""What all sessions and the API share: the workspace and what is live."""

from __future__ import annotations

from functools import cache

from recsys.releases.live import LiveShop
from recsys.settings import Settings
from recsys.workspace import Workspace


def workspace() -> Workspace:
    """Return the workspace that the environment names, opened once a process."""
    return _workspace(Settings.from_environment())


def shop() -> LiveShop:
    """Return what follows the live release, one for all sessions and the API."""
    return _shop(Settings.from_environment())


@cache
def _workspace(settings: Settings) -> Workspace:
    return Workspace(settings)


@cache
def _shop(settings: Settings) -> LiveShop:
    return LiveShop(_workspace(settings))
