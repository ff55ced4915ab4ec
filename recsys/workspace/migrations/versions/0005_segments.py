"""What segments are defined by, what each of their versions changed, and the lifecycle's rules."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("set_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("refresh", sa.Boolean, nullable=False),
        sa.Column("proof_id", sa.String(80), nullable=False),
        sa.Column("release_id", sa.String(80), nullable=False),
        sa.Column("counts", sa.JSON, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "segment_versions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("set_id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("came", sa.Integer, nullable=False),
        sa.Column("went", sa.Integer, nullable=False),
        sa.Column("kept", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("release_id", sa.String(80), nullable=False),
        sa.UniqueConstraint("set_id", "version"),
    )
    op.create_table(
        "segment_settings",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
