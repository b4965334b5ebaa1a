"""Every implemented route that Discord describes answers as Discord describes it, for success and for what goes wrong."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from agora.domains.place import guilds
from agora.domains.talk.interactions.events import InteractionCreated
from agora.gateway import ROUTES as GATEWAY_ROUTES
from agora.kernel.http import Route
from tests.contract.description import PREFIX, Description, Undescribed
from tests.contract.story import Story
from tests.domains.talk.expressions.pictures import HEADERS, PICTURE, sticker_form
from tests.kit.server import Kit, Person

THUMB = "%F0%9F%91%8D"


class Tour:
    """Calls of one person, with the ids of what the calls make."""

    def __init__(self, story: Story, person: Person, guild: str) -> None:
        self.story = story
        self.person = person
        self.guild = guild
        self.called: set[tuple[str, str]] = set()

    async def __call__(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        self.called.add((method, path.partition("?")[0]))
        return await self.story.call(self.person, method, path, body, status)


async def visit_messages(call: Tour, channel: str) -> None:
    """All routes of messages, pins and reactions."""
    messages = f"/channels/{channel}/messages"
    first = (await call("POST", messages, {"content": "first", "nonce": "1", "tts": False}))["id"]
    reply = {"content": "second", "message_reference": {"message_id": first}, "embeds": [{"title": "T", "fields": []}]}
    second = (await call("POST", messages, reply))["id"]
    forward = {"message_reference": {"type": 1, "message_id": second, "channel_id": channel}}
    carried = (await call("POST", messages, forward))["id"]
    await call("GET", f"{messages}/{carried}")
    await call("DELETE", f"{messages}/{carried}", status=204)
    one = f"{messages}/{first}"
    await call("PATCH", one, {"content": "**changed**"})
    await call("POST", f"/channels/{channel}/typing", status=204)
    for pins in (f"{messages}/pins", f"/channels/{channel}/pins"):
        await call("PUT", f"{pins}/{first}", status=204)
        await call("GET", pins)
        await call("DELETE", f"{pins}/{first}", status=204)
    await visit_reactions(call, f"{one}/reactions")
    await call("GET", f"{messages}?limit=10")
    await call("GET", f"{messages}?around={first}")
    await call("GET", f"{messages}/{second}")
    await call("GET", f"/guilds/{call.guild}/messages/search?content=second")
    await call("DELETE", one, status=204)
    third = (await call("POST", messages, {"content": "third"}))["id"]
    await call("POST", f"{messages}/bulk-delete", {"messages": [second, third]}, 204)


async def visit_reactions(call: Tour, reactions: str, emoji: str = THUMB) -> None:
    """All routes of reactions, with one there when messages are read."""
    await call("PUT", f"{reactions}/{emoji}/@me", status=204)
    await call("GET", f"{reactions}/{emoji}")
    await call("GET", reactions.removesuffix("/reactions"))
    await call("DELETE", f"{reactions}/{emoji}/@me", status=204)
    await call("PUT", f"{reactions}/{emoji}/@me", status=204)
    await call("DELETE", f"{reactions}/{emoji}/{call.person.id}", status=204)
    await call("DELETE", f"{reactions}/{emoji}", status=204)
    await call("DELETE", reactions, status=204)


async def visit_guild(call: Tour, friend: Person) -> None:
    """All routes of communities, members, roles and bans."""
    guild, member = f"/guilds/{call.guild}", f"/guilds/{call.guild}/members/{friend.id}"
    await call("GET", f"{guild}?with_counts=true")
    await call("PATCH", guild, {"name": "Other", "description": "D"})
    role = (await call("POST", f"{guild}/roles", {"name": "R", "permissions": "0"}))["id"]
    await call("GET", f"{guild}/roles")
    await call("GET", f"{guild}/roles/{role}")
    await call("PATCH", f"{guild}/roles/{role}", {"name": "RR"})
    await call("PATCH", f"{guild}/roles", [{"id": role, "position": 1}])
    await call("PUT", f"{member}/roles/{role}", status=204)
    await call("GET", member)
    await call("GET", f"{guild}/members?limit=10")
    await call("GET", f"{guild}/members/search?query=the&limit=10")
    await call("PATCH", member, {"nick": "N"})
    await call("PATCH", f"{guild}/members/@me", {"nick": "Me"})
    await call("GET", f"/users/@me{guild}/member")
    await call("DELETE", f"{member}/roles/{role}", status=204)
    await call("DELETE", f"{guild}/roles/{role}", status=204)
    await call("DELETE", member, status=204)
    ban = f"{guild}/bans/{friend.id}"
    await call("PUT", ban, {}, 204)
    await call("GET", f"{guild}/bans")
    await call("GET", ban)
    await call("DELETE", ban, status=204)
    await visit_moderation(call)
    await call("POST", f"{guild}/bulk-ban", {"user_ids": [str(friend.id), "5"]})
    await call("GET", f"{guild}/prune?days=7")
    await call("POST", f"{guild}/prune", {"days": 7})
    await call("GET", f"{guild}/audit-logs")


async def visit_templates(call: Tour) -> None:
    """All routes of templates, with one of each kind of channel in it."""
    templates = f"/guilds/{call.guild}/templates"
    made = (await call("POST", templates, {"name": "T", "description": "D"}))["code"]
    await call("GET", templates)
    await call("GET", f"/guilds/templates/{made}")
    await call("PUT", f"{templates}/{made}")
    await call("PATCH", f"{templates}/{made}", {"name": "U", "description": None})
    await call("POST", f"/guilds/templates/{made}", {"name": "Copy"}, 201)
    await call("DELETE", f"{templates}/{made}")


async def visit_emojis(call: Tour, channel: str) -> None:
    """All routes of emojis, and a reaction with one."""
    emojis = f"/guilds/{call.guild}/emojis"
    made = (await call("POST", emojis, {"name": "wave", "image": PICTURE, "roles": []}, 201))["id"]
    await call("GET", emojis)
    await call("GET", f"{emojis}/{made}")
    await call("PATCH", f"{emojis}/{made}", {"name": "hello"})
    await call("GET", f"/guilds/{call.guild}")
    message = (await call("POST", f"/channels/{channel}/messages", {"content": f"<:hello:{made}>"}))["id"]
    await visit_reactions(call, f"/channels/{channel}/messages/{message}/reactions", f"hello:{made}")
    await call("DELETE", f"{emojis}/{made}", status=204)


async def visit_stickers(call: Tour, channel: str) -> None:
    """All routes of stickers, and a message that is one."""
    stickers = f"/guilds/{call.guild}/stickers"
    answer = await call.story.kit.request("POST", PREFIX + stickers, call.person, data=sticker_form(), headers=HEADERS)
    assert answer.status == 201, answer.text
    call.story.check("POST", PREFIX + stickers, answer.status, answer.json)
    call.called.add(("POST", stickers))
    made = answer.json["id"]
    await call("GET", stickers)
    await call("GET", f"{stickers}/{made}")
    await call("GET", f"/stickers/{made}")
    await call("PATCH", f"{stickers}/{made}", {"name": "Other"})
    await call("GET", f"/guilds/{call.guild}")
    sent = await call("POST", f"/channels/{channel}/messages", {"sticker_ids": [made]})
    await call("GET", f"/channels/{channel}/messages/{sent['id']}")
    await call("DELETE", f"{stickers}/{made}", status=204)


async def visit_moderation(call: Tour) -> None:
    """All routes of AutoMod."""
    rules = f"/guilds/{call.guild}/auto-moderation/rules"
    block, pause = {"type": 1, "metadata": {"custom_message": "No"}}, {"type": 3, "metadata": {"duration_seconds": 60}}
    words = {"keyword_filter": ["*://*"], "allow_list": ["https://agora.example"]}
    rule = {"name": "Links", "event_type": 1, "trigger_type": 1, "trigger_metadata": words, "actions": [block, pause]}
    made = (await call("POST", rules, rule))["id"]
    await call("POST", rules, {**rule, "trigger_type": 5, "trigger_metadata": {"mention_total_limit": 5}})
    await call("GET", rules)
    await call("GET", f"{rules}/{made}")
    await call("PATCH", f"{rules}/{made}", {"enabled": True})
    await call("DELETE", f"{rules}/{made}", status=204)


async def visit_channels(call: Tour, friend: Person) -> str:
    """All routes of channels and invitations; returns a text channel."""
    channels = f"/guilds/{call.guild}/channels"
    category = (await call("POST", channels, {"name": "C", "type": 4}))["id"]
    channel = (await call("POST", channels, {"name": "t", "type": 0, "parent_id": category}))["id"]
    await call("PUT", f"/channels/{channel}/permissions/{friend.id}", {"type": 1, "allow": "1024", "deny": "0"}, 204)
    await call("GET", channels)
    await call("GET", f"/channels/{channel}")
    await call("PATCH", f"/channels/{channel}", {"topic": "T", "rate_limit_per_user": 0})
    await call("PATCH", channels, [{"id": channel, "position": 2}], 204)
    await call("DELETE", f"/channels/{channel}/permissions/{friend.id}", status=204)
    invites = f"/channels/{channel}/invites"
    code = (await call("POST", invites, {}, 200))["code"]
    await call("GET", invites)
    await call("GET", f"/guilds/{call.guild}/invites")
    await call("GET", f"/invites/{code}?with_counts=true")
    await call("DELETE", f"/invites/{code}")
    await call("DELETE", f"/channels/{category}")
    return str(channel)


async def visit_webhooks(call: Tour, channel: str) -> None:
    """All routes of webhooks: for who manages them, and by their token."""
    hooks = f"/channels/{channel}/webhooks"
    hook = await call("POST", hooks, {"name": "W"})
    await call("GET", hooks)
    await call("GET", f"/guilds/{call.guild}/webhooks")
    managed, own = f"/webhooks/{hook['id']}", f"/webhooks/{hook['id']}/{hook['token']}"
    for path in (managed, own):
        await call("GET", path)
        await call("PATCH", path, {"name": "V"})
    said = f"{own}/messages/{(await call('POST', f'{own}?wait=true', {'content': 'said', 'username': 'U'}))['id']}"
    await call("POST", own, {"content": "quiet"}, 204)
    await call("GET", said)
    await call("PATCH", said, {"content": "changed"})
    await call("DELETE", said, status=204)
    # the one answer that is no JSON: Slack's programs look for these two letters
    slack = f"{own}/slack"
    answer = await call.story.kit.request("POST", PREFIX + slack, json={"text": "from Slack"})
    call.story.check("POST", PREFIX + slack, answer.status, answer.text)
    call.called.add(("POST", slack))
    await call("DELETE", own, status=204)
    again = await call("POST", hooks, {"name": "W"})
    await call("DELETE", f"/webhooks/{again['id']}", status=204)


async def visit_announcements(call: Tour, channel: str) -> None:
    """Following and publishing; the webhooks of who follows have a shape of their own."""
    news = (await call("POST", f"/guilds/{call.guild}/channels", {"name": "news", "type": 5}, 201))["id"]
    followed = await call("POST", f"/channels/{news}/followers", {"webhook_channel_id": channel})
    said = await call("POST", f"/channels/{news}/messages", {"content": "hear"})
    await call("POST", f"/channels/{news}/messages/{said['id']}/crosspost")
    await call("POST", f"/channels/{news}/messages/{said['id']}/crosspost", status=400)
    await call.story.kit.settle()
    one = f"/webhooks/{followed['webhook_id']}"
    await call("GET", one)
    await call("PATCH", one, {"name": "V"})
    for listing in (f"/channels/{channel}/webhooks", f"/guilds/{call.guild}/webhooks", f"/channels/{channel}/messages?limit=3"):
        await call("GET", listing)
    await call("DELETE", one, status=204)
    await call("DELETE", f"/channels/{news}")


async def visit_threads(call: Tour, channel: str, friend: Person) -> None:
    """All routes of threads and forums."""
    message = (await call("POST", f"/channels/{channel}/messages", {"content": "begin"}))["id"]
    first = (await call("POST", f"/channels/{channel}/messages/{message}/threads", {"name": "first"}))["id"]
    private = (await call("POST", f"/channels/{channel}/threads", {"name": "private", "type": 12}))["id"]
    await call("GET", f"/channels/{first}")
    await call("GET", f"/channels/{channel}/messages")
    await call("PUT", f"/channels/{private}/thread-members/{friend.id}", status=204)
    await call("GET", f"/channels/{private}/thread-members?with_member=true")
    await call("GET", f"/channels/{private}/thread-members/{friend.id}")
    await call("DELETE", f"/channels/{private}/thread-members/{friend.id}", status=204)
    await call("DELETE", f"/channels/{private}/thread-members/@me", status=204)
    await call("PUT", f"/channels/{private}/thread-members/@me", status=204)
    await call("GET", f"/guilds/{call.guild}/threads/active")
    for thread in (first, private):
        await call("PATCH", f"/channels/{thread}", {"archived": True})
    await call("GET", f"/channels/{channel}/threads/archived/public")
    await call("GET", f"/channels/{channel}/threads/archived/private")
    await call("GET", f"/channels/{channel}/users/@me/threads/archived/private")
    body = {"name": "f", "type": 15, "available_tags": [{"name": "a", "emoji_name": "\N{THUMBS UP SIGN}"}], "flags": 16}
    forum = await call("POST", f"/guilds/{call.guild}/channels", body)
    post = {"name": "p", "message": {"content": "c"}, "applied_tags": [forum["available_tags"][0]["id"]]}
    await call("POST", f"/channels/{forum['id']}/threads", post)
    await call("GET", f"/channels/{forum['id']}/threads/search?limit=5")
    await call("DELETE", f"/channels/{first}")


async def visit_polls(call: Tour, channel: str) -> None:
    """All routes of polls."""
    answers = [{"poll_media": {"text": "Yes", "emoji": {"name": "\N{THUMBS UP SIGN}"}}}, {"poll_media": {"text": "No"}}]
    body = {"poll": {"question": {"text": "Well?"}, "answers": answers, "duration": 1, "allow_multiselect": False}}
    message = (await call("POST", f"/channels/{channel}/messages", body))["id"]
    poll = f"/channels/{channel}/polls/{message}"
    votes = f"/api/v10{poll}/answers/@me"
    assert (await call.story.kit.request("PUT", votes, call.person, json={"answer_ids": [1]})).status == 204
    await call("GET", f"{poll}/answers/1")
    await call("GET", f"/channels/{channel}/messages/{message}")
    await call("POST", f"{poll}/expire")
    await call("GET", f"/channels/{channel}/messages")


async def visit_applications(app: Tour, call: Tour) -> None:
    """All routes of applications and integrations; the bot leaves at the end."""
    for path in ("/applications/@me", f"/applications/{app.person.id}"):
        await app("GET", path)
        await app("PATCH", path, {"description": f"Of {path}", "icon": PICTURE})
    await call("GET", f"/guilds/{app.guild}/integrations")
    await call("GET", f"/guilds/{app.guild}/preview")
    await call("GET", f"/guilds/{app.guild}/roles/member-counts")
    await call("DELETE", f"/guilds/{app.guild}/integrations/{app.person.id}", status=204)


async def visit_app_emojis(app: Tour) -> None:
    """All routes of an application's emojis."""
    emojis = f"/applications/{app.person.id}/emojis"
    made = (await app("POST", emojis, {"name": "wave", "image": PICTURE}, 201))["id"]
    await app("GET", emojis)
    await app("GET", f"{emojis}/{made}")
    await app("PATCH", f"{emojis}/{made}", {"name": "hello"})
    await app("DELETE", f"{emojis}/{made}", status=204)


