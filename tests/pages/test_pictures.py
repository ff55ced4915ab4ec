from __future__ import annotations

from pathlib import Path

import pytest

from pages.ui.pictures import icon_of, picture_of
from recsys.settings import Settings

ALLOWED = Settings(home=Path("/nowhere"), image_hosts=("cdn.shop.example",))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://cdn.shop.example/a.jpg", True),
        ("https://CDN.shop.example/a.jpg", True),
        (" https://cdn.shop.example/a.jpg ", True),
        ("http://cdn.shop.example/a.jpg", False),
        ("https://evil.example/a.jpg", False),
        ("https://cdn.shop.example.evil.example/a.jpg", False),
        ("https://cdn.shop.example@evil.example/a.jpg", False),
        ("https://cdn.shop.example:8443/a.jpg", False),
        ("//cdn.shop.example/a.jpg", False),
        ("javascript:alert(1)", False),
        ("data:image/png;base64,AAAA", False),
        ("https://[cdn.shop.example/a.jpg", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_a_picture_is_shown_by_https_from_an_allowed_host_only(
    address: object, shown: bool
) -> None:
    expected = str(address).strip() if shown else ""
    assert picture_of({"image_url": address}, ALLOWED) == expected
    assert picture_of({"image_url": address}, Settings(home=Path("/nowhere"))) == ""


def test_hosts_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AISLE_IMAGE_HOSTS", " CDN.shop.example , img.example,")
    assert Settings.from_environment().image_hosts == ("cdn.shop.example", "img.example")


@pytest.mark.parametrize(
    ("category", "icon"),
    [
        ("Produce", "nutrition"),
        ("Drug & general merchandise", "medication"),
        ("Grocery > Dairy", "egg"),
        ("Zubehör", "package_2"),
        (None, "package_2"),
    ],
)
def test_without_a_picture_the_category_has_an_icon(category: object, icon: str) -> None:
    assert icon_of(category) == f":material/{icon}:"
