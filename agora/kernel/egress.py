"""The egress guard: with ``[network] egress = "deny"`` this process reaches loopback and the allowed list, nothing else.

Three layers, because no single one sees everything: ``socket`` methods (a name given to ``connect`` is looked up in C before
any audit event), an audit hook (code that kept its own reference to the functions), and uvloop's loop (libuv connects and
looks names up itself). Programs started by this process are not covered.
"""

from __future__ import annotations

import errno
import functools
import ipaddress
import logging
import socket
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from agora.kernel.errors import SetupError
from agora.kernel.metrics import EGRESS_REFUSED
from agora.kernel.settings import Network

log = logging.getLogger(__name__)

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_RESOLVED = 10_000


class EgressRefused(PermissionError):
    """A connection or name look-up that was not let out. An OSError, so that network code handles it as any other failure."""

    def __init__(self, kind: str, target: str) -> None:
        super().__init__(
            errno.EACCES,
            f"Agora does not let this {kind} out: {target}. To allow it, add it to allow under [network] in agora.toml",
        )


class Allowed(msgspec.Struct, frozen=True):
    """One entry of the list: a network or a name, at one port or at any (0)."""

    network: IpNetwork | None
    name: str
    port: int


def read_entry(entry: str) -> Allowed:
    """An address, network or host name, each with an optional ``:port``. Raises SetupError."""
    host, port = _split_port(entry.strip())
    try:
        return Allowed(ipaddress.ip_network(host, strict=False), "", port)
    except ValueError:
        pass
    name = host.lower().rstrip(".")
    labels = name.split(".")
    if not name or not all(label.replace("-", "a").replace("_", "a").isalnum() for label in labels):
        raise SetupError(
            f"[network] allow has {entry!r}, which is no address, network or host name: write it like "
            '"192.168.1.10", "10.0.0.0/8" or "llama.home.arpa:8080".'
        )
    return Allowed(None, name, port)


def _split_port(entry: str) -> tuple[str, int]:
    if entry.startswith("["):  # an IPv6 address with a port
        host, _, rest = entry[1:].partition("]")
        text = rest.removeprefix(":")
    elif entry.count(":") == 1:
        host, _, text = entry.partition(":")
    else:
        return entry, 0
    if text and not (text.isdigit() and 0 < int(text) < 65536):
        raise SetupError(f"[network] allow has {entry!r}: the port must be a number from 1 to 65535.")
    return host, int(text or 0)