async def visit_commands(app: Tour, call: Tour, channel: str) -> None:
    """All routes of commands, and of answers to one that is used."""
    for base in (f"/applications/{app.person.id}", f"/applications/{app.person.id}/guilds/{app.guild}"):
        body = {"name": "say", "description": "Says", "options": [{"type": 3, "name": "what", "description": "What"}]}
        made = await app("POST", f"{base}/commands", body, 201)
        await app("POST", f"{base}/commands", body, 200)
        await app("PATCH", f"{base}/commands/{made['id']}", {"description": "Says it"})
        await app("GET", f"{base}/commands/{made['id']}")
        await app("GET", f"{base}/commands?with_localizations=true")
        await app("PUT", f"{base}/commands", [body, {"name": "Look", "type": 3}])
    rules = f"/applications/{app.person.id}/guilds/{app.guild}/commands/{made['id']}/permissions"
    await call("PUT", rules, {"permissions": [{"id": app.guild, "type": 1, "permission": True}]})
    await call("GET", rules)
    await call("GET", f"/applications/{app.person.id}/guilds/{app.guild}/commands/permissions")
    await visit_answers(app, call, channel, made["id"])
    for base in (f"/applications/{app.person.id}", f"/applications/{app.person.id}/guilds/{app.guild}"):
        for each in await app("GET", f"{base}/commands"):
            await app("DELETE", f"{base}/commands/{each['id']}", status=204)


