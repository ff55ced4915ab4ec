"""By what a map is coloured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recsys.errors import NotFound
from recsys.maps.picture import Picture
from recsys.releases.live import LiveView
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.segments.definition import STAGES
from recsys.segments.lifecycle import DEFAULT_RULES, stages
from recsys.shelves.facts import Column, facts_of
from recsys.workflows.map_attributes import Attribute, item_attributes, shopper_attributes
from recsys.workflows.map_cards import check_same_data
from recsys.workflows.map_rules import RULE_LABELS, rule_codes
from recsys.workflows.named_sets import named_set, named_sets
from recsys.workflows.segments import lifecycle_rules
from recsys.workspace import Workspace

# Colours that people tell apart.
MOST_GROUPS = 12
OTHER = "Other"
_DAY = 86_400


@dataclass(frozen=True)
class Colouring:
    """A way to colour a map.

    Attributes
    ----------
    name
        For :func:`colours`: "category", "attribute:Size", "segment:12".
    label
        For people.
    """

    name: str
    label: str


@dataclass(frozen=True)
class Colours:
    """One value a point.

    Attributes
    ----------
    kind
        "groups": ``labels[values[row]]``, int16, -1 for none; "numbers": float32, NaN for none.
    labels
        Of groups, at most 13: the largest twelve first, then "Other" where there are more.
    unit
        Of numbers: a currency, "pieces", "%" (values are shares, 0.1 is 10 %), "days" or "".
    """

    kind: Literal["groups", "numbers"]
    values: NDArray[Any]
    labels: tuple[str, ...] = ()
    unit: str = ""


def colourings(
    view: LiveView, picture: Picture, *, workspace: Workspace | None = None
) -> list[Colouring]:
    """Return the ways in which a map can be coloured, the usual ones first.

    Parameters
    ----------
    workspace
        To offer its segments.

    Raises
    ------
    NotReady
        The map is of other data than what is live.
    """
    check_same_data(view, picture)
    found = [Colouring("cluster", "Group")] if picture.groups else []
    if picture.of == "both":
        found.append(Colouring("what", "Products and shoppers"))
    if picture.n_items:
        found += _of_items(view, picture)
    if _shoppers(picture):
        found += _of_shoppers(view, picture)
    if workspace is not None:
        share = "Share of buyers in" if picture.n_items else "Members of"
        found += [
            Colouring(f"segment:{line.id}", f"{share} {line.name}")
            for line in named_sets(workspace, "segment")
        ]
    return found


def _of_items(view: LiveView, picture: Picture) -> list[Colouring]:
    facts = facts_of(view)
    there = {
        "category": (bool(facts.category.values), "Category"),
        "brand": (bool(facts.brand.values), "Brand"),
        "price": (bool(np.isfinite(view.price).any()), "Price"),
        "sales": (True, "Sales"),
        "stock": (bool((view.stock != UNKNOWN_STOCK).any()), "Stock"),
        "margin": (picture.margin is not None, "Margin"),
        "rule": (True, "What the live rules do"),
    }
    found = [Colouring(name, label) for name, (offered, label) in there.items() if offered]
    return found + [
        Colouring(f"attribute:{one.name}", one.name) for one in item_attributes(view.release)
    ]


def _of_shoppers(view: LiveView, picture: Picture) -> list[Colouring]:
    people = view.release.people
    there = {
        "spend": (people is not None and people.spend is not None, "Spent"),
        "orders": (people is not None, "Orders"),
        "recency": (people is not None and people.last is not None, "Days since the last order"),
        "stage": (people is not None and people.last is not None, "Stage"),
    }
    found = [Colouring(name, label) for name, (offered, label) in there.items() if offered]
    return found + [
        Colouring(f"shopper:{one.name}", one.name) for one in shopper_attributes(view.release)
    ]


def colours(
    view: LiveView, picture: Picture, name: str, *, workspace: Workspace | None = None
) -> Colours:
    """Return the colour of each point as a group or a number.

    On a map of both, what only products have is none for shoppers, and the other way round.

    Parameters
    ----------
    workspace
        Where the members of segments are, and the shop's own rules of the lifecycle.

    Raises
    ------
    NotFound
        There is no such colouring, or no such segment any more.
    NotReady
        The map is of other data than what is live.
    """
    check_same_data(view, picture)
    kind, _, rest = name.partition(":")
    if kind == "segment" and workspace is not None and rest.isdecimal():
        return _segment(view, picture, named_set(workspace, "segment", int(rest)).members)
    if name == "cluster":
        labels = tuple(group.name for group in picture.groups)
        return _groups(Column(labels, picture.clusters.astype(np.int32)))
    if name == "what" and picture.of == "both":
        codes = np.ones(len(picture.points), np.int16)
        codes[: picture.n_items] = 0
        return Colours("groups", codes, ("Products", "Shoppers"))
    found = _item_colours(view, picture, name) if picture.n_items else None
    if found is not None:
        return _spread(found, picture, shoppers=False)
    found = _shopper_colours(view, name, workspace) if _shoppers(picture) else None
    if found is not None:
        return _spread(found, picture, shoppers=True)
    raise NotFound(
        f"This map cannot be coloured by {name!r}.", hint="Choose a colouring from the list."
    )


def _item_colours(view: LiveView, picture: Picture, name: str) -> Colours | None:
    facts, release = facts_of(view), view.release
    ways: dict[str, Callable[[], Colours]] = {
        "category": lambda: _groups(facts.category),
        "brand": lambda: _groups(facts.brand),
        "price": lambda: _numbers(view.price, release.currency),
        "sales": lambda: _numbers(
            picture.sales[: picture.n_items], str(picture.about["sales_word"])
        ),
        "stock": lambda: _numbers(
            np.where(view.stock == UNKNOWN_STOCK, np.nan, view.stock), "pieces"
        ),
        "rule": lambda: Colours("groups", rule_codes(view), RULE_LABELS),
    }
    if name == "margin" and picture.margin is not None:
        return _numbers(picture.margin, "%")
    if name in ways:
        return ways[name]()
    return _attribute(name, "attribute:", item_attributes(release))


def _shopper_colours(view: LiveView, name: str, workspace: Workspace | None) -> Colours | None:
    release, people = view.release, view.release.people
    if people is not None:
        if name == "orders":
            return _numbers(people.orders, "orders")
        if name == "spend" and people.spend is not None:
            return _numbers(people.spend, release.currency)
        if name == "recency" and people.last is not None:
            newest = int(people.last.max(initial=0))
            ages = (newest - people.last) / _DAY
            return _numbers(np.where(people.last > 0, ages, np.nan), "days")
        if name == "stage" and people.last is not None:
            rules = DEFAULT_RULES if workspace is None else lifecycle_rules(workspace)
            labels = tuple(stage.capitalize() for stage in STAGES)
            return Colours("groups", stages(people, rules).astype(np.int16), labels)
    return _attribute(name, "shopper:", shopper_attributes(release))


def _attribute(name: str, prefix: str, known: tuple[Attribute, ...]) -> Colours | None:
    for one in known:
        if name == prefix + one.name:
            return _numbers(one.numbers, "") if one.column is None else _groups(one.column)
    return None


def _segment(view: LiveView, picture: Picture, members: tuple[str, ...]) -> Colours:
    """Return which shoppers are members, or which share of a product's buyers is."""
    release = view.release
    rows = np.array(release.user_ids.rows(members), np.int64)
    chosen = np.zeros(len(release.user_ids), np.bool_)
    chosen[rows] = True
    if not picture.n_items:
        return Colours("groups", np.where(chosen, 0, 1).astype(np.int16), ("Members", "Others"))
    bought = release.bought
    ours = np.repeat(chosen, np.diff(bought.indptr))
    counts = np.bincount(bought.indices[ours], minlength=picture.n_items)
    buyers = np.asarray(release.buyers)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(buyers > 0, counts / buyers, np.nan)
    return _spread(_numbers(shares, "%"), picture, shoppers=False)


