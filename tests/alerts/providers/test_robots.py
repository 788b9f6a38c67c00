"""The ways out, against a real server that answers as the providers document it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import subprocess
import time
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from monitor.alerts.providers import dingtalk, feishu, webhook, wecom
from monitor.alerts.providers.answer import Again, Refused, Sent
from monitor.alerts.providers.target import Message, Target
from tests.alerts.played import OK, played, said

HERE = ("127.0.0.0/8",)
MESSAGE = Message("两件超时", "两件超时 编号 F-1", ({"case_no": "C-1"},))
WAYS: dict[str, ModuleType] = {
    "wecom": wecom, "dingtalk": dingtalk, "feishu": feishu, "webhook": webhook,
}  # fmt: skip
ROBOTS = ("wecom", "dingtalk", "feishu")


def target(url: str, **more: Any) -> Target:
    return Target(url, **{"private_hosts": HERE, "timeout": 2.0, **more})


@pytest.mark.parametrize("way", WAYS)
def test_what_the_provider_takes_is_sent_once_as_documented(way: str) -> None:
    with played(lambda _: said(OK[way])) as server:
        assert WAYS[way].send(target(server.url), MESSAGE, "F-1") == Sent()
    [body] = server.bodies
    assert body == {
        "wecom": {"msgtype": "text", "text": {"content": MESSAGE.text}},
        "dingtalk": {"msgtype": "text", "text": {"content": MESSAGE.text}, "at": {"isAtAll": False}},
        "feishu": {"msg_type": "text", "content": {"text": MESSAGE.text}},
        "webhook": {
            "number": "F-1", "title": "两件超时", "text": MESSAGE.text, "flags": [{"case_no": "C-1"}],
        },
    }[way]  # fmt: skip


@pytest.mark.parametrize(
    ("way", "body", "expected"),
    [
        ("wecom", {"errcode": 93000, "errmsg": "invalid webhook url"}, Refused),
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, Again),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, Refused),
        ("dingtalk", {"errcode": 410100, "errmsg": "send too fast"}, Again),
        ("feishu", {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"}, Refused),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, Again),
        ("feishu", {"StatusCode": 19001, "StatusMessage": "param invalid"}, Refused),
    ],
)
def test_an_error_code_in_a_body_that_came_with_200_is_no_success(
    way: str, body: dict[str, Any], expected: type
) -> None:
    with played(lambda _: said(body)) as server:
        answer = WAYS[way].send(target(server.url), MESSAGE, "F-1")
    assert isinstance(answer, expected)
    if isinstance(answer, Again):
        assert answer.after is not None and answer.after >= 60, "no hammering on a robot that is shut out"


@pytest.mark.parametrize("way", WAYS)
def test_429_says_how_long_to_wait(way: str) -> None:
    with played(lambda _: said({}, 429, Retry_After="37")) as server:
        answer = WAYS[way].send(target(server.url), MESSAGE, "F-1")
    assert answer == Again("too_many", 37.0, params={"code": "429"})


@pytest.mark.parametrize("way", ROBOTS)
@pytest.mark.parametrize(
    "garbage", [b"<html>sign in to this network</html>", b"", b"[1]", b'{"errcode":"0"}', b"{" * 5000]
)
def test_garbage_with_200_may_or_may_not_have_been_taken(way: str, garbage: bytes) -> None:
    with played(lambda _: said(garbage)) as server:
        assert WAYS[way].send(target(server.url), MESSAGE, "F-1") == Again("garbage", unsure=True)


@pytest.mark.parametrize("drip", [False, True], ids=["silent", "a byte at a time"])
@pytest.mark.parametrize("way", ["wecom", "webhook"])
def test_one_that_hangs_is_left_after_the_timeout(way: str, drip: bool) -> None:
    with played(lambda _: 20.0) as server:
        server.drip = drip
        began = time.monotonic()
        answer = WAYS[way].send(target(server.url, timeout=0.6), MESSAGE, "F-1")
        assert time.monotonic() - began < 3
    assert answer == Again("no_answer", unsure=True)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, Refused), (401, Refused), (500, Again), (503, Again), (302, Refused)],
)
def test_a_wrong_address_is_refused_and_a_broken_server_is_asked_again(status: int, expected: type) -> None:
    with played(lambda _: said(b"", status, Location="http://127.0.0.1:1/")) as server:
        answer = webhook.send(target(server.url), MESSAGE, "F-1")
        assert len(server.bodies) == 1, "a redirect is not followed"
    assert isinstance(answer, expected)


def test_nobody_listening_is_no_answer_lost() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        answer = webhook.send(target(url), MESSAGE, "F-1")
    assert answer == Again("not_reached")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
     "http://2130706433:{port}/", "https://127.0.0.1:{port}/"],
)  # fmt: skip
def test_an_address_of_our_own_network_is_reached_only_where_it_is_listed(url: str) -> None:
    with played(lambda _: said({})) as server:
        port = urlsplit(server.url).port
        answer = webhook.send(target(url.format(port=port), private_hosts=()), MESSAGE, "F-1")
        assert answer == Refused("address_not_listed")
        assert server.bodies == []


@pytest.mark.parametrize(
    "address",
    ["10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1", "fe80::1", "64:ff9b::a00:1", "::1"],
)
def test_a_name_that_means_our_own_network_when_it_is_used_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    place = (address, 443) if family is socket.AF_INET else (address, 443, 0, 0)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(family, 1, 6, "", place)])
    answer = webhook.send(target("https://robot.example/x", private_hosts=()), MESSAGE, "F-1")
    assert answer == Refused("address_not_listed")


def test_a_public_address_is_not_spoken_to_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    place = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: place)
    answer = webhook.send(target("http://robot.example/x", private_hosts=()), MESSAGE, "F-1")
    assert answer == Refused("address_not_listed")


@pytest.mark.parametrize(
    "url", ["", "ftp://x/", "robot", "http://", "http://[::1", "http://u:p@127.0.0.1/", "http://a b/"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert webhook.send(target(url), MESSAGE, "F-1") == Refused("address_broken")


@pytest.mark.parametrize("way", WAYS)
def test_nothing_secret_shows_in_an_answer_or_a_target(way: str) -> None:
    with played(lambda _: said({"errcode": 93000, "errmsg": "SECRET-KEY"}, 403)) as server:
        there = target(server.url, secret="SECRET-SIGN", to="13800001111")
        answer = WAYS[way].send(there, MESSAGE, "F-1")
    assert "SECRET" not in repr(answer) + repr(there) and "138" not in repr(there)


def openssl(key: str, text: str) -> bytes:
    """HMAC-SHA256 by another program."""
    call = ["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", f"hexkey:{key.encode().hex()}"]
    call.append("-binary")
    return subprocess.run(call, input=text.encode(), capture_output=True, check=True).stdout


def test_dingtalk_is_signed_with_the_milliseconds_in_the_address() -> None:
    with played(lambda _: said(OK["dingtalk"])) as server:
        dingtalk.send(target(server.url, secret="SEC1"), MESSAGE, "F-1")
    asked = parse_qs(urlsplit(server.paths[0]).query)
    [at], [sign] = asked["timestamp"], asked["sign"]
    assert base64.b64decode(sign) == openssl("SEC1", f"{at}\nSEC1")
    assert abs(int(at) / 1000 - time.time()) < 60 and asked["key"] == ["SECRET-KEY"]


def test_feishu_is_signed_with_the_seconds_in_the_body() -> None:
    with played(lambda _: said(OK["feishu"])) as server:
        feishu.send(target(server.url, secret="SEC1"), MESSAGE, "F-1")
    [body] = server.bodies
    assert base64.b64decode(body["sign"]) == openssl(f"{body['timestamp']}\nSEC1", "")
    assert abs(int(body["timestamp"]) - time.time()) < 60


def test_a_webhook_carries_its_number_and_a_signature_over_time_and_body() -> None:
    with played(lambda _: said({}, 202)) as server:
        assert webhook.send(target(server.url, secret="SEC1"), MESSAGE, "F-1") == Sent()
    [headers] = server.headers
    text = f"{headers['Fangxing-Timestamp']}.{headers['raw']}".encode()
    assert headers["Fangxing-Signature"] == hmac.new(b"SEC1", text, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == "F-1"


@pytest.mark.parametrize(
    ("way", "to", "place", "name"),
    [
        ("wecom", "13800001111", "text", "mentioned_mobile_list"),
        ("wecom", "li", "text", "mentioned_list"),
        ("dingtalk", "13800001111", "at", "atMobiles"),
        ("dingtalk", "user01", "at", "atUserIds"),
    ],
)
def test_a_robot_mentions_who_it_is_for(way: str, to: str, place: str, name: str) -> None:
    with played(lambda _: said(OK[way])) as server:
        WAYS[way].send(target(server.url, to=to), MESSAGE, "F-1")
    assert server.bodies[0][place][name] == [to]
