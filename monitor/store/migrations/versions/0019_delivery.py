"""Messages that leave together, how fast a channel may go, links in messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("message", sa.Text(), nullable=True))
    op.create_index("ix_outbox_dead", "outbox", ["channel"], sqlite_where=sa.text("state = 'dead'"),
                    postgresql_where=sa.text("state = 'dead'"))  # fmt: skip
    op.create_table(
        "pace",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_pace"),
    )
    op.create_table(
        "flag_links",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("flag_id", KEY, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name="fk_flag_links_flag_id"),
        sa.PrimaryKeyConstraint("digest", name="pk_flag_links"),
    )
    op.create_index("ix_flag_links_flag_id_recipient", "flag_links", ["flag_id", "recipient"])
    op.create_index("ix_flag_links_expires_at", "flag_links", ["expires_at"])
