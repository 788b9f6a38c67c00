"""Links in messages: opening one shows its flag, pressing acts. Bound to a recipient and a flag, used once.

Programs of chats open links in advance, so that opening one must not do anything. Of a link the digest alone
is kept: whoever reads the database can act for nobody.
"""

from __future__ import annotations

import secrets
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection

from monitor.store.outbox import Link, add_links, link_of

BYTES = 18
"""Of chance in a link."""


class LinkState(StrEnum):
    """Whether a link may be used."""

    GOOD = "good"
    USED = "used"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Opened(NamedTuple):
    """What a link leads to; `link` is None where it is unknown."""

    state: LinkState
    link: Link | None


def digest_of(token: str) -> str:
    """By what a link is kept."""
    return sha256(token.encode()).hexdigest()


def new_links(
    connection: Connection, flag_ids: list[int], recipient: str, now: int, life: int
) -> dict[int, str]:
    """A token for each flag, kept as its digest; it may be used for `life` microseconds."""
    tokens = {flag_id: secrets.token_urlsafe(BYTES) for flag_id in flag_ids}
    add_links(
        connection,
        [Link(digest_of(token), flag_id, recipient, now + life, None) for flag_id, token in tokens.items()],
    )
    return tokens


def opened(connection: Connection, token: str, now: int) -> Opened:
    """What a token leads to. Nothing is changed."""
    link = link_of(connection, digest_of(token))
    if link is None:
        return Opened(LinkState.UNKNOWN, None)
    if link.used_at is not None:
        return Opened(LinkState.USED, link)
    return Opened(LinkState.GOOD if now < link.expires_at else LinkState.ENDED, link)
