"""What the law protects: who goes by it is told, whatever the campaign."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from recsys.releases.live import LiveView
from recsys.segments.definition import Conditions, Definition

# Article 9 of the EU's data protection law and Article 21 of its charter of rights, as columns of
# shops are called, and what stands in for them: a salutation for gender, a birthday for age.
_WORDS: dict[str, str] = {
    "age": "age alter age_group age_range age_band birthday birthdate birth_date date_of_birth dob"
    " birth_year year_of_birth geburtstag geburtsdatum jahrgang",
    "gender": "gender sex geschlecht salutation anrede",
    "religion": "religion belief faith denomination church konfession glaube",
    "ethnic origin": "ethnicity ethnic ethnic_origin race nationality citizenship"
    " country_of_birth migration staatsangehorigkeit nationalitat language sprache",
    "health": "health disability disabled illness disease diagnosis pregnancy pregnant bmi weight"
    " gesundheit behinderung krankheit schwanger schwangerschaft allergy allergies",
    "sexual orientation": "sexual_orientation orientation sexuality",
    "political opinion": "politics political partei political_opinion",
    "union membership": "union trade_union gewerkschaft",
    "family": "marital_status married family_status children kids household_size familienstand"
    " kinder household_comp kid_category kids_count",
    "wealth or income": "income income_range salary wealth einkommen",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}


def protected_kind(column: str) -> str:
    """Return what a column of the shoppers tells that the law protects; empty for others.

    Examples
    --------
    >>> protected_kind("Age range"), protected_kind("Loyalty tier")
    ('age', '')
    """
    plain = unicodedata.normalize("NFKD", column.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    name = "_".join(re.findall(r"[a-z0-9]+", re.sub(r"\(unmapped\)", "", bare)))
    return _KINDS.get(name, "")


def warnings_of(view: LiveView, definition: Definition) -> list[str]:
    """Say where a definition goes by what the law protects, or by products marked as sensitive."""
    seeds = definition.seeds
    conditions = [
        one for one in (definition.conditions, seeds and seeds.conditions) if one is not None
    ]
    found = [_protected(column) for one in conditions for column in one.attributes]
    items, categories = _products(definition, conditions)
    private = _sensitive_items(view, items)
    if private:
        found.append(
            f"It goes by {private} product{'s' if private > 1 else ''} marked as sensitive: being"
            " in this segment tells that of a person."
        )
    found += [
        f"It goes by the category {name!r}, which is marked as sensitive: being in this segment"
        " tells that of a person."
        for name in categories
        if name in sensitive_categories(view)
    ]
    return list(dict.fromkeys(filter(None, found)))


def _protected(column: str) -> str:
    kind = protected_kind(column)
    if not kind:
        return ""
    return (
        f"It goes by {column!r}, which tells of {kind}. Treating people differently by that may be"
        " against the law; check that the campaign needs it."
    )


def _products(
    definition: Definition, conditions: Iterable[Conditions]
) -> tuple[set[str], list[str]]:
    items, categories = set[str](), list[str]()
    for one in (*conditions, definition.wanted):
        if one is not None:
            items |= set(one.items)
            categories += one.categories
    return items | set(definition.seeds.buyers_of if definition.seeds else ()), categories


def _sensitive_items(view: LiveView, items: Iterable[str]) -> int:
    marked = view.release.sensitive
    if marked is None:
        return 0
    return int(marked[view.release.item_ids.rows(items)].sum())


def sensitive_categories(view: LiveView) -> set[str]:
    """Return the categories of which all products are marked as sensitive."""
    release = view.release
    if release.sensitive is None:
        return set()
    codes = release.category_codes
    others = set(codes[~release.sensitive].tolist())
    private = set(codes[release.sensitive].tolist()) - others - {-1}
    return {release.categories[code] for code in private}
