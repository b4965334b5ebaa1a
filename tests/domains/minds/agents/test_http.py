"""The REST of agents: request, status, content and exactly the events fired."""

from __future__ import annotations

from pathlib import Path

from tests.domains.minds.agents.stage import open_stage

AGENTS = "/api/agora/agents"


async def test_the_owner_makes_changes_and_removes_an_agent(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        kit, owner = stage.kit, stage.owner
        body = {
            "name": "Noor",
            "traits": {"openness": 0.9},
            "interests": ["rivers", " rivers ", "maps"],
            "instructions": "Ask where the water goes.",
            "translations": {"fr": {"interests": ["rivières"], "instructions": "Demande où va l'eau."}},
            "guild_id": str(stage.guild_id),
        }
        made = await kit.scenario(
            "POST",
            AGENTS,
            owner,
            json=body,
            status=201,
            has=('"name":"Noor"', '"username":"noor"', '"interests":["rivers","maps"]', '"state":"active"'),
            events=("UserCreated", "AgentCreated", "MemberJoined"),
        )
        path = f"{AGENTS}/{made.json['id']}"
        assert made.json["traits"] == {
            "openness": 0.9,
            "conscientiousness": 0.5,
            "extraversion": 0.5,
            "agreeableness": 0.5,
            "neuroticism": 0.5,
        }
        changed = await kit.scenario(
            "PATCH", path, owner, json={"traits": {"neuroticism": 0.1}, "instructions": "Draw."}, events=("AgentUpdated",)
        )
        assert changed.json["traits"]["openness"] == 0.9
        assert changed.json["traits"]["neuroticism"] == 0.1
        assert changed.json["interests"] == ["rivers", "maps"]
        assert (await kit.request("GET", path, owner)).json == changed.json
        await kit.scenario("PATCH", path, owner, json={"name": "Nour"}, events=("UserUpdated", "AgentUpdated"))
        await kit.scenario("POST", path + "/pause", owner, has=('"state":"paused"',), events=("AgentPaused",))
        await kit.scenario("POST", path + "/pause", owner, has=('"state":"paused"',), events=())
        await kit.scenario("POST", path + "/resume", owner, has=('"state":"active"',), events=("AgentResumed",))
        await kit.scenario("DELETE", path, owner, status=204, events=("AgentDeleted", "MemberLeft"))
        await kit.scenario("GET", path, owner, status=404)


async def test_an_agent_is_a_bot_among_the_members_with_a_picture(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        agent = (await stage.kit.request("GET", AGENTS, stage.owner)).json["items"][0]
        member = await stage.kit.request("GET", f"/api/v10/guilds/{stage.guild_id}/members/{agent['user_id']}", stage.owner)
        assert member.json["user"]["bot"] is True
        assert member.json["user"]["global_name"] == "Kofi"
        picture = await stage.kit.request("GET", f"/avatars/{agent['user_id']}/{agent['avatar']}.png")
        assert picture.body.startswith(b"\x89PNG")


async def test_agents_are_found_by_name_interest_and_state(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", "Maëlle") as stage:

        async def names(query: str) -> list[str]:
            answer = await stage.kit.request("GET", AGENTS + query, stage.owner)
            assert answer.status == 200, answer.text
            return [item["name"] for item in answer.json["items"]]

        assert await names("") == ["Kofi", "Maëlle"]
        assert await names("?q=mael") == ["Maëlle"]
        assert await names("?q=river") == ["Kofi", "Maëlle"]
        assert await names("?q=volcano") == []
        assert await names("?state=paused") == []
        first = await stage.kit.request("GET", AGENTS + "?limit=1", stage.owner)
        assert await names(f"?limit=1&after={first.json['next']}") == ["Maëlle"]


async def test_bad_agents_are_refused(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        kit, owner = stage.kit, stage.owner
        for body, part in (
            ({}, '"name"'),
            ({"name": " "}, '"name"'),
            ({"name": "x" * 33}, '"name"'),
            ({"name": "Noor", "traits": {"openness": 1.5}}, "traits"),
            ({"name": "Noor", "traits": {"openness": "high"}}, "traits"),
            ({"name": "Noor", "interests": ["x"] * 1 + ["y" * 61]}, "interests"),
            ({"name": "Noor", "instructions": "x" * 2_001}, "instructions"),
            ({"name": "Noor", "languages": ["tlh"]}, "languages"),
            ({"name": "Noor", "guild_id": "no"}, "guild_id"),
        ):
            await kit.scenario("POST", AGENTS, owner, json=body, status=400, has=(part, "50035"))
        await kit.scenario("POST", AGENTS, owner, json={"name": "KOFI"}, status=409, has=("choose another name",))
        await kit.scenario("POST", AGENTS, owner, json={"name": "Noor", "guild_id": "123"}, status=404)
        await kit.scenario("GET", AGENTS + "/123", owner, status=404)
        await kit.scenario("GET", AGENTS, None, status=401)


async def test_who_manages_a_community_makes_agents_for_it_and_for_no_other(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        kit = stage.kit
        bob = await kit.person("bob")
        own = await kit.guild(bob, name="Bob's")
        kofi = stage.agent("Kofi")
        made = await kit.request("POST", AGENTS, bob, json={"name": "Noor", "guild_id": str(own)})
        assert made.status == 201
        await kit.scenario("PATCH", f"{AGENTS}/{made.json['id']}", bob, json={"instructions": "Hi."}, events=("AgentUpdated",))
        await kit.scenario("POST", AGENTS, bob, json={"name": "Ada"}, status=403)
        await kit.scenario("POST", AGENTS, bob, json={"name": "Ada", "guild_id": str(stage.guild_id)}, status=404)
        await kit.scenario("PATCH", f"{AGENTS}/{kofi.id}", bob, json={"instructions": "Hi."}, status=403)
        await kit.scenario("POST", f"{AGENTS}/{kofi.id}/pause", bob, status=403)
        await kit.scenario("DELETE", f"{AGENTS}/{kofi.id}", bob, status=403)
        await kit.scenario("POST", "/api/agora/override/pause", bob, status=403)


async def test_speaking_as_an_agent_and_letting_it_speak_up(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi", max_depth=1) as stage:
        kofi = stage.agent("Kofi")
        path = f"{AGENTS}/{kofi.id}/say"
        said = await stage.kit.request("POST", path, stage.owner, json={"channel_id": str(stage.channel_id), "content": "Hi"})
        assert said.status == 200
        assert [(row.id, row.author_id, row.content) for row in await stage.by_agents()] == [
            (int(said.json["message_id"]), kofi.user_id, "Hi")
        ]
        asked = await stage.kit.request("POST", path, stage.owner, json={"channel_id": str(stage.channel_id)})
        await stage.quiet()
        turns = await stage.kit.request("GET", f"/api/agora/turns?agent={kofi.id}&state=done", stage.owner)
        assert [turn["id"] for turn in turns.json["items"]] == [asked.json["turn_id"]]
        assert turns.json["items"][0]["reason"] == "asked to speak"
        stranger = await stage.kit.person("mallory")
        assert (await stage.kit.request("GET", "/api/agora/turns", stranger)).json["items"] == []


async def test_the_override_tells_everybody(tmp_path: Path) -> None:
    async with open_stage(tmp_path, "Kofi") as stage:
        path = "/api/agora/override"
        await stage.kit.scenario("GET", path, stage.owner, has=('"paused":false',))
        await stage.kit.scenario("POST", path + "/pause", stage.owner, has=('"paused":true',), events=("OverrideChanged",))
        (presence,) = [body["status"] for name, body in stage.whispers if name == "PRESENCE_UPDATE"][-1:]
        assert presence == "idle"
        await stage.kit.scenario("POST", path + "/resume", stage.owner, has=('"paused":false',), events=("OverrideChanged",))
