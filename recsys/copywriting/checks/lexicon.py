"""The words that make a claim, from the files beside this one, and where a text says them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from recsys.copywriting.checks.tokens import Token, cut, stem

READ = ("en", "de")  # languages whose words are known
_FILES = ("colours", "materials", "properties", "ingredients", "places")
_BASIC = ("blue", "green", "red", "grey", "brown", "pink", "purple", "yellow", "orange")
# A loose word counts as a claim after these ("made of oak", "in rose"), or before a part or
# the like ("glass lid", "rose finish").
_BEFORE = frozenset(
    {"of", "from", "in", "pure", "real", "genuine", "solid", "100", "aus", "reinem"}
)


@dataclass(frozen=True)
class Term:
    """A thing that can be claimed, of a kind: "colour", "material", "property" ..."""

    id: str
    kind: str
    denies: bool = False
    loose: bool = False
    capital: bool = False


@dataclass(frozen=True)
class Mention:
    """A term said in a text, by the words from ``first`` up to ``last``, that one not with it."""

    term: Term
    first: int
    last: int
    start: int
    end: int
    denied: bool


@dataclass(frozen=True)
class Lexicon:
    """All terms of a language by the stem of their first word, the longest first.

    ``heads`` are the materials that German compounds begin with.
    """

    language: str
    heads: dict[str, Term]
    phrases: dict[str, list[tuple[tuple[str, ...], Term]]]

    def mentions(
        self,
        words: Sequence[Token],
        *,
        strict: bool = True,
        passed: list[tuple[int, int]] | None = None,
    ) -> list[Mention]:
        """Find all terms; ``strict`` passes over loose words that claim nothing here.

        The spans of harmless phrases are added to ``passed``.
        """
        stems = [stem(word.low, self.language) for word in words]
        found: list[Mention] = []
        at = 0
        while at < len(words):
            hit = None
            if stems[at] in self.phrases or self.heads:
                hit = self._at(words, stems, at)
            if hit is None:
                at += 1
                continue
            term, last = hit
            silent = strict and term.loose and not _claims(words, at, last)
            if term.kind == "harmless":
                if passed is not None:
                    passed.append((words[at].start, words[last - 1].end))
            elif not silent:
                denied = self._denied(words, at, last, found, term)
                if denied is not None:
                    start, end = words[at].start, words[last - 1].end
                    found.append(Mention(term, at, last, start, end, denied != term.denies))
            at = last
        return found

    def _at(self, words: Sequence[Token], stems: list[str], at: int) -> tuple[Term, int] | None:
        for rest, term in self.phrases.get(stems[at], ()):
            last = at + len(rest)
            if last > at + 1 and (
                tuple(stems[at:last]) != rest or any(one.broken for one in words[at + 1 : last])
            ):
                continue
            if term.capital and not words[at].text[0].isupper():
                continue
            return term, last
        compound = self._compound(words[at]) if self.heads else None
        return (compound, at + 1) if compound else None

    def _compound(self, word: Token) -> Term | None:
        """Find what a German compound begins with: "Lederjacke", "zuckerfrei"."""
        low = word.low
        if low.endswith("frei") and len(low) > 6:
            for options in (self.phrases.get(stem(low[:-4], "de")), self.phrases.get(low[:-4])):
                if options and len(options[0][0]) == 1 and not options[0][1].denies:
                    return Term(options[0][1].id, options[0][1].kind, denies=True)
        if word.text[0].isupper() and len(low) > 7:
            return next(
                (self.heads[low[:n]] for n in range(14, 4, -1) if low[:n] in self.heads), None
            )
        return None

    def _denied(
        self, words: Sequence[Token], first: int, last: int, found: list[Mention], term: Term
    ) -> bool | None:
        """Whether what stands at ``first`` is denied; None where it is only compared with."""
        if _freed(words, last):
            return True
        alike = found[-1] if found and found[-1].term.kind == term.kind else None
        said = alike is not None and alike.denied != alike.term.denies
        rules = negators(self.language)
        for at in range(first - 1, max(first - 7, -1), -1):
            if words[at + 1].broken:
                break
            low = words[at].low
            pair = f"{words[at - 1].low} {low}" if at else low
            if low in rules["aside"] or pair in rules["aside"]:
                return None
            if low in rules["deny"] or pair in rules["deny"] or low.endswith("n't"):
                return True
            if alike is not None and alike.first <= at < alike.last:
                return said and at + 1 < first and words[at + 1].low in rules["list"]
            if low not in rules["join"]:
                break
        # On a list of what is denied: "free from sugar, gluten, nuts".
        listed = alike is not None and alike.last == first and words[first].broken
        return said and listed and term.kind == "ingredient"


def _freed(words: Sequence[Token], last: int) -> bool:
    """Whether "-free" follows; "gluten free of charge" is another matter."""
    if last >= len(words) or words[last].broken or words[last].low not in ("free", "frei"):
        return False
    return last + 1 == len(words) or words[last + 1].low not in ("of", "from", "von")


def _claims(words: Sequence[Token], first: int, last: int) -> bool:
    before = words[first - 1].low if first and not words[first].broken else ""
    after = words[last].low if last < len(words) and not words[last].broken else ""
    if before == "of" and first > 1 and words[first - 2].low in load("form")["portions"]:
        return False  # "a slice of orange"
    return before in _BEFORE or after in load("form")["parts"]


@lru_cache(maxsize=1)
def parents() -> dict[str, frozenset[str]]:
    """Return what each term is, itself and all that it is a kind of."""
    direct: dict[str, set[str]] = {}
    for kind, name, entry in _entries():
        direct.setdefault(name, set()).update(entry.get("is", ()))
        if kind == "certification":
            direct[name].add("certified")
    for colour in _BASIC:
        direct[f"dark {colour}"] = direct[f"light {colour}"] = {colour}
    closed: dict[str, frozenset[str]] = {}

    def close(name: str) -> frozenset[str]:
        if name not in closed:
            closed[name] = frozenset({name})  # found again where two are kinds of each other
            above = [close(one) for one in direct.get(name, ())]
            closed[name] = closed[name].union(*above)
        return closed[name]

    for name in direct:
        close(name)
    return closed


@lru_cache(maxsize=4)
def lexicon(language: str) -> Lexicon:
    """Return the terms that a text of a language can say; of the unread ones, certifications."""
    phrases: dict[str, list[tuple[tuple[str, ...], Term]]] = {}
    heads: dict[str, Term] = {}
    known = language if language in READ else "en"

    def add(phrase: str, term: Term) -> None:
        rest = tuple(stem(token.low, known) for token in cut(phrase) if token.kind != "mark")
        phrases.setdefault(rest[0], []).append((rest, term))

    for kind, name, entry in _entries():
        if language in READ or kind == "certification":
            for phrase, term in _written(kind, name, entry, known):
                add(phrase, term)
                if kind == "certification" and known == "en":
                    add(f"{phrase} certified", term)
                if known == "de" and kind == "material" and len(phrase) > 4:
                    heads[phrase.casefold().removesuffix("e")] = term
    if known == language:
        for phrase, term in _shades(language):
            add(phrase, term)
        for phrase in load("harmless")["harmless"][language]:
            add(phrase, Term(phrase, "harmless"))
    for options in phrases.values():
        options.sort(key=lambda option: -len(option[0]))
    return Lexicon(known, heads, phrases)


def _written(
    kind: str, name: str, entry: dict[str, Any], language: str
) -> Iterator[tuple[str, Term]]:
    loose = bool(entry.get("loose"))
    if language == "en":
        for phrase in (name, *entry.get("en", ())):
            # A phrase of several words ("down jacket") says what one loose word does not.
            yield (
                phrase,
                Term(name, kind, loose=loose and phrase == name, capital=phrase[0].isupper()),
            )
        for phrase in entry.get("no", ()):
            yield phrase, Term(name, kind, denies=True)
        return
    for phrase in entry.get("de", (name,) if kind == "certification" else ()):
        yield phrase, Term(name, kind, capital=phrase[0].isupper())
    for phrase in entry.get("no_de", ()):
        yield phrase, Term(name, kind, denies=True)


def _shades(language: str) -> Iterator[tuple[str, Term]]:
    colours = load("colours")["colour"]
    for colour in _BASIC:
        if language == "en":
            for shade, names in (
                ("dark", ("dark", "deep")),
                ("light", ("light", "pale", "pastel")),
            ):
                for name in names:
                    yield f"{name} {colour}", Term(f"{shade} {colour}", "colour")
        else:
            for name in colours[colour].get("de", ()):
                yield f"dunkel{name}", Term(f"dark {colour}", "colour")
                yield f"hell{name}", Term(f"light {colour}", "colour")


@lru_cache(maxsize=20_000)
def plain_name(word: str) -> str:
    """Return one name for a folded word and its synonyms: "nylon" and "polyamide"."""
    for language in READ:
        for rest, term in lexicon(language).phrases.get(stem(word, language), ()):
            if len(rest) == 1 and term.kind != "harmless":
                return term.id
    return stem(stem(word, "en"), "de")


@lru_cache(maxsize=1)
def _entries() -> list[tuple[str, str, dict[str, Any]]]:
    found: list[tuple[str, str, dict[str, Any]]] = []
    for name in _FILES:
        for kind, terms in load(name).items():
            found += [(kind, term, entry) for term, entry in terms.items()]
    return found


@lru_cache(maxsize=2)
def negators(language: str) -> dict[str, frozenset[str]]:
    """Return the words that deny, cancel, compare and join in a language that is read."""
    return {name: frozenset(words) for name, words in load("negators")[language].items()}


@lru_cache(maxsize=16)
def small_words(language: str) -> frozenset[str]:
    """Return the words of a language that claim nothing: articles, "holds", "comes with"."""
    small = frozenset(load("stopwords")["stopwords"].get(language, "").split())
    if language == "en":
        small |= frozenset(load("form")["small"].split())
    return small


@lru_cache(maxsize=32)
def load(name: str) -> dict[str, Any]:
    """Read one of the word files."""
    return tomllib.loads(_file(f"{name}.toml"))


@lru_cache(maxsize=1)
def brands() -> dict[str, list[tuple[str, ...]]]:
    """Return the known brands as written, by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in _file("brands.txt").splitlines():
        if line and not line.startswith("#"):
            words = tuple(token.text for token in cut(line) if token.kind != "mark")
            found.setdefault(words[0], []).append(words)
    return found


def _file(name: str) -> str:
    return (files("recsys.copywriting.checks") / "words" / name).read_text(encoding="utf-8")
