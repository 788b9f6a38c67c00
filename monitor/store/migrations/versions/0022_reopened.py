"""From when to when an entry of the quarantine was settled before it came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "quarantine_reopened",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("quarantine_id", KEY, sa.ForeignKey("quarantine.id"), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=False),
        sa.Column("reopened_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_quarantine_reopened_quarantine_id", "quarantine_reopened", ["quarantine_id"])
