"""Every table. Instants are int64 microseconds UTC; the event log is append-only.

Personal values live in `people` alone; everything else holds keyed digests of them.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from monitor.cases.state import CaseState

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts rows of its own accord only in a column typed INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")

sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", Text),
    Column("bytes", BigInteger),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("backfill", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("received_until", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("rows_read", Integer, nullable=False),
    Column("rows_landed", Integer, nullable=False),
    Column("rows_unchanged", Integer, nullable=False),
    Column("rows_quarantined", Integer, nullable=False),
    Column("rows_aside", Integer, nullable=False),
    Column("rows_hidden", Integer, nullable=False),
    Column("mapped", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("duplicates", Integer, nullable=False),
    Column("revisions", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("stations", Text, nullable=False, default=""),
    Column("problem", Text),
    Column("params", Text),
    CheckConstraint(
        "rows_read = rows_landed + rows_unchanged + rows_quarantined + rows_aside", name="rows_add_up"
    ),
    CheckConstraint("mapped = events + duplicates + revisions", name="events_add_up"),
    Index(None, "source_id", "received_at"),
    Index(None, "received_until"),
    Index(None, "sha256"),
)
"""A delivery: one file, push or tap. What it held always adds up, in rows and in events."""

cases = Table(
    "cases",
    metadata,
    Column("id", Key, primary_key=True),
    Column("station", Text, nullable=False),
    Column("case_no", Text, nullable=False),
    UniqueConstraint("station", "case_no"),
)

_WEIGHED = "activity = 'weighed' OR activity = 'reweighed'"

events = Table(
    "events",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("identity", LargeBinary(16), nullable=False),
    Column("content", LargeBinary(16), nullable=False),
    Column("activity", Text, nullable=False),
    Column("occurred_at", BigInteger, nullable=False),
    Column("occurred_until", BigInteger),
    Column("recorded_at", BigInteger),
    Column("revision", BigInteger),
    Column("received_at", BigInteger, nullable=False),
    Column("known_at", BigInteger, nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("event_id", Text),
    Column("data", Text, nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("sheet", Text),
    Column("row", Integer, nullable=False),
    Column("named", Boolean, nullable=False),
    Index(None, "case_id", "received_at"),
    Index("ix_events_named", "identity", sqlite_where=text("named"), postgresql_where=text("named")),
    Index("ix_events_weighed", "occurred_at", sqlite_where=text(_WEIGHED), postgresql_where=text(_WEIGHED)),
)

weighings = Table(
    "weighings",
    metadata,
    Column("received_at", Key, primary_key=True, autoincrement=False),
    Column("known_at", BigInteger, nullable=False),
    Column("station", Text, nullable=False),
    Column("check_no", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("iso_week", Text, nullable=False),
    Column("local_hour", Integer, nullable=False),
    Column("plate", Text),
    Column("plate_colour", Text),
    Column("vehicle", Text),
    Column("axles", Integer),
    Column("gross_kg", Integer),
    Column("limit_kg", Integer),
    Column("rule_kg", Integer),
    Column("rest", Text, nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("sheet", Text),
    Column("row", Integer, nullable=False),
    Index(None, "station", "check_no"),
    Index(None, "at"),
)
"""First weighings that are no case: within the limit, and all that is known under their check number.

`rule_kg` is the limit by the rules when it came, beside the recorded one; `rest` the data without a column.
"""

changes = Table(
    "changes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_id", BigInteger),
    Column("month", Text),
)
"""Cases that changed, and local months (YYYY-MM) in which weighings that are no case did, since the lake was
last brought up to them."""

check_numbers = Table(
    "check_numbers",
    metadata,
    Column("station", Text, primary_key=True),
    Column("check_no", Text, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
)
"""Check numbers that a case of another number names."""

decision_names = Table(
    "decision_names",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
)
"""By which driver (a digest), company and act of its source's own a case was decided."""

WEIGHED = text(f"({_WEIGHED})")
"""First weighings and re-checks, in the very words of the index."""

STATE_COLUMNS = CaseState._fields[2:]
"""The fields of a case's state behind station and case number; each is a column."""

_SQL_TYPES: dict[type, Any] = {bool: Boolean, int: BigInteger, str: Text}
"""Tuples (days, pauses, findings) are JSON text."""


