"""Names that a shopper could read, out of the till's abbreviations in the demo data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

CUT_AT = 30  # the till keeps so many letters of a type


def _pairs(text: str) -> dict[str, str]:
    """Read ``SHORT=full_word`` pairs."""
    found = [pair.partition("=") for pair in text.split()]
    return {short: full.replace("_", " ") for short, _, full in found}


_PHRASES = {
    "SEAFOOD-FRE-": "FRESH SEAFOOD: ",
    "SEAFOOD-FRZ-": "FROZEN SEAFOOD: ",
    "SEAFOOD-MISC-": "SEAFOOD: ",
    "SW GDS:": "SWEET GOODS: ",
    "SAL:": "SALADS: ",
    "CHIX:": "CHICKEN: ",
    "-MAGAZINE": " MAGAZINE",
    "BEERALEMALT": "BEER, ALE, MALT",
    "SAUCESSALSAPICANTEE": "SAUCES, SALSA, PICANTE",
    "W/": "WITH ",
    "&": " & ",
}
_WORDS = _pairs(
    """
    BKD=baked BKNG=baking BN=beans BNLS=boneless BRD=bread BRKFST=breakfast BTL=bottle BTR=butter
    CANND=canned CARB=carbonated CATFD=cat_food CHIX=chicken CHOC=chocolate CKYS=cookies
    CLEANG=cleaning CND=canned CNDY=candy CNTRL=control CONC=concentrate COOKNG=cooking
    CRBNTD=carbonated CRKR=cracker CRMD=creamed DEOD=deodorant DNR=dinner DNRS=dinners
    DOGFD=dog_food DPS=dips DRNK=drink DRNKNG=drinking DRNKS=drinks DRP=drop DRSNG=dressing
    DSH=dishes FD=food FEM=feminine FLVR=flavored FLVRD=flavored FRE=fresh FRZ=frozen FRZN=frozen
    GDS=goods GRND=ground HBC=health_and_beauty HYGN=hygiene JCE=juice LIQ=liquid LIQS=liquids
    LOREAL=L'Oreal LOZNG=lozenge MACH=machine MEMORABLILIA=memorabilia MENS=men's MISC=assorted
    MLK=milk MLT=multi MNRL=mineral MW=microwave MX=mix MXS=mixes NDAIRY=non-dairy PCKGD=packaged
    PK=pack PKG=package PKGD=packaged PKLD=pickled PLSTC=plastic PNT=peanut PREM=premium
    PREP=prepared PROD=produce PRPCK=prepacked PTTY=patty PWDR=powder PWDRS=powders
    REFRGRATD=refrigerated REFRIG=refrigerated REG=regular RFGTD=refrigerated RTD=ready-to-drink
    RTS=ready-to-serve RW=raw SALD=salad SAUS=sausage SFT=soft SGL=single SHERBTS=sherbets
    SMI=semi SNDWCH=sandwich SNGL=single SNKS=snacks SPLY=supplies SPRD=spread SRV=serve
    SS=single-serve STK=stick SUP=super SUPPPLIES=supplies SV=serve SW=sweet SWIN=swim SWT=sweet
    SYRP=syrup TISS=tissue TORT=tortilla TRSH=trash VAC=vacuum-packed VEG=vegetable VEND=vending
    WHL=whole WHLSM=wholesome WT=weight WTR=water XPCTRNT=expectorant
    """
)
_PROPER = """
    Almay American Australian Barbie BBQ Canadian CD Chinese Christmas Covergirl DVD Easter French
    Granny Greek Halloween Hansen Hispanic Italian L'Oreal Maybelline Mexican NZ OJ Revlon Ritz
    Sally Smith Spanish SPF Swiss Thai TV Valentine
