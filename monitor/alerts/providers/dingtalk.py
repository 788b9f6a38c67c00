"""DingTalk (钉钉) custom robot, signed: https://open.dingtalk.com/document/robots/custom-robot-access."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

from monitor.alerts.providers.answer import Answer
from monitor.alerts.providers.robot import ask_robot, is_phone
from monitor.alerts.providers.target import Message, Target

LONGEST = 18_000
"""Bytes of a text: 20,000 for the whole of a request."""
PER_MINUTE = 20
"""Messages that one robot may send; one that sends more is shut out for ten minutes."""
SHUT_OUT = 600.0
TOO_MANY = (90018, 90030, 130101, 410100)
LATER: dict[int, float | None] = {-1: None, **dict.fromkeys(TOO_MANY, SHUT_OUT)}
"""Busy; and the codes of too many messages."""


def send(target: Target, message: Message, number: str) -> Answer:
    """Send a text that mentions the phone number or member of `target.to`. The number stands in the text."""
    at: dict[str, Any] = {"isAtAll": False}
    if target.to:
        at["atMobiles" if is_phone(target.to) else "atUserIds"] = [target.to]
    body = {"msgtype": "text", "text": {"content": message.text}, "at": at}
    url = target.url
    if target.secret is not None:
        url += ("&" if "?" in url else "?") + signature(target.secret, time.time_ns() // 1_000_000)
    return ask_robot(target, url, body, ("errcode",), LATER)


def signature(secret: str, at_ms: int) -> str:
    """`timestamp` and `sign`: HMAC-SHA256 with the secret of "timestamp, line feed, secret"."""
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return urlencode({"timestamp": str(at_ms), "sign": base64.b64encode(digest).decode()})
