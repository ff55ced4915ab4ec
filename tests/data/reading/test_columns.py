from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.data.reading.columns import ROLES, Kind, check_mapping, guess_mapping
from recsys.errors import BadMapping

GUESSES: list[tuple[Kind, str, dict[str, str]]] = [
    (
        "interactions",
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        {
            "user_id": "CustomerID",
            "item_id": "StockCode",
            "timestamp": "InvoiceDate",
            "quantity": "Quantity",
            "price": "UnitPrice",
            "order_id": "InvoiceNo",
            "item_name": "Description",
        },
    ),
    (
        "interactions",
        "Invoice,StockCode,Price,Customer ID",
        {
            "user_id": "Customer ID",
            "item_id": "StockCode",
            "price": "Price",
            "order_id": "Invoice",
        },
    ),
    (
        "interactions",
        "household_id,store_id,basket_id,product_id,quantity,transaction_timestamp",
        {
            "user_id": "household_id",
            "item_id": "product_id",
            "timestamp": "transaction_timestamp",
            "quantity": "quantity",
            "order_id": "basket_id",
        },
    ),
    (
        "interactions",
        "timestamp,visitorid,event,itemid,transactionid",
        {
            "user_id": "visitorid",
            "item_id": "itemid",
            "timestamp": "timestamp",
            "order_id": "transactionid",
            "event_type": "event",
        },
    ),
    (
        "interactions",
        "customer_country,web customer no,item_colour,web_sku,day_rating",
        {"user_id": "web customer no", "item_id": "web_sku", "rating": "day_rating"},
    ),
    (
        "items",
        "sku,title,description,brand,price,stock,image_url,category,cost",
        {
            "item_id": "sku",
            "name": "title",
            "category": "category",
            "brand": "brand",
            "price": "price",
            "stock": "stock",
            "image_url": "image_url",
            "description": "description",
            "cost": "cost",
        },
    ),
    ("items", "id,Product Name", {"item_id": "id", "name": "Product Name"}),
    (
        "shoppers",
        "Client,E-Mail,age",
        {"user_id": "Client", "email": "E-Mail", "age": "age"},
    ),
    (
        "interactions",
        "Bestellnummer,Bestelldatum,Kunden-ID,Artikel-Nr.,Artikelbezeichnung,Menge,Einzelpreis",
        {
            "user_id": "Kunden-ID",
            "item_id": "Artikel-Nr.",
            "timestamp": "Bestelldatum",
            "quantity": "Menge",
            "price": "Einzelpreis",
            "order_id": "Bestellnummer",
            "item_name": "Artikelbezeichnung",
        },
    ),
    (
        "interactions",
        # an umlaut written as two characters
        "Rechnungsnummer,Kundennummer,Artikelnummer,Stu\u0308ckzahl,Preis,Datum",
        {
            "user_id": "Kundennummer",
            "item_id": "Artikelnummer",
            "timestamp": "Datum",
            "quantity": "Stu\u0308ckzahl",
            "price": "Preis",
            "order_id": "Rechnungsnummer",
        },
    ),
    ("interactions", "Auftragsnummer,Anzahl", {"quantity": "Anzahl", "order_id": "Auftragsnummer"}),
    (
        "items",
        "Artikelnummer,Bezeichnung,Warengruppe,Marke,Preis,Lagerbestand",
        {
            "item_id": "Artikelnummer",
            "name": "Bezeichnung",
            "category": "Warengruppe",
            "brand": "Marke",
            "price": "Preis",
            "stock": "Lagerbestand",
        },
    ),
    ("items", "Kategorie,Bestand", {"category": "Kategorie", "stock": "Bestand"}),
    (
        "items",
        "item_id,item_group_id,main_category,sub_category,category_level_3,launch_date,published",
        {
            "item_id": "item_id",
            "category": "main_category",
            "category_2": "sub_category",
            "category_3": "category_level_3",
            "stock": "published",
            "launched_at": "launch_date",
            "group_id": "item_group_id",
        },
    ),
    (
        "shoppers",
        "customer_id,gender,city,opt_in",
        {
            "user_id": "customer_id",
            "gender": "gender",
            "location": "city",
            "consent": "opt_in",
        },
    ),
    (
        "interactions",
        # the last part of a dotted name counts after the names without dots
        "user_id,geo.user,items.item_id,sku,items.quantity,line_total",
        {
            "user_id": "user_id",
            "item_id": "sku",
            "quantity": "items.quantity",
            "line_total": "line_total",
        },
    ),
    ("interactions", "a,__,!!", {}),
]


@pytest.mark.parametrize(("kind", "header", "expected"), GUESSES)
def test_guess_mapping(kind: Kind, header: str, expected: dict[str, str]) -> None:
    assert guess_mapping(kind, header.split(",")) == expected


@given(st.lists(st.text(min_size=1), unique=True), st.sampled_from(list(ROLES)))
def test_guess_uses_each_column_once_and_passes_its_own_check(
    columns: list[str], kind: Kind
) -> None:
    guess = guess_mapping(kind, columns)
    assert len(set(guess.values())) == len(guess)
    required = {role.name for role in ROLES[kind] if role.required}
    if required <= set(guess):
        check_mapping(kind, guess, columns=columns, file_name="any.csv")


def test_missing_required_role() -> None:
    with pytest.raises(BadMapping) as caught:
        check_mapping("items", {}, columns=("sku", "name"), file_name="orders.csv")
    assert caught.value.message == "orders.csv has no column 'item_id'; found 'sku', 'name'."
    assert caught.value.hint == "Choose the column that holds the product."


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        (
            {"user_id": "user", "item_id": "sku", "colour": "name"},
            "o.csv is mapped to 'colour', which is no role of interactions.",
        ),
        ({"user_id": "buyer"}, "o.csv has no column 'buyer'; found 'user', 'sku', 'name'."),
        (
            {"user_id": "user", "item_id": "user"},
            "The column 'user' of o.csv is mapped to both 'user_id' and 'item_id'.",
        ),
    ],
)
def test_wrong_mapping(mapping: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadMapping) as caught:
        check_mapping("interactions", mapping, columns=("user", "sku", "name"), file_name="o.csv")
    assert caught.value.message == sentence


def test_long_lists_of_columns_are_cut() -> None:
    with pytest.raises(BadMapping, match=r"'c11' and 9,988 more"):
        check_mapping("items", {}, columns=[f"c{n}" for n in range(10_000)], file_name="o.csv")
