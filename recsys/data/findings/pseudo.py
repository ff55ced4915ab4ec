"""Lines that are no products: postage, fees, vouchers, discounts, samples, corrections."""

from __future__ import annotations

from recsys.data.findings.base import Bench, Finding, rows_do
from recsys.data.findings.names import collect_names

# Codes count only in a shop where so many of the ids have a digit: elsewhere S may be a size.
_NUMBERED = 0.9
# A code without a digit is short; DCGSSBOY is a party bag.
_SHORT = 4
_CODES = (
    "post dot m d s b c2 amazonfee pads cruk ship frt fee disc adj tax vat tip"
    " versand porto pfand rabatt geb mwst"
).replace(" ", "|")

# Names are compared in small letters and without accents: "Gebühr" is "gebuhr".
_CORE = (
    "postage shipping shipment carriage delivery freight handling surcharge charges? fees?"
    " commission adjust adjustments? corrections? discounts? rebates? coupons? vouchers? samples?"
    " deposits? refunds? donations? tip tips tax vat rounding insurance"
    " versand versandkosten[a-z]* porto portokosten fracht frachtkosten lieferung lieferkosten"
    " zustellung nachnahme [a-z]*geb(?:u|ue)hr(?:en)? [a-z]*zuschlag rabatte? [a-z]*rabatt nachlass"
    " skonto [a-z]*gutscheine? gutschrift korrektur muster warenmuster pfand [a-z]*pfand"
    " erstattung ruckerstattung spende trinkgeld mwst mehrwertsteuer rundung versicherung"
).replace(" ", "|")
_PHRASES = "gift ?cards?|gift certificates?|store credit|bad debt|p ?& ?p"
_FILLERS = (
    "and or plus the for of by per with und oder mit inkl fur auf uk gb eu de us usa europe europa"
    " germany deutschland international domestic national worldwide inland ausland standard"
    " express next same day overnight first second class priority economy free gratis kostenlos"
    " kostenloser kostenlose dhl ups dpd gls hermes fedex royal mail tracked signed amazon ebay"
    " paypal dotcom bank card credit debit payment kreditkarte zahlung service extra additional"
    " order bestellung customer kunde kosten costs? flat rate pauschale packing packaging"
    " verpackung gift geschenk manual manuelle manuell temp previous reverse re misc sonstige"
    " gbp eur euro usd chf"
).replace(" ", "|")
# A shop manual and a postcard are products; "Manual" or "Post" alone is a till's button.
_ALONE = "[^a-z]*(?:manual|manuell|post|packing)[^a-z]*"
# "Dotcomgiftshop Gift Voucher £10.00": with an amount behind it, a voucher whatever is in front.
_AMOUNT = r"[£$€]? ?\d+(?:[.,]\d+)? ?(?:[£$€]|gbp|eur|euro|usd|chf)?"
_VOUCHER = rf".*\b(?:gift (?:voucher|card|certificate)|[a-z]*gutschein|geschenkkarte)s?,? {_AMOUNT}"

_CORES = f"{_CORE}|{_PHRASES}"
_WORDS = f"{_CORES}|{_FILLERS}"
_ONLY = rf"[^a-z]*(?:{_WORDS})(?:[^a-z]+(?:{_WORDS}))*[^a-z]*"


def check_pseudo(bench: Bench) -> list[Finding]:
    """Find ids that stand for postage, fees, vouchers and the like, by their code or their name.

    A name counts when it is made of nothing but such words: "POST OFFICE TOY" is a toy.
    """
    collect_names(bench)
    _plain_names(bench)
    _collect(bench)
    number, removes = bench.run("SELECT count(*), coalesce(sum(rows), 0) FROM pseudo_items")[0]
    if not number:
        return []
    singular = "is postage, a fee, a voucher or the like"
    plural = "are postage, fees, vouchers or the like"
    return [
        Finding(
            code="pseudo",
            about="items",
            message=rows_do(number, singular, plural, noun="product"),
            count=number,
            advice="Told by a name that holds nothing but such words (postage, discount, versand,"
            " gutschein), or by a code such as POST, DOT or M where 9 of 10 ids have a digit."
            " Nobody wants them recommended. The fix leaves out the products and their rows.",
            examples=_examples(bench),
            fix="Leave them out",
            removes=int(removes),
            proposed=True,
            reason=singular,
            rows="i IN (SELECT n FROM pseudo_items)",
            items="n IN (SELECT n FROM pseudo_items)",
        )
    ]


