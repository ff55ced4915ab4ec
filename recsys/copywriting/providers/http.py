"""Connections to a provider, and what their failures mean."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import TYPE_CHECKING

from recsys.copywriting.providers import failures
from recsys.copywriting.providers.addresses import Address
from recsys.errors import ProviderError

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 30.0
# An answer that is not streamed comes as a whole, after a silence so many times as long.
WHOLE = 6


def connections(address: Address, silence: float) -> httpx2.Client:
    """Return connections to one address: neither a redirect nor an answer takes the key away."""
    import httpx2

    home = httpx2.URL(address.url)

    def keep(request: httpx2.Request) -> None:
        if (request.url.scheme, request.url.netloc) != (home.scheme, home.netloc):
            raise ValueError("an answer leads to another address")

    return httpx2.Client(
        event_hooks={"request": [keep]},
        follow_redirects=False,
        timeout=patience_for(silence),
        limits=httpx2.Limits(max_connections=100, max_keepalive_connections=20),
        trust_env=not address.here,  # no proxy stands between a machine and itself
    )


def patience_for(seconds: float) -> httpx2.Timeout:
    """Return how long a provider may be silent; to connect never takes longer than usual."""
    import httpx2

    return httpx2.Timeout(seconds, connect=CONNECT_SECONDS)


def failure_of(error: Exception, who: str, seconds: float) -> ProviderError:
    """Return what a failure of a connection means; SDKs wrap it, so causes are looked at."""
    import httpx2

    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, httpx2.HTTPError):
        cause = cause.__cause__
    if isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError):
        return failures.no_connection(who)
    if isinstance(cause, httpx2.TimeoutException):
        return failures.silent(who, seconds)
    if isinstance(cause, httpx2.HTTPError):
        return failures.broken_off(who)
    return failures.not_understood(who)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of ``retry-after`` (RFC 9110: seconds, or a date), None without one."""
    text = headers.get("retry-after", "")
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    date = parsedate_tz(text)
    return None if date is None else max(0.0, mktime_tz(date) - time.time())
