"""Why a product does not stand on a shelf, and what would bring it back."""

from __future__ import annotations

from dataclasses import dataclass

from recsys.releases.live import LiveView
from recsys.shelves.causes import Asking, ordinal
from recsys.shelves.remedies import Remedy, remedied
from recsys.shelves.request import ShelfRequest
from recsys.shelves.show import show_shelf
from recsys.types import Shelf

_MOST_REMEDIES = 20


@dataclass(frozen=True)
class WhyNot:
    """What became of one product on the way to a shelf.

    Attributes
    ----------
    place
        Where it stands; None where it does not.
    cause
        The step that removed it: "unknown product", "asked about", "outside the filters", "hidden
        now", "bought before", "elsewhere on the page", "sold out", "hidden by a rule", "not
        included", "another variant", "diversity", "setting", "buried", "unknown to the model",
        "below the cut"; empty where it stands.
    rank, of, score
        Its place in the model's own list of all products before anything is taken out, how many
        that list has, and its score; None and 0 where the model does not rank it.
    steps
        (Name, what happened to it there), as far as it came.
    remedies
        What brings it back, all of them together, in this order.
    sure
        Whether the shelf was made again with the remedies and the product stood on it.
    """

    item_id: str
    name: str
    shelf: Shelf
    sentence: str
    place: int | None = None
    cause: str = ""
    rank: int | None = None
    of: int = 0
    score: float | None = None
    steps: tuple[tuple[str, str], ...] = ()
    remedies: tuple[Remedy, ...] = ()
    sure: bool = False

    @property
    def rank_words(self) -> str:
        """Say the rank: ``4,711th of 68,256``."""
        return "not ranked" if self.rank is None else f"{ordinal(self.rank)} of {self.of:,}"


def why_not(
    view: LiveView, request: ShelfRequest, item_id: str, *, now: float | None = None
) -> WhyNot:
    """Say where a product stands on a shelf, or which step took it out.

    It asks the model for the places of all products and makes the shelf again for every remedy, so
    it is for one question of a person, some 50 ms each.

    Raises
    ------
    InputError, NotFound, NotReady
        As :func:`recsys.shelves.show.show_shelf` does for the shelf itself.
    """
    shelf = show_shelf(view, request, now=now)
    row = view.release.item_ids.row(item_id)
    if row is None:
        words = f"The live catalogue has no product {item_id!r}."
        return WhyNot(item_id, item_id, shelf, words, cause="unknown product")
    asking = Asking(view, request, row, now)
    name = view.release.names[row]
    rank, of, score = asking.standing()
    met = asking.met(rank, of)
    item = next((one for one in shelf.items if one.item_id == item_id), None)
    if item is not None:
        sentence = f"{name} stands at {item.rank}: {item.reason}."
        steps = (*met, ("shelf", f"stands at {item.rank}"))
        return WhyNot(
            item_id, name, shelf, sentence,
            place=item.rank, rank=rank, of=of, score=score, steps=steps,
        )  # fmt: skip
    cause = asking.cause(shelf, rank)
    remedies, sure = _remedies(view, request, row, now)
    there = f" In the model's own list it is {ordinal(rank)} of {of:,}." if rank else ""
    return WhyNot(
        item_id,
        name,
        shelf,
        f"{name} is not on this shelf: {cause.words}.{there}",
        cause=cause.name,
        rank=rank,
        of=of,
        score=score,
        steps=(*met, (cause.step, cause.words)),
        remedies=remedies,
        sure=sure,
    )


def _remedies(
    view: LiveView, request: ShelfRequest, row: int, now: float | None
) -> tuple[tuple[Remedy, ...], bool]:
    """Take away one cause after the other until the product stands on the shelf."""
    found: list[Remedy] = []
    item_id = view.release.item_ids.id(row)
    while len(found) < _MOST_REMEDIES:
        shelf = show_shelf(view, request, now=now)
        if any(item.item_id == item_id for item in shelf.items):
            return tuple(found), True
        asking = Asking(view, request, row, now)
        remedy = asking.cause(shelf, asking.standing()[0]).remedy
        if remedy is None or remedy in found:
            break
        found.append(remedy)
        view, request = remedied(view, request, item_id, remedy)
    return tuple(found), False
