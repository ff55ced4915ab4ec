"""What columns are called that tell what the law protects, in English and German."""

from __future__ import annotations

import re
import unicodedata

# Article 9 of the EU's data protection law and Article 21 of its charter of rights, as columns of
# shops are called, and what stands in for them: a salutation for gender, a birthday for age. The
# first that is found counts, and it is enough that a name has it among its words.
_WORDS: dict[str, str] = {
    "ethnic origin": "ethnicity ethnic race nationality citizenship country_of_birth birth_country"
    " birthplace place_of_birth staatsangehorigkeit nationalitat language sprache",
    "age": "age ages agegroup agerange ageband birthday birthdate birth dob birthyear yob"
    " geburtstag geburtsdatum"
    " geburtsjahr jahrgang",
    "gender": "gender sex geschlecht salutation anrede",
    "religion": "religion belief faith church konfession glaube",
    "health": "health disability illness disease diagnosis pregnancy pregnant bmi body_weight"
    " gesundheit behinderung krankheit schwanger schwangerschaft allergy allergies",
    "sexual orientation": "sexual_orientation sexuality",
    "political opinion": "politics political partei",
    "union membership": "trade_union gewerkschaft",
    "family": "marital_status married marital family_status children child kids kid household_size"
    " familienstand kinder household_comp hh_comp",
    "wealth or income": "income salary wealth einkommen gehalt",
}
# Words that mean it only where the name has no other.
_ALONE: dict[str, str] = {
    "age": "alter",
    "health": "weight disabled",
    "ethnic origin": "migration",
    "sexual orientation": "orientation",
    "union membership": "union",
    "religion": "denomination",
}
# Whose age is no person's.
_NO_PERSON = {
    *("account", "membership", "subscription", "order", "cart", "session", "device", "card"),
    *("product", "item", "konto", "cookie", "data", "file"),
}
# Short words end others that mean nothing of the kind: storage, package.
_LEAST_ENDING = 6
_ALTER = re.compile(r"(kunden|kunde|kaufer|lebens|nutzer|personen|mitglieds|besteller)alter")


def protected_kind(column: str) -> str:
    """Return what a column of the shoppers tells that the law protects; empty for others.

    Examples
    --------
    >>> protected_kind("Age (years)"), protected_kind("customerAge"), protected_kind("hh_income")
    ('age', 'age', 'wealth or income')
    >>> protected_kind("package_size"), protected_kind("Loyalty tier")
    ('', '')
    """
    parts = _parts(column)
    whole = "_".join(parts)
    for kind, words in _ALONE.items():
        if whole in words.split():
            return kind
    for kind, words in _WORDS.items():
        if any(_has(parts, word) for word in words.split()):
            return "" if kind == "age" and _NO_PERSON & set(parts) else kind
    return "age" if any(_ALTER.fullmatch(part) for part in parts) else ""


def _parts(column: str) -> list[str]:
    """Split ``customerAge (unmapped)`` into ``customer`` and ``age``."""
    named = re.sub(r"\(unmapped\)", "", column, flags=re.IGNORECASE)
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", named)
    plain = unicodedata.normalize("NFKD", apart.casefold())
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.findall(r"[a-z]+", bare)


def _has(parts: list[str], word: str) -> bool:
    """Say whether a word, or words in a row, are among the parts of a name, or end one of them."""
    joined = word.replace("_", "")
    if f"_{word}_" in f"_{'_'.join(parts)}_":
        return True
    return len(joined) >= _LEAST_ENDING and any(part.endswith(joined) for part in parts)
