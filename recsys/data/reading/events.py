"""What a shopper did, and how much that says for the product."""

from __future__ import annotations

import re
from typing import Literal

EventKind = Literal["viewed", "carted", "purchased", "removed", "returned"]

VIEWED, ADDED, PURCHASED, REMOVED = 0.5, 0.7, 1.0, -0.5

# A return says nothing by itself: it is netted against its purchase.
KIND_WEIGHTS: dict[EventKind, float] = {
    "viewed": VIEWED,
    "carted": ADDED,
    "purchased": PURCHASED,
    "removed": REMOVED,
    "returned": 0.0,
}

# Compared without capitals, spaces and signs: "Added to cart" and "added_to_cart" are one.
_SPELLINGS: dict[EventKind, str] = {
    "viewed": (
        "view viewed views click clicks clicked pageview pageviewed pv productview productviewed"
        " viewproduct viewitem viewitemdetails viewcontent itemview itemviewed detail detailview"
        " productdetail visit visited impression selectitem selectcontent productclick"
        " productclicked open opened ansicht angesehen aufruf produktansicht klick geklickt"
    ),
    "carted": (
        "cart carts carted addtocart addedtocart addcart cartadd add added productadded basket"
        " addtobasket addedtobasket addtobag addedtobag favorite favorited favourite fav wishlist"
        " addtowishlist addedtowishlist save saved begincheckout checkoutstarted checkoutstart"
        " initiatecheckout inwarenkorb indenwarenkorb warenkorb hinzugefügt merkzettel wunschliste"
    ),
    "purchased": (
        "purchase purchases purchased order orders ordered orderplaced buy buys bought transaction"
        " sale sales sold checkout checkoutcompleted checkoutcomplete ordercompleted"
        " ordercomplete placeorder paid complete completed fulfilled shipped conversion invoice"
        " kauf gekauft bestellung bestellt verkauf verkauft rechnung"
    ),
    "removed": (
        "remove removed removefromcart removedfromcart cartremove cartremoved removefrombasket"
        " removedfrombasket removefrombag productremoved removefromwishlist delete deleted"
        " entfernt ausdemwarenkorb"
    ),
    "returned": (
        "return returns returned refund refunds refunded partialrefund partiallyrefunded cancel"
        " cancelled canceled cancellation orderrefunded ordercancelled ordercanceled chargeback"
        " void voided creditnote credit retoure retourniert rückgabe storno storniert erstattet"
        " erstattung gutschrift widerruf"
    ),
}
_KINDS: dict[str, EventKind] = {
    spelling: kind for kind, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
EVENT_WEIGHTS: dict[str, float] = {
    spelling: KIND_WEIGHTS[kind] for spelling, kind in _KINDS.items()
}


def kind_of(event_text: str) -> EventKind | None:
    """Return what a shopper did by the name of an event; None when the name is not known.

    Examples
    --------
    >>> kind_of("Add-to-cart")
    'carted'
    """
    return _KINDS.get(re.sub(r"[\W\d_]", "", event_text).lower())


def weight_of(event_text: str) -> float | None:
    """Return the default weight of an event by its name; None when the name is not known."""
    kind = kind_of(event_text)
    return None if kind is None else KIND_WEIGHTS[kind]


def weight_sql(column: str) -> str:
    """Return SQL for the weight of the event named in a text column; NULL when it is unknown."""
    bare = rf"regexp_replace(lower({column}), '[^\pL]', '', 'g')"
    weights = ", ".join(f"'{event}': {weight}" for event, weight in EVENT_WEIGHTS.items())
    return f"CAST(MAP {{{weights}}}[{bare}] AS FLOAT)"
