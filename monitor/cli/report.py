"""`fangxing report weekly`: the weekly compliance report as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.answer import Answer, Code, tell
from monitor.cli.words import say, words

if TYPE_CHECKING:
    from monitor.reports.weekly.formats import Format

FORMATS = "html,xlsx,docx,pdf"


def register(app: typer.Typer) -> None:
    noun = typer.Typer(help=say("cli.help.report"), no_args_is_help=True)
    noun.callback()(lambda: None)
    noun.command("weekly", help=say("cli.help.report_weekly"))(weekly_report)
    app.add_typer(noun, name="report", help=say("cli.help.report"))


def weekly_report(
    week: Annotated[
        str | None, typer.Option("--week", metavar="YYYY-Www", help=say("cli.help.report_week"))
    ] = None,
    station: Annotated[list[str] | None, typer.Option("--station", help=say("cli.help.station"))] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help=say("cli.help.as_of"))] = None,
    form: Annotated[
        str, typer.Option("--format", metavar=FORMATS, help=say("cli.help.report_format"))
    ] = FORMATS,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=say("cli.help.report_out"))] = None,
) -> None:
    from ingest.mapping.pages import load_pages
    from ingest.promised import promises_of
    from monitor.cli.installation import configured, now, open_database, station_code
    from monitor.cli.lake import brought_up
    from monitor.cli.metrics import instant
    from monitor.metrics.lake_engine import LakeEngine
    from monitor.payments.notice_pdf import NoChineseFont
    from monitor.reports.weekly.chapters import paper_of
    from monitor.reports.weekly.formats import written
    from monitor.reports.weekly.period import NoReport, Week
    from monitor.reports.weekly.weekly import weekly
    from monitor.settings.environment import load_settings
    from monitor.store.marks import SIMULATED, mark_of

    forms = formats_of(form)
    settings = load_settings()
    configuration = configured(settings)
    moment = now()
    judged = moment if as_of is None else instant(as_of, configuration.zone)
    named = [station_code(configuration, one) for one in station] if station else None
    database = open_database(settings)
    with database.read() as connection:
        simulated = mark_of(connection, SIMULATED) is not None
    try:
        asked = Week.holding(judged, configuration.zone).back(1) if week is None else Week.named(week)
        brought_up(database, settings.lake, configuration, moment)
        promises = promises_of(load_pages(settings.config_dir))
        report = weekly(
            LakeEngine.open(settings.lake), database, configuration, promises, asked,
            stations=named, as_of=judged, now=moment, simulated=simulated,
        )  # fmt: skip
    except NoReport as none:
        reason = say(f"weekly.no_report.{none.code}", **none.params)
        code = Code.FAILED if none.code in ("no_data", "no_data_there") else Code.WRONG_USE
        raise Answer("no_report", code, reason=reason) from None
    paper = paper_of(report, words())
    folder = Path() if out is None else out
    folder.mkdir(parents=True, exist_ok=True)
    files = {one: folder / f"{paper.file_name}.{one.value}" for one in forms}
    there = next((file for file in files.values() if file.exists()), None)
    if there is not None:
        raise Answer("exists", file=there)
    without_font = False
    for one, file in files.items():
        try:
            file.write_bytes(written(report, words(), one, paper))
        except NoChineseFont:
            without_font = True
            continue
        typer.echo(str(file))
    tell(say("cli.report.made", digest=report.digest))
    if without_font:
        raise Answer("no_chinese_font")


def formats_of(told: str) -> list[Format]:
    """The formats of a list with commas, each once. Raises Answer for one that there is not."""
    from monitor.reports.weekly.formats import Format

    wanted = dict.fromkeys(part.strip().lower() for part in told.split(",") if part.strip())
    try:
        found = [Format(part) for part in wanted]
    except ValueError:
        found = []
    if not found:
        raise Answer("unknown_format", Code.WRONG_USE, value=told, known=FORMATS)
    return found
