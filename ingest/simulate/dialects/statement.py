"""财政对账单: the treasury's statement, a line per posting, a file a month, with its sum at the foot."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ..case import SimCase
from ..fines import Fines
from ..moments import MINUTE, iso, local, stamp
from ..payment import payment_code
from ..telling import Written
from ..world import World
from .labels import CHANNELS

SOURCE = "treasury-statement"
STEM = "财政对账单"
HEADS = ("流水号", "执收单位", "缴款码", "决定书文号", "金额(元)", "缴款时间", "入账时间", "缴款渠道")


class Line(NamedTuple):
    """A posting. Fen; instants in microseconds. `case_no` is None where nobody knows the code."""

    station: str
    name: str
    case_no: str | None
    code: str
    decision_no: str
    amount_fen: int
    paid_at: int
    posted_at: int
    channel: str


def lines_of(world: World, fines: Fines) -> list[Line]:
    """What was posted by the end, in the order of posting, with the strangers among it."""
    every = (line for case in world.cases for line in _of_case(case, fines.shown))
    told = [line for line in every if line.posted_at <= world.until]
    told += _strangers(world, fines.strangers, told)
    return sorted(told, key=lambda line: (line.posted_at, line.code, line.paid_at))


def _of_case(case: SimCase, shown: dict[str, int]) -> Iterable[Line]:
    decided = case.last("decided")
    number = "" if decided is None else str(decided.data["decision_no"])
    for paid, posted in zip(case.all("paid"), case.all("pay_confirmed"), strict=False):
        code = str(paid.data["payment_code"])
        amount = shown.get(code, int(paid.data["amount_fen"]))
        yield Line(
            case.site.code, case.site.name, case.case_no, code, number, amount, paid.at, posted.at,
            CHANNELS[paid.data["channel"]],
        )  # fmt: skip


def _strangers(world: World, count: int, told: Sequence[Line]) -> list[Line]:
    """Money that arrived under a code that no case has."""
    rng = Random(f"{world.seed}/strangers")
    found = []
    for like in rng.sample(list(told), min(count, len(told))):
        paid = like.paid_at - rng.randint(1, 40) * MINUTE
        found.append(
            like._replace(case_no=None, code=payment_code(rng), decision_no="", paid_at=paid,
                          amount_fen=rng.randint(1, 12) * 50_000)
        )  # fmt: skip
    return found


def write(out: Path, world: World, fines: Fines) -> tuple[list[Written], list[dict[str, Any]]]:
    """Write the files; what each line is, for the truth. No file where nothing was posted."""
    months: dict[str, list[Line]] = {}
    for line in lines_of(world, fines):
        months.setdefault(f"{local(line.posted_at):%Y%m}", []).append(line)
    written: list[Written] = []
    truth: list[dict[str, Any]] = []
    for month, lines in months.items():
        name = f"{STEM}_{month}.csv"
        text = StringIO(newline="")
        rows = csv.writer(text, lineterminator="\r\n")
        rows.writerow(HEADS)
        for number, line in enumerate(lines, 1):
            line_no = f"SZ{month}{number:05d}"
            amount = f"{line.amount_fen / 100:.2f}"
            rows.writerow([line_no, line.name, line.code, line.decision_no, amount, stamp(line.paid_at),
                           stamp(line.posted_at), line.channel])  # fmt: skip
            truth.append(
                {"file": name, "row": number + 1, "line": line_no, "station": line.station,
                 "case_no": line.case_no, "payment_code": line.code, "amount_fen": line.amount_fen,
                 "paid_at": iso(line.paid_at), "posted_at": iso(line.posted_at)}
            )  # fmt: skip
        rows.writerow(["合计", "", "", "", f"{sum(line.amount_fen for line in lines) / 100:.2f}", "", "", ""])
        (out / name).write_bytes(text.getvalue().encode("utf-8-sig"))
        written.append(Written(name, SOURCE, len(lines), len(lines), len(lines)))
    return written, truth
