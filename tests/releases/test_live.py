from __future__ import annotations

import math
import threading
import time

import numpy as np
import pytest
from release_shop import FIELDS, N_ITEMS, ROLES, BuiltShop, item, load_shop, train, write
from sqlalchemy import event

from recsys.data.ingest import ingest
from recsys.errors import NotReady, StorageError
from recsys.releases import live_changes as module
from recsys.releases.build import build_release
from recsys.releases.live import LiveChange, LiveShop, change_live, stock_words
from recsys.releases.publishing import publish, roll_back
from recsys.releases.tables import UNKNOWN_STOCK
from recsys.types import silent
from recsys.workflows.shop import health


def test_nothing_is_live_before_the_first_publication(shop: BuiltShop) -> None:
    live = LiveShop(shop.workspace, refresh_seconds=0)
    with pytest.raises(NotReady, match="Nothing is live"):
        live.current()
    publish(shop.workspace, shop.releases[0], actor="me")
    assert live.current().release.id == shop.releases[0]


def test_readers_follow_publish_and_roll_back(shop: BuiltShop) -> None:
    one, two = shop.releases
    publish(shop.workspace, one, actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    held = live.current()
    publish(shop.workspace, two, actor="me")
    assert live.current().release.id == two
    roll_back(shop.workspace, actor="me")
    assert live.current().release.id == one
    # A request that began before all this goes on undisturbed.
    assert held.release.id == one
    assert held.release.index.count() == N_ITEMS


def test_a_view_is_kept_for_the_refresh_time(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=60)
    view = live.current()
    asked: list[str] = []
    event.listen(
        shop.workspace.database.engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, *rest: asked.append(statement),
    )
    publish(shop.workspace, shop.releases[1], actor="me")
    asked.clear()
    assert live.current() is view
    assert asked == []
    live._checked -= 61  # as if that time had passed
    assert live.current().release.id == shop.releases[1]


def test_publishing_the_same_release_again_does_not_open_it_again(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    before = live.current()
    publish(shop.workspace, shop.releases[0], actor="me")
    after = live.current()
    assert after.publication.id > before.publication.id
    assert after.release is before.release


def test_live_changes_hold_at_once_and_leave_the_rest(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    before = live.current()
    changes = [
        LiveChange(item(5), stock=0),
        LiveChange(item(6), price=2.5),
        LiveChange(item(7), hidden=True),
        LiveChange(item(3), price=9.0),
        LiveChange(item(4), stock=1),
    ]
    assert change_live(shop.workspace, changes, actor="me") == 5
    after = live.current()
    assert after.stock[[4, 5, 6]].tolist() == [1, 0, 11]
    assert after.price[[3, 6, 7]].tolist() == [9.0, 2.5, 8.0]
    assert np.flatnonzero(after.hidden).tolist() == [7]
    assert after.restocked == {4, 5}
    assert after.repriced == {3, 6}
    assert after.changed == {3, 4, 5, 6}
    assert time.time() - after.changed_at < 60
    # The view that a request holds stays as it was.
    assert before.stock[5] == 10
    assert not before.hidden.any()
    assert before.changed_at == 0


def test_changes_of_one_item_add_up(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    change_live(shop.workspace, [LiveChange(item(5), stock=0, hidden=True)], actor="me")
    change_live(shop.workspace, [LiveChange(item(5), price=3.0)], actor="me")
    view = live.current()
    assert (view.stock[5], view.price[5], view.hidden[5]) == (0, 3.0, True)
    two = [LiveChange(item(5), hidden=False), LiveChange(item(5), stock=2)]
    assert change_live(shop.workspace, two, actor="me") == 1
    view = live.current()
    assert (view.stock[5], view.price[5], view.hidden[5]) == (2, 3.0, False)


def test_an_item_set_back_to_what_the_index_holds_is_not_changed(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    change_live(shop.workspace, [LiveChange(item(5), stock=0, price=1.0)], actor="me")
    assert live.current().changed == {5}
    change_live(shop.workspace, [LiveChange(item(5), stock=10, price=6.0)], actor="me")
    assert live.current().changed == frozenset()


def test_no_change_is_no_change(shop: BuiltShop) -> None:
    assert change_live(shop.workspace, [], actor="me") == 0


def test_live_changes_survive_roll_back_and_publication(shop: BuiltShop) -> None:
    one, two = shop.releases
    publish(shop.workspace, one, actor="me")
    publish(shop.workspace, two, actor="me")
    change_live(shop.workspace, [LiveChange(item(5), stock=0, hidden=True)], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    live.current()
    for change_pointer in (
        lambda: roll_back(shop.workspace, actor="me"),
        lambda: publish(shop.workspace, two, actor="me"),
    ):
        change_pointer()
        view = live.current()
        assert (view.stock[5], view.hidden[5]) == (0, True)
        assert view.restocked == {5}
    assert LiveShop(shop.workspace).current().stock[5] == 0, "a restarted server sees it too"


def test_an_item_the_release_does_not_have_is_kept_for_later(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    change_live(shop.workspace, [LiveChange("x1", stock=0), LiveChange(item(1), stock=0)], actor="")
    assert live.current().restocked == {1}
    with shop.workspace.scratch() as folder:
        ingest(
            shop.workspace,
            interactions=write(folder / "p.csv", ROLES, [("u1", "x1", 1, 1), ("u1", "x2", 1, 1)]),
            items=write(
                folder / "i.csv", FIELDS, [("x1", "New", "Tea", 1, 9), ("x2", "", "", 1, 9)]
            ),
            name="Later",
        )
    pairs = train(shop.workspace, "copurchase")
    publish(shop.workspace, build_release(shop.workspace, {"also_bought": pairs}, silent), actor="")
    view = live.current()
    assert view.release.item_ids.ids == ("x1", "x2")
    assert view.stock.tolist() == [0, 9]


def test_a_stock_file_for_the_whole_shop_is_one_change(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    every = [LiveChange(item(number), stock=number) for number in range(2_000)]
    assert change_live(shop.workspace, every, actor="me") == 2_000
    assert change_live(shop.workspace, every, actor="me") == 2_000
    assert live.current().stock.tolist() == list(range(N_ITEMS))
    with shop.workspace.database.read() as connection:
        lines = connection.exec_driver_sql("SELECT subject FROM audit ORDER BY id").all()
    assert [line[0] for line in lines[1:]] == ["2000 items", "2000 items"]


def test_readers_never_see_an_error_while_releases_are_swapped(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0.01)
    live.current()
    stop = threading.Event()
    seen: set[str] = set()
    errors: list[BaseException] = []

    def read() -> None:
        query = np.ones(6, np.float32)
        try:
            while not stop.is_set():
                view = live.current()
                hits = view.release.index.query("for_you", query, limit=5)
                assert len(hits.rows) == 5
                assert len(view.release.item_ids) == N_ITEMS
                seen.add(view.release.id)
                time.sleep(0.001)
        except BaseException as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for swap in range(12):
        publish(shop.workspace, shop.releases[(swap + 1) % 2], actor="me")
        change_live(shop.workspace, [LiveChange(item(swap), stock=swap)], actor="me")
        time.sleep(0.02)
    stop.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert seen == set(shop.releases)
    view = LiveShop(shop.workspace).current()
    assert view.stock[:12].tolist() == list(range(12))


def test_only_one_thread_opens_a_new_release_and_nobody_waits(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    old = live.current()
    publish(shop.workspace, shop.releases[1], actor="me")
    with live._lock:  # as held by the thread that is opening it
        assert live.current() is old
    assert live.current().release.id == shop.releases[1]


def test_the_models_of_two_releases_may_differ_in_their_items(shop: BuiltShop) -> None:
    other = load_shop(shop.workspace, name="Another", seed=5)
    als = train(shop.workspace, "als", other)
    publish(shop.workspace, build_release(shop.workspace, {"for_you": als}, silent), actor="me")
    assert not math.isnan(LiveShop(shop.workspace).current().price[0])


def test_stock_in_words_of_an_api() -> None:
    assert stock_words(0) == 0
    assert stock_words(UNKNOWN_STOCK) is None


def test_many_changes_are_written_in_parts_and_others_get_their_turn(
    shop: BuiltShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    monkeypatch.setattr(module, "_BATCH", 8)
    versions: list[int] = []

    def turn(_seconds: float) -> None:
        change_live(shop.workspace, [LiveChange(item(0), stock=77)], actor="other")
        versions.append(live.current().version)

    monkeypatch.setattr(module.time, "sleep", turn)
    changes = [LiveChange(item(number % 20), stock=number) for number in range(1, 25)]
    assert change_live(shop.workspace, changes, actor="me") == 20
    assert versions == [2, 4]
    view = live.current()
    assert view.version == 5
    assert view.stock[:6].tolist() == [20, 21, 22, 23, 24, 5]


def test_a_release_that_cannot_be_opened_leaves_the_old_one_serving(
    shop: BuiltShop, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = shop.releases
    publish(shop.workspace, one, actor="me")
    live = LiveShop(shop.workspace, refresh_seconds=0)
    live.current()
    publish(shop.workspace, two, actor="me")
    path = shop.workspace.releases.root / two / "manifest.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole[:50], encoding="utf-8")
    change_live(shop.workspace, [LiveChange(item(5), stock=0)], actor="me")
    for _ in range(3):
        view = live.current()
        assert (view.release.id, view.stock[5]) == (one, 0)
    assert len(caplog.messages) == 1
    told = health(live)
    assert (told["status"], told["release"]["id"]) == ("ok", one)
    assert f"Release {two} was published and cannot be opened, so {one} is" in told["problem"]
    with pytest.raises(StorageError, match="is damaged"):
        LiveShop(shop.workspace).current()
    path.write_text(whole, encoding="utf-8")
    assert live.current().release.id == two
    assert health(live)["problem"] == ""
