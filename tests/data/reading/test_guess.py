from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest
from shop_files import columns, preview

from recsys.data.files import readers
from recsys.data.files.readers import FilePreview
from recsys.data.reading.columns import check_mapping
from recsys.data.reading.guess import Guess, guess_files, guess_roles, overlap
from recsys.data.reading.roles import Kind

# system, its file, kind, role=column
FILES: list[tuple[str, str, Kind, str]] = [
    (
        "Online Retail",
        "InvoiceNo: order; StockCode: product; Description: title; Quantity: count;"
        "InvoiceDate: us date; UnitPrice: price; CustomerID: shopper; Country: country",
        "interactions",
        "user_id=CustomerID item_id=StockCode timestamp=InvoiceDate quantity=Quantity"
        " price=UnitPrice order_id=InvoiceNo item_name=Description",
    ),
    (
        "Shopify orders",
        "Name: #order; Email: mail; Financial Status: status; Paid at: date; Currency: currency;"
        "Subtotal: some; Shipping: some; Taxes: some; Total: some; Created at: date;"
        "Lineitem quantity: count; Lineitem name: title; Lineitem price: price;"
        "Lineitem compare at price: some; Lineitem sku: product; Billing Name: city;"
        "Billing Country: country; Vendor: brand; Id: row id; Notes: empty",
        "interactions",
        "user_id=Email item_id=Lineitem_sku timestamp=Created_at quantity=Lineitem_quantity"
        " price=Lineitem_price order_id=Name item_name=Lineitem_name item_brand=Vendor",
    ),
    (
        "Shopify products",
        "Handle: parent; Title: title; Body (HTML): text; Vendor: brand; Product Category: path;"
        "Type: type; Tags: type; Published: true; Option1 Name: type; Option1 Value: brand;"
        "Variant SKU: row code; Variant Inventory Qty: number; Variant Price: price;"
        "Variant Compare At Price: some; Image Src: picture; Cost per item: price;"
        "Status: status",
        "items",
        "item_id=Variant_SKU name=Title category=Product_Category brand=Vendor"
        " price=Variant_Price stock=Variant_Inventory_Qty image_url=Image_Src"
        " description=Body_(HTML) cost=Cost_per_item group_id=Handle",
    ),
    (
        "Shopify customers",
        "Customer ID: shopper row; First Name: city; Email: row mail;"
        "Accepts Email Marketing: yes; Default Address City: city; Total Spent: price",
        "shoppers",
        "user_id=Customer_ID name=First_Name email=Email location=Default_Address_City"
        " consent=Accepts_Email_Marketing",
    ),
    (
        "WooCommerce products",
        "ID: row id; Type: type; SKU: row code; Name: title; Published: one; Is featured?: flag;"
        "Short description: text; Description: text; In stock?: flag; Stock: empty;"
        "Sale price: some; Regular price: price; Categories: path; Tags: type; Images: picture;"
        "Parent: parent",
        "items",
        "item_id=SKU name=Name category=Categories price=Regular_price stock=In_stock?"
        " image_url=Images description=Description group_id=Parent",
    ),
    (
        "Magento products",
        "sku: row code; store_view_code: empty; product_type: brand; categories: path; name: title;"
        "description: text; short_description: text; weight: number; product_online: one;"
        "price: price; special_price: some; base_image: picture file; created_at: us date;"
        "qty: number; is_in_stock: flag",
        "items",
        "item_id=sku name=name category=categories price=price stock=qty image_url=base_image"
        " description=description launched_at=created_at",
    ),
    (
        "Magento order lines",
        "increment_id: order; created_at: date; customer_id: shopper; customer_email: mail;"
        "sku: product; name: title; qty_ordered: count; price: price; row_total: price",
        "interactions",
        "user_id=customer_id item_id=sku timestamp=created_at quantity=qty_ordered price=price"
        " line_total=row_total order_id=increment_id item_name=name",
    ),
    (
        "Shopware articles",
        "ordernumber: row code; mainnumber: parent; name: title; supplier: brand; tax: number;"
        "price: euro; instock: number; categories: path; active: flag",
        "items",
        "item_id=ordernumber name=name category=categories brand=supplier price=price"
        " stock=instock group_id=mainnumber",
    ),
    (
        "Shopware orders, German",
        "Bestellnummer: order; Bestelldatum: day; Kundennummer: shopper; Artikelnummer: product;"
        "Artikelbezeichnung: title; Menge: count; Einzelpreis: euro; Gesamtpreis: euro",
        "interactions",
        "user_id=Kundennummer item_id=Artikelnummer timestamp=Bestelldatum quantity=Menge"
        " price=Einzelpreis line_total=Gesamtpreis order_id=Bestellnummer"
        " item_name=Artikelbezeichnung",
    ),
    (
        "German catalogue",
        "Artikel-Nr.: row code; Bezeichnung: title; Hauptkategorie: type; Unterkategorie: brand;"
        "Hersteller: brand; Verkaufspreis: euro; Einkaufspreis: euro; Lagerbestand: number;"
        "Bild: picture; Beschreibung: text; Erscheinungsdatum: day",
        "items",
        "item_id=Artikel-Nr. name=Bezeichnung category=Hauptkategorie category_2=Unterkategorie"
        " brand=Hersteller price=Verkaufspreis stock=Lagerbestand image_url=Bild"
        " description=Beschreibung cost=Einkaufspreis launched_at=Erscheinungsdatum",
    ),
    (
        "German shoppers",
        "Kundennummer: shopper row; Vorname: city; E-Mail: row mail; Alter: age;"
        "Geschlecht: gender; Ort: city; Newsletter: yes",
        "shoppers",
        "user_id=Kundennummer name=Vorname email=E-Mail age=Alter gender=Geschlecht location=Ort"
        " consent=Newsletter",
    ),
    (
        "GA4",
        "event_date: yyyymmdd; event_timestamp: micros; event_name: ga event;"
        "user_pseudo_id: hex; user_id: empty; ecommerce.transaction_id: order;"
        "items.item_id: product; items.item_name: title; items.item_brand: brand;"
        "items.item_category: type; items.price: price; items.quantity: count;"
        "geo.country: country",
        "interactions",
        "user_id=user_pseudo_id item_id=items.item_id timestamp=event_timestamp"
        " quantity=items.quantity price=items.price order_id=ecommerce.transaction_id"
        " event_type=event_name item_name=items.item_name item_category=items.item_category"
        " item_brand=items.item_brand",
    ),
    (
        "H&M transactions",
        "t_dat: date; customer_id: hex; article_id: product no; price: price;"
        "sales_channel_id: flag",
        "interactions",
        "user_id=customer_id item_id=article_id timestamp=t_dat price=price",
    ),
    (
        "H&M articles",
        "article_id: row id; product_code: parent; prod_name: title; product_type_name: type;"
        "product_group_name: brand; colour_group_name: brand; department_name: type;"
        "detail_desc: text",
        "items",
        "item_id=article_id name=prod_name category=product_group_name description=detail_desc"
        " group_id=product_code",
    ),
    (
        "H&M customers",
        "customer_id: shopper row; FN: flag; Active: flag; club_member_status: status; age: age;"
        "postal_code: city",
        "shoppers",
        "user_id=customer_id age=age location=postal_code",
    ),
    (
        "RetailRocket events",
        "timestamp: millis; visitorid: shopper; event: event; itemid: product no;"
        "transactionid: order",
        "interactions",
        "user_id=visitorid item_id=itemid timestamp=timestamp order_id=transactionid"
        " event_type=event",
    ),
    (
        "Instacart lines",
        "order_id: order; product_id: product no; add_to_cart_order: count; reordered: flag",
        "interactions",
        "item_id=product_id order_id=order_id",
    ),
    (
        "Instacart products",
        "product_id: row id; product_name: title; aisle_id: number; department_id: number",
        "items",
        "item_id=product_id name=product_name",
    ),
    (
        "Amazon reviews",
        "rating: stars; title: row title; text: text; asin: asin; parent_asin: asin;"
        "user_id: hex; timestamp: millis; helpful_vote: number; verified_purchase: true",
        "interactions",
        "user_id=user_id item_id=asin timestamp=timestamp rating=rating",
    ),
    (
        "Amazon orders",
        "amazon-order-id: order; purchase-date: date; order-status: status; product-name: title;"
        "sku: product; asin: asin; quantity: count; currency: currency; item-price: price;"
        "ship-city: city; buyer-email: mail",
        "interactions",
        "user_id=buyer-email item_id=sku timestamp=purchase-date quantity=quantity"
        " price=item-price order_id=amazon-order-id item_name=product-name",
    ),
    (
        "MovieLens",
        "userId: shopper; movieId: product no; rating: stars; timestamp: seconds",
        "interactions",
        "user_id=userId item_id=movieId timestamp=timestamp rating=rating",
    ),
    (
        "Google Merchant",
        "id: row code; title: title; description: text; link: picture; image_link: picture;"
        "availability: yes; price: price; brand: brand; google_product_category: path;"
        "item_group_id: parent; sale_price: some",
        "items",
        "item_id=id name=title category=google_product_category brand=brand price=price"
        " stock=availability image_url=image_link description=description group_id=item_group_id",
    ),
    (
        "Complete Journey",
        "household_id: shopper; store_id: number; basket_id: order; product_id: product no;"
        "quantity: count; sales_value: price; transaction_timestamp: date",
        "interactions",
        "user_id=household_id item_id=product_id timestamp=transaction_timestamp"
        " quantity=quantity line_total=sales_value order_id=basket_id",
    ),
]


