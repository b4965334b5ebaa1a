"""The egress guard, under asyncio and uvloop: nothing leaves but to loopback and the list.

Targets are addresses for documentation (RFC 5737, RFC 3849) and names under ``.invalid`` (RFC 6761).
"""

from __future__ import annotations

import _socket
import asyncio
import contextlib
import socket
import urllib.request
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any

import aiohttp
import pytest
import uvloop
from aiohttp import web

from agora.kernel.egress import EgressRefused, Policy, guard, read_entry
from agora.kernel.errors import SetupError
from agora.kernel.metrics import EGRESS_REFUSED
from agora.kernel.settings import Network

FAR = "192.0.2.1"
FAR6 = "2001:db8::1"
NAME = "agora-egress-test.invalid"
LOOPS = pytest.mark.parametrize("factory", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])


@pytest.fixture
def deny() -> Iterator[None]:
    guard(Network(egress="deny"))
    yield
    guard(Network(egress="allow"))


def run(factory: Callable[[], asyncio.AbstractEventLoop], main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main)


@contextlib.asynccontextmanager
async def served() -> AsyncIterator[int]:
    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    application = web.Application()
    application.router.add_get("/", hello)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("target", [(FAR, 80), (NAME, 80)])
def test_plain_sockets_are_refused(deny: None, target: tuple[str, int]) -> None:
    with socket.socket() as sock:
        with pytest.raises(EgressRefused):
            sock.connect(target)
        with pytest.raises(EgressRefused):
            sock.connect_ex(target)
    with pytest.raises(EgressRefused):
        socket.create_connection(target, timeout=1)


def test_ipv6_and_addresses_inside_ipv6_are_refused(deny: None) -> None:
    with socket.socket(socket.AF_INET6) as sock:
        for host in (FAR6, f"::ffff:{FAR}"):
            with pytest.raises(EgressRefused):
                sock.connect((host, 80))


def test_packets_are_refused(deny: None) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sock:
        with pytest.raises(EgressRefused):
            sock.sendto(b"x", (FAR, 53))
        with pytest.raises(EgressRefused):
            sock.sendto(b"x", 0, (FAR, 53))
        with pytest.raises(EgressRefused):
            sock.sendto(b"x", (NAME, 53))
        with pytest.raises(EgressRefused):
            sock.sendmsg([b"x"], [], 0, (FAR, 53))


@pytest.mark.parametrize("look_up", [socket.gethostbyname, socket.gethostbyaddr, socket.gethostbyname_ex])
def test_name_look_ups_are_refused(deny: None, look_up: Callable[[str], object]) -> None:
    with pytest.raises(EgressRefused):
        look_up(NAME)
    with pytest.raises(EgressRefused):
        socket.getaddrinfo(NAME, 80)
    with pytest.raises(EgressRefused):
        socket.getnameinfo((FAR, 80), 0)


def test_the_c_module_itself_is_refused(deny: None) -> None:
    sock = _socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with pytest.raises(EgressRefused):
        sock.connect((FAR, 80))
    with pytest.raises(EgressRefused):
        _socket.getaddrinfo(NAME, 80)
    sock.close()


def test_urllib_is_refused_with_the_reason(deny: None) -> None:
    with pytest.raises(OSError, match=r"allow under \[network\]"):
        urllib.request.urlopen(f"http://{FAR}/", timeout=1)


@LOOPS
def test_loop_connections_and_look_ups_are_refused(deny: None, factory: Any) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        for host in (FAR, NAME, FAR6):
            with pytest.raises(EgressRefused):
                await asyncio.wait_for(asyncio.open_connection(host, 80), 5)
        with pytest.raises(EgressRefused):
            await loop.getaddrinfo(NAME, 80)
        with pytest.raises(EgressRefused):
            await loop.getnameinfo((FAR, 80))
        with pytest.raises(EgressRefused):
            await loop.create_server(asyncio.Protocol, NAME, 0)
        with socket.socket() as sock:
            sock.setblocking(False)
            with pytest.raises(EgressRefused):
                await loop.sock_connect(sock, (FAR, 80))
            with pytest.raises((EgressRefused, OSError, ValueError)):
                await loop.sock_connect(sock, (NAME, 80))

    run(factory, main())


