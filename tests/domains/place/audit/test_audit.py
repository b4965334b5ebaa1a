"""Privileged acts leave entries; a changed, removed or cut entry shows."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, text, update

from agora.domains.place.audit import check_chain
from agora.domains.place.audit.tables import entry
from agora.kernel.tx import Tx
from agora.protocol.intents import ALL, Intent
from agora.protocol.permissions import Permission
from tests.domains.place.conftest import API, Town
from tests.kit.gateway import gateway_client

NEWS = "GUILD_AUDIT_LOG_ENTRY_CREATE"


async def log(town: Town, query: str = "limit=100") -> list[dict[str, Any]]:
    await town.kit.settle()
    answer = await town.call("GET", f"/guilds/{town.guild}/audit-logs?{query}")
    found: list[dict[str, Any]] = answer.json["audit_log_entries"]
    return found


async def test_acts_and_their_changes(town: Town) -> None:
    reason = {"X-Audit-Log-Reason": "for%20the%20caf%C3%A9"}
    guild = f"{API}/guilds/{town.guild}"
    role = (await town.kit.request("POST", f"{guild}/roles", town.ada, json={"name": "cooks", "permissions": "2"})).json["id"]
    await town.kit.request("PATCH", f"{guild}/roles/{role}", town.ada, json={"permissions": "6"}, headers=reason)
    await town.kit.request("PUT", f"{guild}/members/{town.ben.id}/roles/{role}", town.ada)
    await town.kit.request("PATCH", f"{guild}/members/{town.ben.id}", town.ada, json={"nick": "B"})
    await town.kit.request("PATCH", f"{API}/channels/{town.room}", town.ada, json={"topic": "soup"})
    overwrite = f"{API}/channels/{town.room}/permissions/{role}"
    await town.kit.request("PUT", overwrite, town.ada, json={"type": 0, "allow": "2048"})
    await town.kit.request("DELETE", overwrite, town.ada)
    await town.kit.request("DELETE", f"{guild}/roles/{role}", town.ada)
    await town.kit.request("DELETE", f"{guild}/members/{town.ben.id}", town.ada)
    await town.kit.request("PATCH", guild, town.ada, json={"name": "Café Town"})
    entries = (await log(town))[:10]
    assert [each["action_type"] for each in reversed(entries)] == [30, 31, 25, 24, 11, 13, 15, 32, 20, 1]
    assert {each["user_id"] for each in entries} == {str(town.ada.id)}
    by_type = {each["action_type"]: each for each in entries}
    assert by_type[31]["changes"] == [{"key": "permissions", "old_value": "2", "new_value": "6"}]
    assert by_type[31]["reason"] == "for the café"
    assert by_type[25]["changes"] == [{"key": "$add", "new_value": [{"id": role}]}]
    assert by_type[24]["changes"] == [{"key": "nick", "new_value": "B"}]
    assert by_type[11]["changes"] == [{"key": "topic", "new_value": "soup"}]
    assert by_type[13]["options"] == {"id": role, "type": "0"}
    assert by_type[1]["changes"] == [{"key": "name", "old_value": "Town", "new_value": "Café Town"}]
    assert by_type[20]["target_id"] == str(town.ben.id)


async def test_filters_and_pages(town: Town) -> None:
    for number in range(5):
        await town.kit.request("PATCH", f"{API}/channels/{town.room}", town.ada, json={"topic": str(number)})
    everything = await log(town)
    topics = await log(town, "action_type=11&limit=100")
    assert len(topics) == 5
    assert await log(town, "action_type=11&limit=2") == topics[:2]
    assert await log(town, f"action_type=11&before={topics[1]['id']}") == topics[2:]
    assert await log(town, f"action_type=11&after={topics[2]['id']}") == list(reversed(topics[:2]))
    assert await log(town, f"user_id={town.ben.id}") == []
    assert await log(town, f"target_id={town.room}&limit=100") == [e for e in everything if e["target_id"] == str(town.room)]
    await town.call("GET", f"/guilds/{town.guild}/audit-logs?limit=101", status=400, code=50035)


async def test_who_may_read(town: Town) -> None:
    path = f"/guilds/{town.guild}/audit-logs"
    await town.call("GET", path, town.ben, status=403, code=50013)
    await town.call("GET", path, town.eve, status=404, code=10004)
    await town.call("GET", "/guilds/5/audit-logs", status=404, code=10004)
    await town.role("readers", Permission.VIEW_AUDIT_LOG, holders=(town.ben,))
    await town.call("GET", path, town.ben)


async def test_revocations_are_for_the_servers_owner(town: Town) -> None:
    boss = await town.kit.person("boss", owner=True)
    mine = (await town.kit.request("GET", "/api/agora/tokens", town.ben)).json["items"]
    await town.kit.request("DELETE", f"/api/agora/tokens/{mine[0]['id']}", town.ben)
    await town.kit.settle()
    answer = await town.kit.request("GET", "/api/agora/audit", boss)
    revoked = [each for each in answer.json["items"] if each["action"] == "credential.revoked"]
    assert [each["target_id"] for each in revoked] == [str(town.ben.id)]
    assert (await town.kit.request("GET", "/api/agora/audit", town.ada)).status == 403


def do_tamper(tx: Tx, how: str) -> None:
    match how:
        case "change":
            tx.execute(update(entry).where(entry.c.seq == 2).values(user_id=7))
        case "remove":
            tx.execute(delete(entry).where(entry.c.seq == 2))
        case "cut":
            last = tx.execute(text("SELECT max(seq) FROM audit_entry")).scalar()
            tx.execute(delete(entry).where(entry.c.seq == last))
        case "rewrite":
            tx.execute(update(entry).where(entry.c.seq == 2).values(hash="0" * 64))


@pytest.mark.parametrize(("how", "broken_at"), [("change", 2), ("remove", 2), ("cut", -1), ("rewrite", 2)])
async def test_tampering_shows(town: Town, how: str, broken_at: int) -> None:
    await log(town)
    whole = await town.kit.app.db.read(check_chain)
    assert whole.broken_at is None
    assert whole.entries >= 4
    await town.kit.ctx().write(do_tamper, how)
    verdict = await town.kit.app.db.read(check_chain)
    assert verdict.broken_at == (whole.entries if broken_at == -1 else broken_at), verdict


async def test_the_command_says_so(town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio
    import sys

    from agora.__main__ import main

    await log(town)

    def verify() -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["agora", "audit", "verify", "--json", "--data", str(town.kit.app.data)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return int(ended.value.code or 0), printed.out, printed.err

    status, out, _ = await asyncio.to_thread(verify)
    assert (status, msgspec.json.decode(out)["broken_at"]) == (0, None)
    await town.kit.ctx().write(do_tamper, "change")
    status, out, _ = await asyncio.to_thread(verify)
    assert (status, msgspec.json.decode(out)["broken_at"]) == (1, 2)


async def test_who_may_read_the_log_hears_of_each_act(town: Town) -> None:
    """The payload is what REST answers, with the community; others, and who did not ask for it, hear nothing."""
    await town.role("readers", Permission.VIEW_AUDIT_LOG, holders=(town.ben,))
    carol = await town.kit.person("carol")
    await town.enter(carol)
    await town.kit.settle()
    async with contextlib.AsyncExitStack() as stack:
        clients = {}
        for who, intents in ((town.ada, ALL), (town.ben, ALL), (carol, ALL), (town.ada, ALL & ~Intent.GUILD_MODERATION)):
            client = await stack.enter_async_context(gateway_client(town.kit.session, town.kit.url))
            await client.identify(who.token, intents=int(intents))
            clients[who.name, int(intents)] = client
        for _ in range(2):
            await town.kit.request("POST", f"{API}/guilds/{town.guild}/roles", town.ada, json={"name": "cooks"})
        entries = (await log(town, "action_type=30"))[:2]
        for client in clients.values():
            await client.beat()
        told = [{**each, "guild_id": str(town.guild)} for each in reversed(entries)]
        assert clients["ada", ALL].named(NEWS) == told
        assert clients["ben", ALL].named(NEWS) == told
        assert clients["carol", ALL].named(NEWS) == []
        assert clients["ada", ALL & ~Intent.GUILD_MODERATION].named(NEWS) == []