def _mapping(roles: dict[str, Guess]) -> dict[str, str]:
    return {role: guess.column for role, guess in roles.items()}


@pytest.mark.parametrize(("system", "header", "kind", "roles"), FILES, ids=[f[0] for f in FILES])
def test_files_of_known_systems(system: str, header: str, kind: Kind, roles: str) -> None:
    names = columns(header)
    spelled = {name.replace(" ", "_"): name for name in names}
    pairs = (pair.split("=", 1) for pair in roles.split())
    (found,) = guess_files([preview(names)])
    assert found.kind == kind
    assert _mapping(found.roles) == {role: spelled[column] for role, column in pairs}


def test_sure_likely_and_unsure_say_why() -> None:
    seen = preview(columns("kunde: shopper; web_sku: product; Datum: day; a: price; b: count"))
    assert guess_roles("interactions", seen) == {
        "user_id": Guess("kunde", "sure", "the name says so; 13 different values in 60 rows"),
        "item_id": Guess(
            "web_sku",
            "likely",
            "its name holds a word for it; 40 different values in 60 rows",
        ),
        "timestamp": Guess("Datum", "sure", "the name says so; 60 of 60 values are dates"),
        "quantity": Guess("b", "unsure", "the name says nothing; 60 of 60 values are numbers"),
        "price": Guess("a", "unsure", "the name says nothing; 60 of 60 values are numbers"),
    }


