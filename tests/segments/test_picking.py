from __future__ import annotations

import numpy as np
import pytest
from segment_shop import NOBODY, STRANGER, shopper

from recsys.errors import InputError
from recsys.releases.live import LiveView
from recsys.rules.book import NamedSet
from recsys.segments.definition import Definition
from recsys.segments.lifecycle import DEFAULT_RULES
from recsys.segments.picking import Picked, pick, share_of
from recsys.segments.ranked import rank

SETS = {3: NamedSet(3, "segment", "Press", 1, (shopper(0), shopper(2), "gone"))}
EVERYONE = {"kind": "rule", "conditions": {}}


def picked(view: LiveView, **given: object) -> Picked:
    definition = Definition.model_validate({**EVERYONE, **given})
    ranked = rank(view, definition, sets=SETS, rules=DEFAULT_RULES)
    return pick(view, ranked, definition, sets=SETS)


def ids(view: LiveView, found: Picked) -> set[str]:
    return {view.release.user_ids.id(int(row)) for row in found.rows}


def test_all_of_a_rule_by_what_they_spent(view: LiveView) -> None:
    found = picked(view)
    assert view.release.people is not None
    spend = view.release.people.spend
    assert spend is not None
    assert (np.diff(spend[found.rows]) <= 0).all()
    assert (len(found.rows), found.removed, found.notes) == (162, {}, ())


def test_each_one_left_out_counts_once(view: LiveView) -> None:
    leaving = {"segments": (3,), "no_consent": True, "bought_within_days": 20}
    found = picked(view, leaving=leaving, size=10)
    assert list(found.removed) == [
        "in segment Press",
        "bought in the newest 20 days",
        "without consent",
        "beyond the best 10",
    ]
    assert found.removed["in segment Press"] == 2
    assert sum(found.removed.values()) + len(found.rows) == 162
    assert len(found.rows) == 10


def test_only_who_said_yes_consents(view: LiveView) -> None:
    found = picked(view, leaving={"no_consent": True})
    said = {shopper(n) for n in range(160) if n // 2 % 4 in (0, 3)}
    assert ids(view, found) == {*said, NOBODY, STRANGER}


def test_who_never_bought_did_not_just_buy(view: LiveView) -> None:
    found = picked(view, leaving={"bought_within_days": 3650})
    assert ids(view, found) == {NOBODY}


def test_a_size_beyond_the_base_is_said(view: LiveView) -> None:
    assert picked(view, size=1000).notes == ("1,000 asked for, and only 162 are there.",)


def test_a_deleted_segment_is_said(view: LiveView) -> None:
    with pytest.raises(InputError, match="There is no segment 4, which this one goes by"):
        picked(view, leaving={"segments": (4,)})


def test_the_draw_hangs_on_the_shopper_and_the_seed_alone(view: LiveView) -> None:
    rows = np.arange(162, dtype=np.int32)
    one = share_of(view.release, rows, 0.5, "sample 1")
    mixed = np.random.default_rng(0).permutation(rows).astype(np.int32)
    assert (share_of(view.release, mixed, 0.5, "sample 1") == one[mixed]).all()
    some = share_of(view.release, rows[40:50], 0.5, "sample 1")
    assert (some == one[40:50]).all()
    more = share_of(view.release, rows, 0.7, "sample 1")
    assert (more >= one).all()
    assert 60 < one.sum() < 102
    assert (share_of(view.release, rows, 0.5, "sample 2") != one).any()
    assert share_of(view.release, rows, 1.0, "sample 1").all()


def test_sample_and_holdout(view: LiveView) -> None:
    whole, half = picked(view, holdout=0.25, seed=9), picked(view, holdout=0.25, seed=9, sample=0.5)
    assert set(half.rows.tolist()) < set(whole.rows.tolist())
    # Who is set aside is so in the sample, too: the two draws know nothing of each other.
    assert set(half.held_out.tolist()) == set(half.rows.tolist()) & set(whole.held_out.tolist())
    assert 0 < len(half.held_out) < len(half.rows)
    assert half.removed == {"not drawn for the sample": 162 - len(half.rows)}
    assert picked(view).held_out.tolist() == []
