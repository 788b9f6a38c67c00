"""Decided cases are found by the plate of their vehicle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_DECIDED = "known_to IS NULL AND decided_at IS NOT NULL"


def upgrade() -> None:
    op.create_index(
        "ix_case_versions_plate",
        "case_versions",
        ["plate"],
        sqlite_where=sa.text(_DECIDED),
        postgresql_where=sa.text(_DECIDED),
    )
