"""Payment addresses that changed and wait for a second person: what to check, and where to put one's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import dash_mantine_components as dmc

from dashboard.parts.element import Node, div, element
from monitor.actions.payment_address import LONGEST

if TYPE_CHECKING:
    from dashboard.parts.sentence import Speech
    from monitor.payments.address import AddressStanding
    from monitor.settings.stations import Station


def address_card(
    waiting: Sequence[AddressStanding], speech: Speech, stations: Mapping[str, Station], told: str = ""
) -> Node | None:
    """Each with its form; None where nothing waits and nothing was just said (`told`)."""
    if not waiting and not told:
        return None
    words = speech.words
    title = words.get("payments.address.title", n=len(waiting)) if waiting else told
    return element(
        "section",
        [
            element("h2", title),
            element("p", words.get("payments.address.caption"), "fx-caption") if waiting else None,
            element("ul", [_waiting(one, speech, stations) for one in waiting], "fx-pay-d-list"),
            element("p", told if waiting else "", "fx-pay-told", id="fx-pay-address-told", role="status"),
        ],
        "fx-card fx-pay-addresses",
    )


def station_name(code: str, speech: Speech, stations: Mapping[str, Station]) -> str:
    """What a station is called for short."""
    station = stations.get(code)
    return speech.named(None if station is None else station.short, code)


def _waiting(one: AddressStanding, speech: Speech, stations: Mapping[str, Station]) -> Node:
    words = speech.words
    said = [words.get("payments.address.digest", digest=one.digest)]
    if one.before is not None:
        said.append(words.get("payments.address.before", host=one.before))
    if one.changed_at is None:
        said.append(words.get("payments.address.not.not_seen"))
    else:
        time = speech.moment(one.changed_at)
        said.append(words.get("payments.address.changed", time=time, actor=one.changed_by))
    key = {"station": one.station, "digest": one.digest}
    name = dmc.TextInput(
        id={"pay": "name", **key},
        label=words.get("payments.address.name"),
        value="",
        size="xs",
        attributes={"input": {"maxLength": LONGEST}},
    )
    confirm = element(
        "button", words.get("payments.address.confirm"), "fx-btn", type="button",
        id={"pay": "confirm", **key},
    )  # fmt: skip
    return element(
        "li",
        [
            element("b", station_name(one.station, speech, stations)),
            div(one.address, "fx-pay-address"),
            div(words.get("flow.join").join(said), "fx-caption"),
            div([name, confirm], "fx-flow-form", hidden=one.changed_at is None),
        ],
        "fx-pay-d",
    )
