"""Which provider a shop asks, by the environment alone."""

from __future__ import annotations

from recsys.copywriting.providers.base import Provider
from recsys.settings import Settings

# Chosen where neither the environment nor the page says otherwise.
DEFAULT_MODEL = "claude-sonnet-5-5"


def key_is_set(settings: Settings) -> bool:
    """Say whether a key is there (or none is needed, as with a server on this machine)."""
    raise NotImplementedError


def open_provider(settings: Settings) -> Provider:
    """Open the provider that the environment names.

    Raises
    ------
    NoKey
        With the words that say how to set one.
    """
    raise NotImplementedError
