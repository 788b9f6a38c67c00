"""Anything else that Apprise knows, by its URL: https://appriseit.com/services/.

Apprise tells no more than whether it worked, and makes its own connections: the host of its URL is looked up
and checked just before. For plain HTTP there is the webhook, whose address is checked where it connects.
"""

from __future__ import annotations

import logging
import socket

from monitor.alerts.providers.answer import Again, Answer, Refused, Sent
from monitor.alerts.providers.call import Unlisted, open_addresses
from monitor.alerts.providers.target import Message, Target

LONGEST = 2_000
"""Bytes of a text; Apprise cuts for services that allow less."""
PER_MINUTE = 20
ASK_THE_WEBHOOK = frozenset({"json", "jsons", "xml", "xmls", "form", "forms"})
"""Ways that are a webhook under another name."""


def send(target: Target, message: Message, number: str) -> Answer:
    """Hand the message to Apprise. The number stands in the text."""
    from apprise import Apprise, NotifyFormat

    # It writes the addresses it sends to, keys and all, into its log.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    if target.url.partition(":")[0].lower() in ASK_THE_WEBHOOK:
        return Refused("use_webhook")
    apprise = Apprise()
    if not apprise.add(target.url) or len(apprise) != 1:
        return Refused("address_broken")
    host = str(getattr(apprise[0], "host", None) or "")
    try:
        if host:
            open_addresses(host, 443, target.private_hosts)
    except Unlisted:
        return Refused("address_not_listed")
    except socket.gaierror:
        # Of many services this part of the URL is a key and no name.
        if "." in host:
            return Again("name_unknown")
    try:
        taken = apprise.notify(title=message.title, body=message.text, body_format=NotifyFormat.TEXT)
    except (OSError, TypeError, ValueError):
        return Again("not_reached", unsure=True)
    return Sent() if taken else Again("not_taken", unsure=True)
