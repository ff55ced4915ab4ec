from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from qdrant_client import QdrantClient
from release_shop import N_ITEMS, N_SHOPPERS, BuiltShop, load_shop, strategies, train

from recsys.data.dataset import Dataset
from recsys.errors import InputError, JobCancelled, NotFound, NotReady, StorageError
from recsys.models.factors import FactorSpace
from recsys.models.store import open_served
from recsys.releases import build
from recsys.releases.build import build_release
from recsys.releases.check import check_items, check_shoppers
from recsys.releases.release import Release
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.types import silent
from recsys.vectors.base import DenseVectors, Points, SparseVectors
from recsys.vectors.edge import EdgeStore
from recsys.vectors.server import ServerStore


def test_a_release_holds_all_that_shelves_need(shop: BuiltShop) -> None:
    release = Release(shop.workspace, shop.releases[0])
    assert release.index.count() == len(release.item_ids) == N_ITEMS
    assert release.shopper_index.count() == len(release.user_ids) == N_SHOPPERS
    assert release.currency == "EUR"
    assert release.names[7] == "Product 7"
    assert release.categories == ["Coffee", "Tea"]
    assert release.category_codes[[0, 20]].tolist() == [1, 0]
    assert np.isnan(release.price[3])
    assert release.price[9] == 10
    assert release.stock[4] == UNKNOWN_STOCK
    assert release.stock[9] == 14
    assert release.buyers[29] == 0


