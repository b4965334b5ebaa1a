"""The part of the egress guard for uvloop, which connects, sends and looks names up inside libuv."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


def guard_uvloop() -> None:
    """Wrap the methods of uvloop's loop that can reach another machine; without uvloop there is nothing to do."""
    try:
        import uvloop
    except ImportError:
        return
    loop: Any = uvloop.Loop
    for name, wrap in (
        ("create_connection", _connection),
        ("create_datagram_endpoint", _datagram),
        ("create_server", _server),
        ("getaddrinfo", _getaddrinfo),
        ("getnameinfo", _getnameinfo),
        ("sock_connect", _sock_connect),
        ("sock_sendto", _sock_sendto),
    ):
        setattr(loop, name, wrap(getattr(loop, name)))


def _policy() -> Any:
    from agora.kernel.egress import current_policy

    return current_policy()


def _connection(method: Any) -> Any:
    async def create_connection(self: Any, factory: Any, host: Any = None, port: Any = None, **kwargs: Any) -> Any:
        policy = _policy()
        if policy is not None and host is not None:
            policy.check_address("connection", (host, port))
        if policy is not None and kwargs.get("local_addr"):
            policy.check_name(kwargs["local_addr"][0])
        return await method(self, factory, host, port, **kwargs)

    return create_connection


def _server(method: Any) -> Any:
    """Listening reaches nobody, but a name to listen on has to be looked up."""

    async def create_server(self: Any, factory: Any, host: Any = None, port: Any = None, **kwargs: Any) -> Any:
        policy = _policy()
        if policy is not None:
            for name in host if isinstance(host, (list, tuple, set)) else (host,):
                policy.check_name(name)
        return await method(self, factory, host, port, **kwargs)

    return create_server


def _getaddrinfo(method: Any) -> Any:
    async def getaddrinfo(self: Any, host: Any, port: Any, **kwargs: Any) -> Any:
        policy = _policy()
        if policy is None:
            return await method(self, host, port, **kwargs)
        policy.check_name(host)
        found = await method(self, host, port, **kwargs)
        policy.remember(host, found)
        return found

    return getaddrinfo


def _getnameinfo(method: Any) -> Any:
    async def getnameinfo(self: Any, sockaddr: Any, flags: int = 0) -> Any:
        policy = _policy()
        if policy is not None:
            policy.check_address("name look-up", sockaddr)
        return await method(self, sockaddr, flags)

    return getnameinfo


def _sock_connect(method: Any) -> Any:
    async def sock_connect(self: Any, sock: Any, address: Any) -> Any:
        policy = _policy()
        if policy is not None:
            policy.check_address("connection", address)
        return await method(self, sock, address)

    return sock_connect


def _sock_sendto(method: Any) -> Any:
    async def sock_sendto(self: Any, sock: Any, data: Any, address: Any) -> Any:
        policy = _policy()
        if policy is not None:
            policy.check_address("packet", address)
        return await method(self, sock, data, address)

    return sock_sendto


def _datagram(method: Any) -> Any:
    """Packets have an address each, so the transport is wrapped as well: for the caller and for the protocol."""

    async def create_datagram_endpoint(
        self: Any, factory: Callable[[], Any], local_addr: Any = None, remote_addr: Any = None, **kwargs: Any
    ) -> Any:
        policy = _policy()
        if policy is None:
            return await method(self, factory, local_addr, remote_addr, **kwargs)
        if local_addr is not None:
            policy.check_name(local_addr[0])
        if remote_addr is not None:
            policy.check_address("packet", remote_addr)
        guarded: list[_GuardedProtocol] = []

        def build() -> _GuardedProtocol:
            guarded.append(_GuardedProtocol(factory()))
            return guarded[0]

        await method(self, build, local_addr, remote_addr, **kwargs)
        return guarded[0].transport, guarded[0].inner

    return create_datagram_endpoint


class _GuardedTransport(asyncio.DatagramTransport):
    """uvloop's UDP transport, whose packets are checked."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self._inner = inner

    def sendto(self, data: Any, addr: Any = None) -> None:
        policy = _policy()
        if policy is not None and addr is not None:
            policy.check_address("packet", addr)
        self._inner.sendto(data, addr)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return bool(self._inner.is_closing())

    def close(self) -> None:
        self._inner.close()

    def abort(self) -> None:
        self._inner.abort()


class _GuardedProtocol(asyncio.DatagramProtocol):
    """Stands between uvloop and the caller's protocol, to hand it the checked transport."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.transport: _GuardedTransport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = _GuardedTransport(transport)
        self.inner.connection_made(self.transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.inner.datagram_received(data, addr)

    def error_received(self, exc: Exception) -> None:
        self.inner.error_received(exc)

    def connection_lost(self, exc: Exception | None) -> None:
        self.inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        self.inner.resume_writing()
