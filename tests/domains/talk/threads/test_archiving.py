"""Quiet threads are archived in time, also those that fell quiet while the server was down."""

from __future__ import annotations

from pathlib import Path

from agora.domains.place.permissions import Directory
from agora.domains.talk.threads.jobs import archive_quiet
from agora.kernel.clock import FrozenClock
from agora.kernel.ctx import system
from tests.kit.server import open_kit

HOUR_MS = 60 * 60_000


async def test_quiet_threads_are_archived(tmp_path: Path) -> None:
    clock = FrozenClock()
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        ada = await kit.person("ada")
        guild = await kit.guild(ada)
        room = await kit.channel(ada, guild)
        path = f"/api/v10/channels/{room}/threads"
        body = {"name": "T", "type": 11, "auto_archive_duration": 60}
        quiet, lively = [(await kit.request("POST", path, ada, json=body)).json["id"] for _ in range(2)]
        clock.advance(HOUR_MS - 1000)
        await kit.request("POST", f"/api/v10/channels/{lively}/messages", ada, json={"content": "still here"})
        await archive_quiet(system(kit.app))
        kit.take_events()
        clock.advance(1000)
        await archive_quiet(system(kit.app))
        assert kit.take_events() == ["ThreadUpdated"]
        found = {each: (await kit.request("GET", f"/api/v10/channels/{each}", ada)).json for each in (quiet, lively)}
        assert found[quiet]["thread_metadata"]["archived"]
        assert not found[lively]["thread_metadata"]["archived"]
        await kit.settle()
        log = (await kit.request("GET", f"/api/v10/guilds/{guild}/audit-logs?action_type=111", ada)).json
        assert log["audit_log_entries"] == []
    clock.advance(HOUR_MS)
    async with open_kit(tmp_path / "data", clock=clock) as kit:
        await archive_quiet(system(kit.app))
        found = kit.app.get(Directory).threads(guild)
        assert [each.thread is not None and each.thread.archived for each in found] == [True, True]
