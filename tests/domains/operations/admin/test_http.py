"""What the owner, and nobody else, sees of the server."""

from __future__ import annotations

from pathlib import Path

from agora.kernel.filekey import make_key
from tests.kit.server import Kit, open_kit

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


async def test_the_key_of_files(tmp_path: Path) -> None:
    made = make_key(tmp_path / "files.key")
    for key_file, shown in (("", None), (str(tmp_path / "files.key"), made.id)):
        async with open_kit(tmp_path / "data", flags={"files.key_file": key_file}) as kit:
            owner = await kit.person(f"root{len(key_file)}", owner=True)
            assert (await kit.request("GET", PATHS[0], owner)).json["files_key"] == shown


async def test_backup_over_http_is_the_owners(agora: Kit) -> None:
    owner = await agora.person("root", owner=True)
    guest = await agora.person("guest")
    await agora.scenario("POST", "/api/agora/backups", guest, status=403)
    done = (await agora.scenario("POST", "/api/agora/backups", owner, status=201)).json
    assert done["files"] >= 2
    assert done["size"] > 0
