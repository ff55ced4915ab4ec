"""Who of a segment's members is written into a file, and why others are not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Literal, get_args

from recsys.errors import InputError
from recsys.releases.live import LiveView
from recsys.rules.saying import counted
from recsys.segments.about_shoppers import consenting
from recsys.segments.definition import Definition
from recsys.segments.picking import held_out_of
from recsys.types import Report
from recsys.workflows.segment_columns import Columns
from recsys.workflows.segment_layouts import LAYOUTS, Layout, email_of, reaching

MOST_RECOMMENDED = 20
HeldOut = Literal["out", "column", "only"]
# Klaviyo takes no more in one file.
_KLAVIYO_BYTES = 50_000_000


@dataclass(frozen=True)
class Export:
    """How a segment is to be written.

    Attributes
    ----------
    layout
        A key of :data:`LAYOUTS`.
    recommend
        How many products of For You beside each member.
    held_out
        Who is set aside for measurement: left out, said in a column, or the only ones written.
    """

    layout: str = "people"
    recommend: int = 0
    held_out: HeldOut = "out"

    def check(self) -> Layout:
        """Return the layout.

        Raises
        ------
        InputError
            There is none of that name, or it has no room for what is asked for.
        """
        layout = LAYOUTS.get(self.layout)
        if layout is None:
            raise InputError(
                f"There is no layout {self.layout!r}.", hint=f"There are: {', '.join(LAYOUTS)}."
            )
        if self.held_out not in get_args(HeldOut):
            raise InputError(
                f"The hold-out group is 'out', 'column' or 'only', not {self.held_out!r}."
            )
        if not 0 <= self.recommend <= MOST_RECOMMENDED:
            raise InputError(
                f"{self.recommend} products for each member were asked for; from 0 to"
                f" {MOST_RECOMMENDED} are possible."
            )
        if not layout.products and (self.recommend or self.held_out == "column"):
            raise InputError(
                f"The layout of {layout.label} has no room for products or the hold-out group.",
                hint="Choose another layout, or none of both.",
            )
        return layout


@dataclass
class Chosen:
    """Which members are written, and how many are not, by reason."""

    view: LiveView
    definition: Definition
    layout: Layout
    held_out: HeldOut
    left_out: dict[str, int] = field(default_factory=dict[str, int])
    unknown: int = 0
    without_consent: int = 0
    seen: set[bytes] = field(default_factory=set[bytes])

    def of(
        self, members: Sequence[str], start: int, end: int
    ) -> list[tuple[int, str, int | None, bool]]:
        """Return rank, id, row number and whether set aside, of some members that are written."""
        ids = members[start:end]
        rows = [self.view.release.user_ids.row(one) for one in ids]
        aside = held_out_of(self.definition, ids).tolist()
        found: list[tuple[int, str, int | None, bool]] = []
        for rank, user_id, row, held in zip(count(start + 1), ids, rows, aside, strict=False):
            consents = row is not None and self.consents(row)
            self.unknown += row is None
            if (held and self.held_out == "out") or (not held and self.held_out == "only"):
                self.leave("not in the hold-out group" if not held else "in the hold-out group")
            elif self.layout.platform and row is None:
                self.leave("unknown to the live release")
            elif self.layout.platform and not consents:
                self.leave("without consent")
            else:
                self.without_consent += row is not None and not consents
                found.append((rank, user_id, row, held))
        return found

    def consents(self, row: int) -> bool:
        """Say whether a shopper may be written to; where nobody knows, the user has to."""
        agreed = consenting(self.view.release)
        return agreed is None or bool(agreed[row])

    def leave(self, why: str) -> None:
        """Count one that is not written."""
        self.left_out[why] = self.left_out.get(why, 0) + 1

    def has_address(self, email: str) -> bool:
        """Say whether a platform can use an address: it is one, and was not there before."""
        address = email_of(email)
        if not address:
            self.leave("without an e-mail address that can be used")
            return False
        mark = hashlib.blake2b(address.encode(), digest_size=8).digest()
        if mark in self.seen:
            self.leave("with an e-mail address that another member has")
            return False
        self.seen.add(mark)
        return True


def rows_of(
    columns: Columns,
    chosen: Chosen,
    some: Sequence[tuple[int, str, int | None, bool]],
    report: Report,
) -> Iterator[list[Any]]:
    """Give the rows of some members; who has no address that a platform can use has none."""
    known = [row for _, _, row, _ in some if row is not None]
    shoppers = iter(columns.shoppers(known))
    for number, (rank, user_id, row, held) in enumerate(some):
        report(number / len(some), "Writing the members")
        shopper: dict[str, Any] = {} if row is None else next(shoppers)
        if chosen.layout.platform and not chosen.has_address(str(shopper.get("email") or "")):
            continue
        if row is not None and not chosen.consents(row):
            shopper = {**shopper, **dict.fromkeys(reaching(shopper), "")}
        yield columns.row(rank, user_id, row, shopper, held=held)


def notes_of(view: LiveView, layout: Layout, chosen: Chosen, path: Path) -> list[str]:
    """Say what somebody has to know who uses a file."""
    notes = list[str]()
    if consenting(view.release) is None:
        notes.append(
            "The shop does not say who consented, so nobody's consent could be checked."
            + (" Check it before you upload the file." if layout.platform else "")
        )
    elif chosen.without_consent and not layout.platform:
        notes.append(
            f"{counted(chosen.without_consent, 'member')} did not consent to be written to: the id"
            " is in the file, without e-mail address and telephone number."
        )
    if chosen.unknown and not layout.platform:
        notes.append(
            f"{counted(chosen.unknown, 'member is', 'members are')} unknown to the live release;"
            " only the id is in the file."
        )
    if layout.name == "klaviyo" and path.stat().st_size > _KLAVIYO_BYTES:
        notes.append("The file is larger than 50 MB, the most that Klaviyo takes: split it.")
    return notes