def test_an_empty_column_is_likely_by_its_name() -> None:
    roles = guess_roles("items", preview(columns("sku: row code; brand: empty")))
    assert roles["brand"] == Guess("brand", "likely", "the name says so; its first rows are empty")


def test_names_that_say_nothing_leave_the_contents() -> None:
    seen = preview(columns("a: shopper; b: product; c: date; d: price; e: count; f: city"))
    (found,) = guess_files([seen])
    assert found.kind == "interactions"
    assert _mapping(found.roles) == {
        "user_id": "a",
        "item_id": "b",
        "timestamp": "c",
        "quantity": "e",
        "price": "d",
    }
    assert {guess.confidence for guess in found.roles.values()} == {"unsure"}
    (items,) = guess_files([preview(columns("a: row code; b: row title; c: price"))])
    assert (items.kind, _mapping(items.roles)) == (
        "items",
        {"item_id": "a", "name": "b", "price": "c"},
    )


@pytest.mark.parametrize(
    ("header", "kind", "role"),
    [
        ("user: shopper; sku: product; date: title", "interactions", "timestamp"),
        ("user: shopper; sku: product; price: title", "interactions", "price"),
        ("customer: country; sku: product; order: order", "interactions", "user_id"),
        ("user: date; sku: product", "interactions", "user_id"),
        ("user: shopper; sku: price", "interactions", "item_id"),
        ("user: shopper; sku: product; event: title", "interactions", "event_type"),
        ("sku: row code; name: number", "items", "name"),
        ("sku: row code; image: title", "items", "image_url"),
        ("sku: row code; stock: title", "items", "stock"),
        ("sku: row code; style_id: row id", "items", "group_id"),
        ("id: shopper row; email: city", "shoppers", "email"),
        ("id: shopper row; newsletter: city", "shoppers", "consent"),
    ],
)
def test_a_name_that_its_contents_contradict_is_not_taken(
    header: str, kind: Kind, role: str
) -> None:
    assert role not in guess_roles(kind, preview(columns(header)))


def test_an_id_that_repeats_is_that_of_the_variants() -> None:
    roles = guess_roles("items", preview(columns("style_id: parent; sku: row code; name: title")))
    assert (roles["item_id"].column, roles["group_id"].column) == ("sku", "style_id")
    alone = guess_roles("items", preview(columns("style_id: row code; name: title")))
    assert (alone["item_id"].column, "group_id" in alone) == ("style_id", False)


