"""The index of open cases begins with what every such case has in common, so that it is taken unasked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_case_versions_open", table_name="case_versions")
    op.create_index(
        "ix_case_versions_open",
        "case_versions",
        ["released_at", "deadline_at"],
        unique=False,
        sqlite_where=sa.text("known_to IS NULL AND custody AND released_at IS NULL"),
        postgresql_where=sa.text("known_to IS NULL AND custody AND released_at IS NULL"),
    )
