"""Which instants of a case in custody are known only by their day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_versions", sa.Column("days", sa.Text(), nullable=True))
