"""What falls due in cases, flags with their history, messages, silences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "due",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("next_threshold", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_due_case_id")),
        sa.PrimaryKeyConstraint("case_id", "clock", name=op.f("pk_due")),
    )
    op.create_index(op.f("ix_due_next_at"), "due", ["next_at"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", KEY, nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("case_no", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("next_level_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_flags_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint(
            "case_id", "clock", "threshold", "version", name=op.f("uq_flags_case_id_clock_threshold_version")
        ),
    )
    no_case = sa.text("case_id IS NULL")
    op.create_index(
        "ix_flags_of_no_case", "flags", ["clock", "threshold", "version"], unique=True, sqlite_where=no_case,
        postgresql_where=no_case,
    )  # fmt: skip
    live = sa.text("state = 'open' OR state = 'acknowledged'")
    op.create_index(
        "ix_flags_live", "flags", ["station", "due_at"], unique=False, sqlite_where=live,
        postgresql_where=live,
    )  # fmt: skip
    next_level = sa.text("next_level_at IS NOT NULL")
    op.create_index(
        "ix_flags_next_level", "flags", ["next_level_at"], unique=False, sqlite_where=next_level,
        postgresql_where=next_level,
    )  # fmt: skip
    op.create_index(op.f("ix_flags_raised_at"), "flags", ["raised_at"], unique=False)
    op.create_table(
        "flag_steps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("flag_id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_flag_steps_flag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_steps")),
    )
    op.create_index(op.f("ix_flag_steps_flag_id_id"), "flag_steps", ["flag_id", "id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("flag_id", KEY, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("lease", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_outbox_flag_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("number", name=op.f("uq_outbox_number")),
        sa.UniqueConstraint("flag_id", "recipient", name=op.f("uq_outbox_flag_id_recipient")),
    )
    to_send = sa.text("state = 'waiting' OR state = 'leased' OR state = 'failed'")
    op.create_index(
        "ix_outbox_to_send", "outbox", ["next_at"], unique=False, sqlite_where=to_send,
        postgresql_where=to_send,
    )  # fmt: skip
    op.create_table(
        "silences",
        sa.Column("id", KEY, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silences")),
    )
    op.create_index(op.f("ix_silences_until"), "silences", ["until"], unique=False)
