from __future__ import annotations

import pytest
from release_shop import BuiltShop

from recsys.errors import InputError, NotFound, StorageError
from recsys.releases.publishing import live, publish, published, roll_back


def release_live(shop: BuiltShop) -> str:
    found = live(shop.workspace)
    assert found is not None
    return found.release_id


def test_nothing_is_live_at_first(shop: BuiltShop) -> None:
    assert live(shop.workspace) is None
    assert published(shop.workspace) == []
    with pytest.raises(InputError, match="no earlier release") as caught:
        roll_back(shop.workspace, actor="me")
    assert "Publish a release first" in caught.value.hint


def test_there_is_nothing_before_the_first(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    with pytest.raises(InputError) as caught:
        roll_back(shop.workspace, actor="me")
    assert caught.value.hint == "The first one is live."


def test_a_release_that_is_not_there_cannot_go_live(shop: BuiltShop) -> None:
    with pytest.raises(NotFound, match="no release 'gone'"):
        publish(shop.workspace, "gone", actor="me")
    assert live(shop.workspace) is None


def test_roll_back_twice_then_publish_again(shop: BuiltShop) -> None:
    one, two = shop.releases
    for release in (one, two, one):
        publish(shop.workspace, release, actor="me")
    assert roll_back(shop.workspace, actor="you").release_id == two
    assert roll_back(shop.workspace, actor="you").release_id == one
    with pytest.raises(InputError):
        roll_back(shop.workspace, actor="you")
    assert release_live(shop) == one
    publish(shop.workspace, two, actor="me")
    assert release_live(shop) == two
    assert roll_back(shop.workspace, actor="you").release_id == one
    with pytest.raises(InputError):
        roll_back(shop.workspace, actor="you")
    history = published(shop.workspace)
    assert [line.action for line in history] == [
        "rollback", "publish", "rollback", "rollback", "publish", "publish", "publish",
    ]  # fmt: skip
    assert [line.actor for line in history[:2]] == ["you", "me"]
    assert published(shop.workspace, limit=2) == history[:2]


def test_publishing_what_is_live_keeps_the_way_back(shop: BuiltShop) -> None:
    one, two = shop.releases
    for release in (one, two, two):
        publish(shop.workspace, release, actor="me")
    assert roll_back(shop.workspace, actor="me").release_id == one


def test_who_did_what_is_written_down(shop: BuiltShop) -> None:
    publish(shop.workspace, shop.releases[0], actor="me")
    with shop.workspace.database.read() as connection:
        lines = connection.exec_driver_sql("SELECT actor, action, subject FROM audit").all()
    assert [tuple(line) for line in lines] == [("me", "publish", shop.releases[0])]


@pytest.mark.parametrize("file", ["manifest.json", "buyers.npy", "spaces/for_you/space.json"])
def test_what_cannot_be_opened_cannot_go_live(shop: BuiltShop, file: str) -> None:
    one, two = shop.releases
    publish(shop.workspace, one, actor="me")
    publish(shop.workspace, two, actor="me")
    (shop.workspace.releases.root / one / file).write_text("{", encoding="utf-8")
    with pytest.raises(StorageError, match=file):
        publish(shop.workspace, one, actor="me")
    with pytest.raises(StorageError, match=file):
        roll_back(shop.workspace, actor="me")
    assert release_live(shop) == two
