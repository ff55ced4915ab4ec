"""Checking texts in a process of its own, for who has better to do meanwhile."""

from __future__ import annotations

import pickle
import subprocess
import sys

from recsys.copywriting.checks.check import check
from recsys.copywriting.checks.duplicates import Others
from recsys.copywriting.checks.finding import Checked
from recsys.copywriting.text import Brief, Copy, Facts, Voice
from recsys.errors import StorageError


class Apart:
    """A process that checks one text after the other; it ends with its pipe.

    Parameters
    ----------
    brief, voice
        Of all texts.
    others
        The texts that are there; those that are checked count, too, from then on.

    Attributes
    ----------
    pid
        Of the process.
    """

    def __init__(self, brief: Brief, voice: Voice | None, others: Others) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.pid = self._process.pid
        self._send((brief, voice, others))

    def check(self, copy: Copy, facts: Facts) -> Checked:
        """Check a text; the thread waits, others go on.

        Raises
        ------
        StorageError
            The process has ended, most likely for want of memory.
        """
        assert self._process.stdout is not None, "started with a pipe"
        try:
            self._send((copy, facts))
            return pickle.load(self._process.stdout)
        except (EOFError, OSError) as error:
            raise StorageError(
                "The process that checks texts has ended, perhaps for want of memory.",
                hint="Go on with the run: nothing is lost.",
            ) from error

    def _send(self, what: object) -> None:
        assert self._process.stdin is not None, "started with a pipe"
        pickle.dump(what, self._process.stdin)
        self._process.stdin.flush()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()


def main() -> None:
    """Check what comes until the pipe ends."""
    brief, voice, others = pickle.load(sys.stdin.buffer)
    while True:
        try:
            copy, facts = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        found = check(copy, facts, brief, voice=voice, others=others)
        others.add(facts.id, copy.text)
        pickle.dump(found, sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
