"""Beginnings of files as shop systems write them, with made-up contents."""

from __future__ import annotations

from recsys.data.files.readers import FilePreview
from recsys.data.reading.roles import Kind

ROWS = 60

# What a column holds -> the text of a row. Repeated ids repeat as the lines of an order do.
_MAKERS = {
    "row id": lambda n: f"{1000 + n}",
    "row code": lambda n: f"SKU-{n:04d}",
    "product": lambda n: f"SKU-{n * 7 % 40:04d}",
    "product no": lambda n: f"{1000 + n * 7 % 40}",
    "parent": lambda n: f"STYLE-{n // 4:03d}",
    "shopper": lambda n: f"{17850 + n * 3 % 13}",
    "shopper row": lambda n: f"{17850 + n}",
    "hex": lambda n: f"{n * 7919 % 13:08x}",
    "order": lambda n: f"{536365 + n // 3}",
    "#order": lambda n: f"#{1001 + n // 3}",
    "date": lambda n: f"2024-01-{n % 28 + 1:02d} 08:26:00",
    "day": lambda n: f"{n % 28 + 1:02d}.01.2024",
    "yyyymmdd": lambda n: f"202401{n % 28 + 1:02d}",
    "us date": lambda n: f"1/{n % 28 + 1}/2024 8:26 PM",
    "seconds": lambda n: f"{1433221332 + n * 1000}",
    "millis": lambda n: f"{1433221332117 + n * 1000}",
    "micros": lambda n: f"{1433221332117000 + n * 1000}",
    "count": lambda n: f"{n % 4 + 1}",
    "price": lambda n: f"{n % 9 + 1}.{n % 10}9",
    "euro": lambda n: f"{n % 9 + 1},{n % 10}9 €",
    "number": lambda n: f"{n % 50}",
    "title": lambda n: f"White hanging heart {n * 7 % 40}",
    "row title": lambda n: f"White hanging heart {n}",
    "text": lambda n: f"<p>A long text about a thing, with the words that sell it, number {n}</p>",
    "type": lambda n: ["Mugs", "Plates", "Lights"][n % 3],
    "path": lambda n: f"Home > {['Kitchen', 'Garden'][n % 2]} > Thing {n % 5}",
    "brand": lambda n: ["Acme", "Globex"][n % 2],
    "country": lambda n: ["United Kingdom", "France", "Germany", "EIRE"][n % 4],
    "flag": lambda n: f"{n % 2}",
    "yes": lambda n: ["yes", "no"][n % 2],
    "true": lambda n: ["TRUE", "FALSE"][n % 2],
    "one": lambda n: "1",
    "picture": lambda n: f"https://shop.example/img/{n}.jpg",
    "picture file": lambda n: f"/w/s/ws{n}-black_main_1.jpg",
    "mail": lambda n: f"ann{n * 3 % 13}@example.com",
    "row mail": lambda n: f"ann{n}@example.com",
    "event": lambda n: ["view", "addtocart", "transaction"][n % 3],
    "ga event": lambda n: ["view_item", "add_to_cart", "purchase"][n % 3],
    "status": lambda n: ["paid", "pending"][n % 2],
    "gender": lambda n: ["f", "m"][n % 2],
    "age": lambda n: f"{20 + n % 40}",
    "city": lambda n: ["London", "Paris", "Berlin"][n % 3],
    "currency": lambda n: "EUR",
    "empty": lambda n: "",
    "some": lambda n: "" if n % 9 else f"{n % 9 + 1}.50",
    "stars": lambda n: f"{n % 5 + 1}.0",
    "asin": lambda n: f"B00{n * 7 % 40:07d}",
}


def preview(columns: dict[str, str], rows: int = ROWS) -> FilePreview:
    """Make the beginning of a file: column -> what it holds."""
    sample = [{name: _MAKERS[what](n) for name, what in columns.items()} for n in range(rows)]
    names = tuple(columns)
    return FilePreview(names, ("VARCHAR",) * len(names), sample, 1, "comma-separated, UTF-8")


def columns(text: str) -> dict[str, str]:
    """Read ``column: what`` pairs, divided by semicolons."""
    pairs = (pair.split(":") for pair in text.split(";"))
    return {name.strip(): what.strip() for name, what in pairs}


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
