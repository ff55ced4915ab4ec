"""What a release says of its shoppers beside their purchases: the columns of the shop's file."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from recsys.data.reading.stock_words import YES
from recsys.errors import NotReady
from recsys.releases.people import People
from recsys.releases.release import Release
from recsys.shelves.facts import Further
from recsys.shelves.once import once_a_release

CONSENT = "consent"
# Beside the words for yes: how shops write that somebody agreed.
_AGREED = YES | {"1", "subscribed", "optin", "optedin", "granted", "given", "agreed", "confirmed"}
# What names one person, or says whether they may be written to, and nothing about them.
_NO_TRAIT = {"user_id", "name", "email", CONSENT}


@once_a_release
def shopper_columns(release: Release) -> Further:
    """Return the columns of the shoppers' file, each read and numbered at its first use."""
    names = [name for name in release.shoppers.column_names if name != "user_id"]
    return Further(names, lambda name: release.shoppers.column(name).to_pylist())


def traits(release: Release) -> list[str]:
    """Return the names of the columns that say something about shoppers."""
    return [name for name in shopper_columns(release).names if name not in _NO_TRAIT]


@once_a_release
def consenting(release: Release) -> NDArray[np.bool_] | None:
    """Say who agreed to be written to; None where the shop has no such column.

    Whoever did not say yes did not agree: an empty cell and a word nobody knows count as no.
    """
    column = shopper_columns(release).column(CONSENT)
    if column is None:
        return None
    agreed = [re.sub(r"[\W_]", "", value).lower() in _AGREED for value in column.values]
    return np.array([*agreed, False], np.bool_)[column.codes]


def people_of(release: Release) -> People:
    """Return how often, how much and when each shopper bought.

    Raises
    ------
    NotReady
        The release was built by an earlier version, which did not count that.
    """
    if release.people is None:
        raise NotReady(
            "The live release does not know how often each shopper bought: it was built by an"
            " earlier version.",
            hint="Publish a release again.",
        )
    return release.people
