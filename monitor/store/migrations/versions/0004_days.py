"""Which instants of a case in custody are known only by their day; the week is counted from its index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case_versions", sa.Column("days", sa.Text(), nullable=True))
    _again(
        "ix_case_versions_released",
        ["released_at", "station", "confirmed_at", "confirmed_until", "released_until", "verdict"],
        "known_to IS NULL AND custody AND released_at IS NOT NULL",
    )
    _again(
        "ix_case_versions_deadline",
        [
            "deadline_week", "station", "verdict", "deadline_at", "deadline_until", "released_at",
            "withdrawn_at",
        ],
        "known_to IS NULL AND deadline_week IS NOT NULL",
    )  # fmt: skip


def _again(name: str, columns: list[str], where: str) -> None:
    op.drop_index(name, table_name="case_versions")
    op.create_index(
        name, "case_versions", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
