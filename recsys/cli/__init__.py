"""``aisle``: everything a merchandiser can do, from a command line.

Commands import what they need when they run, so that ``aisle --help`` answers at once.
"""

from recsys.cli.main import main

__all__ = ["main"]
