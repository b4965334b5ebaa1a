"""Files of messages with a key: encrypted on disk, served and searched as ever; keys that are wrong, changed or given up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from agora.domains.operations.backups.archive import write_backup
from agora.domains.operations.backups.restore import restore_backup
from agora.domains.operations.doctor.files import check_files
from agora.domains.talk.files.cli import cli
from agora.domains.talk.files.sealing import Sealed, seal_all, unseal_all
from agora.kernel.config import Config
from agora.kernel.domain import load_domains
from agora.kernel.errors import SetupError
from agora.kernel.filekey import list_keys, make_key, open_vault
from agora.kernel.files import Files
from agora.kernel.migrate import count_steps
from agora.kernel.settings import KERNEL
from agora.kernel.vault import MAGIC, Vault
from tests.domains.talk.conftest import Room
from tests.domains.talk.files.samples import docx, fetch, paragraphs, pdf, png, send_files
from tests.domains.talk.files.test_reading import all_read, found
from tests.kit.server import Kit, open_kit

SECRET = b"The treasure lies under the third oak. " * 5000


async def make_room(kit: Kit) -> Room:
    """A room of Ada's."""
    ada, ben, eve = [await kit.person(name) for name in ("ada", "ben", "eve")]
    guild = await kit.guild(ada, ben)
    return Room(kit, ada, ben, eve, guild, await kit.channel(ada, guild))


def stored(data: Path) -> list[Path]:
    """All files on disk, drafts included."""
    return [path for path in (data / "files").rglob("*") if path.is_file() and path.name != "sealed-with"]


def config_with(folder: Path, key: str) -> Config:
    """Settings with this key."""
    (folder / "agora.toml").write_text(f'[server]\ndata = "data"\n[files]\nkey_file = "{key}"\n', encoding="utf-8")
    return Config.load(folder / "agora.toml", {}, sections=KERNEL)


async def test_uploaded_served_searched_restarted_and_restored(tmp_path: Path) -> None:
    data, key = tmp_path / "data", tmp_path / "files.key"
    async with open_kit(data) as kit:
        room = await make_room(kit)
        before = (await send_files(room, ("before.txt", b"plain from before")))["attachments"][0]
    make_key(key)
    flags = {"files.key_file": str(key)}
    async with open_kit(data, flags=flags) as kit:
        room = Room(kit, room.ada, room.ben, room.eve, room.guild, room.channel)
        files = (("map.txt", SECRET), ("p.png", png(300, 200)), ("d.pdf", pdf("walnut")), ("w.docx", docx(paragraphs("chestnut"))))
        sent = (await send_files(room, *files))["attachments"]
        assert (sent[1]["width"], sent[1]["height"]) == (300, 200), "measured through the encryption"
        assert not any(b"third oak" in path.read_bytes() for path in stored(data))
        assert sum(path.read_bytes().startswith(MAGIC) for path in stored(data)) == 4
        whole = await fetch(room, sent[0]["url"])
        assert (whole.status, whole.body) == (200, SECRET)
        part = await fetch(room, sent[0]["url"], Range="bytes=70000-140000")
        assert (part.status, part.body) == (206, SECRET[70_000:140_001])
        await all_read(room)
        for word in ("oak", "walnut", "chestnut", "before"):
            assert len(await found(room, word)) == 1, word
    write_backup(data, tmp_path / "b.zip")
    restore_backup(tmp_path / "b.zip", tmp_path / "new", count_steps(load_domains()))
    for folder in (data, tmp_path / "new"):
        async with open_kit(folder, flags=flags) as kit:
            room = Room(kit, room.ada, room.ben, room.eve, room.guild, room.channel)
            messages = (await kit.request("GET", f"/api/v10/channels/{room.channel}/messages", room.ada)).json
            urls = [file["url"] for message in messages for file in message["attachments"]]
            bodies = [(await fetch(room, url)).body for url in urls]
            assert bodies == [*(content for _, content in files), b"plain from before"]
    assert before["size"] == 17


async def test_a_wrong_or_missing_key_stops_the_start_and_loses_nothing(tmp_path: Path) -> None:
    data, key, other = tmp_path / "data", tmp_path / "files.key", tmp_path / "other.key"
    made, _ = make_key(key), make_key(other)
    flags = {"files.key_file": str(key)}
    async with open_kit(data, flags=flags) as kit:
        room = await make_room(kit)
        url = (await send_files(room, ("map.txt", SECRET)))["attachments"][0]["url"]
    for wrong, said in (("", "key_file is not set"), (str(other), "to the right one"), (str(tmp_path / "none"), "cannot be read")):
        with pytest.raises(SetupError, match=said):
            async with open_kit(data, flags={"files.key_file": wrong}):
                pass
    assert list_keys(data / "files") == [made.id]
    async with open_kit(data, flags=flags) as kit:
        room = Room(kit, room.ada, room.ben, room.eve, room.guild, room.channel)
        path = url.removeprefix(url[: url.index("/attachments")])
        assert (await kit.request("GET", path)).body == SECRET
        # one that is damaged on disk is told as such, before the first byte
        [sealed] = [each for each in stored(data) if each.read_bytes().startswith(MAGIC)]
        sealed.write_bytes(sealed.read_bytes()[:-1])
        broken = await kit.request("GET", path, headers={"Range": "bytes=-5"})
        assert broken.status == 503
        assert "damaged" in broken.text


