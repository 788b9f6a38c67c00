"""E-mail by the office's server: `smtps://user@host`, TLS from the start, or `smtp://user@host`, STARTTLS.

The user, `%40` for its @, signs in with the channel's secret and is whom the mail is from; `?from=` names
another.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from contextlib import ExitStack
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import localtime
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from monitor.alerts.providers.answer import Again, Answer, Refused, Sent
from monitor.alerts.providers.call import Unlisted, connected, cut_off, is_listed
from monitor.alerts.providers.target import Message, Target

LONGEST = 100_000
"""Bytes of a text."""
PER_MINUTE = 60
TALK = 3
"""So many times the timeout of a step a whole talk with a server may last."""


def send(target: Target, message: Message, number: str) -> Answer:
    """Send to the address `target.to`; the number is the mail's Message-ID, so that a second copy is
    known as one."""
    if not target.to:
        return Refused("no_recipient")
    try:
        parts = urlsplit(target.url)
        port = parts.port
    except ValueError:
        return Refused("address_broken")
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        return Refused("address_broken")
    try:
        letter = _letter(_from(parts), target.to, message, number)
    except (ValueError, IndexError, HeaderParseError):
        return Refused("no_recipient")
    try:
        with _server(target, parts.hostname, port, parts.scheme == "smtps") as server:
            if parts.username and target.secret is not None:
                server.login(unquote(parts.username), target.secret)
            return _handed_over(server, letter)
    except Unlisted:
        return Refused("address_not_listed")
    except smtplib.SMTPAuthenticationError as error:
        return _by_code(error.smtp_code, "sign_in")
    except smtplib.SMTPNotSupportedError:
        return Refused("not_encrypted")
    except smtplib.SMTPResponseException as error:
        return _by_code(error.smtp_code, "provider_code")
    except ssl.SSLCertVerificationError:
        return Refused("certificate")
    except socket.gaierror:
        return Again("name_unknown")
    except (OSError, smtplib.SMTPException, ValueError):
        return Again("not_reached")


def _handed_over(server: smtplib.SMTP, letter: EmailMessage) -> Answer:
    try:
        refused = server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        return _by_code(min(codes, default=550), "no_recipient")
    except (smtplib.SMTPServerDisconnected, TimeoutError):
        return Again("no_answer", unsure=True)
    return Sent() if not refused else Refused("no_recipient")


def _by_code(code: int, reason: str) -> Answer:
    """4xx passes, 5xx stays (RFC 5321, 4.2.1); anything else is not SMTP."""
    if not 400 <= code < 600:
        return Again("garbage")
    params = {"code": str(code)}
    return Again(reason, params=params) if 400 <= code < 500 else Refused(reason, params)


def _from(parts: SplitResult) -> str:
    named = parse_qs(parts.query).get("from")
    user = unquote(parts.username or "fangxing")
    return named[0] if named else user if "@" in user else f"{user}@{parts.hostname}"


def _letter(sender: str, to: str, message: Message, number: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = Address(addr_spec=sender)
    letter["To"] = Address(addr_spec=to)
    letter["Subject"] = " ".join(message.title.split())
    letter["Date"] = localtime()
    letter["Message-ID"] = f"<{number}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    return letter


def _server(target: Target, host: str, port: int | None, at_once: bool) -> smtplib.SMTP:
    """A connection that is encrypted, unless it goes to a listed address and the server can't."""
    server = _Checked(target, host, port or (465 if at_once else 587), at_once)
    if not at_once:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif not server.listed:
            server.close()
            raise smtplib.SMTPNotSupportedError("STARTTLS")
    return server


class _Checked(smtplib.SMTP):
    """SMTP whose connection is made where every other of ours is."""

    def __init__(self, target: Target, host: str, port: int, encrypted: bool) -> None:
        self._target = target
        self._encrypted = encrypted
        self._ending = ExitStack()
        self.listed = False
        super().__init__(host, port, timeout=target.timeout)

    def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
        listed = self._target.private_hosts
        link = connected(host, port, listed, self._target.timeout, plain=False)
        self._ending.enter_context(cut_off(link, time.monotonic() + TALK * self._target.timeout))
        self.listed = is_listed(host, ip_address(link.getpeername()[0].partition("%")[0]), listed)
        # starttls asks for the host's name by this.
        self._host = host
        if self._encrypted:
            return ssl.create_default_context().wrap_socket(link, server_hostname=host)
        return link

    def close(self) -> None:
        super().close()
        self._ending.close()
