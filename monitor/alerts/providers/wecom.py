"""WeCom (企业微信) group robot: https://developer.work.weixin.qq.com/document/path/91770."""

from __future__ import annotations

from typing import Any

from monitor.alerts.providers.answer import Answer
from monitor.alerts.providers.robot import ask_robot, is_phone
from monitor.alerts.providers.target import Message, Target

LONGEST = 2048
"""Bytes of a text, in UTF-8."""
PER_MINUTE = 20
"""Messages that one robot may send."""
LATER: dict[int, float | None] = {-1: None, 45009: 60.0, 45033: 60.0}
"""Busy; too many calls in a minute; too many at once (https://developer.work.weixin.qq.com/document/path/90313)."""


def send(target: Target, message: Message, number: str) -> Answer:
    """Send a text that mentions the phone number or member of `target.to`. The number stands in the text."""
    text: dict[str, Any] = {"content": message.text}
    if target.to:
        text["mentioned_mobile_list" if is_phone(target.to) else "mentioned_list"] = [target.to]
    return ask_robot(target, target.url, {"msgtype": "text", "text": text}, ("errcode",), LATER)
