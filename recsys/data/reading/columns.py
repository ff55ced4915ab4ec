"""Roles that columns can play, guessed from their names and corrected by the merchandiser."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from recsys.errors import BadMapping

Kind = Literal["interactions", "items", "shoppers"]


@dataclass(frozen=True)
class Role:
    """What a column can mean.

    Attributes
    ----------
    label, help
        What the page shows beside the choice.
    names
        Common column names, likeliest first; compared without capitals, spaces and signs.
    """

    name: str
    label: str
    help: str
    names: tuple[str, ...]
    required: bool = False


_ITEM_NAMES = (
    "item_id product_id sku stock_code item_sku product_sku article_id article_number item product"
    " article asin material_id variant_id style_id product_code item_code item_no item_number"
    " article_no artikelnummer artikel_nr artikel_id artikel"
    " produktnummer produkt_id produkt upc ean gtin movie_id book_id song_id track_id parent_asin"
)
_USER_NAMES = (
    "user_id customer_id shopper_id household_id visitor_id client_id member_id buyer_id account_id"
    " user customer shopper visitor client member buyer household household_key customer_no"
    " customer_number client_no kundennummer kunden_nr kunden_id kunde person_id session_id"
)


def _role(
    name: str, label: str, explanation: str, names: str = "", *, required: bool = False
) -> Role:
    return Role(name, label, explanation, tuple(f"{name} {names}".split()), required)


def _id_role(name: str, label: str, explanation: str, names: str) -> Role:
    return _role(name, label, explanation, names, required=True)


_USER = _id_role("user_id", "Shopper", "Who did it; any text.", _USER_NAMES)
_ITEM = _id_role("item_id", "Product", "Which product; any text.", _ITEM_NAMES)
# In a file of one row for each product a plain "id" can only be the product's.
_ITEM_ROW = _id_role("item_id", "Product", "Its id; any text.", f"{_ITEM_NAMES} id code handle")
_USER_ROW = _id_role("user_id", "Shopper", "Their id; any text.", f"{_USER_NAMES} id code")
_BRAND = "brand_name manufacturer maker vendor label marke hersteller"
_CATEGORY = (
    "category_name product_category department department_name product_type product_type_name"
    " product_group main_category category_code category_path genre genres warengruppe kategorie"
)
_NAME = (
    "product_name item_name title product_title item_title name prod_name artikelbezeichnung"
    " artikelname produktname bezeichnung"
)

ROLES: dict[Kind, tuple[Role, ...]] = {
    "interactions": (
        _USER,
        _ITEM,
        _role(
            "timestamp",
            "Date and time",
            "When it happened; without a zone it is read as UTC.",
            "transaction_timestamp invoice_date order_date event_time created_at purchase_date"
            " transaction_date datetime date_time date time event_date order_time purchased_at"
            " ordered_at t_dat ts event_timestamp unix_review_time unixtime bestelldatum kaufdatum"
            " rechnungsdatum datum",
        ),
        _role(
            "quantity",
            "Quantity",
            "How many pieces.",
            "qty units pieces count item_quantity menge anzahl stückzahl",
        ),
        _role(
            "price",
            "Unit price",
            "Price of one piece, not of the line.",
            "unit_price item_price price_per_unit sale_price selling_price einzelpreis stückpreis"
            " preis",
        ),
        _role(
            "order_id",
            "Order",
            "What was bought together; makes Also bought better.",
            "invoice_no basket_id transaction_id invoice invoice_id invoice_number order_no"
            " order_number receipt_id receipt order cart_id basket transaction ticket_id"
            " bestellnummer bestell_nr auftragsnummer auftrags_nr rechnungsnummer rechnungs_nr",
        ),
        _role(
            "event_type",
            "Event",
            "Viewed, added to cart, purchased or removed from cart.",
            "event event_name action action_type behavior behaviour behavior_type interaction_type",
        ),
        _role("rating", "Rating", "A score the shopper gave.", "stars score overall review_score"),
        _role(
            "item_name",
            "Product name",
            "Where the lines carry it.",
            f"{_NAME} description product_description",
        ),
        _role("item_category", "Category", "Where the lines carry it.", f"category {_CATEGORY}"),
        _role("item_brand", "Brand", "Where the lines carry it.", f"brand {_BRAND}"),
    ),
    "items": (
        _ITEM_ROW,
        _role("name", "Name", "What shoppers read on the card.", _NAME),
        _role("category", "Category", "Narrows lists.", _CATEGORY),
        _role("brand", "Brand", "Narrows lists.", _BRAND),
        _role(
            "price",
            "Price",
            "Price of one piece.",
            "unit_price sale_price selling_price list_price regular_price retail_price msrp"
            " verkaufspreis einzelpreis preis",
        ),
        _role(
            "stock",
            "Stock",
            "Pieces in stock; sold-out products are never shown.",
            "stock_quantity stock_level in_stock inventory inventory_quantity quantity qty on_hand"
            " available_quantity availability lagerbestand bestand",
        ),
        _role(
            "image_url",
            "Picture",
            "Address of a picture.",
            "image picture image_link img_url img image_src thumbnail picture_url photo_url",
        ),
        _role(
            "description",
            "Description",
            "The long text.",
            "product_description long_description body_html body details text summary beschreibung",
        ),
        _role("cost", "Cost", "What it costs you; never shown.", "unit_cost cost_price cogs"),
    ),
    "shoppers": (
        _USER_ROW,
        _role(
            "name",
            "Name",
            "Shown in the preview.",
            "full_name customer_name user_name display_name first_name",
        ),
        _role("email", "E-mail", "For exports.", "e_mail email_address mail"),
    ),
}

# A word that belongs to several roles guesses none by itself: an "id" may be anybody's.
_LOOSE_WORDS: dict[str, tuple[str, ...]] = {
    "user_id": ("user", "customer", "shopper", "household", "visitor", "client", "member", "buyer"),
    "item_id": ("sku", "product", "item", "article", "stockcode", "asin"),
    "timestamp": ("timestamp", "datetime", "date", "time"),
    "quantity": ("quantity", "qty"),
    "price": ("price",),
    "order_id": ("invoice", "order", "basket", "transaction", "receipt"),
    "event_type": ("event", "behavior", "behaviour"),
    "rating": ("rating", "stars"),
    "category": ("category", "department"),
    "brand": ("brand",),
    "stock": ("stock", "inventory"),
    "image_url": ("image", "picture"),
    "email": ("email", "mail"),
}
_ID_ROLES = ("user_id", "item_id", "order_id")
_ID_ENDINGS = ("id", "no", "nr", "number", "code", "key", "sku", "asin")


def guess_mapping(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    """Guess which column plays which role.

    Names that are known count before names that merely contain a known word; each column is used
    once, and a role that nothing fits is left out.

    Returns
    -------
    dict
        Role -> column, in the order of the roles.

    Examples
    --------
    >>> guess_mapping("interactions", ["CustomerID", "StockCode", "InvoiceDate"])
    {'user_id': 'CustomerID', 'item_id': 'StockCode', 'timestamp': 'InvoiceDate'}
    """
    free = list(columns)
    found: dict[str, str] = {}
    for search in (_known, _loose):
        for role in ROLES[kind]:
            column = None if role.name in found else search(role, free)
            if column is not None:
                found[role.name] = column
                free.remove(column)
    return {role.name: found[role.name] for role in ROLES[kind] if role.name in found}


def check_mapping(
    kind: Kind, mapping: Mapping[str, str], *, columns: Sequence[str], file_name: str
) -> None:
    """Check that a mapping fits a file.

    Raises
    ------
    BadMapping
        A role is unknown or required and missing, a column is not in the file, or it plays two
        roles.
    """
    known = {role.name: role for role in ROLES[kind]}
    there = _listing(columns)
    for name, column in mapping.items():
        if name not in known:
            raise BadMapping(
                f"{file_name} is mapped to '{name}', which is no role of {kind}.",
                hint=f"The roles are: {', '.join(known)}.",
            )
        if column not in columns:
            raise BadMapping(
                f"{file_name} has no column '{column}'; found {there}.",
                hint=f"Choose another column for {known[name].label.lower()}.",
            )
    for role in known.values():
        if role.required and role.name not in mapping:
            raise BadMapping(
                f"{file_name} has no column '{role.name}'; found {there}.",
                hint=f"Choose the column that holds the {role.label.lower()}.",
            )
    used: dict[str, str] = {}
    for name, column in mapping.items():
        if column in used:
            raise BadMapping(
                f"The column '{column}' of {file_name} is mapped to both"
                f" '{used[column]}' and '{name}'.",
                hint="Choose one of them, or another column.",
            )
        used[column] = name


def _bare(name: str) -> str:
    """Return a name without capitals, spaces and signs: ``Customer ID`` -> ``customerid``."""
    # some systems write an umlaut as two characters, of which one is a sign
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFC", name)).lower()


def _words(name: str) -> list[str]:
    """Return the words of a name: ``CustomerID`` -> ``customer``, ``id``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[\W_]+", " ", spaced).lower().split()


def _known(role: Role, columns: Sequence[str]) -> str | None:
    """Return the column with the likeliest of the role's names."""
    by_name = {_bare(column): column for column in reversed(columns)}
    return next((by_name[_bare(name)] for name in role.names if _bare(name) in by_name), None)


def _loose(role: Role, columns: Sequence[str]) -> str | None:
    """Return a column whose name contains a word of the role."""
    wanted = _LOOSE_WORDS.get(role.name) or _LOOSE_WORDS.get(role.name.removeprefix("item_"), ())
    for word in wanted:
        for column in columns:
            words = _words(column)
            # "customer" alone is no id: it may as well be customer_country
            if word in words and (
                role.name not in _ID_ROLES or words[-1] == word or words[-1] in _ID_ENDINGS
            ):
                return column
    return None


def _listing(columns: Sequence[str]) -> str:
    shown = ", ".join(f"'{column}'" for column in columns[:12])
    more = len(columns) - 12
    return f"{shown} and {more:,} more" if more > 0 else shown
