"""`fangxing assess` and `fangxing rules`: the decisions of a case held against the rules, and the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from monitor.api.assessment import AssessmentOut
    from monitor.settings.rulesets import RuleSet

SECOND = 1_000_000


def register(app: typer.Typer) -> None:
    app.command("assess", help=say("cli.help.assess"))(assess)
    app.command("rules", help=say("cli.help.rules"))(rules)


def assess(
    case_no: Annotated[str, typer.Argument(metavar="CASE", help=say("cli.help.assess_case"))],
    station: Annotated[str | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    from monitor.api.assessment import AssessmentsOut, assessed
    from monitor.cli.installation import configured, open_database, station_code
    from monitor.rules.book import rule_book
    from monitor.settings.environment import load_settings
    from monitor.store.cases import case_file
    from monitor.store.decisions import case_decisions

    settings = load_settings()
    configuration = configured(settings)
    database = open_database(settings)
    code = None if station is None else station_code(configuration, station)
    keys = [(one, case_no) for one in configuration.stations if code in (None, one)]
    files = [file for key in keys if (file := case_file(database, key)) is not None]
    if len(files) != 1:
        name = "unknown_case" if not files else "ambiguous_case"
        known = ", ".join(file.state.station for file in files) or "-"
        raise Answer(name, Code.WRONG_USE, case=case_no, known=known)
    [file] = files
    zone = configuration.zone_of(file.state.station)
    told = AssessmentsOut(
        station=file.state.station,
        case_no=case_no,
        rules=configuration.rules_digest,
        assessments=assessed(
            case_decisions(database, file, zone), rule_book(configuration), configuration.rules, zone
        ),
    )
    if as_json:
        typer.echo(told.model_dump_json(indent=2))
        return
    if not told.assessments:
        typer.echo(say("cli.assess.none"))
    for one in told.assessments:
        _show(one)


def _show(one: AssessmentOut) -> None:
    authority = words().find(f"authorities.{one.authority}") or "-"
    number, fine = one.decision_no or "-", _yuan(one.fine_fen)
    place = say(f"rules.places.{one.place}")
    typer.echo(say("cli.assess.decision", authority=authority, number=number, fine=fine, place=place))
    if one.band is not None:
        low, high = _yuan(one.band.low_fen), _yuan(one.band.high_fen)
        typer.echo("  " + say("cli.assess.band", low=low, high=high, rules=one.rule_set or "-"))
        if one.band.other_low_fen is not None:
            low, high = _yuan(one.band.other_low_fen), _yuan(one.band.other_high_fen)
            typer.echo("  " + say("cli.assess.other_band", low=low, high=high))
    if one.why is not None:
        typer.echo("  " + say(f"rules.why.{one.why}"))
    if one.example:
        typer.echo("  " + say("cli.assess.example"))
    for finding in one.findings:
        values = [f"{say(f'rules.values.{v.name}')} {_told(v.value, v.unit)}" for v in finding.values]
        source = finding.article
        cited = "" if source is None else f"{source.document} {source.article}".strip()
        name = say(f"rules.findings.{finding.code}")
        typer.echo("  " + say("cli.assess.finding", name=name, values="; ".join(values), article=cited))


def _yuan(fen: int | None) -> str:
    return "-" if fen is None else say("cli.assess.yuan", yuan=f"{fen / 100:,.2f}".removesuffix(".00"))


def _told(value: int | float | str, unit: str) -> str:
    """A value as people read it: money in yuan, instants as they came, words of the language where known."""
    if unit == "fen" and isinstance(value, int):
        return _yuan(value)
    if unit == "share" and not isinstance(value, str):
        return f"{value:.1%}"
    if unit == "text":
        known = (words().find(f"{section}.{value}") for section in ("authorities", "rules.exemptions"))
        return next((one for one in known if one is not None), str(value))
    return f"{value:,} {unit}" if unit in ("kg", "mm") else str(value)


def rules(
    day: Annotated[
        str | None, typer.Option("--day", metavar="YYYY-MM-DD", help=say("cli.help.rules_day"))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    import orjson

    from monitor.cli.installation import configured, now
    from monitor.settings.environment import load_settings

    configuration = configured(load_settings())
    today = datetime.fromtimestamp(now() // SECOND, UTC).astimezone(configuration.zone).date()
    try:
        wanted = today if day is None else date.fromisoformat(day)
    except ValueError as error:
        raise Answer("not_a_day", Code.WRONG_USE, name="--day", value=str(day)) from error
    lines = [line for name, one in configuration.rules.sets.items() if (line := _line(name, one, wanted))]
    if as_json:
        told = {
            "day": wanted.isoformat(),
            "digest": configuration.rules_digest,
            "rules": [line._asdict() for line in lines],
        }
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    table.show(
        [say(f"cli.rules.heads.{head}") for head in ("set", "level", "authority", "marks", "documents")],
        (_cells(line) for line in lines),
    )


class SetLine(NamedTuple):
    """A rule set with the version in force on a day; `unconfirmed` are the keys that nobody confirmed."""

    rule_set: str
    title: str
    level: str
    authority: str | None
    example: bool
    since: str
    until: str | None
    confirmed_by: str | None
    sources: list[dict[str, str]]
    unconfirmed: list[str]


def _line(name: str, rule_set: RuleSet, day: date) -> SetLine | None:
    found = rule_set.in_force(day)
    if found is None:
        return None
    key, version = found
    return SetLine(
        f"{name}@{key}",
        rule_set.title.in_language(words().language),
        rule_set.level.value,
        rule_set.authority,
        rule_set.example,
        version.since.isoformat(),
        None if version.until is None else version.until.isoformat(),
        version.confirmed_by,
        [{"document": one.document, "article": one.article} for one in rule_set.sources.values()],
        [".".join(map(str, path)) for path, one in version.cited() if not one.confirmed],
    )


def _cells(line: SetLine) -> tuple[object, ...]:
    marks = say("config.example") if line.example else ""
    if line.unconfirmed and not line.example:
        marks = say("cli.rules.unconfirmed", n=len(line.unconfirmed))
    return (
        f"{line.rule_set} {line.title}",
        say(f"rules.levels.{line.level}"),
        words().find(f"authorities.{line.authority}") or say("cli.rules.everybody"),
        marks,
        ", ".join(dict.fromkeys(source["document"] for source in line.sources)),
    )
