from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from segment_shop import N_SHOPPERS, NOBODY, PROMO, STRANGER, shopper

from recsys.errors import InputError
from recsys.maps.picture import Cluster, Picture
from recsys.releases.live import LiveView
from recsys.segments.definition import SCORERS, Definition, Scorer
from recsys.segments.lifecycle import DEFAULT_RULES
from recsys.segments.ranked import Ranked, rank
from recsys.segments.vectors import shopper_space, shopper_vectors, without_event

TEA_SEEDS = tuple(shopper(n) for n in range(0, 60, 2))


def ranked(view: LiveView, *, picture: Picture | None = None, **given: Any) -> Ranked:
    definition = Definition.model_validate(given)
    return rank(view, definition, sets={}, rules=DEFAULT_RULES, picture=picture)


def lookalikes(view: LiveView, ids: tuple[str, ...] = TEA_SEEDS, **given: Any) -> Ranked:
    seeds = {"ids": ids, **given.pop("seeds", {})}
    return ranked(view, kind="lookalikes", seeds=seeds, **given)


def ids(view: LiveView, found: Ranked) -> list[str]:
    return [view.release.user_ids.id(int(row)) for row in found.rows]


@pytest.mark.parametrize("scorer", SCORERS)
def test_lookalikes_of_one_taste_have_it(view: LiveView, scorer: Scorer) -> None:
    found = lookalikes(view, scorer=scorer)
    best = ids(view, found)[:40]
    assert sum(int(one[1:]) % 2 == 0 for one in best) >= 38
    assert not set(best) & set(TEA_SEEDS)
    assert len(found.rows) == 162 - 30
    known = found.scores[~np.isnan(found.scores)]
    assert (np.diff(known) <= 0).all()


def test_one_shopper_is_a_seed(view: LiveView) -> None:
    found = lookalikes(view, (shopper(1),))
    assert sum(int(one[1:]) % 2 for one in ids(view, found)[:20]) >= 15
    assert found.notes[0].startswith("Only 1 seed")
    assert found.score_words == (
        "Cosine to the mean direction of the seeds, less what all shoppers share"
    )


def test_the_seeds_may_belong(view: LiveView) -> None:
    found = lookalikes(view, with_seeds=True)
    assert set(TEA_SEEDS) < set(ids(view, found))
    assert len(found.rows) == 162


def test_a_proof_chooses_unless_the_definition_does(view: LiveView) -> None:
    definition = Definition.model_validate({"kind": "lookalikes", "seeds": {"ids": TEA_SEEDS}})
    found = rank(view, definition, sets={}, rules=DEFAULT_RULES, chosen="classifier")
    assert found.score_words.startswith("Log odds")
    fixed = definition.model_copy(update={"scorer": "nearest"})
    found = rank(view, fixed, sets={}, rules=DEFAULT_RULES, chosen="classifier")
    assert found.score_words.startswith("Mean cosine")


def test_who_has_no_vector_comes_last(view: LiveView) -> None:
    found = lookalikes(view)
    assert ids(view, found)[-1] == NOBODY
    assert np.isnan(found.scores[-1])
    assert found.notes[-1] == (
        "1 shopper of whom too little is known for a vector come last, in the order of how alike"
        " their recency, orders and spend are to the seeds'."
    )


def test_a_seed_without_a_vector_leaves_activity_alone(view: LiveView) -> None:
    found = lookalikes(view, (NOBODY,))
    assert np.isnan(found.scores).all()
    assert len(found.rows) == 161
    assert found.notes[1:] == (
        "1 of the seeds have no vector, and nothing is learned from them.",
        "No tastes can be compared, so all shoppers are in the order of how alike their recency,"
        " orders and spend are to the seeds'.",
    )
    assert found.score_words == (
        "None: in the order of how alike recency, orders and spend are to the seeds'"
    )


