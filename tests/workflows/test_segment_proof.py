from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import copy_home
from workflow_shops import load_shop, open_workspace

from recsys.data.ingest import Source, ingest
from recsys.errors import InputError, NotReady
from recsys.releases.live import LiveShop
from recsys.segments.definition import Definition, Seeds
from recsys.segments.proof import Proof
from recsys.types import Placement, silent
from recsys.workflows.jobs import await_job
from recsys.workflows.named_sets import save_named_set
from recsys.workflows.publishing import publish_release
from recsys.workflows.segment_proof import newest_proof, prove_lookalikes, submit_proof
from recsys.workflows.segment_rules import lifecycle_rules, save_lifecycle_rules
from recsys.workflows.training import train_model
from recsys.workspace import Workspace

N_SHOPPERS = 160
# What every fourth shopper and the next one of them buys at the end, and more than once.
PROMO = "promo"
EVENT = "2026-06-01"


def shopper(number: int) -> str:
    return f"u{number:03}"


TEA = tuple(shopper(n) for n in range(0, 120, 2))
BUYERS = tuple(shopper(n) for n in range(N_SHOPPERS) if n * 7 % 10 < 3)


def publish_only(workspace: Workspace, strategies: dict[Placement, str]) -> None:
    publish_release(
        workspace, strategies=strategies, only=tuple(strategies), evaluate=False, actor="tests"
    )


