"""For every event: what a client was told first, plus the events since, equals what it would be told now.

The strongest test of real time (after Zulip's ``verify_action``): an audience that is too narrow, a field that is missing in an
event, a channel that was not taken back, all end in two different states.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agora.gateway import connection as connection_module
from agora.gateway import gateway as gateway_module
from agora.gateway.ports import Dispatch, Spread
from agora.protocol.opcodes import Op
from agora.protocol.permissions import Permission
from tests.contract.description import Description
from tests.contract.state import STATELESS, State
from tests.contract.story import Story
from tests.domains.talk.expressions.pictures import HEADERS, PICTURE, sticker_form
from tests.kit.gateway import GatewayClient, gateway_client
from tests.kit.server import Kit, Person, open_kit

VIEW = str(int(Permission.VIEW_CHANNEL))
Step = Callable[["Scene"], Awaitable[Any]]


class Scene:
    """Four people with a client each, in one community of three; ``made`` keeps the ids of what the steps make."""

    def __init__(self, story: Story, people: dict[str, Person], guild_id: int) -> None:
        self.story = story
        self.people = people
        self.guild = f"/guilds/{guild_id}"
        self.guild_id = str(guild_id)
        self.clients: dict[str, GatewayClient] = {}
        self.made: dict[str, Any] = {}

    async def by(self, name: str, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """A call of one of the people."""
        return await self.story.call(self.people[name], method, path, body, status)

    def id(self, name: str) -> str:
        """Somebody's id."""
        return str(self.people[name].id)

    async def fresh(self, name: str) -> State:
        """What this person is told who connects now."""
        async with gateway_client(self.story.kit.session, self.story.kit.url) as client:
            await client.identify(self.people[name].token)
            return State(client.dispatches)

    async def check(self, step: str) -> None:
        """Everybody's knowledge equals a fresh one."""
        for name, client in self.clients.items():
            await client.beat()
            known, fresh = State(client.dispatches).plain(), (await self.fresh(name)).plain()
            assert known == fresh, f"after {step!r} {name} has drifted: {_difference(known, fresh)}"


async def make_text(s: Scene) -> None:
    body = {"name": "talk", "type": 0, "topic": "About all", "parent_id": s.made.get("category")}
    s.made["talk"] = (await s.by("owner", "POST", f"{s.guild}/channels", body))["id"]


async def make_category(s: Scene) -> None:
    s.made["category"] = (await s.by("owner", "POST", f"{s.guild}/channels", {"name": "Rooms", "type": 4}))["id"]


async def make_hidden(s: Scene) -> None:
    hide = [{"id": s.guild_id, "type": 0, "allow": "0", "deny": VIEW}]
    body = {"name": "hidden", "type": 0, "permission_overwrites": hide}
    s.made["hidden"] = (await s.by("owner", "POST", f"{s.guild}/channels", body))["id"]


async def edit_channel(s: Scene) -> None:
    await s.by("owner", "PATCH", f"/channels/{s.made['talk']}", {"name": "chatter", "topic": None, "nsfw": True})


async def move_channel(s: Scene) -> None:
    await s.by("owner", "PATCH", f"{s.guild}/channels", [{"id": s.made["talk"], "position": 3, "parent_id": None}], 204)


async def overwrite(s: Scene, kind: int, target: str, *, channel: str = "hidden", allow: str = "0", deny: str = "0") -> None:
    body = {"type": kind, "allow": allow, "deny": deny}
    await s.by("owner", "PUT", f"/channels/{s.made[channel]}/permissions/{target}", body, 204)


async def make_role(s: Scene) -> None:
    body = {"name": "Keepers", "color": 0x3366FF, "hoist": True, "permissions": "0"}
    s.made["role"] = (await s.by("owner", "POST", f"{s.guild}/roles", body))["id"]


async def make_bot(s: Scene) -> None:
    answer = await s.story.kit.request(
        "POST", "/api/agora/bots", s.people["owner"], json={"name": "helper-bot", "guild_id": s.guild_id}
    )
    assert answer.status in (200, 201), answer.text
    s.made["bot"] = answer.json["id"]


