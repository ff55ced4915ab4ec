"""Roles that the columns of a shop's files can play, and the names they usually have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    " article asin material_id variant_id variant_sku lineitem_sku line_item_sku"
    " product_code item_code item_no item_number product_number"
    " article_no artikelnummer artikel_nr artikelnr artnr art_nr artikel_id artikel"
    " produktnummer produkt_nr produkt_id produkt upc ean gtin isbn movie_id book_id song_id"
    " track_id style_id parent_asin"
)
_USER_NAMES = (
    "user_id customer_id shopper_id household_id visitor_id client_id member_id buyer_id account_id"
    " user customer shopper visitor client member buyer household household_key customer_no"
    " customer_number customer_code client_no kundennummer kunden_nr kundennr kunden_id kunde"
    " debitor debitornummer debitorennummer person_id user_pseudo_id full_visitor_id anonymous_id"
    " loyalty_card card_id card_number reviewer_id player_id"
)
# Who has no number has an address; a session is the last resort.
_USER_ADDRESSES = " email customer_email buyer_email billing_email email_address session_id"


def _role(
    name: str, label: str, explanation: str, names: str = "", *, required: bool = False
) -> Role:
    return Role(name, label, explanation, tuple(dict.fromkeys(f"{name} {names}".split())), required)


def _id_role(name: str, label: str, explanation: str, names: str) -> Role:
    return _role(name, label, explanation, names, required=True)


_USER = _id_role("user_id", "Shopper", "Who did it; any text.", _USER_NAMES + _USER_ADDRESSES)
_ITEM = _id_role("item_id", "Product", "Which product; any text.", _ITEM_NAMES)
# In a file of one row for each product a plain "id" can only be the product's.
_ITEM_ROW = _id_role(
    "item_id",
    "Product",
    "Its id; any text.",
    f"{_ITEM_NAMES} id code order_number bestellnummer bestell_nr part_number handle",
)
_USER_ROW = _id_role(
    "user_id", "Shopper", "Their id; any text.", f"{_USER_NAMES} id code{_USER_ADDRESSES}"
)
_BRAND = "brand_name product_brand manufacturer maker vendor supplier label marke hersteller"
_CATEGORY = (
    "category_name product_category categories main_category category_1 category_level_1"
    " category_l1 product_group_name department department_name"
    " product_type product_type_name product_group custom_product_type google_product_category"
    " category_path category_code genre genres warengruppe kategorie kategorien hauptkategorie"
    " produktkategorie produktgruppe category_id type"
)
_NAME = (
    "product_name item_name title product_title item_title name prod_name article_name"
    " product_display_name artikelbezeichnung artikelname"
    " produktname produktbezeichnung bezeichnung"
)
_PRICE = "unit_price sale_price selling_price"

_INTERACTIONS = (
    _USER,
    _ITEM,
    _role(
        "timestamp",
        "Date and time",
        "When it happened; without a zone it is read as UTC.",
        "transaction_timestamp invoice_date order_date event_time event_timestamp created_at"
        " purchase_date transaction_date order_purchase_timestamp datetime date_time date time"
        " event_date order_time purchased_at ordered_at placed_at processed_at paid_at date_created"
        " order_created order_created_at t_dat ts unix_review_time unixtime review_time"
        " bestelldatum kaufdatum rechnungsdatum auftragsdatum belegdatum buchungsdatum bestellzeit"
        " zeitstempel zeitpunkt datum day",
    ),
    _role(
        "quantity",
        "Quantity",
        "How many pieces.",
        "qty units pieces count item_quantity lineitem_quantity line_item_quantity order_quantity"
        " quantity_ordered qty_ordered quantity_sold units_sold menge bestellmenge anzahl"
        " stückzahl stueckzahl stück",
    ),
    _role(
        "price",
        "Unit price",
        "Price of one piece, not of the line.",
        f"{_PRICE} item_price lineitem_price line_item_price price_per_unit price_each"
        " product_price einzelpreis stückpreis stueckpreis preis",
    ),
    _role(
        "line_total",
        "Line total",
        "Price of the whole line; divided by the quantity where there is no unit price.",
        "line_amount line_price line_subtotal item_total row_total total_price total_amount total"
        " sales_value item_revenue revenue amount extended_price net_sales gross_sales sales"
        " subtotal gesamtpreis positionssumme zeilensumme gesamtbetrag umsatz betrag summe gesamt",
    ),
    _role(
        "order_id",
        "Order",
        "What was bought together; makes Also bought better.",
        "invoice_no basket_id transaction_id invoice invoice_id invoice_number order_no"
        " order_number order_name amazon_order_id ecommerce_transaction_id increment_id"
        " order_increment_id sales_order purchase_id receipt_id receipt_number receipt order"
        " cart_id basket transaction ticket_id bestellnummer bestell_nr bestell_id auftragsnummer"
        " auftrags_nr rechnungsnummer rechnungs_nr belegnummer beleg_nr bonnummer bon_nr"
        " warenkorb_id",
    ),
    _role(
        "event_type",
        "Event",
        "Viewed, added to cart, purchased, removed from cart or returned.",
        "event event_name action action_type behavior behaviour behavior_type interaction_type"
        " interaction activity activity_type ereignis aktion",
    ),
    _role(
        "rating",
        "Rating",
        "A score the shopper gave.",
        "stars score overall review_score star_rating review_rating bewertung sterne",
    ),
    _role(
        "item_name",
        "Product name",
        "Where the lines carry it.",
        f"lineitem_name line_item_name {_NAME} description product_description item_description"
        " product artikel item",
    ),
    _role("item_category", "Category", "Where the lines carry it.", f"category {_CATEGORY}"),
    _role("item_brand", "Brand", "Where the lines carry it.", f"brand {_BRAND}"),
)
_ITEMS = (
    _ITEM_ROW,
    _role("name", "Name", "What shoppers read on the card.", f"{_NAME} product produkt artikel"),
    _role("category", "Category", "Narrows lists.", _CATEGORY),
    _role(
        "category_2",
        "Category below",
        "The second level, where it has a column of its own.",
        "subcategory sub_category subcategory_name sub_category_name product_subcategory"
        " category_level_2 category_l2 subdepartment commodity_desc unterkategorie kategorie_2"
        " untergruppe",
    ),
    _role(
        "category_3",
        "Category below that",
        "The third level, where it has a column of its own.",
        "subsubcategory sub_sub_category category_level_3 category_l3 sub_commodity_desc"
        " kategorie_3",
    ),
    _role("brand", "Brand", "Narrows lists.", _BRAND),
    _role(
        "price",
        "Price",
        "Price of one piece.",
        f"{_PRICE} variant_price product_price list_price regular_price retail_price msrp"
        " verkaufspreis vk_preis bruttopreis einzelpreis preis",
    ),
    _role(
        "stock",
        "Stock",
        "Pieces in stock, or whether there are any; sold-out products are never shown.",
        "stock_quantity stock_level inventory inventory_quantity variant_inventory_qty quantity qty"
        " on_hand available_quantity available_stock lagerbestand bestand lagermenge in_stock"
        " is_in_stock availability stock_status is_available available is_active active enabled"
        " is_enabled published status verfügbarkeit verfügbar verfuegbar aktiv",
    ),
    _role(
        "image_url",
        "Picture",
        "Address of a picture.",
        "image picture images image_link img_url img image_src thumbnail picture_url photo_url"
        " base_image main_image primary_image variant_image bild bild_url hauptbild",
    ),
    _role(
        "description",
        "Description",
        "The long text.",
        "product_description long_description item_description body_html body details detail_desc"
        " text summary short_description beschreibung langbeschreibung langtext kurzbeschreibung",
    ),
    _role(
        "cost",
        "Cost",
        "What it costs you; never shown.",
        "unit_cost cost_price cost_per_item wholesale_price purchase_price cogs einkaufspreis"
        " ek_preis",
    ),
    _role(
        "launched_at",
        "Online since",
        "When it was first on sale; makes new products known as such.",
        "launch_date launched release_date released_at created_at date_created date_added added_at"
        " published_at publish_date available_from available_since online_since first_available"
        " date_first_available creation_date erscheinungsdatum einführungsdatum verfügbar_ab"
        " erstellt_am",
    ),
    _role(
        "group_id",
        "Product of the variants",
        "What sizes and colours of one product share, so that a shelf shows one of them.",
        "item_group_id parent_sku parent_id parent_asin parent parent_product_id product_group_id"
        " style_id style_number style_code style handle master_id master_sku master_product_id"
        " model_id configurable_sku main_number product_code product_id product_family spu"
        " hauptartikelnummer hauptartikel vaterartikel",
    ),
)
_SHOPPERS = (
    _USER_ROW,
    _role(
        "name",
        "Name",
        "Shown in the preview.",
        "full_name customer_name user_name display_name first_name vorname kundenname nachname",
    ),
    _role("email", "E-mail", "For exports.", "e_mail email_address mail customer_email"),
    _role("age", "Age", "Years or a range; for segments.", "age_group age_range age_band alter"),
    _role("gender", "Gender", "For segments.", "sex geschlecht anrede salutation"),
    _role(
        "location",
        "Place",
        "City, region or country; for segments.",
        "city town region state country postal_code postcode zip_code zip default_address_city"
        " stadt ort wohnort plz bundesland land",
    ),
    _role(
        "consent",
        "Consent",
        "Whether they agreed to advertising.",
        "opt_in marketing_consent newsletter accepts_marketing accepts_email_marketing"
        " email_consent email_opt_in marketing_opt_in newsletter_subscription subscribed"
        " is_subscribed einwilligung werbeeinwilligung",
    ),
)

ROLES: dict[Kind, tuple[Role, ...]] = {
    "interactions": _INTERACTIONS,
    "items": _ITEMS,
    "shoppers": _SHOPPERS,
}

# A word that belongs to several roles guesses none by itself: an "id" may be anybody's.
_LOOSE_WORDS: dict[str, str] = {
    "user_id": "user customer shopper household visitor client member buyer kunden kunde",
    "item_id": "sku product item article stockcode asin artikel produkt",
    "timestamp": "timestamp datetime date time datum",
    "quantity": "quantity qty menge",
    "price": "price preis",
    "order_id": "invoice order basket transaction receipt bestell rechnungs",
    "event_type": "event behavior behaviour",
    "rating": "rating stars",
    "category": "category department kategorie",
    "brand": "brand marke",
    "stock": "stock inventory bestand",
    "image_url": "image picture bild",
    "email": "email mail",
    "consent": "consent newsletter",
}


def loose_words(role: str) -> tuple[str, ...]:
    """Return words that hint at a role when they are a part of a column's name."""
    words = _LOOSE_WORDS.get(role) or _LOOSE_WORDS.get(role.removeprefix("item_"), "")
    return tuple(words.split())
