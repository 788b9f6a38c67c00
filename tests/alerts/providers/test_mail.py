"""E-mail against a server that speaks SMTP, and Apprise against a server that plays one of its services."""

from __future__ import annotations

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from monitor.alerts.providers import mail, other
from monitor.alerts.providers.answer import Again, Refused, Sent
from monitor.alerts.providers.target import Message, Target
from tests.alerts.played import played, said

MESSAGE = Message("晋城西站:两件\r\nBcc: all@example.cn", "两件超时 编号 F-1")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    to_answer = b"250 ok"
    end_answer = b"250 taken"
    drips = False
    mails: list[bytes]


class Session(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        while self.server.drips:
            try:
                self.wfile.write(b"2")
            except OSError:
                return
            time.sleep(0.05)
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.wfile.write(b"250-mail.example\r\n250 8BITMIME\r\n")
            elif verb == b"RCPT":
                self.wfile.write(self.server.to_answer + b"\r\n")
            elif verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.mails.append(b"".join(lines))
                if not self.server.end_answer:
                    return
                self.wfile.write(self.server.end_answer + b"\r\n")
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@contextmanager
def mail_server() -> Iterator[tuple[Server, str]]:
    with Server(("127.0.0.1", 0), Session) as server:
        server.mails = []
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server, f"smtp://duty%40example.cn@127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def target(url: str, **more: Any) -> Target:
    return Target(url, **{"to": "li@example.cn", "private_hosts": ("127.0.0.1",), "timeout": 3.0, **more})


def test_a_mail_carries_the_number_as_its_message_id_and_no_head_from_a_text() -> None:
    with mail_server() as (server, url):
        assert mail.send(target(url), MESSAGE, "F-1") == Sent()
    [letter] = server.mails
    assert b"Message-ID: <F-1@example.cn>" in letter
    assert b"To: li@example.cn" in letter and b"From: duty@example.cn" in letter
    assert b"\nBcc:" not in letter


@pytest.mark.parametrize(
    ("to_answer", "expected"),
    [
        (b"550 no such user", Refused("no_recipient", {"code": "550"})),
        (b"451 greylisted", Again("no_recipient", params={"code": "451"})),
    ],
)
def test_a_recipient_that_is_not_known_is_refused_and_one_put_off_is_asked_again(
    to_answer: bytes, expected: object
) -> None:
    with mail_server() as (server, url):
        server.to_answer = to_answer
        assert mail.send(target(url), MESSAGE, "F-1") == expected


def test_a_server_that_goes_away_after_the_text_may_have_taken_it() -> None:
    with mail_server() as (server, url):
        server.end_answer = b""
        assert mail.send(target(url), MESSAGE, "F-1") == Again("no_answer", unsure=True)


def test_a_server_that_drips_is_left_in_time() -> None:
    with mail_server() as (server, url):
        server.drips = True
        began = time.monotonic()
        answer = mail.send(target(url, timeout=0.3), MESSAGE, "F-1")
        assert isinstance(answer, Again) and not answer.unsure
        assert time.monotonic() - began < 3


def test_a_recipient_without_an_address_and_a_server_that_is_not_listed_are_refused() -> None:
    with mail_server() as (server, url):
        assert mail.send(target(url, to=None), MESSAGE, "F-1") == Refused("no_recipient")
        assert mail.send(target(url, to="no address"), MESSAGE, "F-1") == Refused("no_recipient")
        assert mail.send(target(url, private_hosts=()), MESSAGE, "F-1") == Refused("address_not_listed")
        assert server.mails == []


def test_apprise_sends_to_a_listed_host_only_and_never_as_a_webhook_by_another_name() -> None:
    with played(lambda _: said({})) as server:
        port = server.url.split(":")[2].split("/")[0]
        url = f"ntfy://127.0.0.1:{port}/topic"
        assert other.send(target(url), MESSAGE, "F-1") == Sent()
        assert other.send(target(url, private_hosts=()), MESSAGE, "F-1") == Refused("address_not_listed")
        plain = target(f"json://127.0.0.1:{port}/")
        assert other.send(plain, MESSAGE, "F-1") == Refused("use_webhook")
    assert [body["message"] for body in server.bodies] == [MESSAGE.text]
    assert other.send(target("nothing-known"), MESSAGE, "F-1") == Refused("address_broken")


def test_apprise_that_is_not_taken_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    with played(lambda _: said({}, 500)) as server:
        port = server.url.split(":")[2].split("/")[0]
        answer = other.send(target(f"ntfy://127.0.0.1:{port}/SECRET-TOPIC"), MESSAGE, "F-1")
    assert answer == Again("not_taken", unsure=True)
    assert "SECRET" not in caplog.text
