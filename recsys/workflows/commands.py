"""What a worker starts, apart from the work itself: that would cost the worker seconds to import."""

from __future__ import annotations

import sys

# What a worker starts for each job.
CHILD_COMMAND = (sys.executable, "-m", "recsys.workflows.child")
