"""Which provider a shop asks, by the environment alone."""

from __future__ import annotations

import os

from recsys.copywriting.providers.addresses import Address, address_of
from recsys.copywriting.providers.base import Provider
from recsys.copywriting.providers.http import SILENCE_SECONDS
from recsys.errors import NoKey, ProviderError
from recsys.settings import Settings

# Chosen where neither the environment nor the page says otherwise: the quick one of the current
# models, which is neither deprecated nor the cheapest.
DEFAULT_MODEL = "claude-sonnet-5-5"

_KEYS = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}
_OWN = {
    "anthropic": Address("https://api.anthropic.com", "Anthropic"),
    "openai": Address("https://api.openai.com/v1", "OpenAI"),
}


def key_is_set(settings: Settings) -> bool:
    """Say whether a key is there (or none is needed, as with a server on this machine)."""
    if _key(settings):
        return True
    try:
        return settings.llm_provider == "openai" and _address(settings).here
    except ProviderError:  # said when it is opened
        return False


def open_provider(settings: Settings, *, silence: float = SILENCE_SECONDS) -> Provider:
    """Open the provider that the environment names.

    Parameters
    ----------
    silence
        Seconds without a word after which a provider counts as unreachable.

    Raises
    ------
    NoKey
        With the words that say how to set one.
    ProviderError
        The address is none, or would carry the key readable over the internet.
    """
    address = _address(settings)
    key = _key(settings)
    name = _KEYS[settings.llm_provider]
    if not key and not key_is_set(settings):
        raise NoKey(
            f"No key for {address.who} is set, so no model can be asked.",
            hint=f"Set {name} where Aisle is started, or for the dashboard in "
            ".streamlit/secrets.toml, and start Aisle again. "
            "Texts written by hand can be checked without a key.",
        )
    if not key.isascii() or any(sign.isspace() or not sign.isprintable() for sign in key):
        raise NoKey(
            f"{name} holds signs that no key has.", hint="Copy the key again, without line breaks."
        )
    if settings.llm_provider == "openai":
        from recsys.copywriting.providers.openai import OpenAIProvider

        return OpenAIProvider(key or "none", address, silence=silence)
    from recsys.copywriting.providers.anthropic import AnthropicProvider

    return AnthropicProvider(key, address, silence=silence)


def _key(settings: Settings) -> str:
    return os.environ.get(_KEYS[settings.llm_provider], "").strip()


def _address(settings: Settings) -> Address:
    given = settings.llm_url
    return address_of(given) if given else _OWN[settings.llm_provider]
