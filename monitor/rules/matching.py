"""Holding the treasury's statements against decisions and payments: what became of every line and payment.

A pure function of sets: the order in which lines and events stand, came or were repeated changes nothing.
Every line of a statement and every payment is in exactly one outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from monitor.rules.outcome import Kind, Outcome, Posting
from monitor.rules.owed import Owed, Taking

FACTOR = 10_000
"""万元 read as 元, or the other way round."""


class Covers(NamedTuple):
    """What the statements of a source hold by its configuration: payments at these stations and by these
    channels; empty is every channel, and the stations of its own lines."""

    stations: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


PostBy = Callable[[str, str | None, int], int | None]
"""Station, channel, last instant at which it can have been paid → the last instant by which it is to be on a
statement; None where that cannot be told."""


def match(
    lines: Iterable[Posting], cases: Iterable[Owed], post_by: PostBy, covers: dict[str, Covers]
) -> list[Outcome]:
    """The outcomes of all lines and payments, ordered by their subjects."""
    lines = sorted(set(lines), key=lambda line: line.id)
    by_case: dict[tuple[str, str], Owed] = {(one.station, one.case_no): one for one in cases}
    directory = _Directory(by_case.values())
    found: list[Outcome] = []
    of_case: dict[tuple[str, str], list[Posting]] = {key: [] for key in by_case}
    for line in lines:
        keys = directory.of(line)
        if len(keys) == 1:
            of_case[keys[0]].append(line)
            continue
        kind = Kind.AMBIGUOUS_CODE if keys else Kind.UNKNOWN_CODE
        moment = line.posted_at if line.paid_at is None else line.paid_at
        found.append(
            Outcome(kind, line.station, None, line, None, moment, line.posted_at, None, line.amount_fen)
        )
    reach = _Reach(lines, {line.id: key[0] for key, own in of_case.items() for line in own}, covers)
    for key, own in of_case.items():
        found += _of_case(by_case[key], own, post_by, reach)
    return sorted(found, key=lambda one: one.subject)


class _Directory:
    """Which cases a line may belong to."""

    def __init__(self, cases: Iterable[Owed]) -> None:
        self._codes: dict[str, set[tuple[str, str]]] = {}
        self._numbers: dict[str, set[tuple[str, str]]] = {}
        for one in cases:
            key = one.station, one.case_no
            for code in one.codes:
                self._codes.setdefault(code, set()).add(key)
            for number in one.decision_nos:
                self._numbers.setdefault(plain_number(number), set()).add(key)

    def of(self, line: Posting) -> list[tuple[str, str]]:
        """By payment code, then decision number; of several the other of the two or the station decides."""
        by_code = self._codes.get(line.code, set()) if line.code else set()
        by_number = self._numbers.get(plain_number(line.decision_no), set()) if line.decision_no else set()
        found = by_code or by_number
        if len(found) > 1 and len(found & by_number) == 1:
            found = found & by_number
        if len(found) > 1:
            at_station = {key for key in found if key[0] == line.station}
            found = at_station if len(at_station) == 1 else found
        return sorted(found)


_OPEN, _CLOSE = "[(（［【", "])）］】"
_BRACKETS = str.maketrans(dict.fromkeys(_OPEN, "〔") | dict.fromkeys(_CLOSE, "〕") | {" ": ""})


def plain_number(number: str) -> str:
    """A decision number as it is compared: brackets are written in several ways."""
    return number.translate(_BRACKETS)


class _Reach:
    """From when to when the statements go that hold the payments of a station."""

    def __init__(self, lines: Sequence[Posting], stations: dict[str, str], covers: dict[str, Covers]) -> None:
        self._spans: dict[str, tuple[int, int]] = {}
        self._stations: dict[str, set[str]] = {}
        self._covers = covers
        for line in lines:
            low, high = self._spans.get(line.source, (line.posted_at, line.posted_at))
            self._spans[line.source] = min(low, line.posted_at), max(high, line.posted_at)
            station = stations.get(line.id) or line.station
            if station:
                self._stations.setdefault(line.source, set()).add(station)

    def of(self, station: str, channel: str | None) -> tuple[int, int] | None:
        """None where no statement holds payments of the station by this channel."""
        spans = []
        for source, span in self._spans.items():
            told = self._covers.get(source, Covers())
            stations = told.stations or self._stations.get(source, set())
            if station in stations and (not told.channels or channel in told.channels):
                spans.append(span)
        if not spans:
            return None
        return min(low for low, _ in spans), max(high for _, high in spans)


# ---------------------------------------------------------------- one case


class _Unit(NamedTuple):
    """A payment as a line, as it was told, or both."""

    line: Posting | None
    taking: Taking | None

    @property
    def at(self) -> int:
        if self.line is not None and self.line.paid_at is not None:
            return self.line.paid_at
        if self.taking is not None:
            return self.taking.at
        return self.line.posted_at if self.line is not None else 0

    @property
    def paid_until(self) -> int | None:
        """The last instant at which it can have been paid; None where no time of payment is told."""
        if self.line is not None and self.line.paid_at is not None:
            return self.line.paid_at if self.line.paid_until is None else self.line.paid_until
        if self.taking is not None:
            return self.taking.at if self.taking.until is None else self.taking.until
        return None

    @property
    def order(self) -> tuple[int, int, str]:
        subject = self.line.id if self.line is not None else self.taking.id if self.taking is not None else ""
        return self.at, 0 if self.line is not None else 1, subject


def _of_case(case: Owed, lines: Sequence[Posting], post_by: PostBy, reach: _Reach) -> Iterator[Outcome]:
    takings, again = told_once(case.takings)
    for taking in again:
        yield _outcome(Kind.TOLD_AGAIN, case, _Unit(None, taking), found=taking.amount_fen)
    pairs = _paired([line for line in lines if not line.refund], takings)
    back_pairs = _paired([line for line in lines if line.refund], list(told_once(case.refunds)[0]))
    paid = sum(_amount(one) or 0 for one in pairs)
    account = _Account(case, paid, sum(_amount(one) or 0 for one in back_pairs))
    for unit in sorted(pairs, key=lambda one: one.order):
        yield account.judge(unit, post_by, reach)
    for unit in sorted((one for one in back_pairs if one.line is not None), key=lambda one: one.order):
        amount = _amount(unit) or 0
        if unit.taking is not None and unit.taking.amount_fen not in (None, amount):
            expected = unit.taking.amount_fen
            yield _outcome(Kind.AMOUNT_DIFFERS, case, unit, expected=expected, found=amount)
        elif unit.taking is not None or account.explains(amount):
            yield _outcome(Kind.MATCHED, case, unit, found=amount)
        else:
            yield _outcome(Kind.REFUND_UNEXPLAINED, case, unit, found=amount)


def told_once(takings: Sequence[Taking]) -> tuple[list[Taking], list[Taking]]:
    """Payments, and those of them that another source has told already: same code, same amount."""
    kept: list[Taking] = []
    again: list[Taking] = []
    groups: dict[tuple[str, int], dict[str, list[Taking]]] = {}
    for one in takings:
        if one.code is None or one.amount_fen is None:
            kept.append(one)
        else:
            groups.setdefault((one.code, one.amount_fen), {}).setdefault(one.source, []).append(one)
    for sources in groups.values():
        # The source that tells most payments tells them all; of equal ones the first by name.
        most = max(sorted(sources), key=lambda source: len(sources[source]))
        for source, own in sources.items():
            (kept if source == most else again).extend(own)
    return sorted(kept, key=lambda one: one.id), sorted(again, key=lambda one: one.id)


def _paired(lines: Sequence[Posting], takings: Sequence[Taking]) -> list[_Unit]:
    """Lines with the payments they are, each at most once: the surest agreement first, then the nearest."""
    free_lines, free = list(lines), list(takings)
    units: list[_Unit] = []
    for agree in (_same, _same_amount, _by_factor, _same_code):
        nearest = sorted(
            (abs(_Unit(line, None).at - taking.at), line.id, taking.id, line, taking)
            for line in free_lines
            for taking in free
            if agree(line, taking)
        )
        for _, _, _, line, taking in nearest:
            if line in free_lines and taking in free:
                units.append(_Unit(line, taking))
                free_lines.remove(line)
                free.remove(taking)
    units += [_Unit(line, None) for line in free_lines]
    units += [_Unit(None, taking) for taking in free]
    return units


def _same(line: Posting, taking: Taking) -> bool:
    return line.code is not None and line.code == taking.code and line.amount_fen == taking.amount_fen


def _same_amount(line: Posting, taking: Taking) -> bool:
    """The code of an expired request may stand on one side."""
    return line.amount_fen == taking.amount_fen


def _by_factor(line: Posting, taking: Taking) -> bool:
    return _codes_allow(line, taking) and off_by_factor(line.amount_fen, taking.amount_fen)


def _same_code(line: Posting, taking: Taking) -> bool:
    return _codes_allow(line, taking)


def _codes_allow(line: Posting, taking: Taking) -> bool:
    return line.code is None or taking.code is None or line.code == taking.code


def off_by_factor(one: int | None, other: int | None) -> bool:
    """Whether one of two amounts is 10,000 times the other."""
    return bool(one and other) and (one * FACTOR == other or one == other * FACTOR)  # type: ignore[operator]


def _amount(unit: _Unit) -> int | None:
    if unit.line is not None:
        return unit.line.amount_fen
    return None if unit.taking is None else unit.taking.amount_fen


def _outcome(
    kind: Kind, case: Owed, unit: _Unit, *, since: int | None = None, expected: int | None = None,
    found: int | None = None,
) -> Outcome:  # fmt: skip
    begun = unit.line.posted_at if unit.line is not None else unit.at
    return Outcome(
        kind, case.station, case.case_no, unit.line, unit.taking, unit.at,
        begun if since is None else since, expected, found,
    )  # fmt: skip


class _Account:
    """What was paid on a case so far, in the order of time, against what it owes."""

    def __init__(self, case: Owed, paid: int, went_back: int) -> None:
        """`paid` and `went_back`: all that the lines and payments of the case come to."""
        self._case = case
        self._total = 0
        self._back = went_back
        self._given_back = 0
        self._due = None if case.due_fen is None else case.due_fen + case.surcharge_fen
        self._highest = None if case.highest_fen is None else case.highest_fen + case.surcharge_fen
        asked = [amount for _, amount in case.requests if amount is not None]
        if self._due is None and len(asked) == 1 == len(case.requests):
            # Without a decision the one request says what is to be paid.
            self._due = self._highest = asked[0]
        several = len(asked) == len(case.requests) > 1 and sum(asked) == self._due
        self._parts = case.instalments or several or paid == self._due

    def explains(self, amount: int) -> bool:
        """Whether so much of what was paid too much has gone back."""
        if amount > self._given_back:
            return False
        self._given_back -= amount
        return True

    def judge(self, unit: _Unit, post_by: PostBy, reach: _Reach) -> Outcome:
        """What a payment came to; it counts for those after it."""
        if unit.line is None:
            return self._not_on_a_statement(unit, post_by, reach)
        case, line = self._case, unit.line
        amount = line.amount_fen
        if (meant := self._by_factor(unit)) is not None:
            self._total += meant
            return _outcome(Kind.FACTOR_OF_10000, case, unit, expected=meant, found=amount)
        before, self._total = self._total, self._total + amount
        due, highest = self._due, self._highest
        if due is not None and highest is not None:
            if highest and before >= highest:
                if self._went_back(amount):
                    return self._in_time(unit, post_by)
                return _outcome(Kind.PAID_TWICE, case, unit, expected=0, found=amount)
            too_much = self._total - max(due, before)
            if too_much > 0 and self._total <= highest:
                if self._went_back(too_much):
                    return self._in_time(unit, post_by)
                return _outcome(Kind.REFUND_DUE, case, unit, expected=max(due - before, 0), found=too_much)
        told = None if unit.taking is None else unit.taking.amount_fen
        if told is not None and told != amount:
            return _outcome(Kind.AMOUNT_DIFFERS, case, unit, expected=told, found=amount)
        if due is not None and not self._fits(amount, due - before):
            return _outcome(Kind.AMOUNT_DIFFERS, case, unit, expected=max(due - before, 0), found=amount)
        return self._in_time(unit, post_by)

    def _by_factor(self, unit: _Unit) -> int | None:
        """The amount that was meant where the line is off from it by the factor.

        A decision says it best: a payment that was told with the same slip proves nothing.
        """
        case, line = self._case, unit.line
        assert line is not None
        told = [] if unit.taking is None else [unit.taking.amount_fen]
        asked = [amount for code, amount in case.requests if code == line.code]
        rest = None if self._due is None else self._due - self._total
        by_decision = [case.due_fen, self._due, rest, case.highest_fen]
        best = next((ranked for ranked in (by_decision, asked, told) if any(ranked)), [])
        if line.amount_fen in best:
            return None
        meant = (one for one in (*by_decision, *asked, *told) if off_by_factor(line.amount_fen, one))
        return next(meant, None)

    def _fits(self, amount: int, rest: int) -> bool:
        """What is left to pay, the fine without its surcharge, or a part where parts were agreed on."""
        return amount in (rest, rest - self._case.surcharge_fen) or (self._parts and amount <= rest)

    def _went_back(self, amount: int) -> bool:
        if self._back < amount:
            return False
        self._back -= amount
        self._given_back += amount
        return True

    def _in_time(self, unit: _Unit, post_by: PostBy) -> Outcome:
        line, paid = unit.line, unit.paid_until
        assert line is not None
        channel = line.channel or (None if unit.taking is None else unit.taking.channel)
        last = None if paid is None else post_by(self._case.station, channel, paid)
        if last is not None and line.posted_at > last:
            return _outcome(Kind.POSTED_LATE, self._case, unit, since=last, found=line.amount_fen)
        return _outcome(Kind.MATCHED, self._case, unit, found=line.amount_fen)

    def _not_on_a_statement(self, unit: _Unit, post_by: PostBy, reach: _Reach) -> Outcome:
        case, taking = self._case, unit.taking
        assert taking is not None
        self._total += taking.amount_fen or 0
        span = reach.of(case.station, taking.channel)
        paid = taking.at if taking.until is None else taking.until
        last = post_by(case.station, taking.channel, paid)
        if span is None or paid < span[0]:
            return _outcome(Kind.NOT_COVERED, case, unit, found=taking.amount_fen)
        if last is None or last >= span[1]:
            return _outcome(Kind.PENDING, case, unit, found=taking.amount_fen)
        return _outcome(Kind.NOT_POSTED, case, unit, since=last, expected=taking.amount_fen, found=None)
