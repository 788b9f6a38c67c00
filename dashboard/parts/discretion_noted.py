"""Findings to work through: each with numbers and article, leading to its case, to be marked as looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.discretion_words import like_text, set_text, yuan
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.rows import case_address, link
from dashboard.views.discretion_noted import AT_ONCE, STATES, NotedPart, NotedRow
from dashboard.views.discretion_rules import like_told
from monitor.actions.looking import LONGEST

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.flow_ask import FlowAsk
    from monitor.rules.assessment import RuleFinding, Value
    from monitor.settings.configuration import Configuration
    from monitor.settings.entry import Name
    from monitor.settings.rulesets import Rules


def value_text(value: Value, rules: Rules, speech: Speech) -> str:
    """A number that a finding used, with its name."""
    words = speech.words
    name = words.find(f"rules.values.{value.name}") or value.name
    if value.name == "lighter_set":
        return f"{name} {set_text(rules, str(value.value), words)}"
    return f"{name} {told_value(value, speech)}"


def told_once(values: Sequence[Value]) -> list[Value]:
    """The values, with one (`exact_fen`) in place of a floor and a ceiling that are the same."""
    known = {one.name: one.value for one in values}
    found = []
    for one in values:
        start = one.name.removesuffix("low_fen").removesuffix("high_fen")
        same = start != one.name and known.get(f"{start}low_fen") == known.get(f"{start}high_fen")
        if not same:
            found.append(one)
        elif one.name.endswith("low_fen"):
            found.append(one._replace(name=f"{start}exact_fen"))
    return found


def told_value(value: Value, speech: Speech) -> str:
    """The number alone: money in yuan, instants on the station's clock, words where there are some."""
    words, told = speech.words, value.value
    match value.unit:
        case "fen" if isinstance(told, int):
            return yuan(told, speech)
        case "instant" if isinstance(told, int):
            return speech.moment(told)
        case "share" if not isinstance(told, str):
            return f"{100 * told:.1f}%"
        case "kg" | "mm" if isinstance(told, int):
            return words.get(f"discretion.unit.{value.unit}", n=f"{told:,}")
        case "text":
            sections = ("authorities", "rules.exemptions", "discretion.factor")
            known = (words.find(f"{section}.{told}") for section in sections)
            return next((one for one in known if one is not None), str(told))
    return str(told)


def article_text(finding: RuleFinding, configuration: Configuration, speech: Speech) -> str:
    """Where the rule is written; nothing where no article is concerned."""
    terms, language = configuration.payments, speech.words.language
    found = configuration.rules.source(finding.article)
    if found is not None:
        return f"{found.title.in_language(language)} {found.article}".strip()
    if "#" in finding.article:
        return ""
    # Findings of payments cite documents and articles, as their terms tell them.
    known = {terms.article_of(key): source for key, source in terms.sources.items()}
    told = []
    for cited in filter(None, finding.article.split("; ")):
        one = known.get(cited)
        told.append(cited if one is None else f"{one.title.in_language(language)} {one.article}".strip())
    return speech.words.get("flow.join").join(told)


def finding_lines(finding: RuleFinding, configuration: Configuration, speech: Speech) -> list[Any]:
    """Its numbers and its article, in one line."""
    values = [value_text(one, configuration.rules, speech) for one in told_once(finding.values)]
    numbers = speech.words.get("flow.join").join(values)
    article = article_text(finding, configuration, speech)
    return [numbers, *([span(f" {article}", "fx-disc-article")] if article else [])]


def finding_item(finding: RuleFinding, configuration: Configuration, speech: Speech) -> Node:
    """It on a list of a case's own."""
    name = element("b", finding_name(finding.code, speech))
    return element("li", [name, " ", *finding_lines(finding, configuration, speech)])


def finding_name(code: str, speech: Speech) -> str:
    """What a finding is called."""
    return speech.words.find(f"rules.findings.{code}") or code