async def visit_answers(app: Tour, call: Tour, channel: str, command: str) -> None:
    """All routes of answers."""
    kit = call.story.kit
    data = {"id": command, "name": "say", "type": 1, "options": [{"type": 3, "name": "what", "value": "x"}]}
    body = {"type": 2, "application_id": str(app.person.id), "channel_id": channel, "guild_id": app.guild, "data": data}
    kit.take_recorded()
    assert (await kit.request("POST", "/api/v10/interactions", call.person, json=body)).status == 204
    event = next(each.event for each in kit.take_recorded() if isinstance(each.event, InteractionCreated))
    asked = msgspec.json.decode(event.wire)
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "B", "custom_id": "b"}]}
    answer = {"type": 4, "data": {"content": "hello", "components": [row]}}
    await app("POST", f"/interactions/{asked['id']}/{asked['token']}/callback?with_response=true", answer)
    hook = f"/webhooks/{app.person.id}/{asked['token']}"
    second = await app("POST", hook, {"content": "more", "embeds": [{"title": "T"}]})
    for one in (f"{hook}/messages/@original", f"{hook}/messages/{second['id']}"):
        await app("GET", one)
        await app("PATCH", one, {"content": "changed"})
        await app("DELETE", one, status=204)


async def visit_own(call: Tour, friend: Person, other: Person) -> None:
    """All routes about oneself."""
    for path in ("/users/@me", f"/users/{friend.id}", "/users/@me/guilds", "/applications/@me", "/oauth2/applications/@me"):
        await call("GET", path)
    await call("PATCH", "/users/@me", {"global_name": "Me"})
    direct = (await call("POST", "/users/@me/channels", {"recipient_id": str(friend.id)}))["id"]
    await call("POST", f"/channels/{direct}/messages", {"content": "hello"})
    await call("GET", f"/channels/{direct}")
    group = await call("POST", "/users/@me/channels", {"recipients": [str(friend.id), str(other.id)]})
    await call("GET", f"/channels/{group['id']}")
    await call("DELETE", f"/channels/{group['id']}/recipients/{other.id}", status=204)
    await call("PUT", f"/channels/{group['id']}/recipients/{other.id}", status=204)
    await call("PATCH", f"/channels/{group['id']}", {"name": "Us"})
    await call("GET", "/gateway")
    await call("GET", "/gateway/bot")