async def say(s: Scene, name: str, channel: str, **more: Any) -> None:
    body = {"content": f"hello from {name}", **more}
    s.made["message"] = (await s.by(name, "POST", f"/channels/{s.made[channel]}/messages", body))["id"]


def _carried(s: Scene) -> dict[str, Any]:
    return {"type": 1, "message_id": s.made["message"], "channel_id": s.made["talk"]}


async def pin(s: Scene, channel: str, method: str) -> None:
    await s.by("owner", method, f"/channels/{s.made[channel]}/messages/pins/{s.made['message']}", status=204)


async def react(s: Scene, method: str, tail: str, name: str = "member") -> None:
    path = f"/channels/{s.made['talk']}/messages/{s.made['message']}/reactions{tail}"
    await s.by(name, method, path, status=204)


async def bulk_delete(s: Scene) -> None:
    ids = []
    for _ in range(2):
        await say(s, "owner", "talk")
        ids.append(s.made["message"])
    await s.by("owner", "POST", f"/channels/{s.made['talk']}/messages/bulk-delete", {"messages": ids}, 204)


async def open_dm(s: Scene) -> None:
    s.made["dm"] = (await s.by("member", "POST", "/users/@me/channels", {"recipient_id": s.id("owner")}))["id"]


async def open_group(s: Scene) -> None:
    body = {"recipients": [s.id("owner"), s.id("friend")]}
    s.made["group"] = (await s.by("member", "POST", "/users/@me/channels", body))["id"]


async def recipient(s: Scene, name: str, method: str, who: str) -> None:
    await s.by(name, method, f"/channels/{s.made['group']}/recipients/{s.id(who)}", status=204)


async def invite(s: Scene) -> None:
    s.made["code"] = (await s.by("owner", "POST", f"/channels/{s.made['talk']}/invites", {"max_age": 0}))["code"]


async def webhook(s: Scene) -> None:
    hook = await s.by("owner", "POST", f"/channels/{s.made['talk']}/webhooks", {"name": "Herald"})
    await s.by("owner", "POST", f"/webhooks/{hook['id']}/{hook['token']}?wait=true", {"content": "hear", "username": "Crier"})
    await s.by("owner", "PATCH", f"/webhooks/{hook['id']}", {"name": "Bell"})
    await s.by("owner", "DELETE", f"/webhooks/{hook['id']}", status=204)


async def announcement(s: Scene) -> None:
    """One channel follows another; what is published there comes, changes and is taken back."""
    news = (await s.by("owner", "POST", f"{s.guild}/channels", {"name": "news", "type": 5}, 201))["id"]
    await s.by("owner", "POST", f"/channels/{news}/followers", {"webhook_channel_id": s.made["talk"]})
    one = f"/channels/{news}/messages/{(await s.by('owner', 'POST', f'/channels/{news}/messages', {'content': 'hear'}))['id']}"
    await s.by("owner", "POST", f"{one}/crosspost")
    await s.story.kit.settle()
    await s.by("owner", "PATCH", one, {"content": "changed"})
    await s.story.kit.settle()
    await s.by("owner", "DELETE", one, status=204)
    await s.story.kit.settle()
    await s.by("owner", "DELETE", f"/channels/{news}")
    await s.story.kit.settle()


async def emoji(s: Scene, method: str, **body: Any) -> None:
    path = f"{s.guild}/emojis" + ("" if method == "POST" else f"/{s.made['emoji']}")
    answer = await s.by("owner", method, path, body or None)
    if method == "POST":
        s.made["emoji"] = answer["id"]


async def sticker(s: Scene) -> None:
    path = f"/api/v10{s.guild}/stickers"
    answer = await s.story.kit.request("POST", path, s.people["owner"], data=sticker_form(), headers=HEADERS)
    assert answer.status == 201, answer.text
    s.made["sticker"] = answer.json["id"]


