"""What the files of segments look like: for people, for machines, and for three platforms.

Klaviyo ("How to create and add subscribers to a new list", help.klaviyo.com 115005078967): CSV with
the e-mail address in the first column, named as Klaviyo's properties are; other columns become
properties of their own; no address twice; 50 MB at the most. Only people who agreed.

Meta ("How to format a customer list when creating a custom audience", facebook.com/business/help
2082575038703844, and "Hashing and Normalization" of the Marketing API's customer file custom
audiences): columns email, phone, fn, ln, ct, zip, country; each value trimmed, in small letters and
hashed by SHA-256 as hex; telephone numbers are digits with the country code and without leading
zeros, names have no punctuation, countries are two letters by ISO 3166-1.

Google ("Format your customer data file" and "Formatting guidelines for uploading hashed data",
support.google.com/google-ads 7659867 and 7476159): columns Email, Phone, First Name, Last Name,
Country, Zip; an address counts only with all four columns of it. E-mail, telephone number (E.164,
with the +) and names are trimmed, in small letters and hashed by SHA-256; country and post code are
not hashed. In addresses at gmail.com and googlemail.com the points before the @ and what follows a
+ are taken out ("Format user data", developers.google.com/data-manager/api/devguides/concepts);
elsewhere they stay.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from recsys.workflows.shelves import inert

Cells = Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """A column of a platform.

    Attributes
    ----------
    needs
        What the shop has to say of a shopper: "email", "first", "last", "phone", "city", "zip" or
        "country".
    make
        The cell; empty for what cannot be used.
    """

    name: str
    needs: str
    make: Callable[[str], str]


@dataclass(frozen=True)
class Layout:
    """How a segment is written.

    Attributes
    ----------
    fields
        Columns of a platform; none where the shop's own columns are written.
    platform
        Whether somebody else gets the file: then only who consented is in it, and only who has an
        e-mail address.
    products
        Whether there is room for products.
    raw
        Text as it is, for machines.
    """

    name: str
    label: str
    words: str
    fields: tuple[Field, ...] = ()
    platform: bool = False
    products: bool = True
    raw: bool = True
    # Columns that are of use only together.
    together: frozenset[str] = frozenset()


# What columns of shoppers are called, without capitals and signs.
_NAMES = {
    "first": "firstname vorname givenname forename fname",
    "last": "lastname surname nachname familyname familienname lname",
    "phone": "phone phonenumber telephone mobile mobilephone cellphone telefon telefonnummer handy",
    "city": "city town stadt ort wohnort",
    "zip": "zip zipcode postcode postalcode plz postleitzahl",
    "country": "country countrycode land",
}
# Nothing that a spreadsheet would run, and nothing that would end the cell.
_EMAIL = re.compile(
    r"[a-z0-9_][a-z0-9.!#$%&'*+/=?^_`{|}~-]*@[a-z0-9]([a-z0-9-]*[a-z0-9])?"
    r"(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+"
)
_LONGEST_EMAIL = 254
_GMAIL = ("gmail.com", "googlemail.com")


def email_of(cell: str) -> str:
    """Return an e-mail address in small letters without blanks; empty for what is none.

    Examples
    --------
    >>> email_of(" Ann@Shop.example "), email_of("=1+1@shop.example"), email_of("ann")
    ('ann@shop.example', '', '')
    """
    found = cell.strip().lower()
    return found if len(found) <= _LONGEST_EMAIL and _EMAIL.fullmatch(found) else ""


def gmail_of(cell: str) -> str:
    """Return an e-mail address as Google compares it.

    Examples
    --------
    >>> gmail_of("Cloudy.Sanfrancisco+shop@gmail.com"), gmail_of("user.name+nyc@example.com")
    ('cloudysanfrancisco@gmail.com', 'user.name+nyc@example.com')
    """
    found = email_of(cell)
    user, _, host = found.rpartition("@")
    if host not in _GMAIL:
        return found
    return f"{user.partition('+')[0].replace('.', '')}@{host}"


def phone_of(cell: str) -> str:
    """Return a telephone number by E.164; empty where it does not say its country.

    Examples
    --------
    >>> phone_of("+44 (844) 412-4653"), phone_of("0049 30 901820"), phone_of("030 901820")
    ('+448444124653', '+4930901820', '')
    """
    bare = re.sub(r"[\s().\-/]", "", cell)
    bare = f"+{bare[2:]}" if bare.startswith("00") else bare
    return bare if re.fullmatch(r"\+[1-9][0-9]{6,14}", bare) else ""


def hashed(text: str) -> str:
    """Return the SHA-256 of a text as hex; empty for empty text."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _plain(cell: str) -> str:
    return " ".join(cell.split())


