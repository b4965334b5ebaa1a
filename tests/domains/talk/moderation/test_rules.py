"""AutoMod over REST: rules, what they do, whom they spare, and who hears of it."""

from __future__ import annotations

from typing import Any

from agora.domains.talk.moderation.queries import list_rules
from agora.protocol.permissions import Permission
from tests.domains.talk.threads.conftest import Loom, loom
from tests.kit.gateway import gateway_client

__all__ = ["loom"]
BLOCK = {"type": 1, "metadata": {"custom_message": "Mind your words."}}


async def make_rule(loom: Loom, *keywords: str, status: int = 200, code: int | None = None, **fields: Any) -> Any:
    body = {
        "name": "Words",
        "event_type": 1,
        "trigger_type": 1,
        "trigger_metadata": {"keyword_filter": list(keywords)},
        "actions": [BLOCK],
        "enabled": True,
        **fields,
    }
    return await loom.call("POST", f"/guilds/{loom.guild}/auto-moderation/rules", json=body, status=status, code=code)


async def refused(loom: Loom, content: str, channel: int | str | None = None, method: str = "POST", tail: str = "") -> Any:
    path = f"/channels/{channel or loom.room}/messages{tail}"
    return await loom.call(method, path, loom.ben, json={"content": content}, status=400, code=200000)


async def test_a_keyword_blocks_a_message_and_says_why(loom: Loom) -> None:
    await make_rule(loom, "turnip")
    answer = await refused(loom, "a Turnip!")
    assert answer["errors"]["content"]["_errors"][0] == {"code": "AUTO_MODERATION_MESSAGE", "message": "Mind your words."}
    said = await loom.say(loom.room, loom.ben, "turnips are fine")
    await refused(loom, "turnip after all", method="PATCH", tail=f"/{said['id']}")
    thread = (await loom.thread(loom.ben))["id"]
    await refused(loom, "turnip", thread)
    await loom.say(loom.room, content="who manages the community may say turnip")
    assert len(await loom.call("GET", f"/channels/{loom.room}/messages")) == 3


async def test_words_in_embeds_are_seen(loom: Loom) -> None:
    await make_rule(loom, "turnip")
    body = {"content": "x", "embeds": [{"title": "T", "fields": [{"name": "n", "value": "one turnip"}]}]}
    await loom.call("POST", f"/channels/{loom.room}/messages", loom.ben, json=body, status=400, code=200000)


async def test_mention_spam_alerts_and_times_out(loom: Loom) -> None:
    alerts = await loom.kit.channel(loom.ada, loom.guild, "alerts")
    actions = [{"type": 2, "metadata": {"channel_id": str(alerts)}}, {"type": 3, "metadata": {"duration_seconds": 600}}]
    metadata = {"mention_total_limit": 1}
    await make_rule(loom, trigger_type=5, trigger_metadata=metadata, actions=[BLOCK, *actions])
    async with gateway_client(loom.kit.session, loom.kit.url) as keeper, gateway_client(loom.kit.session, loom.kit.url) as other:
        await keeper.identify(loom.ada.token)
        await other.identify(loom.cleo.token)
        await refused(loom, f"<@{loom.ada.id}> <@{loom.cleo.id}>")
        await keeper.wait_for("GUILD_MEMBER_UPDATE")
        heard = keeper.named("AUTO_MODERATION_ACTION_EXECUTION")
        assert [each["action"]["type"] for each in heard] == [1, 2, 3]
        assert (heard[0]["user_id"], heard[0]["rule_trigger_type"]) == (str(loom.ben.id), 5)
        await other.beat()
        assert other.named("AUTO_MODERATION_ACTION_EXECUTION") == []
    alert = (await loom.call("GET", f"/channels/{alerts}/messages"))[0]
    assert (alert["type"], alert["id"]) == (24, heard[1]["alert_system_message_id"])
    assert alert["embeds"][0]["fields"][0]["value"] == "Words"
    member = await loom.call("GET", f"/guilds/{loom.guild}/members/{loom.ben.id}")
    assert member["communication_disabled_until"] is not None
    await loom.call("POST", f"/channels/{loom.room}/messages", loom.ben, json={"content": "x"}, status=403, code=50013)


