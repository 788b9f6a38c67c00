"""Weighings that are no case, and the check numbers that cases name."""

from __future__ import annotations

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "weighings",
        sa.Column("received_at", KEY, autoincrement=False, nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("check_no", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("local_date", sa.Text(), nullable=False),
        sa.Column("iso_week", sa.Text(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=True),
        sa.Column("plate_colour", sa.Text(), nullable=True),
        sa.Column("vehicle", sa.Text(), nullable=True),
        sa.Column("axles", sa.Integer(), nullable=True),
        sa.Column("gross_kg", sa.Integer(), nullable=True),
        sa.Column("limit_kg", sa.Integer(), nullable=True),
        sa.Column("rule_kg", sa.Integer(), nullable=True),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_weighings_delivery_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_weighings_source_id")),
        sa.PrimaryKeyConstraint("received_at", name=op.f("pk_weighings")),
    )
    op.create_index(op.f("ix_weighings_at"), "weighings", ["at"], unique=False)
    op.create_index(op.f("ix_weighings_station_check_no"), "weighings", ["station", "check_no"], unique=False)
    op.create_table(
        "check_numbers",
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("check_no", sa.Text(), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_check_numbers_case_id")),
        sa.PrimaryKeyConstraint("station", "check_no", "case_id", name=op.f("pk_check_numbers")),
    )
    _name_numbers()


def _name_numbers() -> None:
    """The check numbers that cases named before there was a table of them."""
    bind = op.get_bind()
    query = sa.text(
        "SELECT c.station, c.case_no, c.id, e.data FROM events e JOIN cases c ON c.id = e.case_id"
        """ WHERE e.data LIKE '%"check_no":%'"""
    )
    named = set()
    for station, case_no, case_id, data in bind.execute(query):
        check_no = orjson.loads(data).get("check_no")
        if check_no is not None and str(check_no) != case_no:
            named.add((station, str(check_no), case_id))
    if named:
        names = sa.table("check_numbers", sa.column("station"), sa.column("check_no"), sa.column("case_id"))
        told = [{"station": one, "check_no": number, "case_id": case} for one, number, case in sorted(named)]
        bind.execute(names.insert(), told)