def _collect(bench: Bench) -> None:
    """Make ``pseudo_items(n, rows)``: what names and codes tell, and how many rows are left."""
    core = rf"regexp_matches(plain, '\b(?:{_CORES})\b')"
    bench.run(
        "CREATE TABLE odd_names AS SELECT plain FROM (SELECT DISTINCT plain FROM plain_names)"
        f" WHERE ({core} AND regexp_full_match(plain, '{_ONLY}'))"
        f" OR regexp_full_match(plain, '{_ALONE}') OR regexp_full_match(plain, '{_VOUCHER}')"
    )
    words = "lower(strip_accents(replace(id, '_', ' ')))"
    code = f"regexp_matches({words}, '{_CORES}') AND regexp_full_match({words}, '{_ONLY}')"
    ids, digits = bench.run(
        "SELECT count(*), count(*) FILTER (regexp_matches(id, '[0-9]')) FROM all_item"
    )[0]
    if digits >= _NUMBERED * ids:
        short = f"length(id) <= {_SHORT} AND regexp_full_match(id, '[A-Za-z]+')"
        code += (
            f" OR regexp_full_match({words}, '{_CODES}') OR ({short} AND (plain IS NULL OR {core}))"
        )
    # most ids are numbers: a CASE keeps the long patterns from them
    code = f"CASE WHEN regexp_matches(id, '[A-Za-z]') THEN {code} ELSE false END"
    bench.run(
        "CREATE TABLE pseudo_ids AS SELECT DISTINCT n FROM all_item LEFT JOIN plain_names USING (n)"
        f" WHERE plain IN (FROM odd_names) OR {code}"
    )
    bench.run(
        "CREATE TABLE pseudo_items AS SELECT n, count(i) AS rows FROM pseudo_ids"
        f" LEFT JOIN (SELECT i FROM {bench.left} SEMI JOIN pseudo_ids ON i = n) ON i = n GROUP BY n"
    )


def _plain_names(bench: Bench) -> None:
    """Make ``plain_names(n, name, plain)``: the catalogue's names, else what most rows say."""
    selects = [
        f"SELECT n, name FROM (SELECT {table.cell('item_id')} AS raw,"
        f" trim(CAST({table.cell('name')} AS VARCHAR)) AS name FROM {table.view})"
        f" JOIN item_{table.number} USING (raw)"
        for table in bench.coded.catalogues
        if "name" in table.file.mapping
    ]
    names = " UNION ALL ".join(selects) or (
        "SELECT i AS n, trim(max({'real': real, 'rows': rows, 'text': text}).text) AS name"
        " FROM names_said GROUP BY i"
    )
    bench.run(
        f"CREATE TABLE plain_names AS SELECT n, name, lower(strip_accents(name)) AS plain"
        f" FROM ({names}) WHERE name <> ''"
    )


def _examples(bench: Bench) -> tuple[str, ...]:
    """Return the ones with most rows: ``POST: POSTAGE``."""
    found = bench.run(
        "SELECT id, any_value(name ORDER BY name) FROM pseudo_items JOIN all_item USING (n)"
        " LEFT JOIN plain_names USING (n) GROUP BY id, rows ORDER BY rows DESC, id LIMIT 5"
    )
    return tuple(f"{one}: {name}"[:80] if name else str(one)[:80] for one, name in found)