async def test_exempt_roles_and_channels_and_disabled_rules(loom: Loom) -> None:
    role = await loom.role(loom.ben, 0)
    rule = await make_rule(loom, "turnip", exempt_roles=[str(role)])
    await loom.say(loom.room, loom.ben, "turnip")
    path = f"/guilds/{loom.guild}/auto-moderation/rules/{rule['id']}"
    changed = await loom.call("PATCH", path, json={"exempt_roles": [], "exempt_channels": [str(loom.room)]})
    assert (changed["exempt_roles"], changed["exempt_channels"]) == ([], [str(loom.room)])
    thread = (await loom.thread(loom.ben))["id"]
    await loom.say(thread, loom.ben, "turnip")
    await loom.call("PATCH", path, json={"exempt_channels": [], "trigger_metadata": {"keyword_filter": ["beet"]}})
    await loom.say(loom.room, loom.ben, "turnip")
    await refused(loom, "beet")
    await loom.call("PATCH", path, json={"enabled": False})
    await loom.say(loom.room, loom.ben, "beet")
    await loom.call("DELETE", path, status=204)
    await loom.call("GET", path, status=404)


async def test_only_who_manages_the_community_keeps_rules(loom: Loom) -> None:
    rule = await make_rule(loom, "x")
    path = f"/guilds/{loom.guild}/auto-moderation/rules"
    for person, status, code in ((loom.ben, 403, 50013), (loom.eve, 404, 10004)):
        await loom.call("GET", path, person, status=status, code=code)
        await loom.call("DELETE", f"{path}/{rule['id']}", person, status=status, code=code)
    await loom.role(loom.ben, Permission.MANAGE_GUILD)
    assert [each["id"] for each in await loom.call("GET", path, loom.ben)] == [rule["id"]]
    timeout = {"name": "T", "actions": [{"type": 3, "metadata": {"duration_seconds": 5}}]}
    await loom.call("PATCH", f"{path}/{rule['id']}", loom.ben, json=timeout, status=403, code=50013)


async def test_bad_rules_are_refused(loom: Loom) -> None:
    other = await loom.kit.guild(loom.eve, name="Elsewhere")
    elsewhere = await loom.kit.channel(loom.eve, other)
    for fields in (
        {"actions": []},
        {"name": ""},
        {"trigger_type": 3},
        {"trigger_metadata": {"regex_patterns": ["("]}},
        {"trigger_metadata": {"regex_patterns": ["x" * 261]}},
        {"trigger_metadata": {"regex_patterns": [""]}},
        {"trigger_metadata": {"regex_patterns": ["a"] * 11}},
        {"trigger_metadata": {"keyword_filter": ["**"]}},
        {"actions": [{"type": 2, "metadata": {"channel_id": str(elsewhere)}}]},
        {"actions": [{"type": 3, "metadata": {"duration_seconds": 9_999_999}}]},
        {"exempt_roles": ["5"]},
        {"exempt_channels": [str(elsewhere)]},
    ):
        await make_rule(loom, "x", status=400, code=50035, **fields)
    for _ in range(6):
        await make_rule(loom, "x")
    await make_rule(loom, "x", status=400, code=50035)


async def test_the_audit_log_tells_of_rules_and_what_they_did(loom: Loom) -> None:
    rule = await make_rule(loom, "turnip")
    await loom.call("PATCH", f"/guilds/{loom.guild}/auto-moderation/rules/{rule['id']}", json={"name": "Roots"})
    await refused(loom, "turnip")
    await loom.kit.settle()
    log = (await loom.call("GET", f"/guilds/{loom.guild}/audit-logs"))["audit_log_entries"]
    assert [each["action_type"] for each in log[:3]] == [143, 141, 140]
    assert log[0]["options"]["auto_moderation_rule_name"] == "Roots"


