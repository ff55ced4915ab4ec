"""Beginnings of files as shop systems write them, with made-up contents."""

from __future__ import annotations

from recsys.data.files.readers import FilePreview

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
    return FilePreview(tuple(columns), sample, 1)


def columns(text: str) -> dict[str, str]:
    """Read ``column: what`` pairs, divided by semicolons."""
    pairs = (pair.split(":") for pair in text.split(";"))
    return {name.strip(): what.strip() for name, what in pairs}