async def from_template(s: Scene) -> None:
    """The stranger makes a community as the first one is, roles and hidden channels included."""
    code = (await s.by("owner", "POST", f"{s.guild}/templates", {"name": "T"}))["code"]
    await s.by("stranger", "POST", f"/guilds/templates/{code}", {"name": "Copy"}, 201)


async def status(s: Scene, name: str, value: str) -> None:
    client = s.clients[name]
    await client.send(Op.PRESENCE_UPDATE, {"status": value, "since": 0, "activities": [], "afk": False})


async def keep_status(s: Scene, body: dict[str, Any]) -> None:
    answer = await s.story.kit.request("PATCH", "/api/v10/users/@me/settings", s.people["member"], json=body)
    assert answer.status == 200, answer.text


async def found_guild(s: Scene) -> None:
    s.made["second"] = (await s.by("friend", "POST", "/guilds", {"name": "Second"}))["id"]


async def delete_guild(s: Scene) -> None:
    await s.by("friend", "DELETE", f"/guilds/{s.made['second']}", status=204)


async def start_thread(s: Scene, name: str, key: str, **body: Any) -> None:
    body = {"name": key, "type": 11, **body}
    s.made[key] = (await s.by(name, "POST", f"/channels/{s.made['talk']}/threads", body))["id"]


async def start_from_message(s: Scene) -> None:
    path = f"/channels/{s.made['talk']}/messages/{s.made['message']}/threads"
    s.made["from_message"] = (await s.by("member", "POST", path, {"name": "From a message"}))["id"]


async def make_forum(s: Scene) -> None:
    body = {"name": "forum", "type": 15, "available_tags": [{"name": "a"}]}
    s.made["forum"] = (await s.by("owner", "POST", f"{s.guild}/channels", body))["id"]
    post = {"name": "post", "message": {"content": "first"}}
    s.made["post"] = (await s.by("friend", "POST", f"/channels/{s.made['forum']}/threads", post))["id"]


async def delete_thread_messages(s: Scene) -> None:
    ids = []
    for _ in range(3):
        await say(s, "owner", "thread")
        ids.append(s.made["message"])
    await s.by("owner", "DELETE", f"/channels/{s.made['thread']}/messages/{ids[0]}", status=204)
    await s.by("owner", "POST", f"/channels/{s.made['thread']}/messages/bulk-delete", {"messages": ids[1:]}, 204)


async def thread_member(s: Scene, name: str, method: str, thread: str, who: str) -> None:
    target = "@me" if who == "@me" else s.id(who)
    await s.by(name, method, f"/channels/{s.made[thread]}/thread-members/{target}", status=204)


async def manage_threads(s: Scene, *, allow: bool) -> None:
    bits = str(int(Permission.MANAGE_THREADS)) if allow else "0"
    await overwrite(s, 1, s.id("friend"), channel="talk", allow=bits)


async def hear_more(s: Scene) -> None:
    path = f"/api/v10/channels/{s.made['thread']}/thread-members/@me/settings"
    assert (await s.story.kit.request("PATCH", path, s.people["owner"], json={"flags": 2})).status == 200


async def wish(s: Scene, body: dict[str, Any]) -> None:
    path = f"/api/v10/users/@me/guilds/{s.guild_id}/settings"
    answer = await s.story.kit.request("PATCH", path, s.people["member"], json=body)
    assert answer.status == 200, answer.text


async def move_thread(s: Scene, thread: str, channel: str) -> None:
    path = f"/api/agora/channels/{s.made[thread]}/move"
    answer = await s.story.kit.request("POST", path, s.people["owner"], json={"parent_id": s.made[channel]})
    assert answer.status == 200, answer.text


async def merge_thread(s: Scene, thread: str, other: str) -> None:
    path = f"/api/agora/channels/{s.made[thread]}/merge"
    answer = await s.story.kit.request("POST", path, s.people["owner"], json={"thread_id": s.made[other]})
    assert answer.status == 200, answer.text