@LOOPS
def test_loop_packets_are_refused(deny: None, factory: Any) -> None:
    class Ears(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.heard: asyncio.Queue[bytes] = asyncio.Queue()
            self.errors: list[Exception] = []

        def datagram_received(self, data: bytes, addr: Any) -> None:
            self.heard.put_nowait(data)

        def error_received(self, exc: Exception) -> None:
            self.errors.append(exc)

    async def main() -> None:
        loop = asyncio.get_running_loop()
        with pytest.raises(EgressRefused):
            await loop.create_datagram_endpoint(Ears, remote_addr=(FAR, 53))
        ear, ears = await loop.create_datagram_endpoint(Ears, local_addr=("127.0.0.1", 0))
        mouth, mouths = await loop.create_datagram_endpoint(Ears, local_addr=("127.0.0.1", 0))
        mouth.sendto(b"near", ear.get_extra_info("sockname"))
        assert await asyncio.wait_for(ears.heard.get(), 5) == b"near"
        before = EGRESS_REFUSED.labels("packet")._value.get()
        with contextlib.suppress(EgressRefused):  # asyncio tells the protocol instead of raising
            mouth.sendto(b"far", (FAR, 53))
        assert EGRESS_REFUSED.labels("packet")._value.get() == before + 1
        assert all(isinstance(error, EgressRefused) for error in mouths.errors)
        ear.close()
        mouth.close()

    run(factory, main())


@LOOPS
def test_aiohttp_reaches_loopback_and_nothing_else(deny: None, factory: Any) -> None:
    async def main() -> None:
        async with served() as port, aiohttp.ClientSession() as session:
            for host in ("127.0.0.1", "localhost"):
                async with session.get(f"http://{host}:{port}/") as answer:
                    assert await answer.text() == "hello"
            for url in (f"http://{FAR}/", f"http://{NAME}/", f"http://[{FAR6}]/"):
                with pytest.raises(aiohttp.ClientConnectorError) as refused:
                    await session.get(url)
                assert isinstance(refused.value.os_error, OSError)
                assert "does not let" in str(refused.value)

    run(factory, main())


def test_loopback_and_unix_sockets_work(deny: None, tmp_path: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as sock:
        sock.connect(("localhost", server.getsockname()[1]))
    assert socket.getaddrinfo("localhost", 80)
    assert socket.getaddrinfo(FAR, 80)  # writing an address as an address asks nobody
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as sock:
        server.bind(str(tmp_path / "s"))
        server.listen()
        sock.connect(str(tmp_path / "s"))


def test_refusals_are_counted_and_logged(deny: None, caplog: pytest.LogCaptureFixture) -> None:
    before = EGRESS_REFUSED.labels("connection")._value.get()
    with socket.socket() as sock, pytest.raises(EgressRefused):
        sock.connect((FAR, 80))
    assert EGRESS_REFUSED.labels("connection")._value.get() == before + 1
    assert [record.getMessage() for record in caplog.records] == [f"egress refused: connection to {FAR} port 80"]


def test_the_list_allows_addresses_networks_names_and_ports() -> None:
    policy = Policy([FAR, "198.51.100.0/24:443", "llama.home.arpa:8080", f"[{FAR6}]:80", "2001:db8:1::/48"])
    for address in [(FAR, 1), ("198.51.100.7", 443), ("llama.home.arpa", 8080), (FAR6, 80, 0, 0), ("2001:db8:1::5", 9)]:
        policy.check_address("connection", address)
    policy.check_name("LLAMA.home.arpa.")
    refused = [("198.51.100.7", 80), ("198.51.101.7", 443), ("llama.home.arpa", 80), (FAR6, 81), ("home.arpa", 8080)]
    for address in refused:
        with pytest.raises(EgressRefused):
            policy.check_address("connection", address)


def test_an_allowed_name_allows_what_it_resolves_to() -> None:
    policy = Policy(["llama.home.arpa:8080"])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.9", 8080))]
    with pytest.raises(EgressRefused):
        policy.check_address("connection", ("203.0.113.9", 8080))
    policy.remember("other.home.arpa", found)
    with pytest.raises(EgressRefused):
        policy.check_address("connection", ("203.0.113.9", 8080))
    policy.remember("llama.home.arpa", found)
    policy.check_address("connection", ("203.0.113.9", 8080))
    with pytest.raises(EgressRefused):
        policy.check_address("connection", ("203.0.113.9", 22))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "127.1", "0.0.0.0", "::", "a.localhost", "::ffff:127.0.0.1"])
def test_all_forms_of_loopback_are_let_through(host: str) -> None:
    Policy([]).check_address("connection", (host, 80))


@pytest.mark.parametrize("entry", ["", "http://x", "a b", "host:99999", "1.2.3.4:x", "[::1]:x"])
def test_unreadable_entries_stop_the_start(entry: str) -> None:
    with pytest.raises(SetupError, match=r"\[network\] allow"):
        read_entry(entry)