class Policy:
    """What may be reached. Names that were allowed are remembered by the addresses they resolved to."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._allowed = [read_entry(entry) for entry in entries]
        self._resolved: dict[str, list[Allowed]] = {}

    def check_address(self, kind: str, address: Any) -> None:
        """Raise EgressRefused unless a socket address may be reached; Unix sockets always may."""
        if not isinstance(address, tuple) or len(address) < 2:
            return
        host, port = _text(address[0]), address[1]
        if not self._may_reach(host, port if isinstance(port, int) else 0):
            self._refuse(kind, f"{host} port {port}")

    def check_name(self, host: Any) -> None:
        """Raise EgressRefused unless a name may be looked up; addresses need no look-up."""
        name = _text(host)
        if name in ("", "*") or _address(name) is not None or _is_local(name) or self._entries_for(name):
            return
        self._refuse("name look-up", name)

    def remember(self, host: Any, found: Iterable[Any]) -> None:
        """These addresses belong to an allowed name."""
        entries = self._entries_for(_text(host))
        if not entries:
            return
        for item in found:
            if len(self._resolved) >= MAX_RESOLVED:
                self._resolved.clear()
            self._resolved[_text(item[4][0]).partition("%")[0]] = entries

    def _may_reach(self, host: str, port: int) -> bool:
        address = _address(host)
        if address is None:
            return not host or _is_local(host) or any(_port_fits(entry, port) for entry in self._entries_for(host))
        if address.is_loopback or address.is_unspecified:
            return True
        entries = self._resolved.get(host.partition("%")[0], [])
        return any(_port_fits(entry, port) for entry in entries) or any(
            entry.network is not None
            and entry.network.version == address.version
            and address in entry.network
            and _port_fits(entry, port)
            for entry in self._allowed
        )

    def _entries_for(self, name: str) -> list[Allowed]:
        plain = name.lower().rstrip(".")
        return [entry for entry in self._allowed if entry.name and entry.name == plain]

    def _refuse(self, kind: str, target: str) -> None:
        EGRESS_REFUSED.labels(kind).inc()
        log.warning("egress refused: %s to %s", kind, target)
        raise EgressRefused(kind, target)


def _text(host: Any) -> str:
    if isinstance(host, (bytes, bytearray)):
        return bytes(host).decode("utf-8", "replace")
    return "" if host is None else str(host)


@functools.lru_cache(maxsize=4096)
def _address(host: str) -> IpAddress | None:
    """Also the short forms that the C library takes (``127.1``, ``0x7f000001``); IPv4 inside IPv6 is taken out."""
    try:
        address: IpAddress = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            address = ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_local(name: str) -> bool:
    """Names that RFC 6761 binds to loopback."""
    plain = name.lower().rstrip(".")
    return plain == "localhost" or plain.endswith(".localhost")


def _port_fits(entry: Allowed, port: int) -> bool:
    return entry.port in (0, port)


_policy: Policy | None = None
_installed = False


def guard(network: Network) -> None:
    """Apply the setting to this process, from now on. Raises SetupError for an entry that cannot be read."""
    global _policy
    policy = Policy(network.allow)
    _policy = policy if network.egress == "deny" else None
    if network.egress == "deny":
        _install()


def current_policy() -> Policy | None:
    """The policy in force; None when everything is allowed."""
    return _policy


def _install() -> None:
    """Once per process: audit hooks cannot be taken away again, so everything asks ``_policy``."""
    global _installed
    if _installed:
        return
    _installed = True
    from agora.kernel.egress_uvloop import guard_uvloop

    _guard_sockets()
    sys.addaudithook(_audit)
    guard_uvloop()


_BY_ADDRESS = {"socket.connect": "connection", "socket.sendto": "packet", "socket.sendmsg": "packet"}
_BY_NAME = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if _policy is None or not event.startswith("socket."):
        return
    if event in _BY_ADDRESS:
        _policy.check_address(_BY_ADDRESS[event], args[1])
    elif event in _BY_NAME:
        _policy.check_name(args[0])
    elif event == "socket.getnameinfo":
        _policy.check_address("name look-up", args[0])


def _guard_sockets() -> None:
    """Check before C looks a name up; and learn what allowed names resolve to."""
    cls: Any = socket.socket
    module: Any = socket
    for name, kind, position in (("connect", "connection", 0), ("connect_ex", "connection", 0), ("sendto", "packet", -1)):
        setattr(cls, name, _checked_method(getattr(cls, name), kind, position))
    cls.sendmsg = _checked_sendmsg(cls.sendmsg)
    resolve = module.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if _policy is None:
            return resolve(host, port, *args, **kwargs)
        _policy.check_name(host)
        found = resolve(host, port, *args, **kwargs)
        _policy.remember(host, found)
        return found

    module.getaddrinfo = getaddrinfo


def _checked_method(method: Any, kind: str, position: int) -> Any:
    def checked(self: socket.socket, *args: Any) -> Any:
        if _policy is not None and args:
            _policy.check_address(kind, args[position])
        return method(self, *args)

    checked.__name__, checked.__doc__ = method.__name__, method.__doc__
    return checked


def _checked_sendmsg(method: Any) -> Any:
    def sendmsg(self: socket.socket, buffers: Any, ancdata: Any = (), flags: int = 0, address: Any = None) -> Any:
        if _policy is not None and address is not None:
            _policy.check_address("packet", address)
        if address is None:
            return method(self, buffers, ancdata, flags)
        return method(self, buffers, ancdata, flags, address)

    return sendmsg
