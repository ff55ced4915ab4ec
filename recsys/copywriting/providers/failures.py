"""What went wrong at a provider, in words for who writes copy.

Neither key nor prompt gets into them: of what a provider says of a request only a line is repeated,
and only if it repeats neither itself.
"""

from __future__ import annotations

from collections.abc import Collection

from recsys.errors import (
    BadAnswer,
    Busy,
    KeyRefused,
    NoCredit,
    NotThere,
    ProviderError,
    Unreachable,
)

_MOST_SAID = 200
_SHARED = 24  # characters in a row that are no coincidence
# The types of Anthropic's errors that come without a status, in streams and batches:
# https://platform.claude.com/docs/en/api/errors
STATUS_OF = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}


class Silent(Unreachable):
    """No answer in time; to ask once more would only double the wait."""


# By HTTP status: the class, what happened, and what to do.
_SLOW = (Silent, "{who} took too long.", "Try again.")
_OTHERS = (ProviderError, "{who} refused the request ({status}).", "{said}")
_WORDS: dict[int, tuple[type[ProviderError], str, str]] = {
    300: (
        ProviderError,
        "{who} sends on to another address, which is not followed.",
        "Set AISLE_LLM_URL to the address itself.",
    ),
    401: (
        KeyRefused,
        "{who} does not take the key.",
        "Set {key_name} to a valid one where Aisle is started, and start it again.",
    ),
    402: (
        NoCredit,
        "{who} wants to be paid first: the account has no credit left.",
        "Add credit where the account is managed.",
    ),
    403: (
        KeyRefused,
        "{who} does not allow this to the key.",
        "Choose another model, or ask who manages the account.",
    ),
    404: (
        NotThere,
        "{who} does not know {model}.",
        "Choose another model, or look at AISLE_LLM_URL.",
    ),
    408: _SLOW,
    413: (
        ProviderError,
        "{who} finds the request too large.",
        "Leave out facts or keywords, or shorten the brand voice.",
    ),
    504: _SLOW,
}


def of_status(
    status: int,
    *,
    who: str,
    model: str = "",
    said: str = "",
    retry_after: float | None = None,
    key_name: str = "",
) -> ProviderError:
    """Return the error for an HTTP status.

    Parameters
    ----------
    said
        What the provider says, as :func:`one_line` leaves it.
    """
    if "credit balance" in said.lower():  # Anthropic says so by 400
        status = 402
    if status == 429 or (status >= 500 and status != 504):
        return _busy(status, who, retry_after)
    kind, what, hint = _WORDS.get(300 if 300 <= status < 400 else status, _OTHERS)
    known = {"who": who, "model": f"the model {model!r}" if model else "this", "status": status}
    said = f"It says: {said}" if said else ""
    return kind(what.format(**known), hint=hint.format(key_name=key_name, said=said))


def _busy(status: int, who: str, retry_after: float | None) -> Busy:
    what = {429: "takes no more requests for now", 529: "is overloaded"}
    state = what.get(status, f"had an error of its own ({status})")
    wait = f"in {retry_after:.0f} s" if retry_after and retry_after >= 1 else "in a minute"
    return Busy(f"{who} {state}.", hint=f"Try again {wait}.", retry_after=retry_after)


def spend_limit(who: str) -> NoCredit:
    """Return the error for a limit that no waiting lifts."""
    return NoCredit(
        f"{who} has reached the spend limit that is set for the account.",
        hint="Raise it where the account is managed.",
    )


def no_connection(who: str) -> Unreachable:
    """Return the error for a connection that did not come about."""
    return Unreachable(
        f"{who} cannot be reached.", hint="Look at the network, and at AISLE_LLM_URL if it is set."
    )


def silent(who: str, seconds: float) -> Unreachable:
    """Return the error for a provider that says nothing."""
    return Silent(f"{who} was silent for {seconds:g} s.", hint="Try again; nothing was kept.")


def broken_off(who: str) -> Unreachable:
    """Return the error for an answer that ended in the middle."""
    return Unreachable(
        f"{who} broke off in the middle of the answer.", hint="Try again; nothing was kept."
    )


def ended_early(who: str, *, began: bool) -> ProviderError:
    """Return the error for a stream that ended in order, but not as one does."""
    return broken_off(who) if began else not_understood(who)


def not_understood(who: str) -> BadAnswer:
    """Return the error for an answer that is none of its API."""
    return BadAnswer(
        f"{who} answered with something that is not of its API.",
        hint="Look at AISLE_LLM_URL: it may lead to a web page, or to an API of another kind.",
    )


def one_line(text: object, secrets: Collection[str]) -> str:
    """Return what a provider says as one short line, or nothing if it repeats a secret.

    Parameters
    ----------
    secrets
        The key and the parts of the prompt.
    """
    line = " ".join(str(text or "").split())[:_MOST_SAID]
    told = [" ".join(secret.split()) for secret in secrets]
    parts = [line[start : start + _SHARED] for start in range(max(1, len(line) - _SHARED + 1))]
    if any(secret and (secret in line or part in secret) for secret in told for part in parts):
        return ""
    return line
