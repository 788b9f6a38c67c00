"""The decisions of a case held against the rules, and the cases that are most like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.views.snapshot import Failure, attempt, zone_of
from monitor.lake.judging import Judging, judging
from monitor.rules.assess import assess
from monitor.rules.bands import allowed
from monitor.rules.exemptions import exemption_of
from monitor.store.cases import case_file
from monitor.store.decisions import case_decisions

if TYPE_CHECKING:
    from dashboard.services import Services
    from monitor.metrics.like_cases import LikeCases
    from monitor.rules.assessment import Assessment
    from monitor.rules.book import Exempting, RuleBook
    from monitor.rules.decision import Decision
    from monitor.settings.configuration import Configuration
    from monitor.store.cases import CaseFile


@dataclass(frozen=True, slots=True)
class Fine:
    """A decision and what the rules say of it. `exemption`: one that it meets, whatever was decided;
    `law_high_fen`: the most that the law alone allows, where a baseline is narrower."""

    decision: Decision
    assessment: Assessment
    exemption: Exempting | None
    law_high_fen: int | None


@dataclass(frozen=True, slots=True)
class CaseFines:
    """The fines of a case, and of each decision its like cases; Failure where those cannot be worked out."""

    fines: tuple[Fine, ...]
    like: tuple[LikeCases, ...] | Failure


_judging: dict[int, tuple[Configuration, Judging]] = {}


def judging_of(services: Services) -> Judging:
    """The rules, made ready once for a configuration."""
    configuration = services.configuration
    known = _judging.get(id(configuration))
    if known is None or known[0] is not configuration:
        known = _judging[id(configuration)] = (configuration, judging(configuration))
    return known[1]


def assessed_of(services: Services, key: tuple[str, str], file: CaseFile | None = None) -> list[Fine]:
    """Every decision in force of a case, assessed now; none where nothing is known of it."""
    file = case_file(services.database, key) if file is None else file
    if file is None:
        return []
    book = judging_of(services).book
    return [_fine(one, book) for one in case_decisions(services.database, file, zone_of(services, key[0]))]


def _fine(d: Decision, book: RuleBook) -> Fine:
    said = assess(d, book)
    rules = book.in_force(d.authority, d.station, d.acted_at) if d.authority else None
    exemption = None if rules is None or not rules.exemptions else exemption_of(d, rules, said.factors)
    law = None
    if rules is not None and said.band is not None:
        most = allowed(d, rules, by_law=True).band
        law = most.high if most is not None and most.high > said.band.high else None
    return Fine(d, said, exemption, law)


def case_fines(services: Services, key: tuple[str, str], now: int) -> CaseFines | None:
    """What the page of a case says of its fines; None where nothing was decided."""
    fines = assessed_of(services, key)
    if not fines:
        return None

    def like() -> tuple[LikeCases, ...]:
        from monitor.metrics.like_cases import like_cases_of

        if services.lake is None:
            raise LookupError("no lake")
        decisions = [one.decision for one in fines]
        return tuple(like_cases_of(services.lake.engine(now), decisions, judging_of(services), now))

    return CaseFines(tuple(fines), attempt("like cases", like))