THREAD_STEPS: list[tuple[str, Step]] = [
    ("a thread", lambda s: start_thread(s, "member", "thread")),
    ("a message in it", lambda s: say(s, "friend", "thread")),
    ("messages deleted in it", delete_thread_messages),
    ("joining it", lambda s: thread_member(s, "owner", "PUT", "thread", "@me")),
    ("wanting to hear more of it", hear_more),
    ("leaving it", lambda s: thread_member(s, "owner", "DELETE", "thread", "@me")),
    ("it is renamed", lambda s: s.by("member", "PATCH", f"/channels/{s.made['thread']}", {"name": "new name"})),
    ("it is archived", lambda s: s.by("member", "PATCH", f"/channels/{s.made['thread']}", {"archived": True})),
    ("it opens again", lambda s: s.by("member", "PATCH", f"/channels/{s.made['thread']}", {"archived": False})),
    ("it is archived again", lambda s: s.by("member", "PATCH", f"/channels/{s.made['thread']}", {"archived": True})),
    ("it opens by a message", lambda s: say(s, "owner", "thread")),
    ("a message to begin with", lambda s: say(s, "owner", "talk")),
    ("a thread from a message", start_from_message),
    ("a private thread", lambda s: start_thread(s, "member", "private", type=12)),
    ("a message there", lambda s: say(s, "member", "private")),
    ("somebody is asked in", lambda s: thread_member(s, "member", "PUT", "private", "friend")),
    ("and put out", lambda s: thread_member(s, "member", "DELETE", "private", "friend")),
    ("somebody may manage threads", lambda s: manage_threads(s, allow=True)),
    ("and may no more", lambda s: manage_threads(s, allow=False)),
    ("the thread moved out of sight", lambda s: move_thread(s, "thread", "hidden")),
    ("a message out of sight", lambda s: say(s, "owner", "thread")),
    ("and back", lambda s: move_thread(s, "thread", "talk")),
    ("another thread", lambda s: start_thread(s, "friend", "doomed")),
    ("a message to be moved", lambda s: say(s, "friend", "doomed")),
    ("one goes into the other", lambda s: merge_thread(s, "doomed", "thread")),
    ("a forum with a post", make_forum),
    ("an answer", lambda s: say(s, "owner", "post")),
    ("the channel hidden from a reader of threads", lambda s: overwrite(s, 1, s.id("friend"), channel="talk", deny=VIEW)),
    ("and shown", lambda s: overwrite(s, 1, s.id("friend"), channel="talk")),
    ("the thread deleted", lambda s: s.by("owner", "DELETE", f"/channels/{s.made['thread']}")),
    ("the forum deleted", lambda s: s.by("owner", "DELETE", f"/channels/{s.made['forum']}")),
    ("a message in the channel", lambda s: say(s, "member", "talk")),
]

