"""What the owner, and nobody else, sees of the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kit.server import Kit

PATHS = ("/api/agora/admin/system", "/api/agora/admin/config")


async def test_only_the_owner_looks(agora: Kit) -> None:
    guest = await agora.person("guest")
    for path in PATHS:
        await agora.scenario("GET", path, status=401)
        await agora.scenario("GET", path, guest, status=403)


async def test_system_and_settings(agora: Kit) -> None:
    owner = await agora.person("root", owner=True)
    system = (await agora.scenario("GET", PATHS[0], owner, status=200)).json
    assert system["memory"]["process"] > 1 << 20
    assert system["disk"]["database"] > 0
    assert system["cpu"]["cores"] >= 1
    settings = (await agora.scenario("GET", PATHS[1], owner, status=200)).json["items"]
    port = next(item for item in settings if (item["section"], item["key"]) == ("server", "port"))
    assert (port["value"], port["default"], port["origin"]) == (0, 8420, "flag")


async def test_backup_over_http_is_the_owners(agora: Kit) -> None:
    owner = await agora.person("root", owner=True)
    guest = await agora.person("guest")
    await agora.scenario("POST", "/api/agora/backups", guest, status=403)
    done = (await agora.scenario("POST", "/api/agora/backups", owner, status=201)).json
    assert done["files"] >= 2
    assert done["size"] > 0
