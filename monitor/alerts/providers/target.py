"""Where a message goes, and what it says there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Target:
    """Where to send, with its secrets filled in: lives while one message is sent, and shows none of them.

    `url` is the robot's or webhook's address, the mail server's (`smtps://user@host`) or Apprise's; `secret`
    signs (DingTalk, Feishu, webhook) or signs in (mail). `to`: a mail address, or the phone number or member
    that a group robot mentions. `private_hosts`: names, addresses and ranges on our own networks that may be
    sent to. `timeout`: seconds for the whole exchange.
    """

    url: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    to: str | None = field(default=None, repr=False)
    private_hosts: tuple[str, ...] = ()
    timeout: float = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """A message: a line for lists and subjects, the whole text, and the same as data for a webhook."""

    title: str
    text: str
    data: tuple[dict[str, Any], ...] = ()