def _groups(column: Column) -> Colours:
    """Return the groups of a column: the largest by name, the rest together."""
    codes, values = column.codes, column.values
    if len(values) <= MOST_GROUPS:
        return Colours("groups", codes.astype(np.int16), values)
    sizes = np.bincount(codes[codes >= 0], minlength=len(values))
    best = np.argsort(-sizes, kind="stable")[:MOST_GROUPS]
    place = np.full(len(values) + 1, MOST_GROUPS, np.int16)  # the last is for code -1
    place[best] = np.arange(MOST_GROUPS)
    place[-1] = -1
    labels = [values[int(code)] for code in best]
    return Colours("groups", place[codes], (*labels, OTHER))


def _numbers(values: NDArray[Any], unit: str) -> Colours:
    return Colours("numbers", np.asarray(values, np.float32), (), unit)


def _spread(found: Colours, picture: Picture, *, shoppers: bool) -> Colours:
    """Give values of the products, or of the shoppers, to all points of a map."""
    if len(found.values) == len(picture.points):
        return found
    none = np.nan if found.kind == "numbers" else -1
    values = np.full(len(picture.points), none, found.values.dtype)
    some = slice(picture.n_items, None) if shoppers else slice(picture.n_items)
    values[some] = found.values
    return Colours(found.kind, values, found.labels, found.unit)


def _shoppers(picture: Picture) -> bool:
    return len(picture.points) > picture.n_items
