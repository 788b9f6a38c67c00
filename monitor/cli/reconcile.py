"""`fangxing reconcile`: hold statements against decisions and payments, and work through what differs."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from monitor.settings.configuration import Configuration
    from monitor.store.differences import Difference

SECOND = 1_000_000
DAY = 86_400 * SECOND

Id = Annotated[int, typer.Argument(metavar="ID", help=say("cli.help.difference_id"))]
Reason = Annotated[str, typer.Option("--reason", help=say("cli.help.difference_reason"))]
Json = Annotated[bool, typer.Option("--json", help=say("cli.help.json"))]


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


def register(app: typer.Typer) -> None:
    noun = typer.Typer(help=say("cli.help.reconcile"), invoke_without_command=True)
    noun.callback(help=say("cli.help.reconcile"))(reconcile)
    noun.command("list", help=say("cli.help.reconcile_list"))(list_differences)
    noun.command("show", help=say("cli.help.reconcile_show"))(show)
    noun.command("assign", help=say("cli.help.reconcile_assign"))(assign)
    noun.command("close", help=say("cli.help.reconcile_close"))(close)
    noun.command("reopen", help=say("cli.help.reconcile_reopen"))(reopen)
    app.add_typer(noun, name="reconcile")


def reconcile(context: typer.Context, as_json: Json = False) -> None:
    """Without a command of its own: a run."""
    if context.invoked_subcommand is not None:
        return
    import orjson

    from monitor.cli.installation import configured, now, open_database
    from monitor.payments.reconcile import reconcile as run
    from monitor.settings.environment import load_settings

    settings = load_settings()
    done = run(open_database(settings), configured(settings), now())
    if as_json:
        told = {
            "unchanged": done.unchanged,
            "lines": done.lines,
            "outcomes": done.outcomes,
            "differences": done.moves._asdict(),
        }
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    if done.unchanged:
        typer.echo(say("cli.reconcile.unchanged"))
        return
    typer.echo(say("cli.reconcile.done", lines=done.lines, **done.moves._asdict()))
    for kind, n in done.outcomes.items():
        typer.echo("  " + say("cli.reconcile.kind", kind=say(f"reconciliation.kinds.{kind}"), n=n))


def list_differences(
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help=say("cli.help.difference_kind"))] = None,
    state: Annotated[State, typer.Option("--state", help=say("cli.help.difference_state"))] = State.OPEN,
    owner: Annotated[str | None, typer.Option("--owner", help=say("cli.help.difference_owner"))] = None,
    text: Annotated[str | None, typer.Option("--text", help=say("cli.help.difference_text"))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=say("cli.help.limit"))] = 50,
    as_json: Json = False,
) -> None:
    import orjson

    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.reports.difference_rows import difference_told
    from monitor.rules.outcome import DIFFERENCES
    from monitor.settings.environment import load_settings
    from monitor.store.difference_list import DifferenceFilter, find_differences

    settings = load_settings()
    configuration = configured(settings)
    known = [one.value for one in DIFFERENCES]
    for one in kind or ():
        if one not in known:
            raise Answer("unknown_kind", Code.WRONG_USE, value=one, known=", ".join(known))
    chosen = DifferenceFilter(
        [station_code(configuration, one) for one in station] if station else None,
        kind or None,
        None if state is State.ALL else state.value,
        owner,
        text,
    )
    moment = now()
    page = find_differences(open_database(settings), chosen, limit=limit)
    if as_json:
        told = {
            "total": page.total,
            "differences": [difference_told(one, moment) for one in page.differences],
        }
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    if not page.differences:
        typer.echo(say("cli.reconcile.none"))
        return
    heads = (
        "id", "kind", "station", "case", "code", "line", "expected", "found", "age", "owner", "state",
    )  # fmt: skip
    table.show(
        [say(f"cli.reconcile.heads.{head}") for head in heads],
        [_cells(one, moment, configuration) for one in page.differences],
        numbers=(0, 6, 7, 8),
    )
    typer.echo(say("cli.reconcile.count", shown=len(page.differences), n=page.total))


def _cells(one: Difference, now: int, configuration: Configuration) -> tuple[object, ...]:
    station = configuration.stations.get(one.station)
    return (
        one.id,
        say(f"reconciliation.kinds.{one.kind}"),
        one.station if station is None else station.short.in_language(words().language),
        one.case_no,
        one.code,
        one.line,
        _yuan(one.expected_fen),
        _yuan(one.found_fen),
        say("cli.reconcile.days", n=max(0, now - one.since) // DAY),
        one.owner,
        say(f"reconciliation.states.{one.state}"),
    )


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen // 100:,}.{fen % 100:02d}"


def show(key: Id) -> None:
    from monitor.cli.installation import open_database
    from monitor.settings.environment import load_settings
    from monitor.store.differences import steps_of

    settings = load_settings()
    with open_database(settings).read() as connection:
        steps = steps_of(connection, key)
    if not steps:
        raise _answer("no_difference")
    zone = ZoneInfo(settings.zone)
    table.show(
        [say(f"cli.reconcile.step_heads.{head}") for head in ("at", "step", "actor", "owner", "why")],
        [
            (
                f"{datetime.fromtimestamp(one.at // SECOND, UTC).astimezone(zone):%Y-%m-%d %H:%M}",
                say(f"reconciliation.steps.{one.step}"),
                one.actor,
                one.owner,
                one.why if one.actor else words().find(f"reconciliation.went.{one.why}"),
            )
            for one in steps
        ],
    )


def assign(
    key: Id, owner: Annotated[str, typer.Option("--owner", help=say("cli.help.difference_owner"))]
) -> None:
    from monitor.actions.differences import assign as act

    done = _act(act, key, owner)
    who = "unassigned" if done.owner is None else "assigned"
    typer.echo(say(f"cli.reconcile.{who}", id=key, owner=done.owner))


def close(key: Id, reason: Reason) -> None:
    from monitor.actions.differences import close as act

    typer.echo(say("cli.reconcile.closed", id=key, reason=_act(act, key, reason).closed_why))


def reopen(key: Id, reason: Reason) -> None:
    from monitor.actions.differences import reopen as act

    _act(act, key, reason)
    typer.echo(say("cli.reconcile.reopened", id=key, reason=reason))


def _act(action: Any, key: int, word: str) -> Difference:
    from monitor.actions.differences import NotWorkedError
    from monitor.cli.installation import now, open_database, sender
    from monitor.settings.environment import load_settings

    try:
        done: Difference = action(open_database(load_settings()), sender(), key, word, now=now())
    except NotWorkedError as error:
        raise _answer(error.code) from error
    return done


def _answer(code: str) -> Answer:
    return Answer("difference", Code.WRONG_USE, why=say(f"reconciliation.not_worked.{code}"))
