"""`fangxing payments`: those of a case, its notice, and confirming a payment address as a second person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import table
from monitor.cli.answer import Answer, Code
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.rules.payments import Payment
    from monitor.settings.configuration import Configuration
    from monitor.store.cases import CaseFile
    from monitor.store.database import Database

SECOND = 1_000_000
Station = Annotated[str, typer.Argument(help=say("cli.help.payments_station"))]
CaseNo = Annotated[str, typer.Argument(metavar="CASE", help=say("cli.help.payments_case_no"))]


def register(app: typer.Typer) -> None:
    payments = typer.Typer(help=say("cli.help.payments"), no_args_is_help=True)
    payments.command("case", help=say("cli.help.payments_case"))(of_case)
    payments.command("look", help=say("cli.help.payments_look"))(look)
    payments.command("notice", help=say("cli.help.payments_notice"))(notice)
    payments.command("addresses", help=say("cli.help.payments_addresses"))(addresses)
    payments.command("confirm", help=say("cli.help.payments_confirm"))(confirm)
    app.add_typer(payments, name="payments")


def of_case(
    station: Station,
    case_no: CaseNo,
    json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    from monitor.cli.installation import now
    from monitor.rules.payments import payments_of

    configuration, _, file = _file(station, case_no)
    zone = configuration.zone_of(file.state.station)
    valid = [event for event in file.events if file.is_valid(event)]
    found = payments_of(file.state, valid, configuration.payments, zone, now())
    if json:
        import orjson

        told = {
            "station": file.state.station,
            "case_no": case_no,
            "payments": [_plain(p, zone) for p in found],
        }
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        return
    if not found:
        typer.echo(say("cli.payments.none"))
        return
    heads = (
        "code",
        "owed",
        "requested",
        "failures",
        "channel",
        "paid",
        "confirmed",
        "due",
        "surcharge",
        "look",
    )
    table.show([say(f"cli.payments.heads.{head}") for head in heads], [_row(one, zone) for one in found])


def look(
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    since: Annotated[str | None, typer.Option("--from", help=say("cli.help.since"))] = None,
    until: Annotated[str | None, typer.Option("--to", help=say("cli.help.until_day"))] = None,
    json: Annotated[bool, typer.Option("--json", help=say("cli.help.json"))] = False,
) -> None:
    from datetime import timedelta

    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.cli.metrics import day, instant
    from monitor.payments.look import payments_to_look_at
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    first, last = day("--from", since), day("--to", until)
    zone = configuration.zone
    after = None if last is None else last + timedelta(days=1)
    found = payments_to_look_at(
        open_database(settings),
        configuration,
        now(),
        stations=[station_code(configuration, one) for one in station] if station else None,
        since=None if first is None else instant(f"{first}T00:00", zone),
        until=None if after is None else instant(f"{after}T00:00", zone),
    )
    if json:
        import orjson

        rows = [
            {"station": key[0], "case_no": key[1], **_plain(one, configuration.zone_of(key[0]))}
            for key, one, *_ in found
        ]
        typer.echo(orjson.dumps({"payments": rows}, option=orjson.OPT_INDENT_2))
        return
    if not found:
        typer.echo(say("cli.payments.nothing"))
        return
    heads = ("station", "case", "owed", "channel", "paid", "look")
    table.show(
        [say(f"cli.payments.heads.{head}") for head in heads],
        [
            (*key, *(_row(one, configuration.zone_of(key[0]))[place] for place in (1, 4, 5, 9)))
            for key, one, *_ in found
        ],
    )


def notice(
    station: Station,
    case_no: CaseNo,
    out: Annotated[Path, typer.Option("--out", help=say("cli.help.payments_out"))],
) -> None:
    from monitor.cli.installation import now
    from monitor.payments.address import standings_of
    from monitor.payments.notice import notice_of
    from monitor.payments.notice_html import notice_html
    from monitor.payments.notice_pdf import NoChineseFont, notice_pdf
    from monitor.payments.sheet import sheet_of

    if out.suffix not in (".pdf", ".html"):
        raise Answer("notice_form", Code.WRONG_USE, file=out)
    configuration, database, file = _file(station, case_no)
    standing = standings_of(database, configuration).get(file.state.station)
    found = notice_of(file, configuration, standing, now())
    assert found is not None  # the station is configured: `_file` has looked
    sheet = sheet_of(found, words())
    try:
        content = (
            notice_pdf(sheet, words().language)
            if out.suffix == ".pdf"
            else notice_html(sheet, words().language, "", "").encode()
        )
    except NoChineseFont:
        raise Answer("no_chinese_font") from None
    try:
        with out.open("xb") as handle:
            handle.write(content)
    except FileExistsError:
        raise Answer("exists", file=out) from None
    typer.echo(str(out))


def addresses() -> None:
    from monitor.cli.installation import configured, open_database
    from monitor.payments.address import standings_of
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    database = open_database(settings)
    rows = []
    for one in standings_of(database, configuration).values():
        zone = configuration.zone_of(one.station)
        state = "example" if one.example else "open" if one.open else "confirmed"
        rows.append(
            (
                one.station, one.digest, one.address, _time(one.changed_at, zone), one.changed_by,
                say(f"cli.payments.state.{state}"), _time(one.confirmed_at, zone), one.confirmed_by,
            )
        )  # fmt: skip
    heads = ("station", "digest", "address", "changed", "by", "state", "checked", "by")
    table.show([say(f"cli.payments.heads.{head}") for head in heads], rows)


def confirm(
    station: Station,
    digest: Annotated[str, typer.Argument(help=say("cli.help.payments_digest"))],
    name: Annotated[str, typer.Option("--as", metavar="NAME", help=say("cli.help.payments_as"))],
) -> None:
    from monitor.actions.payment_address import NotConfirmedError, confirm_address
    from monitor.cli.installation import configured, now, open_database, sender, station_code
    from monitor.settings.environment import load_settings
    from monitor.store.deliveries import Sender

    settings = load_settings()
    configuration = configured(settings)
    code = station_code(configuration, station)
    me = sender()
    # Until there is sign-in the name is typed; where it came from says which account typed it.
    who = Sender(name, f"{me.actor}@{me.origin}")
    try:
        done = confirm_address(open_database(settings), configuration, who, code, digest, now=now())
    except NotConfirmedError as error:
        raise Answer(f"address_{error.code}", station=code) from error
    typer.echo(say("cli.payments.done", station=code, address=done.address, name=done.confirmed_by))


def _file(station: str, case_no: str) -> tuple[Configuration, Database, CaseFile]:
    from monitor.cli.installation import configured, open_database, station_code
    from monitor.settings.environment import load_settings
    from monitor.store.cases import case_file

    settings = load_settings()
    configuration = configured(settings)
    code = station_code(configuration, station)
    database = open_database(settings)
    file = case_file(database, (code, case_no))
    if file is None:
        raise Answer("case_not_there", station=code, case=case_no)
    return configuration, database, file


def _plain(payment: Payment, zone: ZoneInfo) -> dict[str, Any]:
    """A payment as JSON holds it; instants by RFC 3339, money in fen."""

    def told(value: Any) -> Any:
        if hasattr(value, "_asdict"):
            return {name: told(part) for name, part in value._asdict().items()}
        return [told(part) for part in value] if isinstance(value, tuple) else value

    def dated(value: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"at", "until"}:
            return {name: _instant(moment, zone) for name, moment in value.items()}
        if isinstance(value, dict):
            return {name: dated(part) for name, part in value.items()}
        return [dated(part) for part in value] if isinstance(value, list) else value

    found: dict[str, Any] = dated(told(payment))
    return found


def _row(one: Payment, zone: ZoneInfo) -> tuple[object, ...]:
    return (
        one.code, _yuan(one.owed_fen), _time(one.requested and one.requested.at, zone), len(one.failures),
        words().find(f"channels.{one.channel}") or one.channel, _time(one.paid and one.paid.at, zone),
        _time(one.confirmed and one.confirmed.at, zone), one.due,
        _yuan(one.surcharge.fen) if one.surcharge else None,
        "; ".join(words().find(f"rules.findings.{f.code}") or f.code for f in one.findings),
    )  # fmt: skip


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else f"{fen / 100:.2f}"


def _instant(at: int | None, zone: ZoneInfo) -> str | None:
    return None if at is None else datetime.fromtimestamp(at / SECOND, UTC).astimezone(zone).isoformat()


def _time(at: int | None, zone: ZoneInfo) -> str | None:
    return (
        None if at is None else f"{datetime.fromtimestamp(at // SECOND, UTC).astimezone(zone):%Y-%m-%d %H:%M}"
    )
