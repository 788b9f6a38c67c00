"""By which way a message leaves: the configuration's channel, its secrets filled in for one sending."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import assert_never

from monitor.alerts.providers import dingtalk, feishu, mail, other, webhook, wecom
from monitor.alerts.providers.answer import Answer, Refused, Sent
from monitor.alerts.providers.target import Message, Target
from monitor.settings.alert_delivery import AlertChannel, ChannelKind, Recipient
from monitor.settings.problem import ConfigError
from monitor.settings.secret import revealed

log = logging.getLogger("fangxing.flags")
"""What goes into it is a warning: without any set-up those are seen, and lesser ones are dropped."""

Send = Callable[[str, AlertChannel, Recipient, Message, str], Answer]
"""Send a message with its number by a channel, called so, to a recipient."""

OUTSIDE: Mapping[ChannelKind, ModuleType] = {
    ChannelKind.WECOM: wecom,
    ChannelKind.DINGTALK: dingtalk,
    ChannelKind.FEISHU: feishu,
    ChannelKind.EMAIL: mail,
    ChannelKind.APPRISE: other,
    ChannelKind.WEBHOOK: webhook,
}
CHANNEL_OFF = "channel_off"
"""The reason of a channel of kind `none`: its messages are not wanted, and nothing has gone wrong."""
LONGEST_LOG = 4_000
"""Bytes of a text in the log."""
UNBOUNDED = 100_000
"""Messages a minute where nobody counts them."""


def longest_of(kind: ChannelKind) -> int:
    """Bytes of a text."""
    way = OUTSIDE.get(kind)
    return LONGEST_LOG if way is None else int(way.LONGEST)


def per_minute_of(channel: AlertChannel) -> int:
    """Messages that a channel takes in a minute."""
    way = OUTSIDE.get(channel.kind)
    return channel.per_minute or (UNBOUNDED if way is None else int(way.PER_MINUTE))


def send_by(name: str, channel: AlertChannel, recipient: Recipient, message: Message, number: str) -> Answer:
    """Send by the channel's way. A secret that cannot be read refuses the message and says which setting."""
    match channel.kind:
        case ChannelKind.NONE:
            return Refused(CHANNEL_OFF)
        case ChannelKind.LOG:
            log.warning("%s", " | ".join(message.text.splitlines()))
            return Sent()
        case (
            ChannelKind.WECOM | ChannelKind.DINGTALK | ChannelKind.FEISHU
            | ChannelKind.EMAIL | ChannelKind.APPRISE | ChannelKind.WEBHOOK
        ):  # fmt: skip
            try:
                target = target_of(name, channel, recipient)
            except ConfigError:
                return Refused("secret_missing")
            answer: Answer = OUTSIDE[channel.kind].send(target, message, number)
            return answer
        case _:
            assert_never(channel.kind)


def log_alone(
    name: str, channel: AlertChannel, recipient: Recipient, message: Message, number: str
) -> Answer:
    """Send nothing to anybody, whatever the channel: what a demo makes up reaches no person."""
    if channel.kind is ChannelKind.NONE:
        return Refused(CHANNEL_OFF)
    log.warning("%s", " | ".join(message.text.splitlines()))
    return Sent()


def target_of(name: str, channel: AlertChannel, recipient: Recipient) -> Target:
    """Where to send. Raises ConfigError for a reference that leads to nothing."""
    place = f"channels.{name}"
    return Target(
        revealed(channel.address or "", f"{place}.address"),
        None if channel.secret is None else revealed(channel.secret, f"{place}.secret"),
        recipient.address,
        channel.private_hosts,
    )