def _state_columns() -> list[Column[Any]]:
    """A column for each field of a case's state except those that name the case."""
    columns: list[Column[Any]] = []
    types = get_type_hints(CaseState)
    for name in STATE_COLUMNS:
        several = get_origin(types[name]) is tuple
        told = set() if several else set(get_args(types[name])) or {types[name]}
        sql = next((sql for kind, sql in _SQL_TYPES.items() if kind in told), Text)
        columns.append(Column(name, sql, nullable=several or NoneType in told))
    return columns


CALENDAR_COLUMNS = (
    "start_date",
    "start_week",
    "deadline_date",
    "deadline_week",
    "released_date",
    "released_week",
)
"""Local date and ISO week of clock A's instants, written once at the fold."""

_CURRENT = "known_to IS NULL"
_OPEN = "known_to IS NULL AND custody AND released_at IS NULL"
_RELEASED = f"{_CURRENT} AND custody AND released_at IS NOT NULL"

_OF_RELEASES = ("station", "confirmed_at", "confirmed_until", "released_until", "verdict")
_OF_DEADLINES = ("station", "verdict", "deadline_at", "deadline_until", "released_at", "withdrawn_at")
"""What the week's figures ask of a case: it stands in the index, so that a week of thousands is counted
without looking up any."""

case_versions = Table(
    "case_versions",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("known_from", BigInteger, nullable=False),
    Column("known_to", BigInteger),
    Column("station", Text, nullable=False),
    Column("case_no", Text, nullable=False),
    *_state_columns(),
    *(Column(name, Text) for name in CALENDAR_COLUMNS),
    Index(None, "case_id", "known_from"),
    # `released_at` is NULL in all of it and leads because SQLite, without statistics, weighs equality and
    # not how small a partial index is: led by the deadline, it was passed over for one of all cases.
    Index(
        "ix_case_versions_open",
        "released_at",
        "deadline_at",
        sqlite_where=text(_OPEN),
        postgresql_where=text(_OPEN),
    ),
    Index(
        "ix_case_versions_released",
        "released_at",
        *_OF_RELEASES,
        sqlite_where=text(_RELEASED),
        postgresql_where=text(_RELEASED),
    ),
    Index(
        "ix_case_versions_deadline",
        "deadline_week",
        *_OF_DEADLINES,
        sqlite_where=text(f"{_CURRENT} AND deadline_week IS NOT NULL"),
        postgresql_where=text(f"{_CURRENT} AND deadline_week IS NOT NULL"),
    ),
    Index(
        "ix_case_versions_recent",
        "last_at",
        sqlite_where=text(_CURRENT),
        postgresql_where=text(_CURRENT),
    ),
    Index(
        "ix_case_versions_plate",
        "plate",
        sqlite_where=text(f"{_CURRENT} AND decided_at IS NOT NULL"),
        postgresql_where=text(f"{_CURRENT} AND decided_at IS NOT NULL"),
    ),
)
"""A row for each change of a case: what was known of it from `known_from` to `known_to`."""

