"""Registering, signing in, tokens: what is given, refused, revoked, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from agora.domains.place import accounts
from agora.kernel.auth import SESSION_COOKIE
from agora.kernel.clock import FrozenClock
from tests.domains.place.conftest import API, check_described
from tests.kit.server import Kit, Person, open_kit

PASSWORD = "correct horse battery"


@pytest.fixture
async def clocked(tmp_path: Path) -> AsyncIterator[tuple[Kit, FrozenClock]]:
    clock = FrozenClock(1_790_000_000_000)
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        yield kit, clock


async def register(kit: Kit, name: str = "Ada") -> Person:
    answer = await kit.request("POST", f"{API}/auth/register", json={"login": name, "password": PASSWORD})
    assert answer.status == 201, answer.text
    return Person(int(answer.json["user_id"]), name, answer.json["token"])


async def me(kit: Kit, token: str) -> int:
    answer = await kit.request("GET", f"{API}/users/@me", headers={"Authorization": token})
    return answer.status


async def test_register_then_call_then_log_in(agora: Kit) -> None:
    body = {"login": "Ada", "password": PASSWORD, "locale": "fr-FR"}
    answer = await agora.scenario("POST", f"{API}/auth/register", json=body, status=201, events=["UserCreated", "CredentialIssued"])
    token = answer.json["token"]
    mine = await agora.request("GET", f"{API}/users/@me", headers={"Authorization": token})
    check_described("GET", "/users/@me", mine)
    assert mine.json["username"] == "Ada"
    assert mine.json["locale"] == "fr"
    assert mine.json["id"] == answer.json["user_id"]
    again = await agora.scenario(
        "POST", f"{API}/auth/login", json={"login": "ADA", "password": PASSWORD}, events=["CredentialIssued"]
    )
    assert again.json["user_id"] == answer.json["user_id"]
    assert again.json["token"] != token
    for scheme in ("", "Bearer ", "Bot "):
        assert await me(agora, scheme + again.json["token"]) == 200


BAD_REGISTRATIONS: list[tuple[dict[str, Any], str]] = [
    ({"login": "ada"}, "password"),
    ({"password": PASSWORD}, "login"),
    ({"login": "a", "password": PASSWORD}, "username"),
    ({"login": "x" * 33, "password": PASSWORD}, "username"),
    ({"login": "two words", "password": PASSWORD}, "username"),
    ({"login": "everyone", "password": PASSWORD}, "username"),
    ({"login": "ada", "password": "short"}, "password"),
    ({"login": "ada", "password": "x" * 257}, "password"),
    ({"login": "ada", "password": 12345678}, "password"),
    ({"login": "ada", "password": PASSWORD, "locale": "tlh"}, "locale"),
]


async def test_bad_registrations_name_the_field(agora: Kit) -> None:
    for body, field in BAD_REGISTRATIONS:
        answer = await agora.scenario("POST", f"{API}/auth/register", json=body, status=400)
        assert answer.json["code"] == 50035
        assert field in answer.json["errors"], answer.text


async def test_names_are_taken_whatever_their_capitals(agora: Kit) -> None:
    await register(agora, "Zoë")
    for name in ("zoë", "ZOË", "Zoe\u0308"):
        answer = await agora.scenario("POST", f"{API}/auth/register", json={"login": name, "password": PASSWORD}, status=400)
        assert answer.json["errors"]["username"]["_errors"][0]["code"] == "USERNAME_ALREADY_TAKEN"


async def test_two_who_ask_for_one_name_at_once_do_not_both_get_it(agora: Kit) -> None:
    body = {"login": "ada", "password": PASSWORD}
    answers = await asyncio.gather(*(agora.request("POST", f"{API}/auth/register", json=body) for _ in range(3)))
    assert sorted(answer.status for answer in answers) == [201, 400, 400]


async def test_registration_can_be_closed(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data", flags={"security.open_registration": False}) as kit:
        answer = await kit.scenario("POST", f"{API}/auth/register", json={"login": "ada", "password": PASSWORD}, status=403)
        assert "closed" in answer.json["message"]


async def test_wrong_name_and_wrong_password_look_the_same(agora: Kit) -> None:
    await register(agora)
    wrong = [{"login": "ada", "password": "not this"}, {"login": "nobody", "password": PASSWORD}]
    first, second = [await agora.scenario("POST", f"{API}/auth/login", json=body, status=400) for body in wrong]
    assert first.body == second.body


async def test_guessing_gets_slower_and_the_right_password_forgives(clocked: tuple[Kit, FrozenClock]) -> None:
    kit, clock = clocked
    await register(kit)

    async def attempt(password: str) -> Any:
        return await kit.request("POST", f"{API}/auth/login", json={"login": "ada", "password": password})

    for _ in range(5):
        assert (await attempt("wrong")).status == 400
    refused = await attempt(PASSWORD)
    assert refused.status == 429
    assert 0 < refused.json["retry_after"] <= 1
    assert refused.headers["Via"], "or discord.py takes it for a ban"
    waits = []
    for _ in range(4):
        clock.advance(16 * 60_000)
        assert (await attempt("wrong")).status == 400
        waits.append((await attempt("wrong")).json["retry_after"])
    assert waits == sorted(waits)
    assert waits[-1] > 8 * waits[0] / 2
    clock.advance(16 * 60_000)
    assert (await attempt(PASSWORD)).status == 200
    assert (await attempt("wrong")).status == 400
    assert (await attempt(PASSWORD)).status == 200


async def test_a_login_is_throttled_apart_from_others(clocked: tuple[Kit, FrozenClock]) -> None:
    kit, _ = clocked
    await register(kit, "ada")
    await register(kit, "ben")
    for _ in range(6):
        await kit.request("POST", f"{API}/auth/login", json={"login": "ada", "password": "wrong"})
    fine = await kit.request("POST", f"{API}/auth/login", json={"login": "ben", "password": PASSWORD})
    assert fine.status == 200


async def test_a_revoked_token_is_refused_at_once(agora: Kit) -> None:
    ada = await register(agora)
    made = await agora.request("POST", "/api/agora/tokens", ada, json={"label": "script"})
    assert made.status == 201
    assert await me(agora, made.json["token"]) == 200
    listed = (await agora.request("GET", "/api/agora/tokens", ada)).json["items"]
    (script,) = [each for each in listed if each["label"] == "script"]
    await agora.scenario("DELETE", f"/api/agora/tokens/{script['id']}", ada, status=204, events=["CredentialRevoked"])
    assert await me(agora, made.json["token"]) == 401
    assert await me(agora, ada.token) == 200
    await agora.scenario("DELETE", f"/api/agora/tokens/{script['id']}", ada, status=404)


async def test_nobody_revokes_what_is_not_theirs(agora: Kit) -> None:
    ada, ben = await register(agora, "ada"), await register(agora, "ben")
    items = (await agora.request("GET", "/api/agora/tokens", ada)).json["items"]
    answer = await agora.scenario("DELETE", f"/api/agora/tokens/{items[0]['id']}", ben, status=404)
    assert answer.json["code"] == 10012
    assert await me(agora, ada.token) == 200


async def test_a_revocation_beats_a_lookup_that_is_on_its_way(agora: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """The row was read as live, the revocation is published, and only then the reader goes on."""
    ada = await register(agora)
    token = await accounts.issue_token(agora.ctx(), ada.id, "late")
    (late,) = [c for c in await accounts.list_tokens(agora.ctx(), ada.id) if c.label == "late"]
    read, gate = agora.app.db.read, asyncio.Event()

    async def slow_read(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = await read(fn, *args, **kwargs)
        if fn.__name__ == "find_by_digest":
            await gate.wait()
        return result

    monkeypatch.setattr(agora.app.db, "read", slow_read)
    calling = asyncio.create_task(me(agora, token))
    while not agora.app.db._readers._work_queue.empty():
        await asyncio.sleep(0)
    await accounts.revoke_token(agora.ctx(), late.id)
    gate.set()
    assert await calling == 401
    assert await me(agora, token) == 401


async def test_a_known_token_costs_no_query(agora: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await register(agora)
    assert await me(agora, ada.token) == 200

    async def no_read(*_: Any, **__: Any) -> Any:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(agora.app.db, "read", no_read)
    for _ in range(3):
        assert await me(agora, ada.token) == 200


async def test_tokens_end(clocked: tuple[Kit, FrozenClock]) -> None:
    kit, clock = clocked
    ada = await register(kit)
    assert await me(kit, ada.token) == 200
    clock.advance(364 * 86_400_000)
    assert await me(kit, ada.token) == 200
    clock.advance(2 * 86_400_000)
    assert await me(kit, ada.token) == 401


async def test_forged_and_broken_tokens_are_refused(agora: Kit) -> None:
    ada = await register(agora)
    claims = jwt.decode(ada.token, options={"verify_signature": False})
    head, body, signature = ada.token.split(".")
    forged = [
        "",
        "x",
        "Bearer",
        "Bot " + "y" * 5000,
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{body}.",
        jwt.encode(claims, "secret-secret-secret-secret-secret", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        "agora_bot_" + "A" * 43,
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJ.\u00e9.x",
    ]
    for token in forged:
        assert await me(agora, token) == 401, token


async def test_a_token_without_a_row_is_refused_though_signed_by_us(agora: Kit) -> None:
    """The signature alone is not enough: a token is good only as long as its row is there."""
    from agora.domains.place.accounts.secrets import Claims, Signer

    ada = await register(agora)
    token = agora.app.get(Signer).sign(Claims(agora.app.ids.next(), ada.id, "user", 0), agora.app.clock.now_ms())
    assert await me(agora, token) == 401


async def test_cookies_and_page_tokens(clocked: tuple[Kit, FrozenClock]) -> None:
    kit, clock = clocked
    ada = await register(kit)
    session = await accounts.start_session(kit.ctx(), ada.id, "browser")
    assert session.cookie.name == SESSION_COOKIE
    origin = {"Cookie": f"{SESSION_COOKIE}={session.cookie.value}", "Sec-Fetch-Site": "same-origin"}
    assert (await kit.request("GET", f"{API}/users/@me", headers=origin)).status == 200
    assert await me(kit, session.cookie.value) == 401, "a cookie's secret is not a token"
    made = await kit.scenario("POST", "/api/agora/session/token", status=200, headers=origin)
    page = made.json["token"]
    assert await me(kit, page) == 200
    clock.advance(121_000)
    assert await me(kit, page) == 401
    fresh = (await kit.request("POST", "/api/agora/session/token", headers=origin)).json["token"]
    assert await me(kit, fresh) == 200
    listed = (await kit.request("GET", "/api/agora/tokens", headers=origin)).json["items"]
    (mine,) = [each for each in listed if each["current"]]
    assert mine["kind"] == "session"
    assert (await kit.request("DELETE", f"/api/agora/tokens/{mine['id']}", headers=origin)).status == 204
    assert await me(kit, fresh) == 401, "it ends with its session"
    assert (await kit.request("GET", f"{API}/users/@me", headers=origin)).status == 401


async def test_page_tokens_are_for_browsers(agora: Kit) -> None:
    ada = await register(agora)
    await agora.scenario("POST", "/api/agora/session/token", ada, status=403)


async def test_what_is_stored_is_not_what_is_handed_out(agora: Kit) -> None:
    ada = await register(agora)
    bot = await agora.person("robot", bot=True)
    session = await accounts.start_session(agora.ctx(), ada.id)
    agora.app.db.path.with_name("checkpoint").touch()
    stored = b"".join(file.read_bytes() for file in agora.app.data.glob("agora.db*"))
    for secret in (PASSWORD, ada.token, bot.token, session.cookie.value):
        assert secret.encode() not in stored
    assert b"$argon2id$" in stored


async def test_everything_survives_a_restart(tmp_path: Path) -> None:
    async with open_kit(tmp_path / "data") as kit:
        ada = await register(kit)
        bot = await kit.person("robot", bot=True)
    async with open_kit(tmp_path / "data") as kit:
        assert await me(kit, ada.token) == 200
        assert await me(kit, f"Bot {bot.token}") == 200
        assert kit.lines == ()


async def test_old_credentials_are_forgotten(clocked: tuple[Kit, FrozenClock]) -> None:
    from agora.domains.place.accounts.jobs import prune
    from agora.domains.place.accounts.queries import find_credential

    kit, clock = clocked
    ada = await register(kit)
    for label in ("kept", "revoked"):
        await accounts.issue_token(kit.ctx(), ada.id, label)
    found = {each.label: each.id for each in await accounts.list_tokens(kit.ctx(), ada.id)}
    await accounts.revoke_token(kit.ctx(), found["revoked"])
    clock.advance(29 * 86_400_000)
    await prune(kit.ctx())
    assert await kit.app.db.read(find_credential, found["revoked"]) is not None
    clock.advance(2 * 86_400_000)
    await prune(kit.ctx())
    assert await kit.app.db.read(find_credential, found["revoked"]) is None
    assert await kit.app.db.read(find_credential, found["kept"]) is not None
    assert await me(kit, ada.token) == 200
