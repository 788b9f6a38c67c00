"""Weighings of cases by their instant, for the list of weighings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WEIGHED = sa.text("activity = 'weighed' OR activity = 'reweighed'")


def upgrade() -> None:
    op.create_index(
        "ix_events_weighed", "events", ["occurred_at"], sqlite_where=WEIGHED, postgresql_where=WEIGHED
    )
