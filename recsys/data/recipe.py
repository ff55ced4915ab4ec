"""What a dataset version is made of: files kept verbatim, and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from recsys.data.reading.columns import Kind

DateOrder = Literal["auto", "day first", "month first"]

# Shoppers with fewer products than this, and products with fewer shoppers, are called thin.
CORE = 3


@dataclass(frozen=True)
class Source:
    """A file on its way in, and which of its columns plays which role (role -> column).

    Attributes
    ----------
    name
        What the shop calls the file; by default as it is called on disk.
    date_order
        How dates such as 01/02/2026 are read; "auto" looks at the whole column.
    """

    path: Path
    mapping: dict[str, str]
    name: str = ""
    date_order: DateOrder = "auto"

    @property
    def file_name(self) -> str:
        """What to call the file in messages."""
        return self.name or self.path.name


@dataclass(frozen=True)
class KeptFile:
    """A file that lies verbatim in an intake, and what it is.

    Attributes
    ----------
    intake, file
        The intake's id, and the Parquet file in its folder.
    first_row
        Number of its first row as people count them: 2 where a header stands above it.
    understood
        How the shop's file was read, in words: "comma-separated, UTF-8".
    """

    intake: str
    file: str
    name: str
    kind: Kind
    mapping: dict[str, str]
    date_order: DateOrder = "auto"
    first_row: int = 1
    understood: str = ""


@dataclass(frozen=True)
class Recipe:
    """All that makes a version: the same recipe gives the same dataset.

    Attributes
    ----------
    fixes
        Codes of the findings whose fix is applied.
    event_weights
        Event as the shop writes it -> weight, where it differs from the default.
    core
        Smallest number of products a shopper, and of shoppers a product, needs to stay when
        ``thin`` is fixed.
    """

    files: tuple[KeptFile, ...]
    fixes: frozenset[str] = frozenset()
    event_weights: Mapping[str, float] = field(default_factory=dict[str, float])
    core: int = CORE

    def of_kind(self, kind: Kind) -> list[KeptFile]:
        """Return the files of one kind, in the order they came."""
        return [file for file in self.files if file.kind == kind]

    def fixing(self, codes: Sequence[str]) -> Recipe:
        """Return this recipe with more fixes."""
        return replace(self, fixes=self.fixes | set(codes))

    def undoing(self, codes: Sequence[str]) -> Recipe:
        """Return this recipe without some fixes."""
        return replace(self, fixes=self.fixes - set(codes))

    def as_dict(self) -> dict[str, Any]:
        """Return what stands in a manifest."""
        return {
            "files": [asdict(file) for file in self.files],
            "fixes": sorted(self.fixes),
            "event_weights": dict(self.event_weights),
            "core": self.core,
        }

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> Recipe:
        """Read what :meth:`as_dict` wrote."""
        return cls(
            files=tuple(KeptFile(**file) for file in found["files"]),
            fixes=frozenset(found["fixes"]),
            event_weights=dict(found["event_weights"]),
            core=found["core"],
        )
