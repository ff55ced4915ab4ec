"""Categories that tell more of a shopper than most would tell a shop."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.data.findings.base import Bench, Finding
from recsys.data.reading.columns import ROLES
from recsys.data.side_tables import SENSITIVE, Field

# A reason such as "because you bought ..." is read by whoever looks at the screen. So words of
# what the law protects most (health, sex life, religion, politics), what people hide at home
# (incontinence, weight loss, pregnancy), and what tells of an addiction. Whole words, in small
# letters and without accents; "adult" alone would be clothing.
_WORDS = (
    # health
    "health healthcare medical medicine medicines medication medications pharmacy pharmaceutical"
    " otc laxatives? antacids? analgesics? incontinence diabetes diabetic hemorrhoids?"
    " haemorrhoids? gesundheit medizin medikamente? arznei arzneimittel apotheke apothekenprodukte"
    " abfuhrmittel schmerzmittel inkontinenz diabetiker"
    # intimate life
    " intimate intimacy erotic erotica sex sexual contraception contraceptives? condoms?"
    " lubricants? fetish intim intimpflege intimhygiene erotik sexspielzeug verhutung"
    " verhutungsmittel kondome? feminine menstrual menopause damenhygiene monatshygiene"
    " wechseljahre"
    # pregnancy and family planning
    " pregnancy maternity fertility schwangerschaft umstandsmode fruchtbarkeit kinderwunsch"
    # weight
    " slimming diet dietary diat abnehmen diatprodukte schlankheit"
    # belief and politics
    " religion religious bibles? quran koran kosher halal judaica christian islamic politics"
    " political religios bibeln? koscher politik politisch"
    # addiction and age
    " tobacco cigarettes? cigars? vape vaping smoking nicotine cannabis cbd alcohol liquors?"
    " spirits gambling lottery tabak zigaretten? zigarren? rauchen nikotin alkohol spirituosen"
    " glucksspiel lotto"
).replace(" ", "|")
_PHRASES = (
    "family planning",
    "sexual wellness",
    "weight (?:loss|management|control)",
    "adult (?:toys?|products?|store|entertainment|incontinence|diapers?)",
    "plus size",
    "mental health",
    "fur erwachsene",
)
_PATTERN = rf"\b(?:{_WORDS}|{'|'.join(_PHRASES)})\b"
# Mostly soap and creams.
_HARMLESS = "health (?:and|&) beauty"
_NAMES = {name for role in ROLES["items"] if role.name == "category" for name in role.names}


def check_sensitive(bench: Bench, fields: Sequence[Field]) -> list[Finding]:
    """Find categories that reasons and segments had better leave out."""
    columns = [field for field in fields if field.role == "category" or _is_category(field)]
    if not columns:
        return []
    cells = " UNION ALL ".join(f"SELECT {one.column} AS name FROM items_made" for one in columns)
    plain = f"regexp_replace(lower(strip_accents(name)), '{_HARMLESS}', ' ', 'g')"
    bench.run(
        f"CREATE TABLE sensitive_names AS SELECT name, rows FROM"
        f" (SELECT name, count(*) AS rows FROM ({cells}) WHERE name IS NOT NULL GROUP BY name)"
        f" WHERE regexp_matches({plain}, '{_PATTERN}')"
    )
    where = " OR ".join(f"{one.column} IN (SELECT name FROM sensitive_names)" for one in columns)
    number = bench.count(where, "items_made")
    if not number:
        return []
    some = bench.run("SELECT name FROM sensitive_names ORDER BY rows DESC, name LIMIT 5")
    one = number == 1
    return [
        Finding(
            code="sensitive",
            about="items",
            message=f"{number:,} product{' is' if one else 's are'} in a category that may be"
            " sensitive.",
            count=number,
            advice="Health, intimate life, pregnancy, weight, belief, alcohol and tobacco, told by"
            " words in the names of categories. Nobody wants to be greeted with them. The fix marks"
            " the products as sensitive, so that reasons and segments can leave them out; they"
            " stay on the shelves.",
            examples=tuple(str(name)[:80] for (name,) in some),
            fix="Mark them",
            columns={SENSITIVE: f"coalesce({where}, false)"},
        )
    ]


def _is_category(field: Field) -> bool:
    return field.name.lower().replace(" ", "_") in _NAMES
