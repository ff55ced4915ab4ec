"""What a shopper did, and how much that says for the product."""

from __future__ import annotations

VIEWED, ADDED, PURCHASED, REMOVED = 0.5, 0.7, 1.0, -0.5

# Compared without capitals, spaces and signs: "Added to cart" and "added_to_cart" are one.
_SPELLINGS = {
    VIEWED: (
        "view viewed views click clicked pageview productview viewitem detail visit pv impression"
    ),
    ADDED: (
        "cart addtocart addedtocart addcart cartadd add added basket addtobasket addedtobasket"
        " favorite favourite fav wishlist addtowishlist save"
    ),
    PURCHASED: (
        "purchase purchased purchases order ordered buy bought transaction sale sold checkout"
        " checkoutcompleted ordercompleted"
    ),
    REMOVED: "remove removed removefromcart removedfromcart cartremove removefrombasket",
}

EVENT_WEIGHTS: dict[str, float] = {
    spelling: weight for weight, spellings in _SPELLINGS.items() for spelling in spellings.split()
}


def weight_sql(column: str) -> str:
    """Return SQL for the weight of the event named in a text column; NULL when it is unknown."""
    bare = f"regexp_replace(lower({column}), '[^a-z]', '', 'g')"
    weights = ", ".join(f"'{event}': {weight}" for event, weight in EVENT_WEIGHTS.items())
    return f"CAST(MAP {{{weights}}}[{bare}] AS FLOAT)"
