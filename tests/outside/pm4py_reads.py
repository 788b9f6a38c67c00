"""What pm4py counts in an export. For any Python that has pm4py, which is AGPL and no dependency of ours.

python tests/outside/pm4py_reads.py FILE      FILE is .xes, .xes.gz or OCEL 2.0 as .json

Prints one JSON object: cases, events, events of each activity; of OCEL the objects of each type too.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any


def log_counts(path: Path) -> dict[str, Any]:
    """Counts of an event log in XES."""
    import pm4py

    frame = pm4py.read_xes(str(path))
    return {
        "cases": int(frame["case:concept:name"].nunique()),
        "events": len(frame),
        "activities": dict(sorted(Counter(frame["concept:name"]).items())),
    }


def object_log_counts(path: Path) -> dict[str, Any]:
    """Counts of an object-centric log."""
    import pm4py

    with tempfile.TemporaryDirectory() as folder:
        # pm4py goes by the end of the name
        named = Path(folder) / "log.json"
        shutil.copyfile(path, named)
        log = pm4py.read_ocel2_json(str(named))
    objects = Counter(log.objects[log.object_type_column])
    related = log.relations[log.relations[log.object_type_column] == "case"]
    return {
        "cases": objects["case"],
        "events": len(log.events),
        "activities": dict(sorted(Counter(log.events[log.event_activity]).items())),
        "objects": dict(sorted(objects.items())),
        "events_of_a_case": int(related[log.event_id_column].nunique()),
    }


def main(file: str) -> None:
    path = Path(file)
    counts = object_log_counts(path) if path.suffix == ".json" else log_counts(path)
    json.dump(counts, sys.stdout, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
