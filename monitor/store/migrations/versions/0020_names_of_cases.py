"""Driver, company and act of decided cases as any event of them tells: a ledger's row tells them once."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AT_ONCE = 10_000
TOLD = sa.text(
    "SELECT case_id, data FROM events WHERE activity <> 'decided' AND "
    "(data LIKE '%\"driver_digest\"%' OR data LIKE '%\"company\"%' OR data LIKE '%\"act\"%') AND "
    "case_id IN (SELECT case_id FROM events WHERE activity = 'decided')"
)
NOTE = sa.text(
    "INSERT INTO decision_names (kind, name, case_id) VALUES (:kind, :name, :case_id) ON CONFLICT DO NOTHING"
)


def upgrade() -> None:
    connection = op.get_bind()
    rows = {
        (kind, str(data[name]), case_id)
        for case_id, text in connection.execute(TOLD)
        for data in (json.loads(text),)
        for kind, name in (("driver", "driver_digest"), ("company", "company"), ("act", "act"))
        if data.get(name)
    }
    named = [{"kind": kind, "name": name, "case_id": case_id} for kind, name, case_id in sorted(rows)]
    for first in range(0, len(named), AT_ONCE):
        connection.execute(NOTE, named[first : first + AT_ONCE])
