"""What a rule does to the lists of a test, as a document and in words: its price tag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.data.dataset import Dataset
from recsys.evaluation import metrics
from recsys.evaluation.evidence import DECIDING, FEWEST_QUESTIONS
from recsys.evaluation.intervals import bootstrap
from recsys.evaluation.parts import Part
from recsys.evaluation.replay import title
from recsys.evaluation.tasks import Task, purchases
from recsys.models.arrays import Floats, Rows
from recsys.types import ShelfName
from recsys.workflows.differing import column_of

NOTE = (
    "Agreement with past purchases asks how well the lists find what shoppers went on to buy, with"
    " the rule and without it. It is no forecast of sales: nobody could buy a product in the past"
    " because of a place on a shelf that it did not have."
)
_MOST = 5


@dataclass(frozen=True)
class Wares:
    """What a price tag goes by of each product; rows are those of the dataset.

    Attributes
    ----------
    price, margin
        Of the catalogue, NaN where unknown; the margin is price less cost.
    buyers
        Shoppers who bought it before the cut.
    known
        Whether anybody could have bought it before the cut.
    """

    price: NDArray[np.float64]
    margin: NDArray[np.float64]
    buyers: Floats
    known: NDArray[np.bool_]
    brands: list[str | None]
    categories: list[str | None]

    @classmethod
    def of(cls, dataset: Dataset, part: Part) -> Wares:
        """Take them from the catalogue and from what was known at the cut."""
        items = dataset.items()
        price, cost = (np.array(column_of(items, name), np.float64) for name in ("price", "cost"))
        bought = np.bincount(purchases(part).known.indices, minlength=dataset.n_items)
        return cls(
            price=price,
            margin=price - cost,
            buyers=bought.astype(np.float32),
            known=part.known_items,
            brands=column_of(items, "brand"),
            categories=column_of(items, "category"),
        )

    @cached_property
    def brand_codes(self) -> tuple[list[str], Rows]:
        """The names of the brands, and the number of each product's; -1 for none."""
        return _coded(self.brands)

    @cached_property
    def category_codes(self) -> tuple[list[str], Rows]:
        """The names of the categories, and the number of each product's; -1 for none."""
        return _coded(self.categories)


def _coded(names: list[str | None]) -> tuple[list[str], Rows]:
    every = sorted({name for name in names if name})
    codes = {name: code for code, name in enumerate(every)}
    return every, np.array([codes[name] if name else -1 for name in names], np.int32)


def price_tag(
    shelf: ShelfName,
    task: Task,
    wares: Wares,
    before: Rows,
    after: Rows,
    *,
    own: NDArray[np.bool_] | None = None,
    graded: bool = False,
) -> dict[str, Any]:
    """Return what is different between the lists without a rule and with it.

    Parameters
    ----------
    before, after
        Item rows of each question, shape ``(n, k)``, -1 for empty places.
    own
        The products that one rule is about.
    graded
        Whether what is wanted has ratings.

    Returns
    -------
    dict
        ``asked``, ``touched`` (lists that are different), ``agreement`` (metric, before, after and
        the paired difference with its 95 % interval over shoppers); before and after: shares of the
        slots of ``own``, ``brands`` and ``categories``, means ``margin``, ``price`` and
        ``popularity``, and ``coverage``; ``verdict`` and ``words``.
    """
    k = after.shape[1]
    metric = f"{DECIDING[task.name].split('@')[0]}@{k}"
    old, new = (_agreement(task, lists, metric, graded=graded) for lists in (before, after))
    touched = int((before != after).any(axis=1).sum())
    document: dict[str, Any] = {
        "asked": len(task),
        "touched": touched,
        "agreement": {
            "metric": metric,
            "before": round(float(old.mean()), 5) if len(task) else None,
            "after": round(float(new.mean()), 5) if len(task) else None,
            **bootstrap(new - old, groups=task.user).as_dict(),
        },
        "own": None if own is None else [_share_of(lists, own) for lists in (before, after)],
        "brands": _shares(before, after, *wares.brand_codes),
        "categories": _shares(before, after, *wares.category_codes),
        "margin": _means(wares.margin, before, after),
        "price": _means(wares.price, before, after),
        "popularity": _means(wares.buyers.astype(np.float64), before, after),
        "coverage": [round(_coverage(lists, wares), 5) for lists in (before, after)],
    }
    document["verdict"] = _verdict(document)
    document["words"] = f"{title(shelf)}: {price_words(document)}"
    return document


def not_measurable(shelf: ShelfName, why: str) -> dict[str, Any]:
    """Return the document of a placement on which a rule has no price tag, and why."""
    return {
        "verdict": "not measurable",
        "why": why,
        "words": f"{title(shelf)}: not measurable. {why}",
    }


