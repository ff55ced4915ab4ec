from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flow_shop import open_flow, user

from recsys.copywriting.prompting import make_prompt
from recsys.copywriting.text import Brief, Facts
from recsys.errors import InputError, NotFound, NotReady
from recsys.releases.live import LiveShop, LiveView
from recsys.settings import Settings
from recsys.workflows.copy_facts import segment_facts
from recsys.workflows.named_sets import save_named_set
from recsys.workspace import Workspace

EVEN = [user(number) for number in range(0, 80, 2)]


@pytest.fixture
def flow(flow_home: Path, copy_of: Callable[[Path], Path]) -> Iterator[Workspace]:
    workspace = open_flow(copy_of(flow_home))
    yield workspace
    workspace.database.close()


def segment(workspace: Workspace, members: list[str], name: str = "Ann's friends") -> int:
    return save_named_set(workspace, "segment", name, members, actor="ana").id


def sent(facts: Facts) -> str:
    return make_prompt(facts, Brief(kind="subject")).user


def test_a_segment_tells_what_its_members_share_in_words(flow: Workspace) -> None:
    facts = segment_facts(flow, segment(flow, EVEN))
    assert (facts.about, facts.name, facts.original) == ("segment", "Ann's friends", "")
    assert facts.value("category 1") == (
        "Tea, bought by nearly all of the group, much more often than by others"
    )
    assert facts.value("category 2") is None
    # Not who they are, not what the shop knows of them, and not what the segment is called.
    for secret in ("Ann", "shop.example", "+49", "18-30", "gold", "friends", *EVEN):
        assert secret not in sent(facts)


def test_what_they_share_follows_the_members(flow: Workspace) -> None:
    made = save_named_set(flow, "segment", "Mine", EVEN, actor="ana")
    tea = segment_facts(flow, made.id)
    assert segment_facts(flow, made.id) == tea
    odd = [user(number) for number in range(1, 80, 2)]
    save_named_set(flow, "segment", "Mine", odd, set_id=made.id, revision=made.version, actor="ana")
    assert "Tea" not in sent(segment_facts(flow, made.id))


def test_fewer_than_twenty_members_share_nothing(flow: Workspace) -> None:
    for members in (EVEN[:19], [*EVEN[:19], "stranger", "another"]):
        with pytest.raises(InputError) as caught:
            segment_facts(flow, segment(flow, members, f"Few {len(members)}"))
        assert str(caught.value) == (
            f"The segment 'Few {len(members)}' has 19 members that the live release knows; 20 are"
            " needed before what they share may leave the shop. Choose a larger segment, or write"
            " for products instead."
        )
    assert segment_facts(flow, segment(flow, EVEN[:20], "Enough")).facts


def test_a_trait_of_a_few_members_is_never_said(flow: Workspace) -> None:
    few = [*EVEN[:30], *(user(number) for number in range(1, 19, 2))]
    facts = segment_facts(flow, segment(flow, few))
    assert "Coffee" not in sent(facts)  # nine of them buy it


def test_sensitive_products_count_for_nothing(flow: Workspace) -> None:
    odd = [user(number) for number in range(1, 80, 2)]
    set_id = segment(flow, odd)
    view = LiveShop(flow).current()
    assert "Pharmacy" not in sent(segment_facts(flow, set_id, view=view))
    assert "Coffee" in sent(segment_facts(flow, set_id, view=view))
    hidden = _all_sensitive(view)
    assert "Coffee" not in sent(segment_facts(flow, set_id, view=hidden))


def _all_sensitive(view: LiveView) -> LiveView:
    """Return the view of a release in which all products are marked."""
    release = LiveShop(view_workspace(view)).current().release
    release.__dict__["sensitive"] = np.ones(len(release.item_ids), np.bool_)
    return replace(view, release=release)


def view_workspace(view: LiveView) -> Workspace:
    return Workspace(Settings(home=view.release.folder.parents[1]))


def test_products_that_the_mail_shows_are_facts_too(flow: Workspace) -> None:
    set_id = segment(flow, EVEN)
    facts = segment_facts(flow, set_id, ["i05", "i06"])
    assert facts.value("product 2 name") == "Product 6"
    assert json.dumps("Product 5") in sent(facts)
    with pytest.raises(InputError, match="A subject shows at most 3 products, not 4"):
        segment_facts(flow, set_id, ["i01", "i02", "i04", "i05"])
    with pytest.raises(NotFound, match="The catalogue has no product 'x'"):
        segment_facts(flow, set_id, ["x"])


def test_what_is_not_there_is_said(flow: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no segment 99"):
        segment_facts(flow, 99)
    empty = Workspace(Settings(home=tmp_path / "empty"))
    with pytest.raises(NotReady, match="Nothing is live yet"):
        segment_facts(empty, segment(empty, EVEN))
    empty.database.close()