def test_histories_are_those_of_the_dataset(shop: BuiltShop) -> None:
    release = Release(shop.workspace, shop.releases[0])
    rows = Dataset.open(shop.workspace, release.manifest["dataset_id"]).interactions()
    assert rows.timestamp is not None
    buyers = np.zeros(N_ITEMS)
    for user in range(N_SHOPPERS):
        items, times, last = release.history(user)
        mine = rows.user == user
        expected, counts = np.unique(rows.item[mine], return_counts=True)
        assert items.tolist() == expected.tolist()
        assert times.tolist() == counts.tolist()
        rhythm = release.rhythm(user)
        assert last is not None
        assert rhythm is not None
        for place, bought in enumerate(expected):
            when = rows.timestamp[mine & (rows.item == bought)]
            assert last[place] == when.max()
            assert rhythm[0][place] == when.min()
            assert rhythm[1][place] == len({int(second) // 86_400 for second in when})
        buyers[expected] += 1
    assert release.buyers.tolist() == buyers.tolist()
    assert release.newest == rows.timestamp.max()


def test_a_release_of_an_earlier_version_knows_no_first_purchases(
    shop: BuiltShop,
) -> None:
    for name in ("first", "days"):
        (shop.workspace.releases.path(shop.releases[0]) / f"bought.{name}.npy").unlink()
    release = Release(shop.workspace, shop.releases[0])
    release.check()
    assert release.rhythm(0) is None
    assert release.history(0)[2] is not None


def test_the_index_was_compared_with_the_models(shop: BuiltShop) -> None:
    checked = shop.workspace.releases.manifest(shop.releases[0])["checked"]
    assert set(checked) == {"for_you", "similar", "also_bought", "lookalikes"}
    for place in checked.values():
        assert place["queries"] == 20
        assert place["largest_difference"] < 1e-4


def test_progress_grows_to_the_end_and_nothing_is_left_at_the_temporary_place(
    shop: BuiltShop,
) -> None:
    """The engine has the index open while its folder is renamed."""
    shares: list[float] = []
    release_id = build_release(
        shop.workspace, shop.strategies, lambda share, step: shares.append(share)
    )
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    names = {path.name for path in shop.workspace.releases.root.iterdir()}
    assert names == {*shop.releases, release_id}


def test_a_release_need_not_serve_every_placement(shop: BuiltShop) -> None:
    release_id = build_release(shop.workspace, {"also_bought": shop.pairs}, silent)
    release = Release(shop.workspace, release_id)
    assert release.space("also_bought").kind == "sparse"
    with pytest.raises(NotReady, match="no for you shelf"):
        release.space("for_you")
    with pytest.raises(NotReady, match="no lookalikes shelf"):
        _ = release.shopper_index


def test_popularity_can_feed_for_you(shop: BuiltShop) -> None:
    popular = train(shop.workspace, "popularity")
    release_id = build_release(shop.workspace, {"for_you": popular}, silent)
    assert Release(shop.workspace, release_id).space("for_you").kind == "scores"


def test_models_of_two_datasets_are_refused(shop: BuiltShop) -> None:
    other = load_shop(shop.workspace, name="Another", seed=2)
    pairs = train(shop.workspace, "copurchase", other)
    with pytest.raises(InputError, match="2 different datasets"):
        build_release(shop.workspace, strategies(shop.als, pairs), silent)


def test_lookalikes_need_vectors_of_shoppers(shop: BuiltShop) -> None:
    with pytest.raises(InputError, match="gives each shopper a vector"):
        build_release(shop.workspace, {"lookalikes": shop.pairs}, silent)


def test_a_model_that_is_not_there(shop: BuiltShop) -> None:
    with pytest.raises(NotFound, match="no model 'gone'"):
        build_release(shop.workspace, {"for_you": "gone"}, silent)


def test_a_build_that_is_stopped_leaves_nothing_behind(shop: BuiltShop) -> None:
    before = sorted(shop.workspace.releases.root.rglob("*"))

    def stop(share: float, step: str) -> None:
        if share > 0.9:
            raise JobCancelled("Cancelled.")

    with pytest.raises(JobCancelled):
        build_release(shop.workspace, shop.strategies, stop)
    assert sorted(shop.workspace.releases.root.rglob("*")) == before


def test_a_failed_check_leaves_nothing_behind(shop: BuiltShop) -> None:
    """A model whose files are damaged after the index was written: the two no longer agree."""
    before = sorted(shop.workspace.releases.root.rglob("*"))
    model = shop.workspace.models.path(shop.als) / "served" / "items.npy"
    # Large enough to be mapped into memory, so that a later write shows through.
    items = np.load(model)
    np.save(model, np.hstack([items, np.zeros((N_ITEMS, 64), np.float32)]))
    users = model.with_name("users.npy")
    np.save(users, np.hstack([np.load(users), np.zeros((N_SHOPPERS, 64), np.float32)]))

    def damage(share: float, step: str) -> None:
        if step == "Comparing the index with the models":
            np.lib.format.open_memmap(model, mode="r+")[:] *= -1

    with pytest.raises(StorageError, match="does not answer what its model answers"):
        build_release(shop.workspace, {"for_you": shop.als}, damage)
    assert sorted(shop.workspace.releases.root.rglob("*")) == before


class TestCheck:
    def index_of(self, folder: Path, points: Points) -> EdgeStore:
        store = EdgeStore(folder)
        store.build("items", points, silent)
        return store

    @pytest.mark.parametrize("kind", ["als", "pairs"])
    def test_a_missing_item_is_noticed(self, shop: BuiltShop, tmp_path: Path, kind: str) -> None:
        """As after a torn write: the numbers of points agree and vectors are missing."""
        place = "for_you" if kind == "als" else "also_bought"
        space = open_served(shop.workspace, getattr(shop, kind))
        nothing = DenseVectors(
            np.zeros((N_ITEMS, 6), np.float32), "dot", np.zeros(N_ITEMS, np.bool_)
        )
        if kind == "als":
            points = Points(N_ITEMS, {place: nothing}, payload={}, indexed={})
        else:
            empty = np.zeros(N_ITEMS + 1, np.int64)
            none = SparseVectors(empty, np.empty(0, np.int32), np.empty(0, np.float32))
            points = Points(N_ITEMS, {place: none}, payload={}, indexed={})
        index = self.index_of(tmp_path, points).open("items")
        with pytest.raises(StorageError, match="off by inf"):
            check_items(index, place, space, n_users=N_SHOPPERS)

    def test_wrong_shoppers_are_noticed(self, shop: BuiltShop, tmp_path: Path) -> None:
        space = open_served(shop.workspace, shop.als)
        assert isinstance(space, FactorSpace)
        turned = DenseVectors(space.users[::-1].copy(), "cosine", np.ones(N_SHOPPERS, np.bool_))
        points = Points(N_SHOPPERS, {"lookalikes": turned}, payload={}, indexed={})
        with pytest.raises(StorageError, match="lookalikes does not answer"):
            check_shoppers(self.index_of(tmp_path, points).open("items"), space)


def test_a_release_with_a_torn_index_cannot_be_opened(shop: BuiltShop) -> None:
    folder = shop.workspace.releases.path(shop.releases[0])
    (tracker,) = (folder / "items").rglob("id_tracker.versions")
    content = tracker.read_bytes()
    tracker.unlink()
    tracker.write_bytes(content[:8])
    with pytest.raises(StorageError, match="damaged"):
        Release(shop.workspace, shop.releases[0])


def test_a_release_whose_index_has_too_few_points_cannot_be_opened(shop: BuiltShop) -> None:
    folder = shop.workspace.releases.path(shop.releases[0])
    (folder / "items").rename(folder / "away")
    (folder / "shoppers").rename(folder / "items")
    (folder / "shoppers.files.json").rename(folder / "items.files.json")
    with pytest.raises(StorageError, match="24 points for 30 items"):
        Release(shop.workspace, shop.releases[0])


@pytest.mark.parametrize("file", ["catalogue.parquet", "buyers.npy", "bought.indptr.npy"])
def test_a_release_with_a_damaged_file_cannot_be_opened(shop: BuiltShop, file: str) -> None:
    path = shop.workspace.releases.path(shop.releases[0]) / file
    path.write_bytes(b"damaged")
    with pytest.raises(StorageError, match=f"{file} cannot be read"):
        Release(shop.workspace, shop.releases[0])


@pytest.mark.filterwarnings("ignore:Payload indexes have no effect:UserWarning")
@pytest.mark.filterwarnings("ignore:Local mode performs exact:UserWarning")
def test_a_failed_build_takes_its_collections_from_the_server(
    shop: BuiltShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = QdrantClient(":memory:")
    monkeypatch.setattr(
        build,
        "vector_store",
        lambda settings, folder, release_id: ServerStore(client, prefix=release_id),
    )

    def stop(share: float, step: str) -> None:
        if step == "Comparing the index with the models":
            assert len(client.get_collections().collections) == 2
            raise JobCancelled("Cancelled.")

    with pytest.raises(JobCancelled):
        build_release(shop.workspace, shop.strategies, stop)
    assert client.get_collections().collections == []
