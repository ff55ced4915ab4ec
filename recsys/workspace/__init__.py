from recsys.workspace.artefacts import ArtefactFolder
from recsys.workspace.workspace import Workspace

__all__ = ["ArtefactFolder", "Workspace"]