OPEN = text(_OPEN)
"""Vehicles that stand at a station now, in the very words of the index: SQLAlchemy writes `custody = 1` for
SQLite, and an index on `custody` does not serve that."""
RELEASED = text(_RELEASED)
"""Cases of custody with a release."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Key, primary_key=True),
    Column("digest", LargeBinary(16), nullable=False, unique=True),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("sheet", Text),
    Column("row", Integer, nullable=False),
    Column("column", Text),
    Column("value", Text),
    Column("reason", Text, nullable=False),
    Column("accepted", Text, nullable=False),
    Column("params", Text, nullable=False),
    Column("activity", Text),
    Column("station", Text),
    Column("case_no", Text),
    Column("raw", Text),
    Column("status", Text, nullable=False),
    Column("settled_at", BigInteger),
    Column("settled_by", Text),
    Index("ix_quarantine_open", "station", "case_no", sqlite_where=text("status = 'open'"),
          postgresql_where=text("status = 'open'")),
    Index(None, "delivery_id"),
)  # fmt: skip
"""What did not become an event, with the reason, what would be accepted, and the row for a retry."""

quarantine_reopened = Table(
    "quarantine_reopened",
    metadata,
    Column("id", Key, primary_key=True),
    Column("quarantine_id", ForeignKey("quarantine.id"), nullable=False),
    Column("settled_at", BigInteger, nullable=False),
    Column("reopened_at", BigInteger, nullable=False),
    Index(None, "quarantine_id"),
)
"""Entries that a later delivery had superseded until their row came back as it was: from when to when."""

absences = Table(
    "absences",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("back_delivery_id", ForeignKey("deliveries.id")),
    Index(None, "case_id"),
)
"""A case whose row was gone from a later full ledger of its source; nothing else changes by it."""

people = Table(
    "people",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("first_delivery_id", ForeignKey("deliveries.id"), nullable=False),
)
"""Names, ID numbers, phones: the only table that holds them, so that they can be erased."""

notes = Table(
    "notes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "case_id"),
)
"""What people said of a case: acknowledged, or a note. It never changes a clock."""

rebasings = Table(
    "rebasings",
    metadata,
    Column("id", Key, primary_key=True),
    Column("station", Text, nullable=False),
    Column("week", Text, nullable=False),
    Column("in_force", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index(None, "station", "week"),
)
"""Who let the limits of a weekly chart begin anew with an ISO week, and why; `station` is empty for the chart
of all stations. Append-only: the last row of a station and week holds, `in_force` is False where it is
taken back."""

statement_lines = Table(
    "statement_lines",
    metadata,
    Column("id", Key, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("identity", LargeBinary(16), nullable=False),
    Column("content", LargeBinary(16), nullable=False),
    Column("line", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("posted_at", BigInteger, nullable=False),
    Column("posted_until", BigInteger),
    Column("data", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("sheet", Text),
    Column("row", Integer, nullable=False),
    Index(None, "identity"),
)
"""Lines of the treasury's statements, every version of each; append-only, the last one received holds.
`station` is empty where the statement names none; `data`: code, amount, payment time and the rest as JSON."""

outcomes = Table(
    "outcomes",
    metadata,
    Column("id", Key, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("known_from", BigInteger, nullable=False),
    Column("known_to", BigInteger),
    Column("kind", Text, nullable=False),
    Column("posted", Boolean, nullable=False),
    Column("station", Text, nullable=False),
    Column("case_no", Text),
    Column("at", BigInteger, nullable=False),
    Column("date", Text, nullable=False),
    Column("week", Text, nullable=False),
    Column("amount_fen", BigInteger),
    Column("content", LargeBinary(16), nullable=False),
    Index("ix_outcomes_current", "subject", sqlite_where=text("known_to IS NULL"),
          postgresql_where=text("known_to IS NULL")),
)  # fmt: skip
"""What each line of a statement and each payment came to when they were held against each other, as it was
known from … to …; `posted`: a line of a statement is among it."""

differences = Table(
    "differences",
    metadata,
    Column("id", Key, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("station", Text, nullable=False),
    Column("case_no", Text),
    Column("code", Text),
    Column("line", Text),
    Column("since", BigInteger, nullable=False),
    Column("date", Text, nullable=False),
    Column("week", Text, nullable=False),
    Column("expected_fen", BigInteger),
    Column("found_fen", BigInteger),
    Column("params", Text, nullable=False),
    Column("content", LargeBinary(16), nullable=False),
    Column("owner", Text),
    Column("state", Text, nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_by", Text),
    Column("closed_why", Text),
    UniqueConstraint("subject", "kind"),
    Index(None, "state", "since"),
)
"""A difference between statements, decisions and payments, from when it was first found; it is never deleted.
`closed_by` is empty where it vanished of itself: `closed_why` is then a code, else a person's reason."""