def test_a_catalogue_with_many_repeated_rows_is_unsure() -> None:
    roles = guess_roles("items", preview(columns("sku: product; name: title")))
    assert roles["item_id"] == Guess(
        "sku", "unsure", "the name says so; 40 different values in 60 rows, so it repeats"
    )


def test_shared_ids_settle_which_column_is_the_id() -> None:
    lines = preview(columns("user: shopper; product_id: product no; sku: hex; date: date"))
    catalogue = preview(columns("sku: row code; id: row id; name: row title"))
    events, items = guess_files([lines, catalogue])
    why = "40 of 40 ids are in the first rows of the other file, too"
    assert events.roles["item_id"] == Guess("product_id", "sure", why)
    assert items.roles["item_id"] == Guess("id", "sure", why)
    assert guess_files([catalogue])[0].roles["item_id"].column == "sku"
    again = guess_roles("items", catalogue, others=[("interactions", lines)])
    assert again["item_id"].column == "id"


def test_a_column_without_a_telling_name_is_found_by_its_ids() -> None:
    lines = preview(columns("user: shopper; Ware: product; date: date; order: order"))
    catalogue = preview(columns("sku: row code; name: row title"))
    events, _ = guess_files([lines, catalogue])
    assert events.roles["item_id"].column == "Ware"
    assert events.roles["item_id"].confidence == "likely"


def test_small_numbers_that_agree_by_chance_are_no_shared_ids() -> None:
    lines = preview(columns("user: shopper; sku: product; pages: number; date: date"))
    catalogue = preview(columns("sku: hex; id: row id; rank: number"))
    events, _ = guess_files([lines, catalogue])
    assert events.roles["item_id"].column == "sku"


@pytest.mark.parametrize("header", ["a: empty; b: empty", "x: title", "Ä: text; b: picture"])
def test_a_file_that_says_nothing_has_no_roles_by_force(header: str) -> None:
    (found,) = guess_files([preview(columns(header))])
    assert found.kind in ("interactions", "items")
    assert len({guess.column for guess in found.roles.values()}) == len(found.roles)


def test_no_files_and_no_rows() -> None:
    assert guess_files([]) == []
    (found,) = guess_files([FilePreview(("user_id", "item_id"), [], 0)])
    assert (found.kind, list(found.roles)) == ("interactions", ["user_id", "item_id"])


def test_every_guess_passes_the_check_of_mappings() -> None:
    for _, header, kind, _ in FILES:
        seen = preview(columns(header))
        mapping = _mapping(guess_files([seen])[0].roles)
        if kind != "interactions" or "user_id" in mapping:
            check_mapping(kind, mapping, columns=seen.columns, file_name="any.csv")


def test_overlap_counts_ids_of_a_whole_column() -> None:
    with duckdb.connect() as connection:
        rows = "(SELECT ' A' || i AS id, CAST(i AS DOUBLE) AS n FROM range(5000) AS t(i))"
        assert overlap(connection, ["A1", "A4999", "A5000", "A1", ""], rows, "id") == 2 / 3
        assert overlap(connection, ["17", "x"], rows, "n") == 0.5
        assert overlap(connection, [], rows, "id") == 0
        assert overlap(connection, ["A1"], f"{rows} WHERE n < 0", "id") == 0


def test_a_wide_file_is_guessed_quickly() -> None:
    kinds = [
        "row title",
        "text",
        "price",
        "date",
        "product",
        "city",
        "flag",
        "hex",
        "picture",
        "euro",
    ]
    seen = preview({f"{kinds[n % 10]} {n}": kinds[n % 10] for n in range(30)}, rows=1000)
    times: list[float] = []
    for _ in range(3):
        start = time.process_time()
        guess_files([seen])
        times.append(time.process_time() - start)
    assert min(times) < 0.15  # about 0.04 s where nothing else runs


_ONLINE_RETAIL = Path(__file__).parents[3].parent / "shared/data/online-retail/online_retail.csv.gz"


@pytest.mark.skipif(not _ONLINE_RETAIL.exists(), reason="the file lies beside the project")
def test_online_retail_by_the_guess_alone() -> None:
    (found,) = guess_files([readers.preview(_ONLINE_RETAIL)])
    assert found.kind == "interactions"
    assert _mapping(found.roles) == {
        "user_id": "CustomerID",
        "item_id": "StockCode",
        "timestamp": "InvoiceDate",
        "quantity": "Quantity",
        "price": "UnitPrice",
        "order_id": "InvoiceNo",
        "item_name": "Description",
    }
    assert {guess.confidence for guess in found.roles.values()} == {"sure"}
