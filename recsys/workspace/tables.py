"""The tables of the metadata database: every fact that may change.

Immutable facts lie in the manifests of the artefacts; nothing is kept in both places.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData()

# Times are seconds since the epoch, UTC.

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(40), nullable=False),
    Column("label", Text, nullable=False),
    Column("params", JSON, nullable=False),
    # queued -> running -> done | failed | cancelled | lost
    Column("status", String(12), nullable=False),
    Column("share", Float, nullable=False, default=0.0),
    Column("step", Text, nullable=False, default=""),
    Column("error", Text, nullable=False, default=""),
    Column("result", JSON, nullable=True),
    # Changes with every claim; a writer that holds an old one is refused.
    Column("token", String(32), nullable=True),
    Column("attempts", Integer, nullable=False, default=0),
    Column("cancel_asked", Boolean, nullable=False, default=False),
    Column("actor", Text, nullable=False),
    Column("worker", Text, nullable=False, default=""),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float, nullable=True),
    Column("heartbeat_at", Float, nullable=True),
    Column("finished_at", Float, nullable=True),
    Index("jobs_by_status", "status", "id"),
)

# What went live, oldest first: the last row is live. `beneath` is the row a roll back returns to.
publications = Table(
    "publications",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("release_id", String(80), nullable=False),
    Column("beneath", Integer, nullable=True),
    Column("action", String(12), nullable=False),  # publish | rollback
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Stock, price and "hide now" that hold whatever release is live. NULL means: as in the release.
live_items = Table(
    "live_items",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("stock", Integer, nullable=True),
    Column("price", Float, nullable=True),
    Column("hidden", Boolean, nullable=False, default=False),
    # Grows with every change, so readers fetch only what they have not seen.
    Column("version", Integer, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("ticket_hash", String(64), primary_key=True),
    Column("upload_id", String(40), nullable=False, unique=True),
    Column("file_name", Text, nullable=False, default=""),
    Column("status", String(12), nullable=False),  # open | busy | done | failed
    Column("bytes", BigInteger, nullable=False, default=0),
    Column("sha256", String(64), nullable=False, default=""),
    Column("actor", Text, nullable=False),
    # When the ticket was issued; once it is used, when the upload began.
    Column("created_at", Float, nullable=False),
)

# What people call a version of a dataset, beside the dataset's own name.
version_names = Table(
    "version_names",
    metadata,
    Column("dataset_id", String(80), primary_key=True),
    Column("name", Text, nullable=False),
)

# How files with these columns were mapped last time.
mappings = Table(
    "mappings",
    metadata,
    Column("columns_hash", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("mapping", JSON, nullable=False),
    Column("date_order", String(20), nullable=False),
    Column("at", Float, nullable=False),
)

# What searches for settings tried, oldest first: what a cancelled one found is kept, too.
trials = Table(
    "trials",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dataset_id", String(80), nullable=False, index=True),
    Column("job_key", String(80), nullable=False),  # all tries of one search
    # Tries are compared only where data, split and questions are the same.
    Column("evidence_key", String(64), nullable=False),
    Column("placement", String(20), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("settings", JSON, nullable=False),
    Column("value", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("state", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Which of two unnamed lists a person found better.
votes = Table(
    "votes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("dataset_id", String(80), nullable=False, index=True),
    Column("placement", String(20), nullable=False),
    Column("first_model", String(80), nullable=False),
    Column("second_model", String(80), nullable=False),
    Column("item_id", Text, nullable=False),  # the anchor
    Column("choice", String(10), nullable=False),  # first | second | same
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", JSON, nullable=False),
)
