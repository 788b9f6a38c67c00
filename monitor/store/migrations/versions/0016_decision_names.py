"""By which driver, company and act a case was decided; what the log tells already is noted."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    table = op.create_table(
        "decision_names",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("case_id", key, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_decision_names_case_id_cases")),
        sa.PrimaryKeyConstraint("kind", "name", "case_id", name=op.f("pk_decision_names")),
    )
    told = op.get_bind().execute(
        sa.text(
            "SELECT case_id, data FROM events WHERE activity = 'decided' AND "
            "(data LIKE '%\"driver_digest\"%' OR data LIKE '%\"company\"%' OR data LIKE '%\"act\"%')"
        )
    )
    rows = {
        (kind, str(data[name]), case_id)
        for case_id, text in told
        for data in (json.loads(text),)
        for kind, name in (("driver", "driver_digest"), ("company", "company"), ("act", "act"))
        if data.get(name)
    }
    if rows:
        named = [{"kind": kind, "name": name, "case_id": case_id} for kind, name, case_id in sorted(rows)]
        op.bulk_insert(table, named)
