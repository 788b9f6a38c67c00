"""One POST to an address that somebody configured: checked where it leads, bounded in time and size.

The address is checked where the connection is made, after its name was resolved: a name that means a public
server while it is checked and our own network while it is used gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

from monitor.alerts.providers.answer import Again, Refused, Sent
from monitor.alerts.providers.target import Target

MOST_BYTES = 64 * 1024
"""Of an answer; a provider's is a line."""
LONGEST_WAIT = 3600.0
"""Seconds that a `Retry-After` may ask for."""
_PLAIN = re.compile(r"[!-~]+")
"""What an address consists of: no space, no control character, nothing beyond ASCII (RFC 3986, 2)."""
NAT64 = IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the seconds it asks to wait, and its JSON object where it is one."""

    status: int
    retry_after: float | None
    body: dict[str, Any] | None


class Unlisted(OSError):
    """Every address that the name means is one of our own, or no server's, and not listed."""


class Unsure(OSError):
    """The request was on its way when the connection ended: it may have been taken."""


def post_json(target: Target, url: str, body: Any, headers: Mapping[str, str]) -> Reply | Again | Refused:
    """POST an object as JSON to `url`."""
    return post(target, url, json.dumps(body, ensure_ascii=False).encode(), headers)


def post(target: Target, url: str, body: bytes, headers: Mapping[str, str]) -> Reply | Again | Refused:
    """POST bytes that are JSON. The reply, whatever its status; or why there is none."""
    if not _PLAIN.fullmatch(url):
        return Refused("address_broken")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Refused("address_broken")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return Refused("address_broken")
    try:
        return _exchange(target, parts, port or (443 if parts.scheme == "https" else 80), body, headers)
    except Unlisted:
        return Refused("address_not_listed")
    except ssl.SSLCertVerificationError:
        return Refused("certificate")
    except socket.gaierror:
        # No network and a wrong name look the same.
        return Again("name_unknown")
    except Unsure:
        return Again("no_answer", unsure=True)
    except (OSError, http.client.HTTPException, ValueError):
        return Again("not_reached")


def status_answer(reply: Reply) -> Sent | Again | Refused:
    """What a status says by itself, for a provider whose body says nothing."""
    if 200 <= reply.status < 300:
        return Sent()
    params = {"code": str(reply.status)}
    if reply.status == 429:
        return Again("too_many", reply.retry_after, params=params)
    if reply.status >= 500 or reply.status in (408, 425):
        return Again("provider_status", reply.retry_after, params=params)
    if 300 <= reply.status < 400:
        return Refused("redirected", params)
    return Refused("provider_status", params)


def open_addresses(host: str, port: int, listed: Sequence[str]) -> list[tuple[int, Any, bool]]:
    """The addresses behind a name that may be connected to: family, address, whether it is a listed one.

    Raises Unlisted where there is none, socket.gaierror where the name is not known.
    """
    try:
        name = host.encode("ascii").decode() if host.isascii() else host.encode("idna").decode()
    except UnicodeError as error:
        raise socket.gaierror("no name") from error
    found: list[tuple[int, Any, bool]] = []
    for family, _, _, _, place in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM):
        address = ip_address(str(place[0]).partition("%")[0])
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped is not None:
                address = address.ipv4_mapped
            elif address in NAT64:
                address = ip_address(int(address) & 0xFFFFFFFF)
        known = is_listed(host, address, listed)
        if known or (address.is_global and not address.is_multicast):
            found.append((family, place, known))
    if not found:
        raise Unlisted
    return found


def is_listed(host: str, address: IPv4Address | IPv6Address, listed: Sequence[str]) -> bool:
    """Whether a host is listed by its name, or by its address or a range that holds it."""
    for one in listed:
        if one.casefold() == host.casefold():
            return True
        try:
            network = ip_network(one, strict=False)
        except ValueError:
            continue
        if network.version == address.version and address in network:
            return True
    return False


def connected(host: str, port: int, listed: Sequence[str], timeout: float, *, plain: bool) -> socket.socket:
    """A connection to the first address that answers. `plain`: not encrypted, so only to a listed one."""
    failed: OSError = Unlisted()
    until = time.monotonic() + timeout
    for family, place, known in open_addresses(host, port, listed):
        if plain and not known:
            continue
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        link = socket.socket(family, socket.SOCK_STREAM)
        link.settimeout(left)
        try:
            link.connect(place)
        except OSError as error:
            link.close()
            failed = error
            continue
        return link
    raise failed


def _exchange(
    target: Target, parts: SplitResult, port: int, body: bytes, headers: Mapping[str, str]
) -> Reply | Again | Refused:
    host = parts.hostname or ""
    until = time.monotonic() + target.timeout
    plain = parts.scheme == "http"
    link = connected(host, port, target.private_hosts, target.timeout, plain=plain)
    with cut_off(link, until):
        if not plain:
            link.settimeout(max(until - time.monotonic(), 0.1))
            link = ssl.create_default_context().wrap_socket(link, server_hostname=host)
        connection = http.client.HTTPConnection(host, port, timeout=target.timeout)
        connection.sock = link
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        told = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "fangxing", **headers}
        try:
            connection.request("POST", path, body, told)
            answer = connection.getresponse()
            read = answer.read(MOST_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Unsure from error
        finally:
            connection.close()
        return Reply(answer.status, _seconds(answer.getheader("Retry-After")), _object(read))


@contextmanager
def cut_off(link: socket.socket, until: float) -> Iterator[None]:
    """End the connection at a time: a socket's own limit begins again with every byte that drips in."""
    lasting = link.dup()

    def cut() -> None:
        # A socket that is gone already needs no end.
        try:
            lasting.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    timer = threading.Timer(max(until - time.monotonic(), 0.1), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        lasting.close()
        link.close()


def _object(read: bytes) -> dict[str, Any] | None:
    if len(read) > MOST_BYTES:
        return None
    try:
        value = json.loads(read)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _seconds(value: str | None) -> float | None:
    """`Retry-After`: seconds, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    try:
        wait = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except ValueError:
            return None
        wait = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT) if wait == wait else None
