"""What is asked for: one value for every placement."""

from __future__ import annotations

from dataclasses import dataclass, field

from recsys.types import Filters, ShelfName


@dataclass(frozen=True)
class ShelfRequest:
    """A shelf to be made.

    Attributes
    ----------
    user_id
        For You, Lookalikes and Buy again; elsewhere whose page it is, so that rules for an
        audience hold; may be empty there.
    item_id
        Similar: the product whose page it is.
    cart
        Also bought: the products in the cart.
    leave_out_bought
        None: as the settings of the placement say.
    but
        Products that stand elsewhere on the page.
    n_neighbours
        Lookalikes: of how many similar shoppers.
    """

    placement: ShelfName
    user_id: str = ""
    item_id: str = ""
    cart: tuple[str, ...] = ()
    n: int | None = None
    filters: Filters = field(default_factory=Filters)
    leave_out_bought: bool | None = None
    prefer_items: tuple[str, ...] = ()
    prefer_categories: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    n_neighbours: int = 10