async def test_encrypting_what_was_plain_changing_the_key_and_going_back(tmp_path: Path) -> None:
    folder, contents = tmp_path / "files", [b"", b"one", SECRET]
    refs = [await Files(folder).put(each) for each in contents]
    first, second = Vault(bytes(32)), Vault(bytes(range(32)))

    async def check(vault: Vault | None) -> None:
        files = Files(folder, vault=vault)
        assert [await files.read(ref.hash) for ref in refs] == contents
        assert sorted(files.list_hashes()) == sorted(ref.hash for ref in refs)
        assert not list((folder / "drafts").iterdir())

    assert seal_all(Files(folder, vault=first)) == Sealed(changed=3)
    assert {path.suffix for path in Files(folder).list_paths()} == {".sealed"}
    await check(first)
    assert seal_all(Files(folder, vault=first)) == Sealed(kept=3)
    with pytest.raises(SetupError, match="--old-key"):
        seal_all(Files(folder, vault=second))
    assert seal_all(Files(folder, vault=second), first) == Sealed(changed=3)
    assert list_keys(folder) == [second.id]
    await check(second)
    assert unseal_all(Files(folder, vault=second)) == Sealed(changed=3)
    assert list_keys(folder) == []
    await check(None)
    with pytest.raises(SetupError, match="key_file is not set"):
        seal_all(Files(folder))


async def test_a_damaged_file_is_left_and_its_key_remembered(tmp_path: Path) -> None:
    folder, first, second = tmp_path / "files", Vault(bytes(32)), Vault(bytes(range(32)))
    files = Files(folder, vault=first)
    good, bad = await files.put(b"good"), await files.put(b"bad")
    seal_all(files)
    path = files.find_path(bad.hash)
    assert path is not None
    damaged = path.read_bytes()[:-1]
    path.write_bytes(damaged)
    assert seal_all(Files(folder, vault=second), first) == Sealed(changed=1, broken=1)
    assert path.read_bytes() == damaged
    assert list_keys(folder) == [second.id, first.id]
    assert await Files(folder, vault=second).read(good.hash) == b"good"


def run(*words: str) -> Any:
    """A command of ``agora files``, which must work; its JSON."""
    done = CliRunner().invoke(cli, [*words, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


async def test_the_commands_and_the_doctor(tmp_path: Path) -> None:
    data, config = tmp_path / "data", tmp_path / "agora.toml"
    ref = await Files(data / "files").put(SECRET)
    made = run("key", str(tmp_path / "files.key"))
    settings = config_with(tmp_path, "files.key")

    def doctor() -> list[tuple[str, str]]:
        return [(finding.state, finding.what) for finding in check_files(settings, data)]

    key = made["key"]
    assert doctor() == [("ok", f"0 are encrypted with the key {key}"), ("warning", "1 are not encrypted.")]
    assert run("encrypt", "--config", str(config)) == {"changed": 1, "kept": 0, "broken": 0}
    assert doctor() == [("ok", f"1 are encrypted with the key {key}")]
    (tmp_path / "files.key").chmod(0o644)
    assert doctor()[0] == ("failed", f"Others can read the key {tmp_path / 'files.key'}.")
    run("key", str(tmp_path / "new.key"))
    settings = config_with(tmp_path, "new.key")
    [(state, said)] = doctor()
    assert state == "failed" and key in said
    refused = CliRunner().invoke(cli, ["encrypt", "--config", str(config)])
    assert refused.exit_code != 0 and isinstance(refused.exception, SetupError)
    assert run("encrypt", "--config", str(config), "--old-key", str(tmp_path / "files.key"))["changed"] == 1
    assert run("decrypt", "--config", str(config))["changed"] == 1
    assert open_vault(None, data / "files") is None
    assert await Files(data / "files").read(ref.hash) == SECRET
    # a key within the folder is as good as none for who takes it
    make_key(data / "inside.key")
    settings = config_with(tmp_path, "data/inside.key")
    assert ("warning", f"The key {tmp_path / 'data/inside.key'} lies in the data folder.") in doctor()
