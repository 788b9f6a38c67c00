"""Reconciliation on the Payments page: differences by filter, and working on one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc

from dashboard.parts.casefile import place
from dashboard.parts.element import Node, div, element, span
from dashboard.parts.flow_charts import file_links
from dashboard.parts.rows import case_address, link
from dashboard.parts.sentence import Speech
from dashboard.views.differences import STATES, DifferenceLine, DifferencesView
from dashboard.views.flow_ask import FlowAsk
from dashboard.views.payments_findings import differences_finding
from dashboard.views.said import Money
from monitor.actions.differences import LONGEST
from monitor.store.difference_list import NOBODY
from monitor.store.differences import CLOSED, Difference, Step, StepDone

if TYPE_CHECKING:
    from dashboard.parts.flow_charts import Filed
    from monitor.settings.configuration import Configuration

SHOWN_DIGITS = 8
TOO_MUCH = ("paid_twice", "refund_due")
"""Kinds whose amount is what is too much."""


def card(
    view: DifferencesView,
    asked: FlowAsk,
    filed: Filed,
    speech: Speech,
    configuration: Configuration,
    told: str = "",
) -> Node:
    """The list with its filters; `told` is the answer to what was just sent."""
    words = speech.words
    title = speech.say(differences_finding(view.n_open))
    if not view.any_line and not view.lines:
        title = words.get("payments.differences.neutral")
        return _section(title, [element("p", words.get("payments.differences.never"), "fx-caption")])
    rows: list[Node] = []
    for one in view.lines:
        rows += _row(one, view, asked, speech, configuration)
    nothing = element("p", words.get("payments.differences.none"), "fx-pay-none")
    head = [
        span(words.get(f"payments.differences.columns.{name}"), f"fx-pay-d-{name}")
        for name in ("kind", "code", "said", "age", "owner", "state")
    ]
    return _section(
        title,
        [
            element("p", words.get("payments.differences.caption"), "fx-caption"),
            *_filters(view, asked, speech),
            element("p", told, "fx-pay-told", id="fx-pay-told", role="status"),
            div([*head, span(None)], "fx-pay-d-head") if rows else nothing,
            element("ul", rows, "fx-pay-d-list"),
            _turns(view, asked, speech),
            file_links(filed, "differences", words, ("csv",)),
        ],
    )


def _section(title: str, body: list[Node]) -> Node:
    return element("section", [element("h2", title), *body], "fx-card fx-pay-differences", aria_label=title)


def _filters(view: DifferencesView, asked: FlowAsk, speech: Speech) -> list[Node]:
    words, chosen = speech.words, view.asked

    def to(**changed: str | int | None) -> str:
        return asked.address(**chosen.told(**changed))

    kinds: list[tuple[str, str, bool]] = [
        (f"{words.get('payments.differences.all')} {view.n_open}", to(kind=None), chosen.kind is None)
    ]
    kinds += [
        (f"{kind_name(kind, speech)} {n}", to(kind=kind), chosen.kind == kind) for kind, n, _ in view.kinds
    ]
    if chosen.kind is not None and all(kind != chosen.kind for kind, _, _ in view.kinds):
        kinds.append((f"{kind_name(chosen.kind, speech)} 0", to(), True))
    states = [
        (words.get(f"payments.differences.states.{name}"), to(state=name), chosen.state == name)
        for name in STATES
    ]
    people: list[tuple[str, str, bool]] = [
        (words.get("payments.differences.owner_all"), to(owner=None), chosen.owner is None),
        (words.get("payments.differences.owner_none"), to(owner=NOBODY), chosen.owner == NOBODY),
    ]
    people += [(name, to(owner=name), chosen.owner == name) for name in view.owners]
    return [
        div(
            [link(text, href, "fx-here" if here else "") for text, href, here in group],
            "fx-seg-control fx-pay-filter",
            role="group",
            aria_label=words.get(f"payments.differences.filter.{name}"),
        )
        for name, group in (("kind", kinds), ("state", states), ("owner", people))
    ]


def kind_name(kind: str, speech: Speech) -> str:
    """What kind of difference it is."""
    return speech.words.find(f"reconciliation.kinds.{kind}") or kind


def figures(one: Difference, speech: Speech) -> list[str]:
    """Its amounts, and its days where they are the matter."""
    words, said = speech.words, []

    def add(name: str, fen: int | None) -> None:
        if fen is not None:
            said.append(words.get(f"payments.differences.{name}", amount=speech.money(Money(fen, "CNY"))))

    if one.kind not in TOO_MUCH:
        add("collected" if one.kind == "not_posted" else "expected", one.expected_fen)
    add("too_much" if one.kind in TOO_MUCH else "found", one.found_fen)
    if one.kind in ("posted_late", "not_posted"):
        for name in ("paid_at", "posted_at"):
            if name in one.params:
                said.append(words.get(f"payments.differences.{name}", day=speech.day(one.params[name])))
    return said


def state_text(one: Difference, speech: Speech) -> str:
    """How it stands: for a closed one who closed it and why."""
    words = speech.words
    if one.state != CLOSED:
        return words.get("payments.differences.states.open")
    if not one.closed_by:
        why = words.find(f"reconciliation.went.{one.closed_why}") or one.closed_why or ""
        return words.get("payments.differences.itself", why=why)
    return words.get("payments.differences.closed", who=one.closed_by, why=one.closed_why)


def _row(
    line: DifferenceLine, view: DifferencesView, asked: FlowAsk, speech: Speech, configuration: Configuration
) -> list[Node]:
    words, one = speech.words, line.difference
    is_open = view.asked.chosen == one.id
    station = configuration.stations.get(one.station)
    where = speech.named(None if station is None else station.short, one.station or "")
    channel = one.params.get("channel")
    about = [where] if where else []
    about += [words.find(f"channels.{channel}") or channel] if channel else []
    code = one.code or ""
    short = f"…{code[-SHOWN_DIGITS:]}" if len(code) > SHOWN_DIGITS else code
    to = asked.address(**view.asked.told(difference=None if is_open else one.id))
    key = "shut" if is_open else "work"
    cells = [
        element("b", kind_name(one.kind, speech), "fx-pay-d-kind"),
        span(short or "—", "fx-pay-d-code fx-mut", title=code or None),
        div([div(" · ".join(figures(one, speech))), _ways(line, about, speech)], "fx-pay-d-said"),
        span(words.get("payments.differences.days", n=line.days), "fx-pay-d-age"),
        span(one.owner or words.get("payments.differences.nobody"), "fx-pay-d-owner"),
        span(state_text(one, speech), f"fx-pay-d-state fx-pay-is-{one.state}"),
        link(words.get(f"payments.differences.{key}"), to, "fx-btn fx-pay-d-work"),
    ]
    row = element("li", [div(cells, "fx-pay-d-row")], f"fx-pay-d{' fx-pay-d-open' if is_open else ''}")
    if is_open:
        row["props"]["children"].append(_working(line, view, speech))
    return [row]


def _ways(line: DifferenceLine, about: list[str], speech: Speech) -> Node:
    """To its case and to its line of a statement."""
    words, one = speech.words, line.difference
    parts: list[Any] = [" · ".join(about)] if about else []
    if one.case_no is not None:
        said = words.get("payments.differences.case", case_no=one.case_no)
        parts.append(link(said, case_address((one.station, one.case_no)), ""))
    else:
        parts.append(words.get("payments.differences.no_case"))
    if one.line is not None:
        said = words.get("payments.differences.line", line=one.line)
        parts.append(
            said if line.place is None else link(said, f"/data?delivery={line.place.delivery_id}", "")
        )
    joined: list[Any] = []
    for part in parts:
        joined += [" · ", part] if joined else [part]
    return div(joined, "fx-caption")


def _working(line: DifferenceLine, view: DifferencesView, speech: Speech) -> Node:
    words, one = speech.words, line.difference
    closed = one.state == CLOSED
    said: list[Node] = []
    if line.place is not None:
        at = place(line.place.sheet, line.place.row, speech)
        said.append(element("p", f"{line.place.file} · {at}", "fx-caption"))
    if one.code:
        code = f"{words.get('payments.differences.columns.code')} {one.code}"
        said.append(element("p", code, "fx-caption"))
    history = [element("li", step_text(step, speech)) for step in view.history]
    owner = dmc.TextInput(
        id="fx-pay-owner",
        label=words.get("payments.differences.owner_field"),
        value=one.owner or "",
        size="xs",
        attributes={"input": {"maxLength": LONGEST}},
    )
    reason = dmc.TextInput(
        id="fx-pay-reason",
        label=words.get("payments.differences.reason_field"),
        value="",
        size="xs",
        className="fx-flow-reason",
        attributes={"input": {"maxLength": LONGEST}},
    )
    return div(
        [
            *said,
            element("h3", words.get("payments.differences.history")),
            element("ul", history, "fx-flow-notes"),
            div([owner, _button("assign", words)], "fx-flow-form", hidden=closed),
            div([reason, _button("close", words, closed), _button("reopen", words, not closed)],
                "fx-flow-form"),
        ],
        "fx-pay-working",
    )  # fmt: skip


def _button(name: str, words: Any, hidden: bool = False) -> Node:
    said = words.get(f"payments.differences.{name}")
    return element("button", said, "fx-btn", type="button", id=f"fx-pay-{name}", hidden=hidden)


def step_text(step: StepDone, speech: Speech) -> str:
    """A step of the history in a line: when, what, who, to whom or why."""
    words = speech.words
    parts = [f"{speech.moment(step.at)} {words.find(f'reconciliation.steps.{step.step}') or step.step}"]
    parts += [step.actor] if step.actor else []
    if step.step == Step.ASSIGNED:
        parts.append(f"→ {step.owner or words.get('payments.differences.nobody')}")
    if step.why:
        told = words.find(f"reconciliation.went.{step.why}") if step.step == Step.VANISHED else None
        parts.append(told or step.why)
    return " · ".join(parts)


def _turns(view: DifferencesView, asked: FlowAsk, speech: Speech) -> Node:
    words, page = speech.words, min(view.asked.page, view.pages)
    parts: list[Node | str] = [span(words.get("payments.differences.total", n=view.total))]
    if view.pages > 1:
        parts.append(span(words.get("payments.differences.page", page=page, pages=view.pages)))
        for name, to in (("before", page - 1), ("after", page + 1)):
            if 1 <= to <= view.pages:
                href = asked.address(**view.asked.told(page=to if to > 1 else None))
                parts.append(link(words.get(f"payments.differences.{name}"), href, "fx-btn"))
    return div(parts, "fx-pay-turns")
