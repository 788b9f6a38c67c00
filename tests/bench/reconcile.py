"""How long a reconciliation takes: `python tests/bench/reconcile.py [CASES]`, each with a statement's line.

Says the seconds on the clock and those of the processor for a first run, one behind which nothing came, and
one behind which one case changed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import orjson

from ingest.accept import Letter, accept
from ingest.candidate import Candidate
from ingest.intake import Intake
from ingest.mapping.batch import batch_of
from ingest.mapping.pages import load_pages
from monitor.cases.event import DAY
from monitor.payments.reconcile import reconcile
from monitor.settings.configuration import load_configuration
from monitor.settings.environment import Settings
from monitor.store.database import Database
from monitor.store.deliveries import Sender
from monitor.store.migrate import upgrade

STATION, BEGIN, FINE = "14042302", 1_720_000_000_000_000, 200_000
SENDER = Sender("bench", "bench")
STEPS = (
    "weighed", "confirmed", "detained", "notified", "decided", "pay_requested", "paid", "reweighed",
    "violation_removed", "released",
)  # fmt: skip


def events(cases: int) -> Iterator[Candidate]:
    """Ten of each case, over 300 days."""
    for n in range(cases):
        money = {"payment_code": f"C{n}", "amount_fen": FINE}
        told = {
            "decided": {"outcome": "fine", "fine_fen": FINE, "decision_no": f"N{n}"},
            "pay_requested": money,
            "paid": {**money, "channel": "nontax_qr"},
        }
        for place, activity in enumerate(STEPS):
            data = (
                orjson.dumps(told[activity], option=orjson.OPT_SORT_KEYS).decode() if activity in told else ""
            )
            when = BEGIN + n % 300 * DAY + place
            name = f"A-{n}/{activity}"
            yield Candidate(STATION, f"A-{n}", activity, when, None, None, None, name, 0, data)


def lines(cases: int) -> Iterator[Candidate]:
    """One of each case; of a hundredth nobody knows the code."""
    for n in range(cases):
        code = f"C{n}" if n % 100 else "X"
        data = {"amount_fen": FINE, "paid_at": BEGIN + n % 300 * DAY + 6, "payment_code": code}
        posted = BEGIN + (n % 300 + 1) * DAY
        text = orjson.dumps(data).decode()
        yield Candidate("", f"L{n}", "statement", posted, None, None, None, f"L{n}", 0, text)


def main(cases: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'fangxing.db'}")
        upgrade(database)
        ticks = count(BEGIN + 400 * DAY)
        intake = Intake(database, load_configuration(Settings()), load_pages(), b"key", lambda: next(ticks))
        intake.candidates("events", "bench", SENDER, events(cases))
        letter = Letter("treasury-statement", "bench", SENDER, statement=True)
        accept(database, intake.terms, letter, [batch_of(lines(cases))], intake.moment)
        for what in ("first", "nothing came", "one case changed"):
            if what == "one case changed":
                more = Candidate(STATION, "B-1", "released", BEGIN, None, None, None, "B-1", 0, "")
                intake.candidates("events", "bench", SENDER, [more])
            clock, processor = time.perf_counter(), time.process_time()
            done = reconcile(database, intake.configuration, intake.moment())
            clock, processor = time.perf_counter() - clock, time.process_time() - processor
            print(f"{what}: {clock:.2f} s, processor {processor:.2f} s, {done.outcomes or 'unchanged'}")
        database.dispose()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
