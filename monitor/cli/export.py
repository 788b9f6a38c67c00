"""`fangxing export`: events and cases for other programs, or for another installation."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from monitor.cli.answer import Answer, Code, tell
from monitor.cli.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.reports.export.told import Export


class EventFormat(StrEnum):
    CSV = "csv"
    XES = "xes"
    OCEL = "ocel"


class CaseFormat(StrEnum):
    CSV = "csv"


Out = Annotated[Path | None, typer.Option("--out", help=say("cli.help.export_out"))]
Station = Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))]
From = Annotated[str | None, typer.Option("--from", metavar="2024-07-01", help=say("cli.help.export_from"))]
To = Annotated[str | None, typer.Option("--to", metavar="2024-07-31", help=say("cli.help.export_to"))]
Plates = Annotated[bool, typer.Option("--plates", help=say("cli.help.export_plates"))]


def register(app: typer.Typer) -> None:
    noun = typer.Typer(help=say("cli.help.export"), no_args_is_help=True)
    noun.command("events", help=say("cli.help.export_events"))(events)
    noun.command("cases", help=say("cli.help.export_cases"))(cases)
    app.add_typer(noun, name="export")


def events(
    form: Annotated[EventFormat, typer.Option("--format", help=say("cli.help.format"))] = EventFormat.CSV,
    out: Out = None,
    station: Station = None,
    since: From = None,
    to: To = None,
    plates: Plates = False,
) -> None:
    export = _export(station, since, to, plates)
    with _opened(out) as file:
        if form is EventFormat.XES:
            from monitor.reports.export.xes import write_xes

            write_xes(file, export)
        elif form is EventFormat.OCEL:
            from monitor.reports.export.ocel import ocel_parts

            _put(file, ocel_parts(export))
        else:
            from monitor.reports.export.table import events_csv

            _put(file, events_csv(export))


def cases(
    form: Annotated[CaseFormat, typer.Option("--format", help=say("cli.help.format"))] = CaseFormat.CSV,
    out: Out = None,
    station: Station = None,
    since: From = None,
    to: To = None,
    plates: Plates = False,
) -> None:
    from monitor.reports.export.table import cases_csv

    export = _export(station, since, to, plates)
    with _opened(out) as file:
        _put(file, cases_csv(export))


def _export(stations: list[str] | None, since: str | None, to: str | None, plates: bool) -> Export:
    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.reports.case_query import BadQuery, case_filter
    from monitor.reports.export.told import Export
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration = configured(settings)
    codes = [station_code(configuration, one) for one in stations or ()]
    asked = {"station": ",".join(codes), "from": since or "", "to": to or ""}
    moment = now()
    try:
        chosen = case_filter(asked, configuration.stations, moment)
    except BadQuery as error:
        raise Answer("not_a_day", Code.WRONG_USE, name=error.name, value=error.value) from error
    return Export(open_database(settings), chosen, configuration.stations, moment, plates)


@contextmanager
def _opened(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that stands under its name only once it is whole."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("wb") as file:
            yield file
        draft.replace(out)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    tell(say("cli.export.written", file=out))


def _put(file: BinaryIO, parts: Iterable[bytes]) -> None:
    for part in parts:
        file.write(part)
