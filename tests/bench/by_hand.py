"""What each metric asks, without a breakdown, as one would write it by hand for DuckDB."""

from __future__ import annotations

from made_lake import HOUR, STATIONS

DAY_LONG = 24 * HOUR


def by_hand(as_of: int) -> dict[str, list[str]]:
    """The queries of each metric. Gates are those of the made-up lake."""
    known = f"known_from <= {as_of} AND (known_to IS NULL OR known_to > {as_of})"
    fate = f"""CASE WHEN verdict = 'not_held' THEN 'not_held' WHEN deadline_at IS NULL THEN 'no_deadline'
        WHEN verdict = 'implausible' OR coalesce(released_at > {as_of}, false) THEN 'implausible'
        WHEN verdict = 'undetermined' THEN 'undetermined'
        WHEN verdict = 'released_on_time' THEN 'on_time' ELSE 'late' END"""
    come = f"coalesce(deadline_until, deadline_at) <= {as_of}"
    end = f"coalesce(released_at, {as_of})"
    paused = f"paused_us + CASE WHEN paused_since IS NULL THEN 0 ELSE greatest({end} - paused_since, 0) END"
    cases = f"SELECT *, {fate} AS fate, {end} AS end_at FROM case_versions WHERE {known}"
    inside = f"SELECT * FROM ({cases}) WHERE fate IN ('on_time', 'late') AND {come}"
    timed = "confirmed_until IS NULL AND released_until IS NULL"
    whole = ", ".join(f"'{station}'" for station in STATIONS[1::2])
    free = "CASE WHEN outcome IN ('warning', 'none') THEN decided_at END"
    done = {
        "decision": "coalesce(decided_at, withdrawn_at)",
        "removal": "removed_at",
        "payment": f"coalesce(paid_at, pay_confirmed_at, {free}, withdrawn_at)",
        "arrival": f"coalesce(pay_confirmed_at, {free}, withdrawn_at)",
    }
    steps, spans, before = "", {}, "confirmed_at"
    for name, moment in done.items():
        reached = f"greatest({before}, least(end_at, coalesce({moment}, end_at)))"
        if name != "removal":
            reached = f"CASE WHEN station IN ({whole}) THEN {reached} ELSE {before} END"
        steps += f", {reached} AS {name}_at_"
        spans[name] = f"{name}_at_ - {before}"
        before = f"{name}_at_"
    spans["release"] = f"end_at - {before}"
    figures = ", ".join(
        f"sum({one}), count(*) FILTER ({one} > 0), quantile_cont({one}, [0.5, 0.9]) FILTER ({one} > 0)"
        for one in spans
    )
    named = ", ".join(f"{span} AS {one}" for one, span in spans.items())
    after = "CASE WHEN removed_until IS NULL THEN greatest(end_at - removed_at, 0) END"
    # The greatest of nothing and 0 is 0.
    after = after.replace("removed_until IS NULL", "removed_at IS NOT NULL AND removed_until IS NULL")
    moved = f"""custody AND verdict <> 'implausible' AND confirmed_at IS NOT NULL AND confirmed_at <= {as_of}
        AND {known}"""
    gone = f"released_at IS NOT NULL AND released_at <= {as_of}"

    def clock(start: str, finish: str) -> str:
        first, last = f"{start}_at", f"coalesce({start}_until, {start}_at)"
        ended, ended_last = f"{finish}_at", f"coalesce({finish}_until, {finish}_at)"
        in_time = f"""CASE WHEN {ended} IS NULL OR {ended} > {as_of} THEN false
            WHEN {ended_last} <= {first} + {DAY_LONG} THEN true
            WHEN {ended} > {last} + {DAY_LONG} THEN false END"""
        return f"""SELECT count(*) FILTER (in_time), count(in_time), count(*) FILTER (in_time IS NULL)
            FROM (SELECT {in_time} AS in_time FROM case_versions WHERE {known} AND {first} IS NOT NULL
            AND {last} + {DAY_LONG} <= {as_of} AND coalesce({ended_last} >= {first}, true))"""

    return {
        "compliance": [f"""SELECT count(*) FILTER (fate = 'on_time'),
            count(*) FILTER (fate IN ('on_time', 'late')),
            count(*) FILTER (fate = 'on_time' OR (fate = 'late' AND
              coalesce(released_until, end_at) - confirmed_at - ({paused}) <= limit_s * 1000000)),
            count(*) FILTER (fate = 'not_held'),
            count(*) FILTER (fate = 'no_deadline'), count(*) FILTER (fate = 'undetermined'),
            count(*) FILTER (fate = 'implausible'),
            count(*) FILTER (fate IN ('on_time', 'late') AND withdrawn_at IS NOT NULL)
            FROM ({cases}) WHERE fate IN ('not_held', 'no_deadline') OR {come}"""],
        # By the minute, as the product-limit estimate needs it.
        "hours": [f"""SELECT (end_at - confirmed_at) // 60000000 AS minute, released_at IS NOT NULL AS ended,
            fate = 'on_time' AS on_time, count(*), max(end_at - confirmed_at) FROM ({inside}) WHERE {timed}
            GROUP BY ALL"""],
        "stages": [f"""SELECT count(*), sum(end_at - confirmed_at), {figures} FROM (SELECT *, {named} FROM
            (SELECT *{steps} FROM ({inside}) WHERE {timed} AND days IS NULL))"""],
        "held_after_removal": [f"""SELECT count(*), sum(end_at - confirmed_at), sum(after), count(after),
            count(*) FILTER (after IS NOT NULL AND removed_derived), quantile_cont(after, [0.5, 0.9]),
            max(after) FROM (SELECT *, {after} AS after FROM ({inside}) WHERE {timed})"""],
        "throughput": [f"""SELECT count(*), count(*) FILTER ({gone}) FROM case_versions WHERE {moved}"""],
        "hours_of_week": [f"""SELECT hour, sum(came)::BIGINT, sum(went)::BIGINT FROM (
            SELECT start_hour AS hour, count(*) AS came, 0 AS went FROM case_versions
              WHERE {moved} AND start_hour IS NOT NULL GROUP BY 1
            UNION ALL SELECT released_hour, 0, count(*) FROM case_versions
              WHERE {moved} AND {gone} AND released_hour IS NOT NULL GROUP BY 1) GROUP BY 1"""],
        "open_ages": [f"""SELECT station, case_no, confirmed_at, confirmed_until,
            coalesce(deadline_until, deadline_at) FROM case_versions WHERE {known} AND custody
            AND verdict <> 'implausible' AND (confirmed_at IS NULL OR confirmed_at <= {as_of})
            AND released_at IS NULL"""],
        "overload_rate": [f"""SELECT count(*) FILTER (over), count(over),
            count(*) FILTER (gross_kg > rule_kg), count(*) FILTER (over IS NULL),
            count(*) FILTER (NOT plate_read),
            quantile_cont((gross_kg - kg)::DOUBLE / nullif(kg, 0), [0.5, 0.9]) FILTER (over) FROM (
            SELECT *, coalesce(limit_kg, rule_kg) AS kg, gross_kg > kg AS over FROM weighings
            WHERE "first" AND {known} AND occurred_at <= {as_of})"""],
        "late_entry": [f"""SELECT activity, count(delay), count(*) FILTER (delay > {HOUR}),
            count(*) FILTER (delay IS NULL), quantile_cont(delay, [0.5, 0.9]), max(delay) FROM (
            SELECT activity, coalesce(recorded_at, CASE WHEN backfill THEN NULL ELSE received_at END) AS told,
              CASE WHEN told IS NOT NULL THEN greatest(told - occurred_at, 0) END AS delay FROM events
            WHERE {known} AND occurred_until IS NULL AND occurred_at <= {as_of}) GROUP BY activity"""],
        "clocks_bc": [clock("accepted", "police_decided"), clock("detained", "handed_in")],
    }  # fmt: skip