async def test_every_route_answers_as_discord_describes(agora: Kit, discord_description: Description | None) -> None:
    people = [await agora.person(f"the-{name}") for name in ("owner", "friend", "other")]
    owner, friend, other = people
    guild_id = await agora.guild(owner, friend, other)
    call = Tour(Story(agora, discord_description), owner, str(guild_id))
    await visit_own(call, friend, other)
    channel = await visit_channels(call, friend)
    await visit_messages(call, channel)
    await visit_emojis(call, channel)
    await visit_stickers(call, channel)
    await visit_webhooks(call, channel)
    await visit_announcements(call, channel)
    await visit_polls(call, channel)
    await visit_threads(call, channel, friend)
    await visit_templates(call)
    bot = await agora.person("the-bot", bot=True)
    await guilds.add_member(agora.ctx(), guild_id, bot.id)
    app = Tour(call.story, bot, call.guild)
    await visit_app_emojis(app)
    await visit_commands(app, call, channel)
    await visit_applications(app, call)
    await visit_guild(call, friend)
    leaver = Tour(call.story, other, call.guild)
    await leaver("DELETE", f"/users/@me/guilds/{guild_id}", status=204)
    missing = _described(agora, discord_description) - _routes(agora, call.called | leaver.called | app.called)
    assert missing == set(), "implemented and described, but never compared"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/users/1", None, 404, 10013),
        ("GET", "/channels/1", None, 404, 10003),
        ("GET", "/guilds/1", None, 404, 10004),
        ("GET", "/channels/{channel}/messages/1", None, 404, 10008),
        ("GET", "/guilds/{guild}/roles/1", None, 404, 10011),
        ("GET", "/guilds/{guild}/members/1", None, 404, 10007),
        ("GET", "/guilds/{guild}/emojis/1", None, 404, 10014),
        ("GET", "/guilds/{guild}/stickers/1", None, 404, 10060),
        ("GET", "/guilds/templates/x", None, 404, 10057),
        ("POST", "/channels/{channel}/messages", {"content": ""}, 400, 50006),
        ("POST", "/channels/{channel}/messages", {"content": 5}, 400, 50035),
        ("POST", "/guilds/{guild}/channels", {"name": ""}, 400, 50035),
        ("PATCH", "/users/@me", {"username": "x" * 100}, 400, 50035),
    ],
)
async def test_what_goes_wrong_has_discords_shape_and_code(
    agora: Kit, discord_description: Description | None, method: str, path: str, body: Any, status: int, code: int
) -> None:
    owner = await agora.person("the-owner")
    guild = await agora.guild(owner)
    channel = await agora.channel(owner, guild)
    story = Story(agora, discord_description)
    path = path.format(channel=channel, guild=guild)
    answer = await story.call(owner, method, path, body, status)
    assert answer["code"] == code
    assert answer["message"]
    unsigned = await agora.request(method, PREFIX + path, None, json=body)
    assert unsigned.status == 401
    assert unsigned.json == {"code": 0, "message": "401: Unauthorized"}


def _all_routes(kit: Kit) -> list[Route]:
    return [r for r in (*GATEWAY_ROUTES, *(r for d in kit.app.domains for r in d.routes)) if r.path.startswith(PREFIX)]


def _described(kit: Kit, description: Description | None) -> set[str]:
    """The implemented routes that Discord describes."""
    return {f"{r.method} {r.path}" for r in _all_routes(kit) if description is not None and _knows(description, r)}


def _knows(description: Description, route: Route) -> bool:
    try:
        return description.knows(route.method, re.sub(r"\{\w+(:[^}]*)?\}", "1", route.path))
    except Undescribed:
        return False


def _routes(kit: Kit, calls: set[tuple[str, str]]) -> set[str]:
    """The routes that these calls went to; fixed paths before those with parameters, as the server matches."""
    ordered = sorted(_all_routes(kit), key=lambda r: (r.path.count("{"), ":" not in r.path))
    found = set()
    for method, path in calls:
        for route in ordered:
            pattern = re.sub(r"\{\w+(?::([^}]*))?\}", lambda found: found[1] or "[^/]+", route.path)
            if route.method == method and re.fullmatch(pattern, PREFIX + path):
                found.add(f"{route.method} {route.path}")
                break
    return found
