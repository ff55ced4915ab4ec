"""Fusions in a release: every part in the index, and answers that are those of the model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from release_shop import N_SHOPPERS, BuiltShop

from recsys.errors import InputError, StorageError
from recsys.models.factors import FactorSpace
from recsys.models.fused import FusedSpace
from recsys.releases.build import build_release
from recsys.releases.check import check_items
from recsys.releases.release import Release
from recsys.releases.words import best_of_alike, word_space
from recsys.types import silent
from recsys.workflows.training import train_model

PARTS = [
    {"kind": "als", "weight": 0.6, "settings": {"factors": 6, "iterations": 3}},
    {"kind": "copurchase", "weight": 0.3},
    {"kind": "popularity", "weight": 0.1},
]


def trained(shop: BuiltShop, how: str) -> str:
    settings = {"parts": PARTS, "how": how}
    return train_model(shop.workspace, "hybrid", settings=settings, evaluate=False)


@pytest.mark.parametrize("how", ["rrf", "weighted"])
def test_a_hybrid_feeds_three_placements(shop: BuiltShop, how: str) -> None:
    """Popularity has ties, which the engine and the model may order differently."""
    model = trained(shop, how)
    places = ("for_you", "similar", "also_bought")
    release_id = build_release(shop.workspace, dict.fromkeys(places, model), silent)
    release = Release(shop.workspace, release_id)
    assert {place: found["queries"] for place, found in release.manifest["checked"].items()} == {
        "for_you": 20, "similar": 20, "also_bought": 20,
    }  # fmt: skip
    assert all(found["largest_difference"] < 1e-3 for found in release.manifest["checked"].values())
    assert release.kinds("for_you") == ["als", "copurchase", "popularity"]


def test_a_fusion_that_answers_something_else_is_noticed(shop: BuiltShop) -> None:
    release_id = build_release(shop.workspace, {"for_you": trained(shop, "rrf")}, silent)
    release = Release(shop.workspace, release_id)
    space = release.space("for_you")
    assert isinstance(space, FusedSpace)
    check_items(release.index, "for_you", space, n_users=N_SHOPPERS)
    als = space.parts[0]
    assert isinstance(als, FactorSpace)
    wrong = replace(als, items=als.items[::-1].copy())
    turned = replace(space, parts=(wrong, *space.parts[1:]))
    with pytest.raises(StorageError, match="for_you does not answer"):
        check_items(release.index, "for_you", turned, n_users=N_SHOPPERS)


def test_lookalikes_of_a_fusion_are_refused(shop: BuiltShop) -> None:
    with pytest.raises(InputError, match="gives each shopper a vector"):
        build_release(shop.workspace, {"lookalikes": trained(shop, "rrf")}, silent)


def test_popular_means_lately(shop: BuiltShop, tmp_path: Path) -> None:
    from recsys.data.dataset import Dataset
    from recsys.releases.tables import write_histories

    release = Release(shop.workspace, shop.releases[0])
    dataset = Dataset.open(shop.workspace, release.manifest["dataset_id"])
    buyers, recent = write_histories(dataset, tmp_path)
    rows = dataset.interactions()
    assert rows.timestamp is not None
    expected = np.zeros(len(buyers))
    for pair in {(int(u), int(i)) for u, i in zip(rows.user, rows.item, strict=True)}:
        last = rows.timestamp[(rows.user == pair[0]) & (rows.item == pair[1])].max()
        expected[pair[1]] += 0.5 ** ((rows.timestamp.max() - last) / 86_400 / 30)
    np.testing.assert_allclose(recent, expected, rtol=1e-5)
    assert (recent <= buyers).all()
    assert release.dated


class TestWords:
    TEXTS = ("red cotton shirt", "blue cotton shirt", "red mug", "", "Red MUG 12", "oak table")

    def test_likeness_is_that_of_rare_words_in_common(self) -> None:
        space = word_space(self.TEXTS, np.ones(6, np.bool_), n_users=2)
        query = space.item_query(0)
        assert query is not None
        scores = space.scores([query])[0]
        assert scores.argmax() == 0
        assert scores[1] > scores[2] > 0, "cotton shirt is rarer than red"
        assert scores[2] == scores[4], "cases and numbers are no words"
        assert scores[5] == 0

    def test_words_of_one_item_alone_lead_nowhere(self) -> None:
        space = word_space(self.TEXTS, np.ones(6, np.bool_), n_users=2)
        assert space.item_query(5) is None
        assert space.item_query(3) is None
        assert not space.known_items[[3, 5]].any()

    def test_what_cannot_be_found_can_be_asked_with(self) -> None:
        findable = np.array([True, False, True, True, True, True])
        space = word_space(self.TEXTS, findable, n_users=2)
        query = space.item_query(1)
        assert query is not None
        scores = space.scores([query])[0]
        assert (scores[0] > 0, scores[1]) == (True, 0)

    def test_of_the_very_same_text_the_three_most_popular_can_be_found(self) -> None:
        texts = ["mug", "shirt", "mug", "mug", "mug", "shirt"]
        popular = np.array([2, 0, 5, 1, 3, 0], np.float32)
        assert best_of_alike(texts, popular).tolist() == [True, True, True, False, True, True]

    def test_a_shop_without_words(self) -> None:
        space = word_space(["", ""], np.ones(2, np.bool_), n_users=1)
        assert space.item_query(0) is None
