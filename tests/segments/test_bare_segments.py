"""A shop that says next to nothing, and a release of an earlier version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from homes import copy_home
from segment_shop import build_bare, open_workspace, shopper

from recsys.errors import AisleError, InputError, NotReady
from recsys.releases.live import LiveShop, LiveView
from recsys.segments.definition import Definition
from recsys.segments.lifecycle import DEFAULT_RULES
from recsys.segments.picking import pick
from recsys.segments.ranked import rank
from recsys.segments.sharing import shared


@pytest.fixture(scope="module")
def bare_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("bare") / "home"
    build_bare(home)
    return home


@pytest.fixture
def bare(bare_home: Path) -> Iterator[LiveView]:
    workspace = open_workspace(bare_home)
    yield LiveShop(workspace).current()
    workspace.database.close()


RULE = {"kind": "rule"}
LACKS: list[tuple[dict[str, object], type[AisleError], str]] = [
    ({"stages": ("new",)}, InputError, "no dates, so nobody can be told new, slipping or lost"),
    ({"days_since_max": 9}, InputError, "no dates, so nobody knows how long ago"),
    ({"bought_from": "2026-01-01"}, InputError, "no dates, so nobody knows who bought when"),
    ({"recency_min": 2}, InputError, "no dates, so there is no recency score"),
    ({"spend_min": 2}, InputError, "no prices, so nobody knows what was spent"),
    ({"top_spenders": 0.1}, InputError, "no prices, so nobody knows what was spent"),
    ({"monetary_min": 2}, InputError, "no prices, so there is no monetary score"),
    ({"attributes": {"age": ("9",)}}, InputError, "no column 'age'. There are: none."),
]


@pytest.mark.parametrize(("conditions", "error", "words"), LACKS)
def test_a_condition_says_what_is_lacking(
    bare: LiveView, conditions: dict[str, object], error: type[AisleError], words: str
) -> None:
    definition = Definition.model_validate({"kind": "rule", "conditions": conditions})
    with pytest.raises(error, match=words):
        rank(bare, definition, sets={}, rules=DEFAULT_RULES)


def test_what_can_be_told_is_told(bare: LiveView) -> None:
    frequent = {"kind": "rule", "conditions": {"frequency_min": 3}, "size": 10}
    definition = Definition.model_validate(frequent)
    ranked = rank(bare, definition, sets={}, rules=DEFAULT_RULES)
    assert ranked.score_words == "Orders"
    picked = pick(bare, ranked, definition, sets={})
    assert len(picked.rows) == 10
    assert set(shared(bare, picked.rows, rules=DEFAULT_RULES)) == {"orders"}


@pytest.mark.parametrize(
    ("leaving", "words"),
    [
        ({"no_consent": True}, "does not say who consented"),
        ({"bought_within_days": 9}, "nobody knows who just bought"),
    ],
)
def test_who_cannot_be_left_out(bare: LiveView, leaving: dict[str, object], words: str) -> None:
    definition = Definition.model_validate({**RULE, "conditions": {}, "leaving": leaving})
    ranked = rank(bare, definition, sets={}, rules=DEFAULT_RULES)
    with pytest.raises(InputError, match=words):
        pick(bare, ranked, definition, sets={})


def test_without_vectors_nobody_is_compared(bare: LiveView) -> None:
    seeds = {"kind": "lookalikes", "seeds": {"ids": [shopper(1)]}}
    wanted = {"kind": "affinity", "wanted": {"items": ["i01"], "bought": "due"}}
    for given, words in ((seeds, "gives shoppers vectors"), (wanted, "has no for you shelf")):
        with pytest.raises(NotReady, match=words):
            rank(bare, Definition.model_validate(given), sets={}, rules=DEFAULT_RULES)


def test_a_release_of_an_earlier_version(bare_home: Path, tmp_path: Path) -> None:
    workspace = open_workspace(copy_home(bare_home, tmp_path / "copy"))
    (release_id,) = workspace.releases.ids()
    for path in workspace.releases.path(release_id).glob("people.*.npy"):
        path.unlink()
    view = LiveShop(workspace).current()
    asked = Definition.model_validate({"kind": "rule", "conditions": {"orders_min": 2}})
    with pytest.raises(NotReady, match="does not know how often each shopper bought"):
        rank(view, asked, sets={}, rules=DEFAULT_RULES)
    everyone = Definition.model_validate({"kind": "rule", "conditions": {}})
    ranked = rank(view, everyone, sets={}, rules=DEFAULT_RULES)
    assert ranked.rows.tolist() == list(range(161))
    assert ranked.score_words == "None: in the order of the ids"
    assert shared(view, np.arange(9, dtype=np.int32), rules=DEFAULT_RULES) == {}
    workspace.database.close()