def test_vectors_of_seeds_forget_the_event(view: LiveView) -> None:
    buyers = {shopper(n) for n in range(N_SHOPPERS) if n % 4 < 2 and n % 3 == 0}
    found = ranked(view, kind="lookalikes", seeds={"buyers_of": (PROMO,)}, scorer="classifier")
    assert not buyers & set(ids(view, found))
    kept = lookalikes(view, seeds={"happened_on": "2026-02-15"}, scorer="centroid")
    assert sum(int(one[1:]) % 2 == 0 for one in ids(view, kept)[:40]) >= 36
    none = lookalikes(view, seeds={"happened_on": "2025-12-01"})
    assert (
        "30 of the seeds had bought nothing before that tells, and nothing is learned from them."
        in none.notes
    )
    assert np.isnan(none.scores).all()


def test_a_product_of_the_event_leaves_the_vector(view: LiveView) -> None:
    release = view.release
    space, vectors = shopper_space(release), shopper_vectors(release)
    assert space is not None
    assert vectors is not None
    promo = np.array(release.item_ids.rows([PROMO]), np.int32)
    buyer = np.array(release.user_ids.rows([shopper(0)]), np.int32)
    event = replace(seeded_by(view), masked=promo)
    forgot = without_event(release, space, buyer, event).units(np.array([0]))[0]
    whole = without_event(release, space, buyer, replace(event, masked=promo[:0]))
    own = vectors.units(buyer)[0]
    assert float(whole.units(np.array([0]))[0] @ own) > 0.95
    items, weights = space.history(int(buyer[0]))
    query = space.items_query(items[items != promo[0]], weights[items != promo[0]])
    assert query is not None
    direction = query.values / np.linalg.norm(query.values)
    np.testing.assert_allclose(forgot, direction, atol=1e-5)


def seeded_by(view: LiveView) -> Any:
    from recsys.segments.definition import Seeds
    from recsys.segments.seeds import seeded

    return seeded(view, Seeds(ids=TEA_SEEDS), sets={}, rules=DEFAULT_RULES)


def test_a_list_keeps_its_order(view: LiveView) -> None:
    found = ranked(view, kind="list", ids=("u007", "u003", "u007", "x"))
    assert ids(view, found) == ["u007", "u003"]
    assert found.notes == (
        "2 of 4 ids are shoppers of the shop. 1 named more than once; 1 unknown: x.",
    )


def test_affinity_is_ranked(view: LiveView) -> None:
    found = ranked(view, kind="affinity", wanted={"categories": ("Tea",), "bought": "any"})
    assert int(ids(view, found)[0][1:]) % 2 == 0
    assert found.seeds.tolist() == []


def test_what_a_definition_lacks_is_said(view: LiveView) -> None:
    lacks = {"lookalikes": "seeds", "affinity": "what the shoppers want", "rule": "conditions"}
    for kind, word in lacks.items():
        with pytest.raises(InputError, match=f"The definition of the segment lacks {word}"):
            ranked(view, kind=kind)


def picture(view: LiveView, dataset_id: str) -> Picture:
    count = 162
    clusters = np.full(count, -1, np.int16)
    clusters[:40] = 1
    groups = (Cluster("None", 0, None, None), Cluster("First", 40, None, None))
    points = np.zeros((count, 2), np.float32)
    about = {"dataset_id": dataset_id}
    return Picture("m1", "shoppers", "pca", points, clusters, groups, points[:, 0], about)


def test_a_taste_group_is_a_group_of_a_map(view: LiveView) -> None:
    dataset = view.release.manifest["dataset_id"]
    found = ranked(view, kind="taste", taste=("m1", 1), picture=picture(view, dataset))
    assert sorted(found.rows.tolist()) == list(range(40))
    assert (np.diff(found.scores) <= 0).all()
    with pytest.raises(InputError, match="The map has no taste group 5"):
        ranked(view, kind="taste", taste=("m1", 5), picture=picture(view, dataset))
    with pytest.raises(InputError, match="is of a map of other data"):
        ranked(view, kind="taste", taste=("m1", 1), picture=picture(view, "older"))
    with pytest.raises(InputError, match="The map that this taste group is of is gone"):
        ranked(view, kind="taste", taste=("m1", 1))


def test_who_bought_the_odd_one(view: LiveView) -> None:
    found = ranked(view, kind="rule", conditions={"items": ("odd",)})
    assert ids(view, found) == [STRANGER]
    assert found.score_words == "Money spent"
