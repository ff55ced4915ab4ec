"""What lies beside a segment's file: what is in it, of when, and its checksum."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal

from recsys.errors import NotFound, StorageError
from recsys.segments.definition import Definition
from recsys.workflows.exports import exports_folder
from recsys.workspace import Workspace
from recsys.workspace.artefacts import part_path
from recsys.workspace.database import record

# A longer list of ids is told by its length: it stands in the file itself.
_MOST_IDS = 1_000


def manifest_path(path: Path) -> Path:
    """Return where the manifest of an export lies."""
    return path.with_name(f"{path.name}.manifest.json")


def note_download(
    workspace: Workspace,
    manifest: dict[str, Any],
    *,
    what: Literal["segment", "manifest"] = "segment",
    actor: str,
) -> None:
    """Write into the audit log that somebody took an export, or its manifest, away."""
    with workspace.database.write() as connection:
        about = manifest["segment"]
        told = {name: manifest[name] for name in ("layout", "rows", "sha256", "file")}
        record(connection, actor, f"download {what}", about["name"], id=about.get("id"), **told)


def definition_document(definition: Definition, most: int = _MOST_IDS) -> dict[str, Any]:
    """Return a definition as JSON has it, long lists of ids by their length."""
    found: dict[str, Any] = definition.model_dump(mode="json", exclude_defaults=True)
    found["kind"] = definition.kind
    if len(definition.ids) > most:
        found["ids"] = f"{len(definition.ids):,} ids"
    if definition.seeds is not None and len(definition.seeds.ids) > most:
        found["seeds"] = {**found["seeds"], "ids": f"{len(definition.seeds.ids):,} ids"}
    return found


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file as hex, read a part at a time."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.") from error


def write_manifest(path: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a file; where that fails, the file goes, too.

    Raises
    ------
    StorageError
        The disk is full.
    """
    target = manifest_path(path)
    part = part_path(target.parent, target.name)
    try:
        part.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
        os.replace(part, target)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StorageError(
            f"Writing {target} failed: {error.strerror or error}.",
            hint="Free some space or name another file.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def read_export(workspace: Workspace, file: str) -> tuple[Path, dict[str, Any]]:
    """Return an export of the workspace's own and its manifest, for a download.

    Parameters
    ----------
    file
        Its name, as the manifest says; never a path.

    Raises
    ------
    NotFound
        There is none.
    """
    path = exports_folder(workspace) / Path(file).name
    try:
        manifest = json.loads(manifest_path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotFound(f"There is no export {file!r}.", hint="Export the segment again.") from None
    if not path.is_file():
        raise NotFound(f"There is no export {file!r}.", hint="Export the segment again.")
    return path, manifest
