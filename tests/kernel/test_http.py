"""What every HTTP call passes through: identity, limits, decoding, one error shape."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from agora.kernel.access import ANYONE, OWNER, SIGNED_IN
from agora.kernel.auth import SESSION_COOKIE, Actor, Authenticator
from agora.kernel.config import Config
from agora.kernel.http import Bucket, Reply, Request, Route
from agora.kernel.server import accepting, build_web, running
from agora.kernel.settings import all_sections
from tests.kernel.notes import build_domain
from tests.kit.kernel import open_kernel

TIGHT = Bucket("tight", 3, 60.0, by="thing_id")


class Body(msgspec.Struct):
    """What the test route takes."""

    name: str
    sizes: list[int] = []


class Query(msgspec.Struct):
    """A query with a number."""

    limit: int = 50


class TwoTokens:
    """An authenticator that knows a user and an owner."""

    async def from_header(self, authorization: str) -> Actor | None:
        kind, _, token = authorization.rpartition(" ")
        if kind not in ("", "Bot", "Bearer"):
            return None
        return {"user": Actor(user_id=1), "owner": Actor(user_id=2, is_owner=True)}.get(token)

    async def from_cookie(self, cookie: str) -> Actor | None:
        return Actor(user_id=1, via="cookie") if cookie == "good" else None


async def echo(request: Request) -> dict[str, Any]:
    """Everything that was decoded."""
    return {"path": request.path, "actor": request.ctx.actor.user_id, "body": request.body, "query": request.query}


async def explode(request: Request) -> None:
    """A bug."""
    raise RuntimeError("a bug with a secret inside")


async def nothing(request: Request) -> Reply | None:
    """No content."""
    return None


ROUTES = (
    Route(method="POST", path="/things/{thing_id}", handler=echo, summary="Echo.", body=Body, max_body=1000),
    Route(method="GET", path="/things/{thing_id}", handler=echo, summary="Echo.", query=Query, bucket=TIGHT),
    Route(method="GET", path="/things/@me", handler=nothing, summary="Fixed before variable."),
    Route(method="GET", path="/open", handler=echo, summary="For anyone.", access=ANYONE),
    Route(method="GET", path="/owner", handler=echo, summary="For the owner.", access=OWNER),
    Route(method="DELETE", path="/things/{thing_id}", handler=nothing, summary="Nothing.", access=SIGNED_IN),
    Route(method="GET", path="/bug", handler=explode, summary="Fails.", access=ANYONE),
)


@contextlib.asynccontextmanager
async def serve(folder: Path, *, limits: bool = False) -> AsyncIterator[Call]:
    async with open_kernel(folder, [build_domain()]) as app:
        app.config = Config.load(None, {}, {"security.rate_limits": limits}, all_sections(app.domains))
        app.put(Authenticator, TwoTokens())
        application = build_web(app, ROUTES, observe=lambda route, status, seconds: None)
        async with running(application) as runner, accepting(runner, "127.0.0.1", 0) as url, aiohttp.ClientSession() as session:
            yield Call(session, url)


class Call:
    """Calls the server and reads the answer whole."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def __call__(
        self, method: str, path: str, token: str | None = "user", **kwargs: Any
    ) -> tuple[int, Any, aiohttp.ClientResponse]:
        headers = {**kwargs.pop("headers", {}), **({"Authorization": token} if token else {})}
        async with self._session.request(method, self._url + path, headers=headers, **kwargs) as answer:
            raw = await answer.read()
            return answer.status, msgspec.json.decode(raw) if raw else None, answer


async def test_identity_and_rights(tmp_path: Path) -> None:
    async with serve(tmp_path) as call:
        for token, path, status in [
            ("user", "/open", 200),
            (None, "/open", 200),
            ("forged", "/open", 200),
            (None, "/owner", 401),
            ("forged", "/owner", 401),
            ("Basic user", "/owner", 401),
            ("Bot user", "/owner", 403),
            ("Bearer owner", "/owner", 200),
            ("owner", "/owner", 200),
        ]:
            got, body, _ = await call("GET", path, token)
            assert got == status, (token, path)
            if status >= 400:
                assert set(body) == {"code", "message"}


async def test_decoding_and_its_errors(tmp_path: Path) -> None:
    async with serve(tmp_path) as call:
        status, body, answer = await call("POST", "/things/12", data=b'{"name":"x","sizes":[1]}')
        assert (status, body["path"], body["body"]) == (200, {"thing_id": 12}, {"name": "x", "sizes": [1]})
        assert answer.headers["Content-Type"] == "application/json"  # with a charset discord.py keeps a string
        for raw, code, field in [
            (b"{", 50109, None),
            (b"\xff\xfe", 50109, None),
            (b'{"name":"\xff"}', 50109, None),
            (b"[]", 50035, "body"),
            (b"{}", 50035, "name"),
            (b'{"name":1}', 50035, "name"),
            (b'{"name":"x","sizes":[1,"2"]}', 50035, "sizes"),
            (b"[" * 100_000, None, None),
        ]:
            status, body, _ = await call("POST", "/things/12", data=raw)
            assert status in (400, 413), raw[:40]
            if code is not None:
                assert body["code"] == code, raw
            if field is not None:
                assert field in body["errors"]
        status, body, _ = await call("GET", "/things/12?limit=abc")
        assert (status, body["code"]) == (400, 50035)
        status, body, _ = await call("GET", "/things/abc")
        assert (status, body["code"]) == (400, 50035)


async def test_bodies_over_the_limit_are_refused_whatever_their_length_claims(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    async with serve(tmp_path) as call:
        assert (await call("POST", "/things/1", data=b" " * 2000))[0] == 413
        assert (await call("POST", "/things/1", data=endless()))[0] == 413


async def test_a_bug_is_a_500_that_tells_no_secret(tmp_path: Path) -> None:
    async with serve(tmp_path) as call:
        status, body, answer = await call("GET", "/bug")
        assert status == 500
        assert "secret" not in body["message"]
        assert answer.headers["X-Request-Id"] in body["message"]


async def test_unknown_paths_and_methods_have_the_one_error_shape(tmp_path: Path) -> None:
    async with serve(tmp_path) as call:
        assert (await call("GET", "/nowhere"))[:2] == (404, {"code": 0, "message": "404: Not Found"})
        assert (await call("PUT", "/open"))[:2] == (405, {"code": 0, "message": "405: Method Not Allowed"})
        assert (await call("GET", "/things/@me"))[0] == 204


async def test_limits_count_per_caller_and_thing_and_say_when_to_come_back(tmp_path: Path) -> None:
    async with serve(tmp_path, limits=True) as call:
        for left in (2, 1, 0):
            status, _, answer = await call("GET", "/things/1")
            assert (status, answer.headers["X-RateLimit-Remaining"]) == (200, str(left))
        status, body, answer = await call("GET", "/things/1")
        assert status == 429
        assert 0 < body["retry_after"] <= 60
        assert body["global"] is False
        assert "Via" in answer.headers  # or discord.py takes it for a ban
        assert (await call("GET", "/things/2"))[0] == 200
        assert (await call("GET", "/things/1", "owner"))[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_cookie_is_taken_from_our_own_pages_only(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async with serve(tmp_path) as call:
        cookie = {"Cookie": f"{SESSION_COOKIE}=good", **headers}
        assert (await call("DELETE", "/things/1", None, headers=cookie))[0] == status