async def test_reports_go_to_moderators_who_decide(loom: Loom) -> None:
    said = await loom.say(loom.room, loom.ben, "Something bad")
    path = f"/api/agora/channels/{loom.room}/messages/{said['id']}/report"
    body = {"category": "abuse", "reason": " Rude "}
    made = await loom.kit.request("POST", path, loom.cleo, json=body)
    assert (made.status, made.json["reason"], made.json["content"]) == (201, "Rude", "Something bad")
    assert (await loom.kit.request("POST", path, loom.cleo, json=body)).json["id"] == made.json["id"]
    assert (await loom.kit.request("POST", path, loom.eve, json=body)).status == 404
    await loom.call("PATCH", f"/channels/{loom.room}/messages/{said['id']}", loom.ben, json={"content": "Nothing"})
    queue = f"/api/agora/guilds/{loom.guild}/reports"
    assert (await loom.kit.request("GET", queue, loom.ben)).status == 403
    assert [each["content"] for each in (await loom.kit.request("GET", queue, loom.ada)).json["items"]] == ["Something bad"]
    one = f"/api/agora/reports/{made.json['id']}"
    assert (await loom.kit.request("POST", one, loom.cleo, json={"decision": "dismiss"})).status == 403
    assert (await loom.kit.request("POST", one, loom.eve, json={"decision": "dismiss"})).status == 404
    decided = await loom.kit.request("POST", one, loom.ada, json={"decision": "delete", "note": "Not here"})
    assert (decided.json["state"], decided.json["resolved_by"]) == ("acted", str(loom.ada.id))
    await loom.call("GET", f"/channels/{loom.room}/messages/{said['id']}", status=404)
    assert (await loom.kit.request("POST", one, loom.ada, json={"decision": "dismiss"})).status == 409
    assert (await loom.kit.request("GET", queue, loom.ada)).json["items"] == []


async def test_reports_of_channels_a_moderator_does_not_see_stay_hidden(loom: Loom) -> None:
    await loom.role(loom.cleo, Permission.MODERATE_MEMBERS)
    said = await loom.say(loom.room, loom.ada)
    path = f"/api/agora/channels/{loom.room}/messages/{said['id']}/report"
    made = (await loom.kit.request("POST", path, loom.ben, json={})).json
    hide = {"type": 1, "allow": "0", "deny": str(int(Permission.VIEW_CHANNEL))}
    await loom.call("PUT", f"/channels/{loom.room}/permissions/{loom.cleo.id}", json=hide)
    assert (await loom.kit.request("GET", f"/api/agora/guilds/{loom.guild}/reports", loom.cleo)).json["items"] == []
    answer = await loom.kit.request("POST", f"/api/agora/reports/{made['id']}", loom.cleo, json={"decision": "dismiss"})
    assert answer.status == 404


async def test_expressions_block_and_outlive_a_restart(loom: Loom) -> None:
    metadata = {"regex_patterns": [r"fr[e3]{2}\s*m[o0]ney", r"\b\d{4}-\d{4}\b"], "allow_list": ["0000-0000"]}
    rule = await make_rule(loom, trigger_metadata=metadata)
    assert rule["trigger_metadata"] == {"keyword_filter": [], **metadata}
    async with gateway_client(loom.kit.session, loom.kit.url) as keeper:
        await keeper.identify(loom.ada.token)
        await refused(loom, "FR33  Money!")
        heard = await keeper.wait_for("AUTO_MODERATION_ACTION_EXECUTION")
        assert (heard["matched_keyword"], heard["matched_content"]) == (metadata["regex_patterns"][0], "FR33  Money")
    await refused(loom, "call 1234-5678")
    await loom.say(loom.room, loom.ben, "call 0000-0000")
    assert [each.patterns for each in await loom.kit.app.db.read(list_rules)] == [tuple(metadata["regex_patterns"])]
    path = f"/guilds/{loom.guild}/auto-moderation/rules/{rule['id']}"
    await loom.call("PATCH", path, json={"trigger_metadata": {"regex_patterns": []}})
    await loom.say(loom.room, loom.ben, "free money")
    await loom.kit.settle()
    entries = (await loom.call("GET", f"/guilds/{loom.guild}/audit-logs?action_type=141"))["audit_log_entries"]
    assert {"key": "regex_patterns", "old_value": metadata["regex_patterns"], "new_value": []} in entries[0]["changes"]


async def test_an_expression_that_is_none_says_which_and_why(loom: Loom) -> None:
    metadata = {"regex_patterns": ["fine", "(?=no)"]}
    answer = await make_rule(loom, trigger_metadata=metadata, status=400, code=50035)
    (problem,) = answer["errors"]["trigger_metadata"]["regex_patterns"]["1"]["_errors"]
    assert problem["code"] == "AUTO_MODERATION_INVALID_REGEX"
    assert "invalid perl operator: (?=" in problem["message"]
