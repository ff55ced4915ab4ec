"""Give each role the column that fits it best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from recsys.data.reading.columns import known_rank, loose_rank
from recsys.data.reading.facts import Facts
from recsys.data.reading.fits import Fit, fit, is_unique
from recsys.data.reading.roles import ROLES, Kind, Role

Confidence = Literal["sure", "likely", "unsure"]

# A name that says nothing: a, col1, "column 3", "Unnamed: 0".
_NO_NAME = re.compile(
    r"[a-z]{0,2}|(?:column|columns|col|field|feld|spalte|unnamed|variable|var|attr|value|[a-z])?"
    r"[\W_]*\d+",
    re.IGNORECASE,
)
# Roles that contents alone may suggest, where names say nothing.
_BY_CONTENTS: dict[Kind, tuple[str, ...]] = {
    "interactions": ("timestamp", "user_id", "item_id", "price", "quantity"),
    "items": ("item_id", "name", "image_url", "price"),
    "shoppers": ("user_id", "email"),
}


@dataclass(frozen=True)
class Guess:
    """Which column plays a role, how sure that is, and why, in a short sentence."""

    column: str
    confidence: Confidence
    why: str


class _Candidate(NamedTuple):
    """How good a column is for a role: the least is the best."""

    tier: int
    sparse: bool
    rank: int
    place: int
    guess: Guess


def place_roles(
    kind: Kind, own: Mapping[str, Facts], settled: Mapping[str, Guess]
) -> dict[str, Guess]:
    """Give each role a column, each column one role at most.

    Known names come first, then names that contain a word of the role, then contents. A column
    whose contents contradict its name is not taken; of several the one that is filled is.

    Parameters
    ----------
    settled
        What is known already.
    """
    found = dict(settled)
    taken = {guess.column for guess in settled.values()}
    candidates = {
        role.name: sorted(_candidates(kind, role, own))
        for role in ROLES[kind]
        if role.name not in found
    }
    for tier in range(5):
        for role, ranked in candidates.items():
            best = next(
                (one for one in ranked if one.tier == tier and one.guess.column not in taken), None
            )
            if role not in found and best is not None and _is_allowed(role, best, own):
                found[role] = best.guess
                taken.add(best.guess.column)
    for role, guess in _by_contents(kind, own, found):
        found[role] = guess
    return {role.name: found[role.name] for role in ROLES[kind] if role.name in found}


def has_name(kind: Kind, role_name: str, column: str) -> bool:
    """Tell whether a column has a usual name of a role."""
    role = next(role for role in ROLES[kind] if role.name == role_name)
    return known_rank(role, column) is not None


def _candidates(kind: Kind, role: Role, own: Mapping[str, Facts]) -> Iterator[_Candidate]:
    most = max((one.filled for one in own.values()), default=0)
    for place, (column, seen) in enumerate(own.items()):
        rank = known_rank(role, column)
        known = rank is not None
        if rank is None:
            rank = loose_rank(role, column)
        if rank is None:
            continue
        judged = fit(kind, role.name, seen)
        ranked = _rank(judged, known=known)
        if ranked is not None:
            tier, confidence = ranked
            start = "the name says so" if known else "its name holds a word for it"
            guess = Guess(column, confidence, f"{start}; {judged.why}")
            yield _Candidate(tier, 2 * seen.filled < most, rank, place, guess)


def _rank(judged: Fit, *, known: bool) -> tuple[int, Confidence] | None:
    if judged.verdict == "fits":
        return (0, "sure") if known else (2, "likely")
    if judged.verdict == "silent":
        return (1, "likely") if known else (4, "unsure")
    return (3, "unsure") if known and judged.verdict == "doubtful" else None


def _is_allowed(role: str, candidate: _Candidate, own: Mapping[str, Facts]) -> bool:
    """Tell whether a guess makes sense beside the others."""
    if role == "item_name":
        return not _is_review(own)
    if role == "line_total":  # of an order, in its first line only
        return not candidate.sparse
    return candidate.tier < 4 or "category" not in role  # department_id: codes without names


def _is_review(own: Mapping[str, Facts]) -> bool:
    """Tell whether a title is that of a review: a long text and stars stand beside it."""
    names = {re.sub(r"[\W_]", "", column).lower() for column in own}
    return bool(names & {"rating", "stars", "overall", "starrating"}) and bool(
        names & {"text", "review", "reviewtext", "reviewbody", "comment", "body"}
    )


def _by_contents(
    kind: Kind, own: Mapping[str, Facts], found: Mapping[str, Guess]
) -> Iterator[tuple[str, Guess]]:
    """Suggest columns whose names say nothing by what stands in them."""
    taken = {guess.column for guess in found.values()}
    if kind == "interactions" and "order_id" not in found:
        for column, seen in own.items():
            if column not in taken and seen.filled and seen.share(seen.marked) >= 0.8:
                taken.add(column)
                why = f"{seen.marked:,} of {seen.filled:,} values are marked numbers"
                yield "order_id", Guess(column, "likely", why)
                break
    for role in _BY_CONTENTS[kind]:
        if role in found:
            continue
        for column, seen in own.items():
            if column not in taken and _NO_NAME.fullmatch(column) and _looks(kind, role, seen):
                why = f"the name says nothing; {fit(kind, role, seen).why}"
                taken.add(column)
                yield role, Guess(column, "unsure", why)
                break


def _looks(kind: Kind, role: str, seen: Facts) -> bool:
    """Tell whether contents alone suggest a role."""
    if not seen.filled or fit(kind, role, seen).verdict != "fits":
        return False
    timed = seen.share(seen.dates) >= 0.5 or seen.share(seen.moments) >= 0.8
    if role == "timestamp" or timed:
        return role == "timestamp"
    if role in ("user_id", "item_id"):
        is_row = kind != "interactions"
        return is_unique(seen) if is_row else seen.distinct >= 3 and not seen.spaced
    if role == "price":
        return seen.share(seen.decimals) >= 0.5
    if role == "quantity":
        return not seen.decimals and seen.distinct <= 0.2 * seen.filled + 3
    return role != "name" or (seen.share(seen.spaced) >= 0.5 and seen.distinct > 1)