def _small(cell: str) -> str:
    return _plain(cell).lower()


def _letters(cell: str) -> str:
    """Return a name without punctuation and digits; letters of all alphabets stay."""
    return "".join(sign for sign in cell.lower() if sign.isalpha())


def _joined(cell: str) -> str:
    return re.sub(r"[\s-]", "", cell.lower())


def _country(cell: str) -> str:
    found = cell.strip().lower()
    return found if re.fullmatch(r"[a-z]{2}", found) else ""


def _then_hashed(make: Callable[[str], str]) -> Callable[[str], str]:
    return lambda cell: hashed(make(cell))


def _text(cell: str) -> str:
    return inert(_plain(cell))


_KLAVIYO = (
    Field("Email", "email", email_of),
    Field("First Name", "first", _text),
    Field("Last Name", "last", _text),
    Field("Phone Number", "phone", phone_of),
    Field("City", "city", _text),
    Field("Zip Code", "zip", _text),
    Field("Country", "country", _text),
)
_META = (
    Field("email", "email", _then_hashed(email_of)),
    Field("phone", "phone", _then_hashed(lambda cell: phone_of(cell).removeprefix("+"))),
    Field("fn", "first", _then_hashed(_letters)),
    Field("ln", "last", _then_hashed(_letters)),
    Field("ct", "city", _then_hashed(_letters)),
    Field("zip", "zip", _then_hashed(_joined)),
    Field("country", "country", _then_hashed(_country)),
)
_GOOGLE = (
    Field("Email", "email", _then_hashed(gmail_of)),
    Field("Phone", "phone", _then_hashed(phone_of)),
    Field("First Name", "first", _then_hashed(_small)),
    Field("Last Name", "last", _then_hashed(_small)),
    Field("Country", "country", lambda cell: _country(cell).upper()),
    Field("Zip", "zip", lambda cell: inert(_plain(cell))),
)

LAYOUTS: dict[str, Layout] = {
    one.name: one
    for one in (
        Layout(
            "people",
            "For people",
            "A spreadsheet: all columns of the shop, and nothing in them that would run.",
            raw=False,
        ),
        Layout("machines", "For machines", "The same with text as it is."),
        Layout(
            "klaviyo",
            "Klaviyo",
            "To be added to a list of Klaviyo: shoppers with an e-mail address, each once.",
            _KLAVIYO,
            platform=True,
        ),
        Layout(
            "meta",
            "Meta custom audience",
            "A customer list for Meta, all values hashed: shoppers with an e-mail address.",
            _META,
            platform=True,
            products=False,
        ),
        Layout(
            "google",
            "Google Customer Match",
            "A customer list for Google Ads, addresses and names hashed: shoppers with an e-mail"
            " address.",
            _GOOGLE,
            platform=True,
            products=False,
            together=frozenset({"first", "last", "country", "zip"}),
        ),
    )
}


def reaching(columns: Iterable[str]) -> set[str]:
    """Return those columns of shoppers by which somebody can be written to or called."""
    phones = _NAMES["phone"].split()
    return {name for name in columns if name == "email" or _bare(name) in phones}


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


class Source:
    """Where a shop keeps what platforms ask for.

    Parameters
    ----------
    columns
        Of the shoppers' table. Where first and last names have no columns of their own, they are
        the first word of the name and the rest.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        bare = {_bare(name): name for name in reversed(columns)}
        self._columns = {
            what: next((bare[name] for name in names.split() if name in bare), "")
            for what, names in _NAMES.items()
        }
        self._columns["email"] = "email" if "email" in columns else ""
        self._name = "name" if "name" in columns else ""

    def fields(self, layout: Layout) -> list[Field]:
        """Return the columns of a layout for which the shop says something."""
        has = {what for what, column in self._columns.items() if column}
        if self._name:
            has |= {"first", "last"}
        if not layout.together <= has:
            has -= layout.together
        return [one for one in layout.fields if one.needs in has]

    def cells(self, shopper: Mapping[str, object]) -> Cells:
        """Return what a row of the shoppers' table says."""
        found = {
            what: str(shopper[column] or "") if column else ""
            for what, column in self._columns.items()
        }
        if self._name and not found["first"] and not found["last"]:
            first, _, last = _plain(str(shopper[self._name] or "")).partition(" ")
            found |= {"first": first, "last": last}
        return found
