"""Following a channel: who may, what it makes, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from agora.domains.talk.webhooks.tokens import WebhookTokens
from tests.domains.talk.announcements.scene import API, Scene
from tests.domains.talk.shapes import check_shape


def followers(scene: Scene) -> str:
    """Where one follows."""
    return f"{API}/channels/{scene.news}/followers"


async def test_following_makes_a_webhook_and_says_so(scene: Scene) -> None:
    kit, body = scene.kit, {"webhook_channel_id": str(scene.target)}
    answer = await kit.scenario("POST", followers(scene), scene.cy, json=body, events=["WebhookCreated", "MessageSent"])
    check_shape("ChannelFollowerResponse", answer.json)
    assert answer.json["channel_id"] == str(scene.news)
    hooks = (await kit.request("GET", f"{API}/channels/{scene.target}/webhooks", scene.cy)).json
    assert [each["id"] for each in hooks] == [answer.json["webhook_id"]]
    hook = hooks[0]
    check_shape("ChannelFollowerWebhookResponse", hook)
    assert (hook["type"], hook["name"], hook["user"]["username"]) == (2, "Source #news", "cy")
    assert hook["source_guild"] == {"id": str(scene.guild), "name": "Source", "icon": None}
    assert hook["source_channel"] == {"id": str(scene.news), "name": "news"}
    assert "token" not in hook and "url" not in hook
    notice = (await kit.request("GET", f"{API}/channels/{scene.target}/messages", scene.cy)).json[0]
    check_shape("MessageResponse", notice)
    assert (notice["type"], notice["content"], notice["author"]["username"]) == (12, "Source #news", "cy")
    assert notice["message_reference"] == {"type": 0, "channel_id": str(scene.news), "guild_id": str(scene.guild)}
    # once more is the same follower, and nothing new is said
    again = await kit.scenario("POST", followers(scene), scene.cy, json=body, events=[])
    assert again.json == answer.json
    await kit.settle()
    log = (await kit.request("GET", f"{API}/guilds/{scene.away}/audit-logs?action_type=50", scene.cy)).json
    assert [entry["target_id"] for entry in log["audit_log_entries"]] == [hook["id"]]


async def test_who_may_follow_what(scene: Scene) -> None:
    kit, text = scene.kit, await scene.kit.channel(scene.ada, scene.guild, "text")
    hidden = await kit.channel(
        scene.ada, scene.guild, "hidden", type=5, permission_overwrites=[{"id": str(scene.guild), "type": 0, "deny": "1024"}]
    )
    forum = await kit.channel(scene.cy, scene.away, "forum", type=15)

    async def refused(source: int, target: int, person: Any, status: int, code: str) -> None:
        path, body = f"{API}/channels/{source}/followers", {"webhook_channel_id": str(target)}
        await kit.scenario("POST", path, person, json=body, status=status, has=[f'"code":{code}'], lacks=["hidden"], events=[])

    await refused(text, scene.target, scene.cy, 400, "50024")  # no announcement channel
    await refused(scene.news, forum, scene.cy, 400, "50024")  # no place for copies
    await refused(scene.news, scene.news, scene.ada, 400, "50035")  # itself
    await refused(scene.news, text, scene.ben, 403, "50013")  # no webhooks to manage
    await refused(scene.news, scene.target, scene.ada, 404, "10003")  # a target in a community of others
    await refused(hidden, scene.target, scene.cy, 403, "50001")  # a source that one may not see
    dora = await kit.person("dora")
    theirs = await kit.guild(dora, name="Theirs")
    await refused(scene.news, await kit.channel(dora, theirs), dora, 404, "10003")  # nor one elsewhere
    await kit.scenario("POST", followers(scene), scene.cy, json={"webhook_channel_id": "x"}, status=400, has=["50035"])
    await kit.scenario("POST", followers(scene), scene.cy, json={}, status=400, has=["50035"])


async def test_a_channel_holds_fifteen_webhooks_of_any_kind(scene: Scene) -> None:
    for _ in range(15):
        path = f"{API}/channels/{scene.target}/webhooks"
        assert (await scene.kit.request("POST", path, scene.cy, json={"name": "Herald"})).status == 200
    body = {"webhook_channel_id": str(scene.target)}
    await scene.kit.scenario("POST", followers(scene), scene.cy, json=body, status=400, has=["30007"], events=[])


async def test_nobody_speaks_through_a_follower(scene: Scene) -> None:
    hook = await scene.follow()
    token = scene.kit.app.get(WebhookTokens).build(int(hook))
    path = f"{API}/webhooks/{hook}/{token}"
    await scene.kit.scenario("POST", path, json={"content": "x"}, status=404, has=["10015"], events=[])
    await scene.kit.scenario("DELETE", path, status=404, has=["10015"], events=[])


async def test_a_follower_is_renamed_moved_and_ended_like_any_webhook(scene: Scene) -> None:
    kit, hook = scene.kit, await scene.follow()
    one, other = f"{API}/webhooks/{hook}", await kit.channel(scene.cy, scene.away, "other")
    forum = await kit.channel(scene.cy, scene.away, "forum", type=15)
    await kit.scenario("PATCH", one, scene.cy, json={"channel_id": str(forum)}, status=400, has=["50024"])
    third = await kit.channel(scene.cy, scene.away, "third")
    await scene.follow(third)
    await kit.scenario("PATCH", one, scene.cy, json={"channel_id": str(third)}, status=400, has=["50035"], events=[])
    changed = await kit.scenario(
        "PATCH", one, scene.cy, json={"name": "Far away", "channel_id": str(other)}, events=["WebhookUpdated"]
    )
    check_shape("ChannelFollowerWebhookResponse", changed.json)
    await scene.published("moved")
    assert [(each["author"]["username"], each["content"]) for each in await scene.read(other)] == [("Far away", "moved")]
    await kit.scenario("DELETE", one, scene.cy, status=204, events=["WebhookDeleted"])
    message = await scene.published("nobody hears")
    await kit.request("PATCH", f"{API}/channels/{scene.news}/messages/{message['id']}", scene.ada, json={"content": "x"})
    await kit.settle()
    assert [each["content"] for each in await scene.read(other)] == ["moved"]


async def test_who_left_is_not_told_what_is_followed(scene: Scene) -> None:
    hook = await scene.follow()
    await scene.kit.request("DELETE", f"{API}/users/@me/guilds/{scene.guild}", scene.cy)
    told = await scene.kit.scenario("GET", f"{API}/webhooks/{hook}", scene.cy, lacks=["source_guild", "source_channel"])
    check_shape("ChannelFollowerWebhookResponse", told.json)


@pytest.mark.parametrize("what", ["channel", "guild"])
async def test_following_ends_with_what_is_followed(scene: Scene, what: str) -> None:
    hook = await scene.follow()
    message = await scene.published("stays")
    path = f"{API}/channels/{scene.news}" if what == "channel" else f"{API}/guilds/{scene.guild}"
    answer = await scene.kit.request("DELETE", path, scene.ada)
    assert answer.status in (200, 204), answer.text
    await scene.kit.settle()
    await scene.kit.scenario("GET", f"{API}/webhooks/{hook}", scene.cy, status=404, has=["10015"])
    left = await scene.read()
    assert [(each["content"], each["flags"]) for each in left] == [("stays", 2)], message


async def test_following_ends_with_the_channel_that_follows(scene: Scene) -> None:
    hook = await scene.follow()
    await scene.published()
    assert (await scene.kit.request("DELETE", f"{API}/channels/{scene.target}", scene.cy)).status == 200
    await scene.kit.settle()
    await scene.kit.scenario("GET", f"{API}/webhooks/{hook}", scene.cy, status=404, has=["10015"])
    await scene.published("on")  # nothing stands in the way
