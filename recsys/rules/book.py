"""All that shelves obey beside their models: rules, settings, and the sets that rules name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from recsys.rules.rule import Rule
from recsys.rules.shelf_settings import DEFAULTS, ShelfSettings
from recsys.types import ShelfName

SetKind = Literal["collection", "segment"]


@dataclass(frozen=True)
class NamedSet:
    """A collection (of products) or a segment (of shoppers), as it stood in one version.

    Attributes
    ----------
    members
        The shop's ids; those that a release does not know match nothing there.
    """

    id: int
    kind: SetKind
    name: str
    version: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class RuleBook:
    """What holds on all shelves: the draft, or what is live.

    Attributes
    ----------
    rule_set_id
        The published rule set this is; 0 for nothing published, -1 for a draft.
    rules
        By id.
    settings
        Of the placements that differ from :data:`recsys.rules.shelf_settings.DEFAULTS`.
    no_repeats
        Whether a product stands on one shelf of a page only.
    sets
        The sets that the rules name, as they stood when the book was made.
    time_zone
        IANA name of the zone in which rules start and end.
    """

    rule_set_id: int = 0
    rules: tuple[Rule, ...] = ()
    settings: Mapping[ShelfName, ShelfSettings] = field(
        default_factory=dict[ShelfName, ShelfSettings]
    )
    no_repeats: bool = False
    sets: Mapping[int, NamedSet] = field(default_factory=dict[int, NamedSet])
    time_zone: str = "UTC"

    def of(self, shelf: ShelfName) -> ShelfSettings:
        """Return the settings of a placement."""
        return self.settings.get(shelf, DEFAULTS[shelf])


EMPTY = RuleBook()
