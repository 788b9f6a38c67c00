"""`fangxing export events|cases|weighings`: for other programs, or for another installation."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from monitor.cli.answer import Answer, Code, tell
from monitor.cli.words import say
from monitor.reports.export.choice import Form, Subject, forms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.reports.export.told import Export


def register(app: typer.Typer) -> None:
    app.command("export", help=say("cli.help.export"))(export)


def export(
    subject: Annotated[
        Subject, typer.Argument(metavar="events|cases|weighings", help=say("cli.help.export_what"))
    ],
    form: Annotated[Form, typer.Option("--format", help=say("cli.help.format"))] = Form.CSV,
    out: Annotated[Path | None, typer.Option("--out", help=say("cli.help.export_out"))] = None,
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="2024-07-01", help=say("cli.help.export_from"))
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="2024-07-31", help=say("cli.help.export_to"))
    ] = None,
    plates: Annotated[bool, typer.Option("--plates", help=say("cli.help.export_plates"))] = False,
) -> None:
    if form not in forms_of(subject):
        accepted = ", ".join(forms_of(subject))
        raise Answer("no_such_form", Code.WRONG_USE, what=subject, form=form, accepted=accepted)
    asked = _export(station, since, to, plates)
    from monitor.reports.export.forms import write

    with _opened(out) as file:
        write(file, asked, subject, form)


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
