"""A process that does the oldest job of a bulk run, to be killed in the middle of it."""

from __future__ import annotations

from recsys.jobs.child import run_inline
from recsys.jobs.queue import Queue
from recsys.workflows.copy_bulk_job import KIND, bulk_job
from recsys.workspace import Workspace


def main() -> None:
    workspace = Workspace.from_environment()
    (job,) = Queue(workspace.database).active()
    run_inline(workspace, {KIND: bulk_job}, job.id)


if __name__ == "__main__":
    main()