STEPS: list[tuple[str, Step]] = [
    ("a category", make_category),
    ("a channel in it", make_text),
    ("a hidden channel", make_hidden),
    ("a message", lambda s: say(s, "member", "talk")),
    ("a message in the hidden channel", lambda s: say(s, "owner", "hidden")),
    ("a mention", lambda s: say(s, "owner", "talk", content=f"<@{s.id('member')}> hi")),
    ("a reply", lambda s: say(s, "member", "talk", message_reference={"message_id": s.made["message"]})),
    ("a forward", lambda s: say(s, "member", "talk", content="", message_reference=_carried(s))),
    ("a message again", lambda s: say(s, "member", "talk")),
    ("an edit", lambda s: s.by("member", "PATCH", f"/channels/{s.made['talk']}/messages/{s.made['message']}", {"content": "x"})),
    ("a pin", lambda s: pin(s, "talk", "PUT")),
    ("an unpin", lambda s: pin(s, "talk", "DELETE")),
    ("a reaction", lambda s: react(s, "PUT", "/%F0%9F%91%8D/@me")),
    ("a reaction taken back", lambda s: react(s, "DELETE", "/%F0%9F%91%8D/@me")),
    (
        "a reaction cleared",
        lambda s: _then(react(s, "PUT", "/%F0%9F%91%8D/@me"), lambda: react(s, "DELETE", "/%F0%9F%91%8D", "owner")),
    ),
    ("all reactions cleared", lambda s: _then(react(s, "PUT", "/%F0%9F%91%8D/@me"), lambda: react(s, "DELETE", "", "owner"))),
    ("a call that is read", lambda s: say(s, "owner", "talk", content=f"<@{s.id('member')}> again")),
    ("wishes about the guild", lambda s: wish(s, {"suppress_roles": True, "channel_overrides": {s.made["talk"]: {"muted": True}}})),
    ("a read mark", lambda s: s.by("member", "POST", f"/channels/{s.made['talk']}/messages/{s.made['message']}/ack", {}, None)),
    *THREAD_STEPS,
    ("typing", lambda s: s.by("member", "POST", f"/channels/{s.made['talk']}/typing", status=204)),
    (
        "a deleted message",
        lambda s: s.by("owner", "DELETE", f"/channels/{s.made['talk']}/messages/{s.made['message']}", status=204),
    ),
    ("messages deleted together", bulk_delete),
    ("a channel edited", edit_channel),
    ("a channel moved", move_channel),
    ("the hidden channel shown to a member", lambda s: overwrite(s, 1, s.id("member"), allow=VIEW)),
    ("a message there", lambda s: say(s, "member", "hidden")),
    (
        "and hidden again",
        lambda s: s.by("owner", "DELETE", f"/channels/{s.made['hidden']}/permissions/{s.id('member')}", status=204),
    ),
    ("a channel hidden from one", lambda s: overwrite(s, 1, s.id("friend"), channel="talk", deny=VIEW)),
    ("a webhook", webhook),
    ("an announcement", announcement),
    ("an emoji", lambda s: emoji(s, "POST", name="wave", image=PICTURE)),
    ("an emoji renamed", lambda s: emoji(s, "PATCH", name="hello")),
    ("a guild edited that has one", lambda s: s.by("owner", "PATCH", s.guild, {"description": "With an emoji"})),
    ("an emoji deleted", lambda s: emoji(s, "DELETE")),
    ("a sticker", sticker),
    ("a sticker sent", lambda s: say(s, "member", "talk", content="", sticker_ids=[s.made["sticker"]])),
    ("a sticker renamed", lambda s: s.by("owner", "PATCH", f"{s.guild}/stickers/{s.made['sticker']}", {"name": "Other"})),
    ("a sticker deleted", lambda s: s.by("owner", "DELETE", f"{s.guild}/stickers/{s.made['sticker']}", status=204)),
    ("a role", make_role),
    ("the hidden channel shown to the role", lambda s: overwrite(s, 0, s.made["role"], allow=VIEW)),
    ("a guild made from a template", from_template),
    ("the role given", lambda s: s.by("owner", "PUT", f"{s.guild}/members/{s.id('member')}/roles/{s.made['role']}", status=204)),
    ("the role edited", lambda s: s.by("owner", "PATCH", f"{s.guild}/roles/{s.made['role']}", {"name": "K", "mentionable": True})),
    ("the role with all rights", lambda s: s.by("owner", "PATCH", f"{s.guild}/roles/{s.made['role']}", {"permissions": "8"})),
    ("the role without rights", lambda s: s.by("owner", "PATCH", f"{s.guild}/roles/{s.made['role']}", {"permissions": "0"})),
    ("the role taken", lambda s: s.by("owner", "DELETE", f"{s.guild}/members/{s.id('member')}/roles/{s.made['role']}", status=204)),
    (
        "the role given by an edit",
        lambda s: s.by("owner", "PATCH", f"{s.guild}/members/{s.id('member')}", {"roles": [s.made["role"]]}),
    ),
    ("the role deleted", lambda s: s.by("owner", "DELETE", f"{s.guild}/roles/{s.made['role']}", status=204)),
    ("everyone loses sight", lambda s: s.by("owner", "PATCH", f"{s.guild}/roles/{s.guild_id}", {"permissions": "0"})),
    (
        "everyone sees again",
        lambda s: s.by("owner", "PATCH", f"{s.guild}/roles/{s.guild_id}", {"permissions": str(int(VIEW) | 2048)}),
    ),
    ("a nickname", lambda s: s.by("owner", "PATCH", f"{s.guild}/members/{s.id('member')}", {"nick": "Mem"})),
    ("a user renamed", lambda s: s.by("member", "PATCH", "/users/@me", {"global_name": "The Member"})),
    ("a direct message channel", open_dm),
    ("a direct message", lambda s: say(s, "owner", "dm")),
    ("a user renamed who is in it", lambda s: s.by("owner", "PATCH", "/users/@me", {"global_name": "The Owner"})),
    ("a group", open_group),
    ("a message in the group", lambda s: say(s, "friend", "group")),
    ("one put out of it", lambda s: recipient(s, "member", "DELETE", "friend")),
    ("a message without them", lambda s: say(s, "owner", "group")),
    ("and taken in again", lambda s: recipient(s, "owner", "PUT", "friend")),
    ("a message to all", lambda s: say(s, "member", "group")),
    ("the group named", lambda s: s.by("friend", "PATCH", f"/channels/{s.made['group']}", {"name": "Us"})),
    ("the group called by its people", lambda s: s.by("friend", "PATCH", f"/channels/{s.made['group']}", {"name": None})),
    ("the group left by who made it", lambda s: s.by("member", "DELETE", f"/channels/{s.made['group']}")),
    ("the group left", lambda s: s.by("friend", "DELETE", f"/channels/{s.made['group']}")),
    ("idle", lambda s: status(s, "member", "idle")),
    ("invisible", lambda s: status(s, "member", "invisible")),
    ("online again", lambda s: status(s, "member", "online")),
    ("a custom status", lambda s: keep_status(s, {"custom_status": {"text": "Tea", "emoji_name": "🍵"}})),
    ("busy on all devices", lambda s: keep_status(s, {"status": "dnd"})),
    ("hidden on all devices", lambda s: keep_status(s, {"status": "invisible"})),
    ("shown, and without words", lambda s: keep_status(s, {"status": "online", "custom_status": None})),
    ("the guild edited", lambda s: s.by("owner", "PATCH", s.guild, {"name": "Renamed", "description": "Ours"})),
    ("a bot", make_bot),
    ("the bot removed", lambda s: s.by("owner", "DELETE", f"{s.guild}/members/{s.made['bot']}", status=204)),
    ("an invitation", invite),
    ("joining by it", lambda s: s.by("stranger", "POST", f"/invites/{s.made['code']}", {})),
    ("a message to the newcomer", lambda s: say(s, "owner", "talk")),
    ("leaving", lambda s: s.by("stranger", "DELETE", f"/users/@me/guilds/{s.guild_id}", status=204)),
    ("a second invitation", invite),
    ("it is withdrawn", lambda s: s.by("owner", "DELETE", f"/invites/{s.made['code']}")),
    ("another guild", found_guild),
    ("another guild deleted", delete_guild),
    ("a kick", lambda s: s.by("owner", "DELETE", f"{s.guild}/members/{s.id('friend')}", status=204)),
    ("a ban", lambda s: s.by("owner", "PUT", f"{s.guild}/bans/{s.id('friend')}", {}, 204)),
    ("a ban lifted", lambda s: s.by("owner", "DELETE", f"{s.guild}/bans/{s.id('friend')}", status=204)),
    ("the category deleted", lambda s: s.by("owner", "DELETE", f"/channels/{s.made['category']}")),
    ("a channel deleted", lambda s: s.by("owner", "DELETE", f"/channels/{s.made['talk']}")),
    ("the hidden channel deleted", lambda s: s.by("owner", "DELETE", f"/channels/{s.made['hidden']}")),
    ("the guild handed over", lambda s: s.by("owner", "PATCH", s.guild, {"owner_id": s.id("member")})),
]


