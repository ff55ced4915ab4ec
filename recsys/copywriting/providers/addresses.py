"""Where a provider is: an address of the environment, checked before a key goes there."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from recsys.errors import ProviderError

# Names that only a network of one's own knows.
_OWN = (".local", ".lan", ".internal", ".localhost")


@dataclass(frozen=True)
class Address:
    """An endpoint.

    Attributes
    ----------
    who
        What sentences call it.
    here
        Whether it is on this machine: it needs no key then, and no proxy.
    """

    url: str
    who: str
    here: bool = False


def address_of(url: str) -> Address:
    """Check the address of an endpoint.

    Raises
    ------
    ProviderError
        It is none, holds a password, or would carry the key readable over the internet.
    """
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:  # a port that is no number, brackets that are not closed
        host, parts = "", urlsplit("")
    if parts.scheme not in {"http", "https"} or not host:
        raise ProviderError(
            "AISLE_LLM_URL is no address of a web service.",
            hint="Set it to one such as https://llm.example.com/v1 or http://localhost:11434/v1.",
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ProviderError(
            "AISLE_LLM_URL holds more than an address.",
            hint="Leave out names, passwords and all after a question mark; "
            "keys have variables of their own.",
        )
    here = _is_here(host)
    if parts.scheme == "http" and not here and not _is_own(host):
        raise ProviderError(
            f"AISLE_LLM_URL would send the key and the prompts to {host} for all to read.",
            hint="Write https; plain http is for this machine and networks of your own.",
        )
    return Address(url.rstrip("/"), f"The language model at {host}", here)


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _ip(host)
    return address is not None and address.is_loopback


def _is_own(host: str) -> bool:
    address = _ip(host)
    if address is not None:
        return address.is_private
    return "." not in host or host.endswith(_OWN)


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