difference_steps = Table(
    "difference_steps",
    metadata,
    Column("id", Key, primary_key=True),
    Column("difference_id", ForeignKey("differences.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("step", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("owner", Text),
    Column("why", Text),
    Index(None, "difference_id", "id"),
)
"""Everything that was done with a difference, by whom and why; `actor` is empty where it came of itself."""

payment_addresses = Table(
    "payment_addresses",
    metadata,
    Column("id", Key, primary_key=True),
    Column("station", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index(None, "station"),
)
"""Addresses to which the stations' payment codes lead: `seen` when the program first met one, `confirmed` by
a second person. Append-only."""

looked_at = Table(
    "looked_at",
    metadata,
    Column("id", Key, primary_key=True),
    Column("station", Text, nullable=False),
    Column("case_no", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("done", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index(None, "station", "case_no"),
)
"""Findings about decisions that a person has looked at (`done`), or has opened again; append-only, the last
word on a finding (a code of a case) holds. Findings are worked out anew at any time; these words stay."""

due = Table(
    "due",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("clock", Text, primary_key=True),
    Column("station", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("next_at", BigInteger),
    Column("next_threshold", Text, nullable=False),
    Index(None, "next_at"),
)
"""The next threshold of each clock of a case on which a flag may hang. `next_at` is empty where it cannot be
told because a calendar is missing; `next_threshold` is then its year."""

_LIVE_FLAG = "state = 'open' OR state = 'acknowledged'"
_NO_CASE = "case_id IS NULL"
_TO_ESCALATE = "next_level_at IS NOT NULL"

flags = Table(
    "flags",
    metadata,
    Column("id", Key, primary_key=True),
    Column("station", Text, nullable=False),
    Column("case_id", ForeignKey("cases.id")),
    Column("case_no", Text),
    Column("clock", Text, nullable=False),
    Column("threshold", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("ended_at", BigInteger),
    Column("level", Integer, nullable=False),
    Column("next_level_at", BigInteger),
    Column("acknowledged_at", BigInteger),
    Column("acknowledged_by", Text),
    Column("acknowledged_note", Text),
    UniqueConstraint("case_id", "clock", "threshold", "version"),
    Index("ix_flags_of_no_case", "clock", "threshold", "version", unique=True,
          sqlite_where=text(_NO_CASE), postgresql_where=text(_NO_CASE)),
    Index("ix_flags_live", "station", "due_at", sqlite_where=text(_LIVE_FLAG),
          postgresql_where=text(_LIVE_FLAG)),
    Index("ix_flags_next_level", "next_level_at", sqlite_where=text(_TO_ESCALATE),
          postgresql_where=text(_TO_ESCALATE)),
    Index(None, "raised_at"),
)  # fmt: skip
"""What a person should see in time. `due_at` is the true instant of the threshold, `raised_at` when it was
found; `station` is empty for what belongs to none, `case_id` for what is no case. `level` is the last one
that was told, -1 while it is nobody; at `next_level_at` the next one is."""

flag_steps = Table(
    "flag_steps",
    metadata,
    Column("id", Key, primary_key=True),
    Column("flag_id", ForeignKey("flags.id"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text),
    Index(None, "flag_id", "id"),
)
"""Everything that became of a flag; `actor` is empty where it came of itself. Append-only."""

_TO_SEND = "state = 'waiting' OR state = 'leased' OR state = 'failed'"
_DEAD = "state = 'dead'"

outbox = Table(
    "outbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("flag_id", ForeignKey("flags.id"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("leased_until", BigInteger),
    Column("lease", Text),
    Column("error", Text),
    Column("sent_at", BigInteger),
    Column("message", Text),
    Column("given_up_at", BigInteger),
    UniqueConstraint("flag_id", "recipient"),
    Index("ix_outbox_to_send", "next_at", sqlite_where=text(_TO_SEND), postgresql_where=text(_TO_SEND)),
    Index("ix_outbox_dead", "channel", sqlite_where=text(_DEAD), postgresql_where=text(_DEAD)),
)
"""A message for each recipient of a flag, once, whatever becomes of it. `message` is the number of the first
of those that left with it, which is what a provider sees, each time. Empty while its company is open.
`given_up_at`: when it was last given up, until it is sent again."""

pace = Table(
    "pace",
    metadata,
    Column("name", Text, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("used", Integer, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
)
"""How fast messages may go: `channel:<name>`, and `to:<recipient>:<station>`. `used` times since `since`,
nothing before `not_before`, `failures` in a row."""

flag_links = Table(
    "flag_links",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("flag_id", ForeignKey("flags.id"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index(None, "flag_id", "recipient"),
    Index(None, "expires_at"),
)
"""Links in messages, of which the digest alone is kept: to one flag, for one recipient, to be used once."""

silences = Table(
    "silences",
    metadata,
    Column("id", Key, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index(None, "until"),
)
"""By whom, why and until when nobody is told of flags; `scope` says of which (JSON: station, clock, case)."""

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""Facts about the database as a whole, for example that its data is simulated."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", LargeBinary(32), nullable=False),
    Column("answer", Text, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
    Index(None, "kept_at"),
)
"""Answers given to pushes that named a key: the same key is given the same answer again."""

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
)
"""Which process leads, and until when; one that dies loses the lead by itself."""

job_runs = Table(
    "job_runs",
    metadata,
    Column("id", Key, primary_key=True),
    Column("job", Text, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("started", BigInteger, nullable=False),
    Column("ended", BigInteger),
    Column("result", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("problem", Text),
    Column("params", Text),
    Index(None, "job", "due"),
)
"""Every run of a job: when it was due, how it ended, what it read."""

job_requests = Table(
    "job_requests",
    metadata,
    Column("id", Key, primary_key=True),
    Column("job", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("run", Key),
    Index(None, "run"),
)
"""Who asked for a run out of turn; `run` is the one that answered, empty while it waits."""