def noted_card(
    part: NotedPart,
    asked: FlowAsk,
    speech: Speech,
    configuration: Configuration,
    told: str = "",
    typed: Mapping[str, str] | None = None,
) -> Node:
    """The worklist. `told` is the answer to what was just sent; `typed` the reasons that somebody is writing,
    by the keys of their rows."""
    words, which = speech.words, part.asked
    here = {"finding": which.code, "state": None if which.state == STATES[0] else which.state}

    def address(**changed: str | int | None) -> str:
        return asked.address(**{**here, **changed})

    states = div(
        [
            link(
                words.get(f"discretion.noted.{state}", n=part.counts[state]),
                address(state=None if state == STATES[0] else state),
                "fx-here" if state == which.state else "",
            )
            for state in STATES
        ],
        "fx-seg-control",
        role="group",
        aria_label=words.get("discretion.noted.states"),
    )
    every = [(None, words.get("discretion.noted.every"))]
    every += [(code, f"{finding_name(code, speech)} {n}") for code, n in part.codes.items()]  # type: ignore[misc]
    codes = div(
        [
            link(
                name, address(finding=code), "fx-disc-code fx-here" if code == which.code else "fx-disc-code"
            )
            for code, name in every
        ],
        "fx-disc-codes",
        role="group",
        aria_label=words.get("discretion.noted.codes"),
    )
    if part.rows:
        rows = [_row(one, speech, configuration, typed or {}) for one in part.rows]
        body: Node = element("ul", rows, "fx-disc-list")
    else:
        body = element("p", words.get(f"discretion.noted.none_{which.state}"), "fx-disc-none")
    pages: list[Any] = []
    if which.page:
        pages.append(link(words.get("discretion.noted.before"), address(page=which.page - 1), "fx-btn"))
    if part.total > (which.page + 1) * AT_ONCE:
        pages.append(link(words.get("discretion.noted.after"), address(page=which.page + 1), "fx-btn"))
    first, last = which.page * AT_ONCE + 1, which.page * AT_ONCE + len(part.rows)
    if pages:
        said = words.get("discretion.noted.range", first=first, last=last, total=part.total)
        pages.insert(0, span(said, "fx-mut"))
    file = element(
        "a", words.get("flow.csv"), "fx-flow-file", download="",
        href=asked.address("/discretion/findings.csv"),
    )  # fmt: skip
    return element(
        "section",
        [
            element("h2", words.get("discretion.noted.title", n=part.counts["open"])),
            element("p", words.get("discretion.noted.caption"), "fx-caption"),
            states,
            codes,
            element("p", told, "fx-caption", id="fx-disc-told", role="status"),
            body,
            div(pages, "fx-disc-pages") if pages else None,
            div([file], "fx-flow-files"),
        ],
        "fx-card",
        id="fx-disc-findings-card",
    )


def _row(row: NotedRow, speech: Speech, configuration: Configuration, typed: Mapping[str, str]) -> Node:
    words = speech.words
    station = configuration.stations.get(row.station)
    name: Name | None = None if station is None else station.short
    title = speech.named(name, row.station)
    if row.same is None:
        title, opens = f"{title} {row.case_no}", case_address((row.station, row.case_no))
        beside = row.plate or words.get("discretion.noted.no_plate")
        lines = [div(finding_lines(one, configuration, speech), "fx-disc-numbers") for one in row.findings]
    else:
        opens, beside = row.cases or "", like_text(like_told(configuration.rules, row.same.name), speech)
        said = words.get("discretion.places.same", k=row.same.k, n=row.same.n, station=title)
        lines = [div(link(said, opens, "fx-flow-plain"), "fx-disc-numbers")]
    case = div([link(title, opens, "fx-disc-case"), span(beside, "fx-mut")])
    what = div([element("b", finding_name(row.code, speech)), *lines])
    old = "" if row.age is None else words.get("discretion.noted.age", n=row.age)
    age = span(old, "fx-mut fx-disc-age")
    state = _state(row, speech, typed.get(row.key, ""))
    return element("li", [case, what, age, state], "fx-disc-row")


def _state(row: NotedRow, speech: Speech, typed: str) -> Node:
    words, look = speech.words, row.look
    done = row.seen is not None
    said: list[Any] = []
    if look is not None:
        key = "discretion.noted.looked" if look.done else "discretion.noted.opened"
        said.append(
            element(
                "p", words.get(key, actor=look.actor, at=speech.day(look.at), reason=look.reason), "fx-mut"
            )
        )
    if look is not None and look.done and row.stale:
        said.append(element("p", words.get("discretion.noted.stale")))
    act = words.get("discretion.noted.open_again" if done else "discretion.noted.mark")
    form = div(
        [
            dmc.TextInput(
                id={"disc": "reason", "finding": row.key},
                label=words.get("discretion.noted.reason"),
                value=typed,
                size="xs",
                attributes={"input": {"maxLength": LONGEST}},
            ),
            element(
                "button", words.get("discretion.noted.keep"), "fx-btn", type="button",
                id={"disc": "open" if done else "look", "finding": row.key},
            ),
        ],
        "fx-disc-form",
    )  # fmt: skip
    acting = element("details", [element("summary", act), form], "fx-disc-act", open=bool(typed))
    return div([*said, acting], "fx-disc-state")
