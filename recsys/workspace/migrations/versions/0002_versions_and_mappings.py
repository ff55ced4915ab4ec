"""Names of dataset versions, and remembered mappings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "version_names",
        sa.Column("dataset_id", sa.String(80), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.create_table(
        "mappings",
        sa.Column("columns_hash", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("mapping", sa.JSON, nullable=False),
        sa.Column("date_order", sa.String(20), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
