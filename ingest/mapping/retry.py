"""A quarantined row mapped again, after the configuration, the page or a value was corrected."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.candidate import RowResult

from .batch import NONE, Batch
from .column import Persons
from .objects import mapper_of
from .reading import Reading


def retry_row(
    how: Reading, raw: Mapping[str, str], row: int, sheet: str | None = None
) -> tuple[RowResult, Batch]:
    """The row by the current page, and the same as a batch for `accept`.

    `raw` is that of the refused `RowResult`, with values corrected where a person did so. What stood outside
    the row (units of the head, station of the sheet) is under its keys that begin with `@`. Personal values
    are digests already and stay what they are; one corrected by hand is a new value.
    """
    persons = Persons(how.person_key)
    plain = {name: text for name, text in raw.items() if not name.startswith("@")}
    result = mapper_of(how, persons).map(row, plain, raw.get("@units"), raw.get("@station"))
    result = result._replace(sheet=sheet)
    return result, Batch(sheet, NONE, [result], persons.take(), [], [])
