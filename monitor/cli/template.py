"""`fangxing template`: a ledger to fill in, or a page for an export that nobody has configured yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.answer import Answer, Code, tell
from monitor.cli.reason import sentence
from monitor.cli.words import say, words


def register(app: typer.Typer) -> None:
    template = typer.Typer(help=say("cli.help.template"), no_args_is_help=True)
    template.command("ledger", help=say("cli.help.template_ledger"))(ledger)
    template.command("source", help=say("cli.help.template_source"))(source)
    app.add_typer(template, name="template")


def ledger(path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.help.template_path"))]) -> None:
    from ingest.mapping.pages import load_pages
    from ingest.template import write_template
    from monitor.cli.installation import configured
    from monitor.settings.environment import load_settings

    if path.suffix.lower() != ".xlsx":
        raise Answer("not_xlsx", Code.WRONG_USE, file=path)
    if path.exists():
        raise Answer("exists", Code.WRONG_USE, file=path)
    settings = load_settings()
    write_template(path, words(), configured(settings).stations, load_pages(settings.config_dir))
    typer.echo(say("cli.template.written", file=path))


def source(
    path: Annotated[Path, typer.Argument(metavar="PATH", help=say("cli.help.template_source_path"))],
    station: Annotated[str | None, typer.Option("--station", help=say("cli.help.template_station"))] = None,
) -> None:
    """The page as YAML on standard output, what is still open and why columns are left out beside it."""
    from dataclasses import replace

    from ingest.mapping.draft import draft_of, page_text, undecided
    from ingest.mapping.guess import best_sheet, propose
    from ingest.mapping.guess_sheet import look_isolated
    from ingest.mapping.guess_words import vocabulary
    from ingest.mapping.pages import load_pages
    from ingest.mapping.place import StationDirectory
    from ingest.tables.fault import TableError
    from monitor.cli.installation import configured, station_code
    from monitor.settings.environment import load_settings

    settings = load_settings()
    configuration, pages = configured(settings), load_pages(settings.config_dir)
    known = vocabulary(pages, pages.codes)
    try:
        sheet = best_sheet(look_isolated(path, known.heads), known)
    except TableError as error:
        said = sentence(error.code, error.params, path.name)
        tell(say("cli.ingest.error", line=say("cli.refused.line", place=path.name, said=said)))
        raise typer.Exit(Code.FAILED) from error
    names = {code: one.names() for code, one in configuration.stations.items()}
    proposal = propose(sheet, known, StationDirectory(names))
    draft = draft_of(proposal, known, path.name, settings.zone)
    if station is not None:
        draft = replace(draft, station=station_code(configuration, station))
    claiming = [page.name for page in pages.claiming(path.name)]
    if claiming:
        tell(say("cli.template.claimed", file=path.name, names=", ".join(claiming)))
    open_yet = undecided(draft, {one.column.head: one.shape for one in proposal.guesses}, known)
    left_out = [one.column.head for one in proposal.guesses if not one.meaning]
    notes = [say("cli.template.guessed", file=path.name)]
    notes += [say("cli.template.open", said=say(f"mapping.undecided.{c}", head=h)) for c, h in open_yet]
    if left_out:
        notes.append(say("cli.template.left_out", heads=" · ".join(left_out)))
    typer.echo(page_text(draft, known, tuple(notes)), nl=False)
    for note in notes[1:]:
        tell(note)
