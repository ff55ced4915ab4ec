"""The proof of lookalikes, as a job: how well hidden seeds are found, before their event."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from recsys.data.content import Content
from recsys.data.dataset import Dataset, Interactions
from recsys.errors import InputError, NotReady
from recsys.jobs.queue import Job
from recsys.models.base import TrainingData, read_config
from recsys.models.factors import FactorSpace
from recsys.models.registry import find_model
from recsys.releases.live import LiveShop, LiveView
from recsys.releases.people import people_by
from recsys.rules.book import NamedSet
from recsys.rules.saying import counted
from recsys.rules.sets import load_sets, newest_versions
from recsys.segments.activity import activity
from recsys.segments.definition import Definition, Seeds
from recsys.segments.lifecycle import DEFAULT_RULES, LifecycleRules
from recsys.segments.proof import Proof, nothing_proved, proved
from recsys.segments.proving import Base, prove
from recsys.segments.ranked import no_vectors
from recsys.segments.seeds import FEWEST_SEEDS, Seeded, seeded
from recsys.segments.vectors import Vectors, place_of_vectors
from recsys.shelves.facts import dense_of
from recsys.types import Report, part_of, silent
from recsys.workflows.data_jobs import of_first_try, submit
from recsys.workflows.segment_rules import lifecycle_rules
from recsys.workspace import Workspace

__all__ = [
    "KIND",
    "Proof",
    "newest_proof",
    "proof_job",
    "prove_lookalikes",
    "rests_on",
    "submit_proof",
]

KIND = "segment_proof"


def submit_proof(
    workspace: Workspace,
    definition: Definition,
    *,
    rules: LifecycleRules = DEFAULT_RULES,
    actor: str,
) -> Job:
    """Queue the proof of a definition's lookalikes on the live release.

    Parameters
    ----------
    rules
        Those of the lifecycle, where the seeds go by stage.

    Raises
    ------
    NotReady
        Nothing is live, or no model of it gives shoppers vectors.
    InputError
        The definition has no seeds, or none that the release knows.
    """
    view = LiveShop(workspace).current()
    seeds = _seeds(definition)
    if place_of_vectors(view.release) is None:
        raise no_vectors()
    found = seeded(view, seeds, sets=_named(workspace, seeds), rules=rules)
    params = {
        "definition": definition.model_dump(mode="json"),
        "rules": rules.model_dump(mode="json"),
    }
    words = f"Prove the lookalikes of {counted(len(found.rows), 'seed')}"
    return submit(workspace, KIND, params, words, actor)


def proof_job(workspace: Workspace, params: dict[str, Any], report: Report) -> dict[str, Any]:
    """Do the job of :func:`submit_proof`; the result names the proof and says what it found."""
    proof_id = of_first_try(workspace.proofs)
    if proof_id is None:
        proof_id = prove_lookalikes(
            workspace,
            Definition.model_validate(params["definition"]),
            rules=LifecycleRules.model_validate(params["rules"]),
            report=report,
        )
    return {"proof_id": proof_id, "words": Proof.open(workspace, proof_id).words}


def newest_proof(workspace: Workspace, view: LiveView, definition: Definition) -> Proof | None:
    """Return the newest proof that still holds for a definition; None where there is none.

    It holds while the seeds are the same shoppers, who have to be looked for before the same day
    and without the same products, in the same data, and by the same model with the same settings.
    Rules of the lifecycle and other segments count by the shoppers whom they make seeds.
    """
    proofs = workspace.proofs.manifests()
    if definition.seeds is None or not proofs:
        return None
    try:
        event = seeded(
            view,
            definition.seeds,
            sets=_named(workspace, definition.seeds),
            rules=lifecycle_rules(workspace),
        )
        key = rests_on(view, event, *model_of_vectors(workspace, view))
    except (InputError, NotReady):  # there are no seeds to prove, or no vectors
        return None
    return next((Proof.read(kept) for kept in proofs if kept.get("rests_on") == key), None)


def rests_on(view: LiveView, event: Seeded, kind: str, settings: dict[str, Any]) -> str:
    """Return what a proof rests on, as a text that is another when any of it is."""
    plain = [view.release.manifest["dataset_id"], event.before, kind, settings]
    found = hashlib.sha256(json.dumps(plain, sort_keys=True).encode())
    for rows in (event.rows, event.masked):
        found.update(hashlib.sha256(rows.astype("<i4").tobytes()).digest())
    return found.hexdigest()[:32]


def _seeds(definition: Definition) -> Seeds:
    if definition.seeds is None:
        raise InputError(
            "Only lookalikes can be proved, and this segment has no seeds.",
            hint="Give seeds: shoppers whose like is looked for.",
        )
    return definition.seeds


def _named(workspace: Workspace, seeds: Seeds) -> Mapping[int, NamedSet]:
    """Return the segments that the seeds go by, as they stand now."""
    wanted = () if seeds.conditions is None else seeds.conditions.segments
    with workspace.database.read() as connection:
        versions = newest_versions(connection, wanted)
    return load_sets(workspace.database, versions)


def prove_lookalikes(
    workspace: Workspace,
    definition: Definition,
    *,
    rules: LifecycleRules = DEFAULT_RULES,
    report: Report = silent,
) -> str:
    """Prove how well the live model finds hidden seeds, and keep that; return its id.

    The configuration of the live model is fitted anew on the rows before the day on which the
    seeds showed themselves, all rows where that is unknown, and without the products whose buyers
    they are, or that their conditions ask for. Shoppers who had bought nothing by then are not
    looked for and not among whom is looked.

    Raises
    ------
    NotReady, InputError
        As :func:`submit_proof`.
    """
    report(0.0, "Reading the purchases")
    view = LiveShop(workspace).current()
    seeds = _seeds(definition)
    event = seeded(view, seeds, sets=_named(workspace, seeds), rules=rules)
    kind, settings = model_of_vectors(workspace, view)
    dataset = Dataset.open(workspace, view.release.manifest["dataset_id"])
    rows = rows_before(dataset.interactions(), event)
    people = people_by(rows, dataset.n_users)
    there = np.flatnonzero(people.orders > 0)
    looked_for = np.flatnonzero(np.isin(there, event.rows))
    if len(looked_for) < FEWEST_SEEDS or len(looked_for) == len(there):
        found = nothing_proved(len(looked_for))
    else:
        base = fitted_base(dataset, rows, kind, settings, report=part_of(report, 0.05, 0.6))
        step = part_of(report, 0.6, 1.0)
        found = proved(prove(base, looked_for, seed=definition.seed, report=step), definition.size)
    manifest: dict[str, Any] = {
        "rests_on": rests_on(view, event, kind, settings),
        "dataset_id": dataset.id,
        "dataset_fingerprint": dataset.manifest["fingerprint"],
        "release_id": view.release.id,
        "model_kind": kind,
        "model_settings": settings,
        "happened_on": seeds.happened_on,
        "created_at": time.time(),
        "seeds": len(looked_for),
        "base": len(there),
        "notes": _notes(event, len(looked_for)),
        **found,
    }
    proof_id = workspace.proofs.new_id()
    with workspace.proofs.writing(proof_id, manifest):
        report(1.0, "Proof ready")
    return proof_id


def model_of_vectors(workspace: Workspace, view: LiveView) -> tuple[str, dict[str, Any]]:
    """Return the kind and the settings of the live model that gives shoppers vectors.

    Of a fusion it is the part that does.

    Raises
    ------
    NotReady
        No model does.
    """
    release = view.release
    place = place_of_vectors(release)
    if place is None:
        raise no_vectors()
    model = workspace.models.manifest(release.manifest["strategies"][place])
    space = release.space(place)
    if isinstance(space, FactorSpace):
        return model["kind"], model["settings"]
    dense = dense_of(space)
    number = next(n for n, part in enumerate(getattr(space, "parts", ())) if part is dense)
    part = model["settings"]["parts"][number]
    return part["kind"], part["settings"]


def rows_before(rows: Interactions, event: Seeded) -> Interactions:
    """Return the rows that know nothing of an event: before its day, without its products."""
    kept = ~np.isin(rows.item, event.masked)
    if event.before is not None and rows.timestamp is not None:
        kept &= rows.timestamp < event.before
    return rows if kept.all() else rows.rows(kept)


def fitted_base(
    dataset: Dataset,
    rows: Interactions,
    kind: str,
    settings: dict[str, Any],
    *,
    report: Report = silent,
) -> Base:
    """Fit a model on some rows; return those who bought something in them."""
    model = find_model(kind)
    data = TrainingData(rows, dataset.n_users, dataset.n_items, content=Content(dataset))
    space = dense_of(model(read_config(model, settings)).fit(data, report))
    if space is None:
        raise no_vectors()
    people = people_by(rows, dataset.n_users)
    there = np.flatnonzero(people.orders > 0)
    return Base(Vectors.of(space.users[there]), activity(people)[there], people.orders[there])


def _notes(event: Seeded, looked_for: int) -> list[str]:
    notes = list(event.notes)
    if event.before is None and not len(event.masked):
        notes.append(
            "Nothing says when the seeds became what they are, so all purchases count: what made"
            " them seeds may itself find them."
        )
    gone = len(event.rows) - looked_for
    if gone:
        notes.append(
            f"{gone:,} of the seeds had bought nothing before that could tell, and are not looked"
            " for."
        )
    return notes
