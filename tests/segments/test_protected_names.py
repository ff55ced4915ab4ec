from __future__ import annotations

import pytest

from recsys.segments.protected_words import protected_kind


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("age", "age"),
        ("customer_age", "age"),
        ("Age (years)", "age"),
        ("ageRange", "age"),
        ("AGE", "age"),
        ("agegroup", "age"),
        ("Kundenalter", "age"),
        ("Käuferalter", "age"),
        ("Alter", "age"),
        ("date of birth", "age"),
        ("birth_year", "age"),
        ("place_of_birth", "ethnic origin"),
        ("ethnic group", "ethnic origin"),
        ("is_pregnant", "health"),
        ("gender_identity", "gender"),
        ("Customer Gender (unmapped)", "gender"),
        ("has_children", "family"),
        ("maritalstatus", "family"),
        ("household income", "wealth or income"),
        ("hh_income", "wealth or income"),
        ("Haushaltseinkommen", "wealth or income"),
        ("kid_category", "family"),
        ("KIDS_COUNT", "family"),
    ],
)
def test_a_protected_word_is_found_among_the_words_of_a_name(column: str, kind: str) -> None:
    assert protected_kind(column) == kind


@pytest.mark.parametrize(
    "column",
    [
        "page", "package_size", "usage", "average", "stage", "storage", "image",
        "Loyalty tier", "Schalter", "account_age", "marketing_disabled", "order_weight",
        "data_migration", "credit_union", "Essex", "customer", "page_views", "message", "city",
        "percentage", "trace", "brace", "unisex", "",
    ],
)  # fmt: skip
def test_a_word_that_only_sounds_alike_is_none(column: str) -> None:
    assert not protected_kind(column)
