"""Everything that can go wrong in a way a person can mend.

::

    AisleError
    ├── InputError          the caller gave something unusable          (HTTP 422)
    │   ├── BadFile         a file cannot be read as a table
    │   ├── BadMapping      columns are missing or named twice
    │   ├── NoUsableRows    reading worked, and nothing was left
    │   ├── BadSetting      a setting is unknown or out of range
    │   └── Conflict        somebody else changed it meanwhile      (HTTP 409)
    ├── NotFound            an id that is not in this workspace         (HTTP 404)
    ├── NotReady            nothing is live yet, or it cannot serve     (HTTP 503)
    ├── StorageError        the disk, the database or the vector store  (HTTP 503)
    ├── ProviderError       the language model's provider did not serve (HTTP 502)
    │   ├── NoKey           no key is set                               (HTTP 503)
    │   ├── KeyRefused      the provider does not take the key
    │   ├── NoCredit        the account has none left, or is at its spend limit
    │   ├── NotThere        the provider does not know the model or the batch
    │   ├── Busy            too many requests, or it is overloaded      (HTTP 503)
    │   ├── Unreachable     no connection, no answer in time, or cut off in the middle
    │   └── BadAnswer       an answer that cannot be used: refused, cut short, not as asked
    └── JobStopped
        ├── JobCancelled    somebody asked the job to stop
        └── ClaimLost       another worker owns the job now

Anything that is not an :class:`AisleError` is a bug.
"""

from __future__ import annotations


class AisleError(Exception):
    """Base of all errors that say what was found and what to do about it.

    Parameters
    ----------
    message
        What was found, and where, as one sentence.
    hint
        What the person can do next.
    """

    status = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(AisleError):
    """The caller gave something unusable."""

    status = 422


class BadFile(InputError):
    """A file cannot be read as a table."""


class BadMapping(InputError):
    """Columns are missing or named twice."""


class NoUsableRows(InputError):
    """Reading worked, and nothing was left."""


class BadSetting(InputError):
    """A setting is unknown or out of range."""


class Conflict(InputError):
    """Somebody else changed it since it was looked at; nothing was overwritten.

    Attributes
    ----------
    theirs, yours
        How it stands now (None: it is gone), and what was not saved.
    """

    status = 409

    def __init__(
        self, message: str, *, hint: str = "", theirs: object = None, yours: object = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.theirs = theirs
        self.yours = yours


class NotFound(AisleError):
    """An id that is not in this workspace."""

    status = 404


class NotReady(AisleError):
    """Nothing is live yet, or it cannot serve."""

    status = 503


class StorageError(AisleError):
    """The disk, the database or the vector store failed."""

    status = 503


class ProviderError(AisleError):
    """The provider of the language model did not give what was asked for."""

    status = 502


class NoKey(ProviderError):
    """No key is set, so that nothing can be asked."""

    status = 503


class KeyRefused(ProviderError):
    """The provider does not take the key, or the key may not do this."""


class NoCredit(ProviderError):
    """The account at the provider has no credit left, or is at the limit that is set for it."""


class NotThere(ProviderError):
    """The provider does not know the model, or the batch, that it was asked for."""


class Busy(ProviderError):
    """Too many requests, or the provider is overloaded; the same request may work later.

    Attributes
    ----------
    retry_after
        Seconds to wait, where the provider said so.
    """

    status = 503

    def __init__(self, message: str, *, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Unreachable(ProviderError):
    """No connection, no answer in time, or one that broke off."""


class BadAnswer(ProviderError):
    """An answer came that cannot be used: a refusal, one cut short, or not the JSON asked for."""


class JobStopped(AisleError):
    """The job has to end now; its results are thrown away."""


class JobCancelled(JobStopped):
    """Somebody asked the job to stop."""


class ClaimLost(JobStopped):
    """Another worker owns the job now."""
