"""One text from asking to the queue, and how texts are told to programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.providers.opening import open_provider
from recsys.copywriting.queued import is_read
from recsys.copywriting.text import Brief, Copy, Facts
from recsys.workflows.copy_queue import CopyText, CopyVersion, keep
from recsys.workflows.copy_settings import model_of
from recsys.workflows.copywriting import Written, write
from recsys.workspace import Workspace


def write_one(
    workspace: Workspace,
    facts: Facts,
    brief: Brief,
    *,
    model: str = "",
    kept: bool = True,
    on_again: Callable[[Checked], None] | None = None,
    actor: str,
) -> tuple[Written, CopyText | None]:
    """Have one text written by the provider that the environment names, and put it into the queue.

    Parameters
    ----------
    model
        Empty for the one that is chosen on the Copy page.
    kept
        False leaves the queue as it is; what was written is returned in either case.

    Raises
    ------
    ProviderError
        No answer, or one that cannot be used.
    """
    provider = open_provider(workspace.settings)
    try:
        written = write(
            workspace,
            facts,
            brief,
            provider=provider,
            model=model or model_of(workspace),
            on_again=on_again,
        )
    finally:
        provider.close()
    if not kept:
        return written, None
    return written, keep(workspace, facts, brief, written, actor=actor)


def written_document(written: Written, kept: CopyText | None, *, language: str) -> dict[str, Any]:
    """Return what was written as API and command line tell it."""
    return {
        "copy_id": kept and kept.id,
        "state": kept and kept.state,
        "revision": kept and kept.revision,
        **_copy(written.copy),
        **_checked(written.checked, language),
        "model": written.model,
        "prompt_version": written.prompt_version,
        "usage": asdict(written.usage),
        "cost": written.cost,
        "tries": written.tries,
    }


def text_document(text: CopyText) -> dict[str, Any]:
    """Return a text of the queue as API and command line tell it, without its history."""
    return {
        "id": text.id,
        "kind": text.kind,
        "about": text.about,
        "about_id": text.about_id,
        "name": text.name,
        "language": text.language,
        "state": text.state,
        "revision": text.revision,
        "version": text.now.version,
        **_copy(text.now.copy),
        **_checked(text.now.checked, text.language),
        "original": text.original,
        "run_id": text.run_id,
        "actor": text.actor,
        "at": text.at,
    }


def version_document(version: CopyVersion) -> dict[str, Any]:
    """Return a version of a text as API and command line tell it."""
    return {
        "version": version.version,
        **_copy(version.copy),
        **_checked(version.checked, version.brief.language),
        "brief": version.brief.model_dump(mode="json"),
        "facts": version.facts.model_dump(mode="json"),
        "made_by": version.made_by,
        "model": version.model,
        "prompt_version": version.prompt_version,
        "usage": asdict(version.usage),
        "cost": version.cost,
        "note": version.note,
        "actor": version.actor,
        "at": version.at,
    }


def _copy(copy: Copy) -> dict[str, Any]:
    return copy.model_dump(mode="json")


def _checked(checked: Checked, language: str) -> dict[str, Any]:
    found = checked.model_dump(mode="json")
    return {"clean": checked.clean, "partly": not is_read(language), **found}
