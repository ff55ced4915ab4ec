"""What the first rows of a file say about its columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from recsys.data.reading import shapes
from recsys.data.reading.date_shapes import written
from recsys.data.reading.dates import is_moment
from recsys.data.reading.events import kind_of
from recsys.data.reading.number_shapes import number
from recsys.data.reading.stock_words import NO, YES

# A longer cell is text, whatever stands in it.
_LONGEST_CODE = 60
_MOST_WORDS = 250
_PICTURE = re.compile(r"(https?:)?//\S+|\S+\.(jpe?g|png|gif|webp|avif|svg)(\?\S*)?", re.IGNORECASE)
_DECIMALS = re.compile(r"[.,]\d*[1-9]\d{0,2}\b")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# 1990 to 2100 in seconds, thousandths and millionths since 1970, and as 20101201.
_MOMENTS = ((6.3e8, 4.1e9), (6.3e11, 4.1e12), (6.3e14, 4.1e15), (19900101, 21001231))
_COUNTRY_NAMES = (
    "germany deutschland austria österreich switzerland schweiz france frankreich italy italien"
    " spain spanien portugal netherlands niederlande belgium belgien luxembourg denmark dänemark"
    " sweden schweden norway norwegen finland iceland ireland eire poland polen hungary greece"
    " romania bulgaria croatia slovenia slovakia estonia latvia lithuania malta cyprus turkey"
    " russia ukraine israel japan china india singapore australia canada brazil mexico usa us uk"
    " gb de fr it es nl be at ch pl se no dk fi ie pt cz unitedkingdom greatbritain england"
    " scotland wales unitedstates unitedstatesofamerica europeancommunity channelislands"
    " czechrepublic southafrica southkorea hongkong newzealand saudiarabia unitedarabemirates"
    " bahrain lebanon rsa unspecified"
)
_COUNTRIES = frozenset(_COUNTRY_NAMES.split())


@dataclass(frozen=True)
class Facts:
    """What the first rows say about a column.

    Attributes
    ----------
    rows, filled, distinct
        Rows looked at; cells that are not empty; different values among these.
    dates, moments
        Cells that are written as dates; numbers that may count the time since 1970.
    numbers, decimals
        Cells that are numbers; those with a part after the point that is not 0.
    events, answers, countries, pictures, emails, marked, spaced, long
        Cells that name a known event; that say yes or no, or in stock or not; that name a
        country; that are addresses of pictures or of people; that are marked numbers such as
        #1001; with blanks between words; of more than 60 characters.
    values
        The different values.
    """

    rows: int
    filled: int
    distinct: int
    dates: int
    moments: int
    numbers: int
    decimals: int
    events: int
    answers: int
    countries: int
    pictures: int
    emails: int
    marked: int
    spaced: int
    long: int
    values: frozenset[str]

    def share(self, count: int) -> float:
        """Return a count as a share of the filled cells; 0 when there are none."""
        return count / self.filled if self.filled else 0.0

    @property
    def codes(self) -> bool:
        """Whether the cells may be ids: short, neither dates nor measures nor sentences."""
        return (
            self.share(self.dates) < 0.5
            and self.share(self.decimals) < 0.3
            and self.share(self.long) < 0.3
            and self.share(self.pictures) < 0.5
        )


def of_sample(
    columns: Sequence[str], sample: Sequence[Mapping[str, str]], types: Sequence[str] = ()
) -> dict[str, Facts]:
    """Look at the first rows of a file.

    Parameters
    ----------
    types
        DuckDB types of the columns; without them all are text.
    """
    kinds = types or ("VARCHAR",) * len(columns)
    return {
        column: _of_column([row.get(column, "") for row in sample], kind)
        for column, kind in zip(columns, kinds, strict=True)
    }


def _of_column(cells: Sequence[str], kind: str) -> Facts:
    counts: Counter[str] = Counter()
    for cell, n in Counter(cells).items():
        counts[cell.strip()] += n
    counts.pop("", None)
    filled = counts.total()
    short = {value: n for value, n in counts.items() if len(value) <= _LONGEST_CODE}
    dates, numeric = 0, list[tuple[str, int]]()
    for value, n in short.items():
        is_date, is_number = _look(shapes.of_text(value))
        dates += n * is_date
        if is_number:
            numeric.append((value, n))
    # names of events, answers and countries are few: more different words are something else
    words = {value: n for value, n in short.items() if not value.isdigit()}
    few = words if len(words) <= _MOST_WORDS else dict[str, int]()
    return Facts(
        rows=len(cells),
        filled=filled,
        distinct=len(counts),
        dates=filled if is_moment(kind) else dates,
        moments=_moments(numeric),
        numbers=sum(n for _, n in numeric),
        decimals=sum(n for value, n in numeric if _DECIMALS.search(value)),
        events=sum(n for value, n in few.items() if kind_of(value)),
        answers=_answers(short) if few or not words else 0,
        countries=sum(n for value, n in few.items() if _bare(value) in _COUNTRIES),
        pictures=sum(
            n for value, n in counts.items() if "." in value and _PICTURE.fullmatch(value)
        ),
        emails=sum(n for value, n in short.items() if "@" in value and _EMAIL.fullmatch(value)),
        marked=sum(n for value, n in short.items() if value[0] == "#" and value[1:].isdigit()),
        spaced=sum(n for value, n in counts.items() if " " in value),
        long=filled - sum(short.values()),
        values=frozenset(counts),
    )


@lru_cache(maxsize=32_768)
def _look(shape: str) -> tuple[bool, bool]:
    """Tell whether a cell of this shape is a date, and whether it is a number."""
    way = written(shape)
    return way is not None and way.family != "number", number(shape) is not None


def _moments(numeric: Iterable[tuple[str, int]]) -> int:
    found = 0
    for value, count in numeric:
        try:
            moment = float(value)
        except ValueError:
            continue
        found += count * any(least <= moment <= most for least, most in _MOMENTS)
    return found


def _answers(counts: Mapping[str, int]) -> int:
    """Count what says yes or no; figures only where no other than 0 and 1 stand."""
    figures = {value for value in counts if value.isdigit()}
    if not figures <= {"0", "1"}:
        return sum(n for value, n in counts.items() if not value.isdigit() and _says(value))
    return sum(n for value, n in counts.items() if value.isdigit() or _says(value))


def _says(value: str) -> bool:
    bare = _bare(value)
    return bare in YES or bare in NO


@lru_cache(maxsize=8192)
def _bare(value: str) -> str:
    return re.sub(r"[\W\d_]", "", value).lower()
