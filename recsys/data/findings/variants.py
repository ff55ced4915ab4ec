"""Sizes and colours of one product, so that a shelf shows one of them."""

from __future__ import annotations

from collections.abc import Sequence

from recsys.data.findings.base import Bench, Finding
from recsys.data.side_tables import Field

GROUP = "group_id"

# Names are compared in small letters and without accents, so "Grün" is "grun".
_SHADES = (
    "light dark hot pale bright mid deep sky navy baby royal midnight coal jet olive neon pastel"
    " hell dunkel"
).replace(" ", "|")
_COLOURS = (
    "red blue green yellow pink purple orange brown black white grey gray silver gold golden navy"
    " turquoise turq teal beige ivory cream violet lilac burgundy bronze copper khaki magenta cyan"
    " rot blau grun gruen gelb rosa lila braun schwarz weiss grau silber turkis tuerkis violett"
    " creme bordeaux"
).replace(" ", "|")
# With the id as evidence more words may be colours.
_MORE_COLOURS = (
    "amber amethyst crystal diamond opal jet lime mint olive natural natur rose raspberry peach"
    " aqua coral multi multicolour multicolor bunt colour color coloured farbe"
).replace(" ", "|")
_LETTERS = "xxs|xs|s|m|l|xl|xxl|xxxl|[2-6]xl"
_SIZES = "small|medium|large|klein(?:e[rsnm]?)?|mittel(?:gross)?|gross(?:e[rsnm]?)?"
_MARKED = rf"(?:size|gr|grosse|groesse|eu|uk) ?(?:{_LETTERS}|[0-9]{{1,3}})"
_ENDING = "(?:e[rsnm]?)?"
_COLOUR = rf"(?:(?:{_SHADES})[ -]?)?(?:{_COLOURS}){_ENDING}"
_SURE = rf"\b(?:{_COLOUR}|{_MARKED}|{_SIZES}|{_MORE_COLOURS}|{_LETTERS})\b"
# Without it a colour counts at the end of the name: "Shirt, red", but never "Red wine".
_LAST = rf"\b(?:{_COLOUR}|{_MARKED}|{_LETTERS})\b"

_CODES = "blk|bk|wht|wh|rd|blu|bl|grn|gn|gry|gr|pnk|pk|ylw|ye|brn|br|nvy|org|pur|sw|ws|rt|ge|bn"
_NUMBER = "(?:2[6-9]|[3-5][0-9]|60)(?:[.,]5)?"
_PART = rf"(?:{_COLOUR}|{_LETTERS}|{_CODES}|{_NUMBER})"
_PARTED = f"^(.+?)(?:[-_/. ]{_PART})+$"
_LETTERED = "^(.*[0-9])[-_/. ]?[a-z]{1,3}$"
# "Shoe 40" loses its number where the id ends with it, too; "Candles, box of 40" keeps it.
_NUMBERED = f"[-_/. ,]({_NUMBER})$"
_COUNTED = f"(?:of|x|pack|pk|set|box|er|je|zu|with|mit) {_NUMBER}$"


def check_variants(bench: Bench, fields: Sequence[Field]) -> list[Finding]:
    """Find products that differ in colour or size only; ``group_id`` is the id of one of them.

    The id is evidence: the same beginning, and names that are equal once colours and sizes are
    taken out. Equal names alone are a second finding, which is not proposed.
    """
    names = {field.name.lower() for field in fields}
    if GROUP in names or "name" not in names:
        return []
    _by_id(bench)
    _by_name(bench, [one for one in ("brand", "category") if one in names])
    return [
        *_finding(
            bench,
            "variants",
            "are sizes or colours of one another",
            "Their ids begin alike (15056BL, 15056P), and their names are equal once colours and"
            " sizes are taken out.",
            proposed=True,
        ),
        *_finding(
            bench,
            "variants_by_name",
            "may be sizes or colours of one another",
            "Their names are equal but for a colour or a clothing size at the end; brand and"
            " category are the same, and their ids say nothing.",
            proposed=False,
        ),
    ]


