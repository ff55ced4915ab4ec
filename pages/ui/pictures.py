"""What a product looks like: its picture from an allowed host, or a calm sign of its category."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from recsys.settings import Settings

# Words of category names -> Material icons; the first that fits.
_ICONS = {
    "meat|beef|pork|chicken|poultry|sausage": "kebab_dining",
    "fish|seafood": "set_meal",
    "produce|fruit|vegetable|salad": "nutrition",
    "dairy|cheese|milk|egg": "egg",
    "deli|prepared|meal|restaurant": "lunch_dining",
    "bak|bread|pastry|cake": "bakery_dining",
    "frozen|ice": "ac_unit",
    "drink|beverage|coffee|tea": "local_cafe",
    "wine|beer|spirit|liquor|alcohol": "liquor",
    "grocery|food|pantry": "grocery",
    "drug|pharma|health|vitamin": "medication",
    "beauty|cosmetic|perfume|make": "brush",
    "fashion|cloth|apparel|shirt|dress|wear": "checkroom",
    "shoe|sneaker|boot": "steps",
    "book|magazine|stationery": "menu_book",
    "toy|game|kid|baby": "toys",
    "electr|computer|phone|audio|camera": "devices",
    "garden|plant|flower|floral": "potted_plant",
    "furniture|home|kitchen|decor": "chair",
    "sport|outdoor|fitness|bike": "sports_soccer",
    "pet": "pets",
    "fuel|auto|car ": "local_gas_station",
    "gift|card|party": "redeem",
}
_PATTERNS = [(re.compile(rf"\b(?:{words})", re.I), icon) for words, icon in _ICONS.items()]


def icon_of(category: object) -> str:
    """Return the icon that stands for a category where there is no picture."""
    for pattern, icon in _PATTERNS:
        if pattern.search(str(category or "")):
            return f":material/{icon}:"
    return ":material/package_2:"


def picture_of(fields: Mapping[str, Any], settings: Settings | None = None) -> str:
    """Return the address of a product's picture; empty where there is none that may be shown.

    The browser of who looks asks the picture's host for it, so only ``https`` from the hosts of
    ``AISLE_IMAGE_HOSTS`` is shown.
    """
    hosts = (settings or Settings.from_environment()).image_hosts
    address = fields.get("image_url")
    if not hosts or not isinstance(address, str):
        return ""
    try:
        parts = urlsplit(address.strip())
        allowed = parts.scheme == "https" and parts.netloc.lower() in hosts
    except ValueError:
        return ""
    return address.strip() if allowed else ""
