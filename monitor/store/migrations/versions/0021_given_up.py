"""When a message was given up; of those given up before, nobody knows it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("given_up_at", sa.BigInteger(), nullable=True))
