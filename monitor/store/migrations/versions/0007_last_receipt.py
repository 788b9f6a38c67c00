"""The last instant of receipt is found by an index: every delivery asks for it, and pushes are deliveries."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_deliveries_received_until", "deliveries", ["received_until"])
