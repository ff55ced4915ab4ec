"""What searches tried, and how people voted between two lists."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "trials",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("dataset_id", sa.String(80), nullable=False, index=True),
        sa.Column("job_key", sa.String(80), nullable=False),
        sa.Column("evidence_key", sa.String(64), nullable=False),
        sa.Column("placement", sa.String(20), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("dataset_id", sa.String(80), nullable=False, index=True),
        sa.Column("placement", sa.String(20), nullable=False),
        sa.Column("first_model", sa.String(80), nullable=False),
        sa.Column("second_model", sa.String(80), nullable=False),
        sa.Column("item_id", sa.Text, nullable=False),
        sa.Column("choice", sa.String(10), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
