"""Words that shops write where a number of pieces could stand."""

from __future__ import annotations

# Compared in small letters without blanks and signs: "In Stock", "in_stock" and "in-stock" are
# one. English, German, French, Spanish, Italian, Dutch. What can be ordered counts as in stock.
_YES = (
    "true t yes y on instock available active enabled published visible lowstock limited"
    " limitedavailability limitedstock fewleft onlyfewleft onlyafewleft almostsoldout plenty"
    " preorder presale backorder backordered onbackorder backorders onorder madetoorder instoreonly"
    " onlineonly shipsnow readytoship purchasable"
    " ja j wahr vorrätig vorraetig lagernd lieferbar sofortlieferbar verfügbar verfuegbar auflager"
    " anlager aktiv wenigevorhanden nurnochwenige geringerbestand vorbestellbar nachbestellt"
    " oui o vrai enstock disponible actif stockfaible stocklimité précommande surcommande"
    " sí si s verdadero enexistencia enexistencias hayexistencias pocasunidades activo"
    " sì vero disponibile inmagazzino attivo ultimipezzi"
    " opvoorraad voorradig beschikbaar leverbaar actief waar beperktevoorraad"
)
_NO = (
    "false f no n off outofstock soldout unavailable notavailable inactive disabled unpublished"
    " hidden discontinued endoflife eol none empty nostock nil notinstock outofprint oos retired"
    " archived draft deleted"
    " nein falsch ausverkauft vergriffen nichtvorrätig nichtvorraetig nichtlieferbar nichtverfügbar"
    " nichtverfuegbar nichtauflager nichtlagernd inaktiv eingestellt auslaufartikel ausgelistet"
    " non faux épuisé epuise rupture rupturedestock enrupture indisponible horsstock inactif"
    " falso agotado sinstock sinexistencias nodisponible inactivo"
    " esaurito nondisponibile inattivo"
    " nee onwaar uitverkocht nietopvoorraad nietvoorradig nietbeschikbaar inactief"
)
# What may stand beside a number of pieces: "only 3 left", "noch 5 Stück". "10 days" is no stock.
_COUNTED = (
    "left only onlyleft instock inventory available pc pcs piece pieces unit units item items"
    " remaining stock qty quantity onhand morethan lessthan over about ca lowstock onlyleftinstock"
    " leftinstock piecesleft itemsleft unitsleft st stk stck stück stueck noch nurnoch nochstück"
    " nurnochstück auflager stückauflager vorrätig lagernd verfügbar stückverfügbar mehrals über"
    " enstock pièces restants disponibles unidades pezzi disponibili stuks opvoorraad"
)

YES = frozenset(_YES.split())
NO = frozenset(_NO.split())
COUNTED = frozenset(_COUNTED.split())
