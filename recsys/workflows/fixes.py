"""Which fixes a version can have, and the recipe that it has with or without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recsys.data.ingest import recipe_of
from recsys.data.recipe import Recipe
from recsys.errors import InputError
from recsys.workspace import Workspace


def recipe_with(workspace: Workspace, dataset_id: str, codes: Sequence[str]) -> Recipe:
    """Return the recipe of a version with the fixes of some findings.

    Raises
    ------
    InputError
        A finding has no fix, there is no such finding, or all are fixed already.
    """
    found = findings_of(workspace, dataset_id)
    for code in codes:
        if code not in found or not found[code]["fix"]:
            fixable = ", ".join(one for one, finding in found.items() if finding["fix"])
            raise InputError(
                f"There is no finding {code!r} that can be fixed.",
                hint=f"Those with a fix are: {fixable or 'none'}.",
            )
    recipe = recipe_of(workspace, dataset_id)
    if codes and set(codes) <= recipe.fixes:
        raise InputError(
            f"The fix {codes[0]!r} is applied in this version already.",
            hint="Undo it, or choose another one.",
        )
    return recipe.fixing(codes)


def recipe_without(workspace: Workspace, dataset_id: str, codes: Sequence[str]) -> Recipe:
    """Return the recipe of a version without the fixes of some findings.

    Raises
    ------
    InputError
        A fix is not applied.
    """
    recipe = recipe_of(workspace, dataset_id)
    unknown = [code for code in codes if code not in recipe.fixes]
    if unknown:
        raise InputError(
            f"The fix {unknown[0]!r} is not applied in this version.",
            hint=f"Applied are: {', '.join(sorted(recipe.fixes)) or 'none'}.",
        )
    return recipe.undoing(codes)


def findings_of(workspace: Workspace, dataset_id: str) -> dict[str, dict[str, Any]]:
    """Return what was found in a version, by code."""
    found = workspace.datasets.manifest(dataset_id)["findings"]
    return {finding["code"]: finding for finding in found}