async def _then(first: Awaitable[Any], second: Callable[[], Awaitable[Any]]) -> None:
    await first
    await second()


@pytest.fixture
async def scene(agora: Kit, discord_description: Description | None) -> AsyncIterator[Scene]:
    """The people, connected."""
    people = {name: await agora.person(f"the-{name}") for name in ("owner", "member", "friend", "stranger")}
    guild_id = await agora.guild(people["owner"], people["member"], people["friend"])
    scene = Scene(Story(agora, discord_description), people, guild_id)
    async with contextlib.AsyncExitStack() as stack:
        for name, person in people.items():
            client = await stack.enter_async_context(gateway_client(agora.session, agora.url))
            await client.identify(person.token)
            scene.clients[name] = client
        yield scene


async def test_ready_and_events_equal_a_fresh_ready(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    # each step is one heartbeat of each client: on a quick machine more of them in a minute than a client may send
    monkeypatch.setattr(connection_module, "PAYLOADS_PER_WINDOW", 10 * len(STEPS))
    await scene.check("connecting")
    for name, step in STEPS:
        await step(scene)
        await scene.check(name)
    seen = {payload["t"] for client in scene.clients.values() for payload in client.dispatches}
    offered = {o.name for d in scene.story.kit.app.domains for o in d.offers if isinstance(o, Dispatch | Spread)}
    assert offered - seen - STATELESS == set(), "events that change what clients know, but that no step makes"
    assert {"PRESENCE_UPDATE", "TYPING_START", "MESSAGE_REACTION_REMOVE_EMOJI", "GUILD_BAN_ADD", "INVITE_CREATE"} <= seen


def _difference(known: Any, fresh: Any, path: str = "") -> str:
    """The first place where two states differ."""
    if isinstance(known, dict) and isinstance(fresh, dict):
        for key in sorted(known.keys() | fresh.keys()):
            if known.get(key, "(absent)") != fresh.get(key, "(absent)"):
                return _difference(known.get(key, "(absent)"), fresh.get(key, "(absent)"), f"{path}/{key}")
    return f"{path}: known {json.dumps(known)[:300]}, fresh {json.dumps(fresh)[:300]}"


async def test_who_resumes_after_a_restart_knows_what_a_fresh_client_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who was there before does not come back: nobody whispers that, the client is told when it resumes."""
    monkeypatch.setattr(gateway_module, "REFRESH_S", 0.1)
    async with aiohttp.ClientSession() as http:
        async with open_kit(tmp_path / "data") as kit:
            owner, gone = await kit.person("the-owner"), await kit.person("the-gone")
            guild = await kit.guild(owner, gone)
            channel = await kit.channel(owner, guild)
            before = await GatewayClient(http, kit.url).connect()
            await before.identify(owner.token)
            other = await GatewayClient(http, kit.url).connect()
            await other.identify(gone.token)
            await before.wait_for("PRESENCE_UPDATE", lambda d: d["user"]["id"] == str(gone.id) and d["status"] == "online")
        await before.closed()
        await other.closed()
        async with open_kit(tmp_path / "data") as kit:
            await kit.request("POST", f"/api/v10/channels/{channel}/messages", gone, json={"content": "missed"})
            async with gateway_client(http, kit.url) as after, gateway_client(http, kit.url) as fresh:
                await after.resume(owner.token, before.session_id, before.seq)
                await after.wait_for("PRESENCE_UPDATE", lambda d: d["user"]["id"] == str(gone.id))
                await after.beat()
                await fresh.identify(owner.token)
                known = State([*before.dispatches, *after.dispatches]).plain()
                assert known == State(fresh.dispatches).plain(), _difference(known, State(fresh.dispatches).plain())
                assert after.named("MESSAGE_CREATE")[0]["content"] == "missed"