def _agreement(task: Task, lists: Rows, metric: str, *, graded: bool) -> NDArray[np.float64]:
    gains, k = task.gains(lists), lists.shape[1]
    hits = gains > 0
    if metric.startswith("hit_rate"):
        return metrics.hit_rate(hits, k)
    if graded:
        return metrics.graded_ndcg(gains, task.best_gains(k))
    return metrics.ndcg(hits, task.relevant(), k)


def _shares(before: Rows, after: Rows, names: list[str], group: Rows) -> list[dict[str, Any]]:
    """Return the groups whose share of the slots changed most; of equal ones what grew is first."""
    old, new = (_shares_of(lists, group, len(names)) for lists in (before, after))
    change = np.round(new - old, 6)
    order = np.lexsort((-change, -np.abs(change)))[:_MOST]
    return [
        {
            "name": names[code],
            "before": round(float(old[code]), 5),
            "after": round(float(new[code]), 5),
        }
        for code in order
        if change[code]
    ]


def _shares_of(lists: Rows, group: Rows, count: int) -> NDArray[np.float64]:
    shown = lists[lists >= 0]
    codes = group[shown]
    return np.bincount(codes[codes >= 0], minlength=count) / max(len(shown), 1)


def _share_of(lists: Rows, own: NDArray[np.bool_]) -> float:
    shown = lists[lists >= 0]
    return round(float(own[shown].mean()), 5) if len(shown) else 0.0


def _means(values: NDArray[np.float64], before: Rows, after: Rows) -> list[float] | None:
    """Return the mean over the slots with a value, before and after; None where one has none."""
    found: list[float] = []
    for lists in (before, after):
        shown = values[lists[lists >= 0]]
        shown = shown[~np.isnan(shown)]
        if not len(shown):
            return None
        found.append(round(float(shown.mean()), 4))
    return found


def _coverage(lists: Rows, wares: Wares) -> float:
    return len(np.unique(lists[lists >= 0])) / max(int(wares.known.sum()), 1)


def _verdict(document: Mapping[str, Any]) -> str:
    change = document["agreement"]
    if not document["touched"]:
        return "touches nothing"
    if document["asked"] < FEWEST_QUESTIONS:
        return "too few"
    return "better" if change["low"] > 0 else "worse" if change["high"] < 0 else "same"


def price_words(document: Mapping[str, Any]) -> str:
    """Say the price tag of one placement."""
    asked, verdict = document["asked"], document["verdict"]
    if not asked:
        return "there are no later purchases to compare with."
    if verdict == "touches nothing":
        return f"it changes none of the {asked:,} lists compared with past purchases."
    change = document["agreement"]
    points = [_points(change[name]) for name in ("value", "low", "high")]
    interval = f"95 %: {points[1]} to {points[2]}"
    if verdict == "too few":
        words = [f"only {asked} lists can be compared with past purchases, too few to tell"]
    elif not (change["value"] or change["low"] or change["high"]):
        words = ["agreement with past purchases as before"]
    elif verdict == "same":
        words = [
            f"agreement with past purchases {points[0]} points ({interval}), which may be chance"
        ]
    else:
        words = [f"agreement with past purchases {points[0]} points ({interval})"]
    words += _slots_words(document)
    words.append(f"{document['touched']:,} of {asked:,} lists change")
    return f"{'; '.join(words)}."


def _slots_words(document: Mapping[str, Any]) -> list[str]:
    words: list[str] = []
    if document["own"] is not None:
        words.append(_moved("its products", *document["own"]))
    moved = document["brands"] or document["categories"]
    # A rule for a brand says it already.
    if moved and [moved[0]["before"], moved[0]["after"]] != document["own"]:
        words.append(_moved(moved[0]["name"], moved[0]["before"], moved[0]["after"]))
    margin = document["margin"]
    if margin is None:
        words.append("margin unknown, since the catalogue has no cost")
    elif margin[0] > 0:
        words.append(f"margin of the slots shown {100 * (margin[1] / margin[0] - 1):+.1f} %")
    else:
        words.append(f"margin of the slots shown {margin[1]:,.2f} ({margin[0]:,.2f} without)")
    return words


def _moved(what: str, before: float, after: float) -> str:
    change = 100 * (after - before)
    sign = f"{change:+.0f}" if abs(change) >= 0.95 or not change else f"{change:+.1g}"
    return f"{what} {sign} % of the slots ({_percent(before)} to {_percent(after)})"


def _percent(share: float) -> str:
    value = 100 * share
    return f"{value:.0f} %" if value >= 0.95 or not value else f"{value:.1g} %"


def _points(share: float) -> str:
    """Return a share in points with its sign; what rounds to nothing has none."""
    words = f"{100 * share:+.1f}"
    return "0.0" if words in {"+0.0", "-0.0"} else words
