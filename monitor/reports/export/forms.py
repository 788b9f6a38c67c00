"""Writing an export in the format asked for, for everything that offers it."""

from __future__ import annotations

from typing import BinaryIO

from .choice import Form, Subject, forms_of
from .told import Export


def write(file: BinaryIO, export: Export, subject: Subject, form: Form) -> None:
    """Write the export. Raises ValueError where the subject does not come in this format."""
    if form not in forms_of(subject):
        raise ValueError(f"{subject} do not come as {form}")
    # each part loads the library of its format, so only where it is asked for
    if subject is Subject.WEIGHINGS:
        from .weighings import weighings_csv, write_weighings_parquet

        if form is Form.PARQUET:
            write_weighings_parquet(file, export)
        else:
            file.writelines(weighings_csv(export))
    elif form is Form.PARQUET:
        from . import parquet

        write_parquet = (
            parquet.write_events_parquet if subject is Subject.EVENTS else parquet.write_cases_parquet
        )
        write_parquet(file, export)
    elif form is Form.XES:
        from .xes import write_xes

        write_xes(file, export)
    elif form is Form.OCEL:
        from .ocel import ocel_parts

        file.writelines(ocel_parts(export))
    else:
        from .table import cases_csv, events_csv

        file.writelines(events_csv(export) if subject is Subject.EVENTS else cases_csv(export))
