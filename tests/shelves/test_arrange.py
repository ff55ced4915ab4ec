"""The order that rules and settings give: arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_shop import rule

from recsys.data.ids import IdMap
from recsys.rules.book import RuleBook
from recsys.rules.rule import Rule
from recsys.rules.shelf_settings import DEFAULTS
from recsys.shelves.applied import Applied
from recsys.shelves.arrange import NOTHING_INCLUDED, STRENGTH, Shopper, arrange, reranked
from recsys.shelves.compiled import compile_book
from recsys.shelves.diversity import LAMBDA
from recsys.shelves.facts import Column, Facts

N = 30
DAY = 86_400.0
NOW = 1_000 * DAY
RANDOM = np.random.default_rng(3)
VECTORS = RANDOM.normal(size=(N, 3))
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
ALIKE = (VECTORS @ VECTORS.T).astype(np.float32)


def facts(**more: object) -> Facts:
    values = {
        "item_ids": IdMap([f"i{n:02}" for n in range(N)]),
        "names": [f"Product {n}" for n in range(N)],
        "category": Column(("Tea", "Coffee", "Ware"), (np.arange(N) % 3).astype(np.int32)),
        "brand": Column(("Leaf", "Bean"), (np.arange(N) % 2).astype(np.int32)),
        "price": np.arange(1.0, N + 1),
        "stock": np.full(N, 5, np.int64),
        "buyers": np.arange(N, dtype=np.float32),
        "launched": np.zeros(N, np.int64),
        "alike": lambda rows: ALIKE[np.ix_(rows, rows)],
        **more,
    }
    return Facts(**values)  # pyright: ignore


def applied(*rules: Rule, about: Facts | None = None, **changes: object) -> Applied:
    book = RuleBook(
        rules=rules, settings={"for_you": DEFAULTS["for_you"].model_copy(update=changes)}
    )
    return compile_book(book, about or facts()).applied("for_you", now=NOW)


ROWS = np.arange(4)
SCORES = np.array([4, 3, 2, 1], np.float32)  # mean 2.5, standard deviation 1.118


def order(scores: list[float], held: Applied, *, n: int = 10, **more: Shopper) -> list[int]:
    rows = np.arange(len(scores))
    return arrange(rows, np.array(scores, np.float32), held, n=n, **more).rows.tolist()


class TestStrength:
    def test_a_boost_is_worth_so_many_standard_deviations(self) -> None:
        assert STRENGTH == {"none": 0, "light": 0.5, "medium": 1, "strong": 2}
        one = rule("boost", items=("i03",), strength="medium")
        # z: 1.34, 0.45, -0.45, -1.34; the last one comes to -0.34.
        assert order([4, 3, 2, 1], applied(one)) == [0, 1, 3, 2]
        assert order([4, 3, 2, 1], applied(replace_(one, strength="light"))) == [0, 1, 2, 3]
        assert order([4, 3, 2, 1], applied(replace_(one, strength="strong"))) == [0, 3, 1, 2]

    def test_a_bury_takes_as_much(self) -> None:
        assert order([4, 3, 2, 1], applied(rule("bury", items=("i00",)))) == [1, 0, 2, 3]

    def test_several_rules_add_up(self) -> None:
        two = [rule("boost", id=n, items=("i03",)) for n in (1, 2)]
        assert order([4, 3, 2, 1], applied(*two)) == [0, 3, 1, 2]
        assert order([4, 3, 2, 1], applied(*two, rule("bury", id=3, items=("i03",)))) == [
            0,
            1,
            3,
            2,
        ]

    def test_equal_scores_keep_their_order(self) -> None:
        assert order([1, 1, 1, 1], applied(rule("boost", items=("i02",)))) == [2, 0, 1, 3]
        assert order([1, 1, 1, 1], applied(rule("boost", categories=("Tea",)))) == [0, 3, 1, 2]

    def test_the_marks_say_which_rules(self) -> None:
        held = applied(
            rule("boost", id=3, name="Own brand", brands=("Bean",)),
            rule("bury", id=4, items=("i01",)),
        )
        marks = arrange(ROWS, SCORES, held, n=4).marks
        assert [mark.words for mark in marks[1]] == [
            "Boosted (medium) by rule 3: Own brand", "Buried (medium) by rule 4",
        ]  # fmt: skip
        assert [(mark.kind, mark.rule_id) for mark in marks[3]] == [("boosted", 3)]
        assert 0 not in marks


def replace_(one: Rule, **changes: object) -> Rule:
    return one.model_copy(update=changes)


class TestSettings:
    def test_what_was_launched_lately_gains(self) -> None:
        launched = np.zeros(N, np.int64)
        launched[3], launched[2] = int(NOW - 12 * DAY), int(NOW - 300 * DAY)
        held = applied(about=facts(launched=launched), freshness="strong")
        found = arrange(ROWS, SCORES, held, n=4)
        # 2 * 2 ** (-12 / 30) = 1.52: -1.34 becomes 0.17.
        assert found.rows.tolist() == [0, 1, 3, 2]
        assert [mark.words for mark in found.marks[3]] == ["New: launched 12 days ago"]
        assert 2 not in found.marks

    def test_what_everybody_buys_loses(self) -> None:
        buyers = np.zeros(N, np.float32)
        buyers[0] = 100
        held = applied(about=facts(buyers=buyers), less_popular="strong")
        assert order([4, 3, 2, 1], held) == [1, 2, 0, 3]

    def test_prices_far_from_the_usual_ones_lose(self) -> None:
        price = np.array([100.0, 10, 11, np.nan, *[1.0] * (N - 4)])
        held = applied(about=facts(price=price), price_affinity="strong")
        shopper = Shopper(prices=(float(np.log(10)), float(np.log(1.25))))
        # The first loses 2, the third 2 * .43 / 3, the unknown one as much as the middle of all.
        assert order([4, 3, 2, 1], held, shopper=shopper) == [1, 0, 2, 3]
        assert order([4, 3, 2, 1], held) == [0, 1, 2, 3], "of a stranger nothing is known"

    def test_caps(self) -> None:
        scores = [float(N - n) for n in range(9)]
        assert order(scores, applied(most_of_category=1), n=3) == [0, 1, 2]
        assert order(scores, applied(most_of_brand=1), n=4) == [0, 1, 2, 3], "the rest as it was"
        assert order(scores, applied(most_of_category=2), n=9) == [0, 1, 2, 3, 4, 5, 6, 7, 8]

    def test_no_cap_shortens_a_list(self) -> None:
        tea = facts(category=Column(("Tea",), np.zeros(N, np.int32)))
        assert order([3, 2, 1], applied(about=tea, most_of_category=1), n=3) == [0, 1, 2]

    def test_surprises_come_from_categories_the_shopper_does_not_know(self) -> None:
        held = applied(surprise=0.2)
        shopper = Shopper(familiar=frozenset({0, 1}), seed="ann 1")
        rows = np.array([n for n in range(N) if n % 3 < 2] + [2, 5, 8])
        found = reranked(rows, -np.arange(len(rows), dtype=np.float32), held, n=10, shopper=shopper)
        head = found.rows[:10].tolist()
        new = [row for row in head if row % 3 == 2]
        assert len(new) == 2
        assert [head.index(row) for row in new] == [3, 8]
        assert [mark.words for mark in found.marks[new[0]]] == ["From further afield"]
        again = reranked(rows, -np.arange(len(rows), dtype=np.float32), held, n=10, shopper=shopper)
        assert again.rows.tolist() == found.rows.tolist(), "the same all day"

    def test_a_share_is_never_exceeded(self) -> None:
        held = applied(surprise=0.2)
        shopper = Shopper(familiar=frozenset({0}), seed="x")
        assert order([float(N - n) for n in range(N)], held, n=4, shopper=shopper) == [0, 1, 2, 3]

    def test_what_is_buried_is_no_surprise(self) -> None:
        held = applied(rule("bury", categories=("Ware",)), surprise=0.2)
        shopper = Shopper(familiar=frozenset({0, 1}), seed="ann 1")
        found = order([float(N - n) for n in range(N)], held, n=10, shopper=shopper)
        assert not [row for row in found[:10] if row % 3 == 2][4:]
        marks = arrange(
            np.arange(N), np.arange(N, 0, -1).astype(np.float32), held, n=10, shopper=shopper
        ).marks
        assert not any(mark.kind == "surprise" for some in marks.values() for mark in some)


class TestRules:
    def test_hide_and_include_only(self) -> None:
        assert order([4, 3, 2, 1], applied(rule("hide", items=("i00", "i02")))) == [1, 3]
        both = applied(rule("only", categories=("Tea",)), rule("only", id=2, items=("i03", "i02")))
        assert order([4, 3, 2, 1], both) == [3], "all that include only have to let it in"

    def test_include_only_that_leaves_nothing_does_not_hold(self) -> None:
        found = arrange(ROWS, SCORES, applied(rule("only", items=("i20",))), n=4)
        assert found.rows.tolist() == [0, 1, 2, 3]
        assert found.notes == (NOTHING_INCLUDED,)

    def test_pins(self) -> None:
        held = applied(
            rule("pin", id=1, items=("i03",), slot=2, name="Christmas"),
            rule("pin", id=2, items=("i09",), slot=2, priority=60),
            rule("pin", id=3, items=("i08",), slot=9),
            rule("pin", id=4, items=("nobody",)),
        )
        found = arrange(ROWS, SCORES, held, n=5)
        assert found.rows.tolist() == [0, 9, 3, 1, 2]
        assert found.marks[3][0].words == "Pinned #3 by Christmas"
        assert set(found.notes) == {
            "Christmas: Product 3 stands at 3, since rule 2 holds place 2.",
            "rule 3: Product 8 waits, since it is pinned to place 9 and the shelf has 5.",
            "rule 4: the catalogue has no product 'nobody'.",
        }

    def test_a_pin_on_a_short_list_stands_at_its_end(self) -> None:
        found = arrange(ROWS[:2], SCORES[:2], applied(rule("pin", items=("i09",), slot=5)), n=6)
        assert found.rows.tolist() == [0, 1, 9]
        assert found.marks[9][0].words == "Pinned #3 by rule 1"

    def test_a_pin_and_a_hide_of_one_product_go_by_priority_then_age(self) -> None:
        pin, hide = rule("pin", id=2, items=("i03",)), rule("hide", id=1, items=("i03",))
        found = arrange(ROWS, SCORES, applied(pin, hide), n=4)
        assert found.rows.tolist() == [0, 1, 2]
        assert found.notes == ("rule 2: Product 3 waits, since rule 1 hides it.",)
        stronger = applied(replace_(pin, priority=51), hide)
        assert order([4, 3, 2, 1], stronger) == [3, 0, 1, 2]

    def test_the_best_variant_in_the_new_order_stays(self) -> None:
        groups = np.full(N, -1, np.int32)
        groups[[0, 1, 3]] = 7
        variants = facts(groups=groups)
        assert order([4, 3, 2, 1], applied(about=variants)) == [0, 2]
        boost = rule("boost", items=("i03",), strength="strong")
        assert order([4, 3, 2, 1], applied(boost, about=variants)) == [0, 2]
        bury = rule("bury", items=("i00", "i01"), id=2, strength="strong")
        assert order([4, 3, 2, 1], applied(boost, bury, about=variants)) == [3, 2]
        pin = rule("pin", items=("i03",), slot=2)
        assert order([4, 3, 2, 1], applied(pin, about=variants)) == [2, 3], "a pin beats a variant"


def test_nothing_to_arrange() -> None:
    empty = np.empty(0, np.int64), np.empty(0, np.float32)
    assert arrange(*empty, applied(), n=5).rows.tolist() == []
    assert arrange(*empty, applied(rule("pin", items=("i03",))), n=5).rows.tolist() == [3]


SCORE_LISTS = st.lists(st.integers(0, 6), min_size=2, max_size=N).map(
    lambda some: np.array(sorted(some, reverse=True), np.float32)
)
# Diversity, a cap, and the length of the list.
SPREADS = st.tuples(
    st.sampled_from(["none", "light", "medium", "strong"]),
    st.none() | st.integers(1, 3),
    st.integers(1, 10),
)


@settings(max_examples=150, deadline=None)
@given(
    scores=SCORE_LISTS,
    chosen=st.integers(0, N - 1),
    kind=st.sampled_from(["boost", "bury"]),
    strength=st.sampled_from(["light", "strong"]),
    spread=SPREADS,
)
def test_a_boosted_product_never_falls_and_a_buried_one_never_rises(
    scores: np.ndarray, chosen: int, kind: str, strength: str, spread: tuple[str, int | None, int]
) -> None:
    chosen %= len(scores)
    diversity, cap, n = spread
    rows = np.arange(len(scores))
    about = facts()
    one = rule(kind, items=(f"i{chosen:02}",), strength=strength)  # pyright: ignore
    before, after = (
        reranked(
            rows,
            scores,
            applied(*some, about=about, diversity=diversity, most_of_category=cap),
            n=n,
        )
        .rows.tolist()
        .index(chosen)
        for some in ((), (one,))
    )
    assert after <= before if kind == "boost" else after >= before


@settings(max_examples=100, deadline=None)
@given(scores=SCORE_LISTS, category=st.sampled_from(["Tea", "Coffee"]))
def test_no_product_of_a_boosted_category_falls(scores: np.ndarray, category: str) -> None:
    rows = np.arange(len(scores))
    found = reranked(
        rows, scores, applied(rule("boost", categories=(category,))), n=5
    ).rows.tolist()
    for row in rows[rows % 3 == ("Tea", "Coffee").index(category)]:
        assert found.index(row) <= row


@settings(max_examples=80, deadline=None)
@given(
    scores=SCORE_LISTS,
    spread=SPREADS,
    strength=st.sampled_from(["light", "medium", "strong"]),
    categories=st.booleans(),
)
def test_the_order_is_what_a_slow_greedy_choice_gives(
    scores: np.ndarray, spread: tuple[str, int | None, int], strength: str, categories: bool
) -> None:
    diversity, cap, n = spread
    boost = rule("boost", categories=("Ware",), strength=strength)  # pyright: ignore
    rules = (boost,) if categories else ()
    held = applied(*rules, diversity=diversity, most_of_brand=cap)
    found = reranked(np.arange(len(scores)), scores, held, n=n).rows.tolist()

    exact = scores.astype(float)
    z = (exact - exact.mean()) / exact.std() if exact.std() else exact * 0
    total = [
        z[row] + (STRENGTH[strength] if categories and row % 3 == 2 else 0)  # pyright: ignore
        for row in range(len(scores))
    ]
    width = (z.max() - z.min()) or 1.0
    left = sorted(range(len(scores)), key=lambda row: (-total[row], row))
    taken: list[int] = []
    weight = LAMBDA[diversity]  # pyright: ignore
    while left and len(taken) < n:

        def value(row: int) -> float:
            near = max((ALIKE[row, other] for other in taken), default=0.0)
            return weight * ((total[row] - z.min()) / width) - (1 - weight) * near

        able = [
            row for row in left
            if cap is None or sum(other % 2 == row % 2 for other in taken) < cap
        ]  # fmt: skip
        if not able:
            break
        best = max(able, key=value)
        taken.append(best)
        left.remove(best)
    assert found[: len(taken)] == taken
