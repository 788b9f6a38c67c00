"""The payments of a case on its page, and the way to the driver's notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.parts.discretion_noted import finding_item
from dashboard.parts.element import Node, div, element, span

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from dashboard.views.case_payments import CasePayments, PaymentView
    from monitor.settings.configuration import Configuration


def payments_card(view: CasePayments, speech: Speech, configuration: Configuration) -> Node:
    """Each payment under how it stands; the law where one is open while the vehicle is held."""
    words = speech.words
    body: list[Node] = [_payment(one, speech, configuration) for one in view.payments]
    if not body:
        body.append(element("p", words.get("case.payments.none"), "fx-caption"))
    if view.waits:
        body.append(element("p", element("b", words.get("flow.stages.law")), "fx-pay-law"))
    if view.notice is not None:
        said = words.get("case.payments.notice")
        # Not a page of the dashboard: it opens beside it, to be printed.
        link = element("a", said, "fx-btn", href=view.notice, target="_blank", rel="noopener")
        body.append(div(link, "fx-case-acts fx-cp-acts"))
    title = words.get("case.payments.title")
    return element("section", [element("h2", title), *body], "fx-card fx-case-payments")


def _payment(one: PaymentView, speech: Speech, configuration: Configuration) -> Node:
    words = speech.words
    rows: list[Node] = []
    for name, said in one.rows:
        rows.append(element("dt", words.get(f"case.payments.row.{name}")))
        lines: list[Node] = [div(speech.say(line)) for line in said]
        if name == "surcharge":
            lines.append(span(words.get("case.payments.estimate"), "fx-badge fx-example"))
        rows.append(element("dd", lines))
    found = [finding_item(finding, configuration, speech) for finding in one.findings]
    parts = [element("p", element("b", speech.say(one.standing))), element("dl", rows, "fx-cp-rows")]
    if found:
        parts.append(element("ul", found, "fx-findings"))
    return div(parts, "fx-cp")
