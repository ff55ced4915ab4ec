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
    UniqueConstraint,
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

# Rules as they are worked on; what is live lies in rule_sets. A deleted one can be restored.
draft_rules = Table(
    "draft_rules",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # Grows by one with every change; who saves says which one was seen.
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    # False: the name was made from what the rule says, and follows it.
    Column("named", Boolean, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Settings of a placement as they are worked on; "page" holds what all shelves of a page share.
draft_settings = Table(
    "draft_settings",
    metadata,
    Column("placement", String(20), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Every state that a draft was in, so that whoever comes second is told what has changed.
draft_revisions = Table(
    "draft_revisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("subject", String(40), nullable=False),  # "rule 7", "settings for_you"
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("subject", "revision"),
)

# Published rules, oldest first: the last row is live. `beneath` is the row a roll back returns to,
# 0 for no rules.
rule_sets = Table(
    "rule_sets",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # Rules, settings, and the versions of the named sets that they name.
    Column("body", JSON, nullable=False),
    Column("beneath", Integer, nullable=True),
    Column("action", String(12), nullable=False),  # publish | rollback
    Column("note", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# Collections of products and segments of shoppers.
named_sets = Table(
    "named_sets",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False),  # collection | segment
    Column("name", Text, nullable=False),
    # The name as names are compared; NULL once the set is deleted, which frees the name.
    Column("name_key", Text, nullable=True),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("kind", "name_key"),
)

named_set_versions = Table(
    "named_set_versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("set_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("members", JSON, nullable=False),
    Column("count", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("set_id", "version"),
)

# How a segment's members are worked out; a segment without a row is a list made by hand. Who and
# when stand in named_set_versions.
segments = Table(
    "segments",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    # The version of the set that was worked out by it; a newer one was changed by hand.
    Column("version", Integer, nullable=False),
    Column("definition", JSON, nullable=False),
    Column("refresh", Boolean, nullable=False),
    Column("proof_id", String(80), nullable=False),
    Column("release_id", String(80), nullable=False),
    Column("counts", JSON, nullable=False),
    # When it was worked out last, whether or not that changed it.
    Column("at", Float, nullable=False),
)

segment_versions = Table(
    "segment_versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("set_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("came", Integer, nullable=False),
    Column("went", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("release_id", String(80), nullable=False),
    UniqueConstraint("set_id", "version"),
)

# "lifecycle": when a shopper is new, active, loyal, slipping or lost.
segment_settings = Table(
    "segment_settings",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

# What was written about a product, a segment or a category in a language; its text as it stands is
# the version named here.
copy_texts = Table(
    "copy_texts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False),  # description | subject | category
    Column("about", String(12), nullable=False),  # product | products | segment | category
    Column("about_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(10), nullable=False),  # draft | checked | approved | rejected
    Column("revision", Integer, nullable=False),  # rises with each change of state or text
    Column("version", Integer, nullable=False),
    Column("original", Text, nullable=False),
    Column("run_id", Integer, nullable=True),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("copy_texts_state", "state", "kind"),
    Index("copy_texts_about", "about", "about_id"),
    Index("copy_texts_changed", "kind", "language", "at"),
)

copy_versions = Table(
    "copy_versions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("copy_id", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),  # Copy
    Column("facts", JSON, nullable=False),
    Column("brief", JSON, nullable=False),
    Column("checked", JSON, nullable=False),
    Column("made_by", String(10), nullable=False),  # model | person
    Column("model", Text, nullable=False),
    Column("prompt_version", Text, nullable=False),
    Column("usage", JSON, nullable=False),
    Column("cost", Float, nullable=True),  # US dollars; NULL where the price is not known
    Column("note", Text, nullable=False),  # the reason of an approval that overrides the checks
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("copy_id", "version"),
)

# Voices, templates of prompts, and what was chosen on the page; each change is kept.
copy_settings = Table(
    "copy_settings",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),  # "voice NAME" | "template KIND" | "choice of model"
    Column("revision", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("name", "revision"),
)

# Answers by the digest of what was asked: the same is not paid for twice.
copy_answers = Table(
    "copy_answers",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("at", Float, nullable=False),
)

# Bulk runs, and their rows.
copy_runs = Table(
    "copy_runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("label", Text, nullable=False),
    Column("body", JSON, nullable=False),  # selection, brief, provider, model, way, caps
    Column("state", String(10), nullable=False),  # running | paused | done | cancelled | capped
    Column("batches", JSON, nullable=False),  # at the provider, in the order handed in
    Column("spent", JSON, nullable=False),  # tokens and US dollars, the sum over all answers
    Column("job_id", Integer, nullable=True),
    Column("actor", Text, nullable=False),
    Column("at", Float, nullable=False),
)

copy_run_rows = Table(
    "copy_run_rows",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", Integer, nullable=False),
    Column("about_id", Text, nullable=False),
    Column("state", String(10), nullable=False),  # waiting | sent | written | failed | skipped
    Column("tries", Integer, nullable=False),
    Column("copy_id", Integer, nullable=True),
    Column("usage", JSON, nullable=True),
    Column("cost", Float, nullable=True),
    Column("error", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # of what was asked last; "" before
    UniqueConstraint("run_id", "about_id"),
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
