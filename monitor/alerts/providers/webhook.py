"""A webhook of one's own: a POST with JSON, numbered and, where a secret is given, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from monitor.alerts.providers.answer import Answer
from monitor.alerts.providers.call import Reply, post, status_answer
from monitor.alerts.providers.target import Message, Target

LONGEST = 500_000
"""Bytes of a text."""
PER_MINUTE = 300


def send(target: Target, message: Message, number: str) -> Answer:
    """POST `{"number", "title", "text", "flags"}`; any 2xx is taken for received.

    `Idempotency-Key` is the number: the same one comes again only where the first answer was lost. With a
    secret, `Fangxing-Timestamp` is the second and `Fangxing-Signature` the hexadecimal HMAC-SHA256 of
    "second, full stop, body".
    """
    told = {"number": number, "title": message.title, "text": message.text, "flags": list(message.data)}
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Idempotency-Key": number}
    if target.secret is not None:
        at = str(int(time.time()))
        digest = hmac.new(target.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers |= {"Fangxing-Timestamp": at, "Fangxing-Signature": digest}
    reply = post(target, target.url, body, headers)
    return status_answer(reply) if isinstance(reply, Reply) else reply