def _finding(bench: Bench, code: str, words: str, advice: str, *, proposed: bool) -> list[Finding]:
    number, groups = bench.run(f'SELECT count(*), count(DISTINCT "group") FROM {code}')[0]
    if not number:
        return []
    some = bench.run(
        f"SELECT list(name ORDER BY name, item_id)[:3] FROM {code} JOIN items_made USING (n)"
        f' GROUP BY "group" ORDER BY count(*) DESC, "group" LIMIT 5'
    )
    return [
        Finding(
            code=code,
            about="items",
            message=f"{number:,} products {words}: {groups:,}"
            f" {'group' if groups == 1 else 'groups'}.",
            count=number,
            severity="note",
            advice=f"{advice} The fix gives each group a group_id, so that a shelf shows one of"
            " each; nothing is left out.",
            examples=tuple(" / ".join(names)[:120] for (names,) in some),
            fix="Group them",
            proposed=proposed,
            columns={GROUP: f'(SELECT "group" FROM {code} WHERE {code}.n = items_made.n)'},
        )
    ]


def _plain(name: str) -> str:
    return f"replace(lower(strip_accents({name})), 'ß', 'ss')"


def _words(text: str) -> str:
    return f"trim(regexp_replace({text}, '[^a-z0-9]+', ' ', 'g'))"


def _by_id(bench: Bench) -> None:
    """Make ``variants(n, group)``: what the ids and the names say."""
    parted, lettered = (
        f"regexp_extract(id, '{_PARTED}', 1)",
        f"regexp_extract(id, '{_LETTERED}', 1)",
    )
    bench.run(
        "CREATE TABLE stems AS SELECT n, item_id, name, id,"
        f" CASE WHEN {parted} <> '' THEN {parted} WHEN {lettered} <> '' THEN {lettered}"
        " ELSE id END AS stem FROM"
        f" (SELECT n, item_id, name, {_plain('item_id')} AS id FROM items_made"
        " WHERE name IS NOT NULL)"
    )
    number = f"regexp_extract(plain, '{_NUMBERED}', 1)"
    numbered = (
        f"{number} <> '' AND {number} = regexp_extract(id, '{_NUMBERED}', 1)"
        f" AND NOT regexp_matches(plain, '{_COUNTED}')"
    )
    short = f"CASE WHEN {numbered} THEN regexp_replace(plain, '{_NUMBERED}', '') ELSE plain END"
    base = _words(f"regexp_replace({short}, '{_SURE}', ' ', 'g')")
    bench.run(
        'CREATE TABLE variants AS SELECT n, "group" FROM'
        ' (SELECT n, min(item_id) OVER same AS "group", count(*) OVER same AS alike FROM'
        f" (SELECT n, item_id, stem, {base} AS base FROM"
        f" (SELECT *, {_plain('name')} AS plain FROM stems) JOIN"
        " (SELECT stem FROM stems GROUP BY stem HAVING count(*) > 1) USING (stem))"
        " WHERE base <> '' WINDOW same AS (PARTITION BY stem, base)) WHERE alike > 1"
    )


def _by_name(bench: Bench, also: Sequence[str]) -> None:
    """Make ``variants_by_name(n, group)``: what names alone say; a group by id counts as one.

    A letter before the colour keeps out litres: "Water, 6 x .5 L".
    """
    last = f"^(.*[a-z])[^a-z0-9]+{_LAST}(?:[^a-z0-9]+{_LAST})*[^a-z0-9]*$"
    base = _words(f"regexp_extract(plain, '{last}', 1)")
    columns = ["base", *also]
    bench.run(
        f"CREATE TABLE named AS SELECT n, unit, plain, hash({', '.join(columns)}) AS alike FROM"
        f' (SELECT *, {base} AS base FROM (SELECT n, coalesce("group", item_id) AS unit,'
        f" {''.join(f'{one}, ' for one in also)}{_plain('name')} AS plain"
        " FROM items_made LEFT JOIN variants USING (n))) WHERE base <> ''"
    )
    bench.run(
        'CREATE TABLE variants_by_name AS SELECT n, "group" FROM'
        ' (SELECT n, coalesce("group", item_id) AS unit FROM items_made LEFT JOIN variants'
        " USING (n)) JOIN"
        ' (SELECT unit, min(first) AS "group" FROM (SELECT unit, min(unit) OVER'
        " (PARTITION BY alike) AS first FROM named SEMI JOIN (SELECT alike FROM named"
        " GROUP BY alike HAVING count(DISTINCT unit) > 1 AND count(DISTINCT plain) = count(*))"
        " USING (alike)) GROUP BY unit) USING (unit)"
    )
