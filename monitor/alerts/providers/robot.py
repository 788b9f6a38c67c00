"""What the group robots of the three chat programs have in common: 200, and in the body a code that is 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.alerts.providers.answer import Again, Answer, Refused, Sent
from monitor.alerts.providers.call import Reply, post_json, status_answer
from monitor.alerts.providers.target import Target


def is_phone(to: str) -> bool:
    """Whether a group robot would mention somebody by a phone number; else it is a member's id."""
    return to.removeprefix("+").isdecimal()


def ask_robot(
    target: Target,
    url: str,
    body: Mapping[str, Any],
    code_names: Sequence[str],
    later: Mapping[int, float | None],
) -> Answer:
    """POST to a robot and read the first of `code_names` that its answer has.

    `later`: the codes of what passes, with the seconds to leave it alone; any other but 0 is a refusal.
    """
    reply = post_json(target, url, body, {})
    if not isinstance(reply, Reply):
        return reply
    by_status = status_answer(reply)
    code = next((reply.body[name] for name in code_names if name in reply.body), None) if reply.body else None
    if isinstance(code, bool) or not isinstance(code, int):
        # 200 without the code that is documented: some other server may have answered, or a proxy of ours.
        return Again("garbage", unsure=True) if isinstance(by_status, Sent) else by_status
    if code == 0:
        return by_status
    params = {"code": str(code)}
    if code in later:
        return Again("too_many" if later[code] else "provider_code", later[code], params=params)
    if isinstance(by_status, Again):
        return by_status
    return Refused("provider_code", params)