@pytest.fixture(scope="module")
def proving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A live shop of two tastes with a product that chance sells."""
    workspace = open_workspace(tmp_path_factory.mktemp("proving") / "home")
    lines = ["user_id,item_id,timestamp,order_id,price"]
    for visit in range(4):
        for n in range(N_SHOPPERS):
            if n < 3 and visit < 3:
                continue  # three come after the event only
            for k in range(4):
                number = (n * 5 + visit * 7 + k * 3 + n // 9) % 14 + 14 * (n % 2)
                day = f"2026-0{2 + visit}-{1 + n % 27:02}" if visit < 3 else "2026-06-15"
                lines.append(f"{shopper(n)},i{number:02},{day} 10:00:00,{n}-{visit},{number + 1}")
    for user in BUYERS:
        lines += [f"{user},{PROMO},2026-05-{day} 09:00:00,{user}-p{day},3" for day in (28, 29)]
    path = workspace.home / "bought.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    columns = lines[0].split(",")
    ingest(workspace, interactions=Source(path, dict(zip(columns, columns, strict=True))), name="P")
    settings = {"factors": 8, "iterations": 5}
    als = train_model(workspace, "als", settings=settings, evaluate=False)
    publish_only(workspace, {"lookalikes": als})
    yield workspace
    workspace.database.close()


def lookalikes(**seeds: object) -> Definition:
    return Definition(kind="lookalikes", seeds=Seeds.model_validate(seeds))


def test_a_proof_is_a_job_and_is_found_again(proving: Workspace) -> None:
    definition = lookalikes(ids=TEA, happened_on=EVENT)
    view = LiveShop(proving).current()
    assert newest_proof(proving, view, definition) is None
    job = await_job(proving, submit_proof(proving, definition, actor="ann"), silent)
    assert (job.kind, job.label) == ("segment_proof", "Prove the lookalikes of 60 seeds")
    assert job.result is not None
    proof = Proof.open(proving, job.result["proof_id"])
    assert proof.words == job.result["words"]
    # One of the seeds came after the event only, as did one of the others.
    assert (proof.seeds, proof.hidden, proof.base) == (59, 12, 158)
    assert proof.notes == (
        "1 of the seeds had bought nothing before that could tell, and are not looked for.",
    )
    assert proof.size == 59
    assert proof.words.startswith("Of hidden seeds ")
    assert "are among the first 59; RFM finds " in proof.words
    assert sum(proof.wins.values()) == 10
    assert proof.proved
    place = int((proof.sizes >= 40).argmax())
    assert proof.against["random"].low[place] > 0.1
    assert proof.about["model_kind"] == "als"
    assert proof.about["model_settings"]["factors"] == 8
    again = newest_proof(proving, view, definition.model_copy(update={"size": 5, "holdout": 0.1}))
    assert again is not None
    assert again.id == proof.id
    assert newest_proof(proving, view, lookalikes(ids=TEA)) is None
    turned = newest_proof(proving, view, lookalikes(ids=(*TEA[::-1], "x"), happened_on=EVENT))
    assert turned is not None
    assert turned.id == proof.id, "the same shoppers, in another order"
    assert "are among the first 30;" in proof.words_at(30)
    assert "are among the first 30;" in proof.words_at(30, "nearest")


def test_a_masked_product_does_not_find_its_buyers(proving: Workspace) -> None:
    proof = Proof.open(proving, prove_lookalikes(proving, lookalikes(buyers_of=(PROMO,))))
    assert proof.seeds == len(BUYERS)
    for size in (20, 40, 80):
        place = int((proof.sizes >= size).argmax())
        assert proof.against["random"].low[place] <= 0
    assert proof.words_at(40).endswith("That is no better than chance.")
    assert proof.notes == ()
    asked = lookalikes(conditions={"items": [PROMO]})
    same = Proof.open(proving, prove_lookalikes(proving, asked))
    assert same.curves["chosen"].mean.tolist() == proof.curves["chosen"].mean.tolist()
    assert same.notes == ()
    named = Proof.open(proving, prove_lookalikes(proving, lookalikes(ids=BUYERS)))
    place = int((named.sizes >= 40).argmax())
    # Unmasked, the product itself finds them: what the mask is there for.
    assert named.against["random"].low[place] > 0
    assert named.notes == (
        "Nothing says when the seeds became what they are, so all purchases count: what made them"
        " seeds may itself find them.",
    )


def test_a_proof_of_what_changed_since_is_none(proving: Workspace, tmp_path: Path) -> None:
    workspace = open_workspace(copy_home(proving.home, tmp_path / "copy"))
    some = save_named_set(workspace, "segment", "Some", TEA[:10], actor="ann")
    view = LiveShop(workspace).current()

    def holds(definition: Definition) -> bool:
        return newest_proof(workspace, view, definition) is not None

    by_segment = lookalikes(conditions={"segments": [some.id]})
    by_stage = lookalikes(conditions={"stages": ["loyal"]})
    by_day = lookalikes(ids=TEA[:10], happened_on=EVENT)
    for definition in (by_segment, by_stage, by_day):
        assert not holds(definition)
        prove_lookalikes(workspace, definition)
        assert holds(definition)
    assert holds(lookalikes(ids=TEA[:10])), "the same shoppers, whatever they were named by"
    assert not holds(lookalikes(ids=TEA[:10], happened_on="2026-06-02"))
    # The segment has another member, and the rules call others loyal.
    save_named_set(workspace, "segment", "Some", TEA[:11], set_id=some.id, revision=1, actor="ann")
    assert not holds(by_segment)
    rules = lifecycle_rules(workspace).model_copy(update={"loyal_share": 0.9})
    save_lifecycle_rules(workspace, rules, revision=0, actor="ann")
    assert not holds(by_stage)
    settings = {"factors": 6, "iterations": 5}
    als = train_model(workspace, "als", settings=settings, evaluate=False)
    publish_only(workspace, {"lookalikes": als})
    assert holds(by_day)
    view = LiveShop(workspace).current()
    assert not holds(by_day), "another model is live"
    workspace.database.close()


def test_too_few_seeds_prove_nothing(proving: Workspace) -> None:
    few = lookalikes(ids=TEA[:19], happened_on=EVENT)
    proof = Proof.open(proving, prove_lookalikes(proving, few))
    assert not proof.proved
    assert proof.chosen is None
    assert proof.words == (
        "Only 18 seeds can be looked for, and below 20 chance decides: nothing is proved."
    )
    assert proof.words_at(100) == proof.words
    assert proof.notes[0].startswith("Only 19 seeds: below 20")


def test_what_cannot_be_proved_is_refused_before_the_queue(proving: Workspace) -> None:
    with pytest.raises(InputError, match="Only lookalikes can be proved"):
        submit_proof(proving, Definition(kind="list", ids=TEA), actor="ann")
    with pytest.raises(InputError, match="None of the seeds is a shopper"):
        submit_proof(proving, lookalikes(ids=("nobody",)), actor="ann")
    everyone = tuple(shopper(n) for n in range(N_SHOPPERS))
    with pytest.raises(InputError, match="The seeds are all 160 shoppers"):
        submit_proof(proving, lookalikes(ids=everyone), actor="ann")


def test_a_shop_without_dates_proves_on_all_rows(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "home")
    load_shop(workspace, dated=False)
    als = train_model(workspace, "als", settings={"factors": 4, "iterations": 3}, evaluate=False)
    publish_only(workspace, {"lookalikes": als})
    seeds = (*(f"u{n:02}" for n in range(0, 40, 2)), "u01")
    definition = lookalikes(ids=seeds, happened_on="2026-01-01")
    proof = Proof.open(workspace, prove_lookalikes(workspace, definition))
    assert proof.proved
    assert (
        "The purchases have no dates, so all of them count as made before the day." in proof.notes
    )
    workspace.database.close()


def test_releases_of_other_models(proving: Workspace, tmp_path: Path) -> None:
    workspace = open_workspace(copy_home(proving.home, tmp_path / "copy"))
    definition = lookalikes(ids=TEA, happened_on=EVENT)
    pairs = train_model(workspace, "copurchase", evaluate=False)
    publish_only(workspace, {"also_bought": pairs})
    with pytest.raises(NotReady, match="No model of the live release gives shoppers vectors"):
        submit_proof(workspace, definition, actor="ann")
    # Of a fusion the part with vectors is fitted anew, and it alone.
    parts = [{"kind": "copurchase"}, {"kind": "svd", "settings": {"factors": 6}}]
    fusion = train_model(workspace, "hybrid", settings={"parts": parts}, evaluate=False)
    publish_only(workspace, {"for_you": fusion})
    about = Proof.open(workspace, prove_lookalikes(workspace, definition)).about
    assert (about["model_kind"], about["model_settings"]) == ("svd", {"factors": 6})
    workspace.database.close()
