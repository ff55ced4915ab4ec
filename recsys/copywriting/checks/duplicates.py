"""Finding a text that says nearly what another one says."""

from __future__ import annotations


class Others:
    """Texts by what they are about, to be asked for one that is nearly the same."""

    def add(self, about_id: str, text: str) -> None:
        """Add a text, in place of that about the same."""
        raise NotImplementedError

    def nearest(self, text: str, *, but: str = "") -> tuple[str, float] | None:
        """Return what the most alike text is about and how alike it is, 0 to 1; None if no one."""
        raise NotImplementedError
