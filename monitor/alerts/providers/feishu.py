"""Feishu (飞书) custom robot, signed: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

from monitor.alerts.providers.answer import Answer
from monitor.alerts.providers.robot import ask_robot
from monitor.alerts.providers.target import Message, Target

LONGEST = 18_000
"""Bytes of a text: 20 KB for the whole of a request."""
PER_MINUTE = 100
"""Messages that one robot may send, and five a second."""
LATER: dict[int, float | None] = {9499: 60.0, 11232: 60.0}
"""Too many requests; frequency limited."""


def send(target: Target, message: Message, number: str) -> Answer:
    """Send a text. The number stands in it."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": message.text}}
    if target.secret is not None:
        at = int(time.time())
        body |= {"timestamp": str(at), "sign": signature(target.secret, at)}
    # `StatusCode` is what the robots of old answer.
    return ask_robot(target, target.url, body, ("code", "StatusCode"), LATER)


def signature(secret: str, at: int) -> str:
    """HMAC-SHA256 of nothing, with "timestamp, line feed, secret" as its key."""
    digest = hmac.new(f"{at}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
