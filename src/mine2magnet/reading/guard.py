"""Connections that may be made: to checked addresses only, and within a deadline.

A name is looked up once, here; every address it stands for is checked, and the connection goes to the
checked address itself. So no second look-up can answer differently (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

# Prefixes of IPv6 addresses that carry an IPv4 address in their last 32 bits: IPv4-compatible
# (RFC 4291), IPv4-mapped (RFC 4291), NAT64 (RFC 6052) and its local-use form (RFC 8215).
_EMBEDDING = tuple(map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/96")))
_CONNECTIONS_KEPT = 8  # idle connections kept open, over all hosts


class Refused(httpx.RequestError):
    """The name stands for an address that may not be fetched from."""


class Unknown(httpx.RequestError):
    """The name stands for no address."""


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the open internet; of an address within another, the inner one.

    >>> is_public("1.1.1.1"), is_public("127.0.0.1"), is_public("::ffff:10.0.0.1"), is_public("2002:a00:1::")
    (True, False, False, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if any(ip in network for network in _EMBEDDING):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class AddressGuard(httpcore.NetworkBackend):
    """Makes the connections of one fetcher. `deadline` (s, monotonic) bounds all that it does. `trusted` are
    places (host:port) that may be anywhere."""

    def __init__(self, allow_private: bool, trusted: Collection[str] = ()) -> None:
        self._allow_private = allow_private
        self._trusted = trusted
        self._tcp = httpcore.SyncBackend()
        self.deadline = float("inf")

    def left(self) -> float:
        """Seconds to the deadline; raises httpx.TimeoutException when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("out of time")
        return left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = _look_up(host, port, self.left())
        anywhere = self._allow_private or f"{host}:{port}" in self._trusted
        for address in addresses:
            if not anywhere and not is_public(address):
                raise Refused(f"{host} is at the private address {address}")
        problem: Exception | None = None
        for address in addresses:
            try:
                stream = self._tcp.connect_tcp(address, port, self.left(), local_address, socket_options)
                return _Stream(stream, self)
            except httpcore.ConnectError as error:
                problem = error
        assert problem is not None
        raise problem


class _Stream(httpcore.NetworkStream):
    """A connection whose every wait ends at the guard's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, guard: AddressGuard) -> None:
        self._stream = stream
        self._guard = guard

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._guard.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._guard.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._guard.left()), self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Transport(httpx.HTTPTransport):
    """httpx over the guard's connections; no cookies, redirects, proxies or environment come in."""

    def __init__(self, guard: AddressGuard) -> None:
        super().__init__(verify=_certificates(), trust_env=False)
        self._pool.close()
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(),
            max_keepalive_connections=_CONNECTIONS_KEPT,
            network_backend=guard,
        )


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted, read once: some 40 ms of a core."""
    return httpx.create_ssl_context()


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name. The system's look-up knows no time-out, so it waits in a thread."""
    found: list[str] = []
    problem: list[OSError | UnicodeError] = []

    def ask() -> None:
        try:
            for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append(str(address[0]))
        except (OSError, UnicodeError) as error:
            problem.append(error)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        raise httpcore.ConnectTimeout(f"looking up {host} took too long")
    if problem or not found:
        raise Unknown(f"no such host: {host}")
    return list(dict.fromkeys(found))