"""
_SPELLING = {word.lower(): word for word in _PROPER.split()}
# Types that say nothing without their category: "Premium" is an ice cream, or a bacon.
_VAGUE = """
    ANGUS BLENDS BRUSHES COLLEGIATE CONES COOKED CUPS DECOR DRY ECONOMY ENHANCED EXTERNAL FRAMES
    FRESH INTERNAL KITS LEAN MAINSTREAM MARINATED MISC MISCELLANEOUS MIXES NOVELTIES OTHER OUTDOOR
    PAILS PANTRY PATTIES PREMIUM PRIMAL PROMO QUARTS RIBS SEASONAL SMOKED/COOKED SPECIALTY
    TRADITIONAL UTILITY VALUE
"""

DEPARTMENTS = {
    "CNTRL/STORE SUP": "Store supplies",
    "DRUG GM": "Drug & general merchandise",
    "ELECT &PLUMBING": "Electrical & plumbing",
    "GM MERCH EXP": "General merchandise, expenses",
    "MEAT-PCKGD": "Meat, packaged",
    "PROD-WHS SALES": "Produce, wholesale",
    "SEAFOOD-PCKGD": "Seafood, packaged",
}


@lru_cache(maxsize=10_000)
def readable(text: str, *, known: frozenset[str] | None = None) -> str:
    """Return a till's text in sentence case, with its abbreviations spelled out.

    Parameters
    ----------
    known
        Whole words, where texts are cut off: a last word that is none of them is dropped.

    Examples
    --------
    >>> readable("FRZN SS PREMIUM ENTREES/DNRS/N", known=frozenset())
    'Frozen single-serve premium entrees/dinners'
    >>> readable("BREAD:ITALIAN/FRENCH")
    'Bread, Italian/French'
    """
    cut = known is not None and len(text) == CUT_AT and "(" not in text
    for short, full in _PHRASES.items():
        text = text.replace(short, full)
    text = re.sub(r"\([^)]*\)?", " ", text)  # notes for the till, often cut off themselves
    if cut and _last_word(text) not in (known or ()):
        text = re.sub(r"[\s/,&:-]*[^\s/,&:-]*$", "", text)
    text = re.sub(r"\s*:\s*|\s+-\s*|\s*-\s+", ", ", text)
    text = re.sub(r"\b(\w{3,}) S\b", r"\1's", text)
    text = re.sub(r"([A-Za-z']+)\.?", lambda word: _spelled(word[1]), text)
    text = re.sub(r"\s+", " ", text).strip(" ,/&-.").replace(" ,", ",")
    return text[:1].upper() + text[1:]


def whole_words(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of all texts that were not cut off."""
    return frozenset(
        word for text in texts if len(text) < CUT_AT for word in re.findall(r"[A-Z0-9']+", text)
    )


def product_name(
    kind: str, category: str, size: str, *, known: frozenset[str] = frozenset()
) -> str:
    """Name a product by its type, or else its category, and its size; "" when it has neither.

    Examples
    --------
    >>> product_name("APPLE SAUCE", "FRUIT - SHELF STABLE", "14 OZ", known=frozenset())
    'Apple sauce, 14 oz'
    >>> product_name("PREMIUM", "ICE CREAM/MILK/SHERBTS", "56 OZ", known=frozenset())
    'Ice cream/milk/sherbets, premium, 56 oz'
    """
    name = readable(kind or category, known=known)
    if category and (kind in _VAGUE.split() or category == "MAKEUP AND TREATMENT"):
        shelf = "Makeup" if category == "MAKEUP AND TREATMENT" else readable(category)
        spelled = name if name.split(" ")[0].lower() in _SPELLING else name[:1].lower() + name[1:]
        name = f"{shelf}, {spelled}"
    unit = re.sub(r"\bl\b", "L", size.strip(" *").lower())
    return ", ".join(part for part in (name, unit) if part)


def department_name(department: str) -> str:
    """Return the name of a department: ``DRUG GM`` -> ``Drug & general merchandise``."""
    return DEPARTMENTS.get(department) or readable(department)


def _last_word(text: str) -> str:
    words = re.findall(r"[A-Z0-9']+", text)
    return words[-1] if words else ""


def _spelled(word: str) -> str:
    full = _WORDS.get(word, word.lower())
    return _SPELLING.get(full.lower(), full)
