"""What a worker starts, apart from the work: importing that would cost it seconds."""

from __future__ import annotations

import sys

# What a worker starts for each job.
CHILD_COMMAND = (sys.executable, "-m", "recsys.workflows.child")
