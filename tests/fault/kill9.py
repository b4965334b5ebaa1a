"""Kill -9 under load, again and again: no acknowledged message lost, none twice, gateway clients resume without a gap.

``python -m tests.fault.kill9 --rounds 20`` prints the table.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from tests.fault.listener import Listener
from tests.fault.process import ServerProcess, free_port, make_owner

POSTERS = 8


class Tally(msgspec.Struct):
    """What was acknowledged: nonce -> message id."""

    acknowledged: dict[str, str] = {}
    retried: int = 0
    contradictions: list[str] = []


class Report(msgspec.Struct, frozen=True):
    """The audit after all rounds."""

    rounds: int
    acknowledged: int
    retried: int
    stored: int
    lost: int
    twice: int
    heard: int
    gaps: int
    heard_twice: int
    out_of_order: int
    resumed: int
    identified_again: int

    def failures(self) -> list[str]:
        """What must be zero and is not."""
        names = ("lost", "twice", "gaps", "heard_twice", "out_of_order")
        return [f"{name} = {getattr(self, name)}" for name in names if getattr(self, name)]


async def run(folder: Path, rounds: int, seed: int = 1) -> Report:
    """All rounds on one data folder."""
    dice = random.Random(seed)
    data = folder / "data"
    token = await make_owner(data)
    server = ServerProcess(data, free_port())
    await server.start()
    channel = await make_channel(server.url, token)
    tally = Tally()
    listener = Listener(server.url, token, channel)
    listening = asyncio.create_task(listener.run())
    await asyncio.wait_for(listener.ready.wait(), 15)
    stop = asyncio.Event()
    posters = [asyncio.create_task(_post(server.url, token, channel, n, tally, stop)) for n in range(POSTERS)]
    for _ in range(rounds):
        await _until_progress(tally, 40)
        await asyncio.sleep(dice.uniform(0.05, 0.5))  # die at another moment of the work each time
        await server.kill()
        await server.start()
    await _until_progress(tally, 40)
    stop.set()
    await asyncio.gather(*posters)
    await _until_heard(listener, data, channel)
    listening.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await listening
    status = await server.stop()
    assert status == 0, f"the server left with {status} after SIGTERM:\n{server.log.read_text()[-2000:]}"
    return _audit(data, channel, rounds, tally, listener)


async def make_channel(url: str, token: str) -> str:
    headers = {"Authorization": token}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.post(f"{url}/api/v10/guilds", json={"name": "Fault"}) as answer:
            guild = (await answer.json())["id"]
        async with session.post(f"{url}/api/v10/guilds/{guild}/channels", json={"name": "storm", "type": 0}) as answer:
            return str((await answer.json())["id"])


async def _post(url: str, token: str, channel: str, number: int, tally: Tally, stop: asyncio.Event) -> None:
    """Post for ever; what was not answered is sent again with the same nonce, as clients do."""
    count = 0
    async with aiohttp.ClientSession(headers={"Authorization": token}) as session:
        while not stop.is_set():
            count += 1
            nonce = f"{number}-{count}"
            body = {"content": f"message {nonce}", "nonce": nonce}
            while True:
                try:
                    async with session.post(f"{url}/api/v10/channels/{channel}/messages", json=body) as answer:
                        if answer.status != 200:
                            raise aiohttp.ClientError(f"{answer.status} {await answer.text()}")
                        _acknowledge(tally, nonce, (await answer.json())["id"])
                        break
                except (aiohttp.ClientError, ConnectionError, TimeoutError):
                    tally.retried += 1
                    await asyncio.sleep(0.05)


def _acknowledge(tally: Tally, nonce: str, message_id: str) -> None:
    if tally.acknowledged.setdefault(nonce, message_id) != message_id:
        tally.contradictions.append(nonce)


async def _until_progress(tally: Tally, more: int) -> None:
    goal = len(tally.acknowledged) + more
    async with asyncio.timeout(60):
        while len(tally.acknowledged) < goal:
            await asyncio.sleep(0.01)


def _stored(data: Path, channel: str) -> list[tuple[str, str]]:
    with contextlib.closing(sqlite3.connect(data / "agora.db")) as db:
        rows = db.execute("SELECT id, nonce FROM messages_message WHERE channel_id = ? ORDER BY id", (int(channel),))
        return [(str(row[0]), str(row[1])) for row in rows]


async def _until_heard(listener: Listener, data: Path, channel: str) -> None:
    newest = _stored(data, channel)[-1][0]
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(20):
            while newest not in listener.heard:
                await asyncio.sleep(0.05)


def _audit(data: Path, channel: str, rounds: int, tally: Tally, listener: Listener) -> Report:
    stored = _stored(data, channel)
    ids = [message_id for message_id, _ in stored]
    nonces = [nonce for _, nonce in stored]
    heard = listener.heard
    return Report(
        rounds=rounds,
        acknowledged=len(tally.acknowledged),
        retried=tally.retried,
        stored=len(stored),
        lost=len(set(tally.acknowledged.values()) - set(ids)),
        twice=len(nonces) - len(set(nonces)) + len(tally.contradictions),
        heard=len(heard),
        gaps=len(set(ids) - set(heard)),
        heard_twice=len(heard) - len(set(heard)),
        out_of_order=sum(a > b for a, b in zip(listener.sequences, listener.sequences[1:], strict=False)),
        resumed=listener.resumed,
        identified_again=listener.identified - 1,
    )


def table(report: Report) -> str:
    """The report as lines for people."""
    fields: dict[str, Any] = msgspec.structs.asdict(report)
    return "\n".join(f"{name.replace('_', ' '):<18}{value:>8}" for name, value in fields.items())


def main() -> None:
    """The long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(run(Path(folder), rounds))
    print(table(report))
    if failures := report.failures():
        raise SystemExit("FAILED: " + ", ".join(failures))


if __name__ == "__main__":
    main()
