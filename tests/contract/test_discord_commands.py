"""discord.py's command tree, views and forms against a person who uses them as the page does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.contract.description import Description
from tests.contract.discord_client import Recorder, connected, redirect
from tests.contract.story import Story
from tests.contract.test_discord_py import Set, guild_of, make_set
from tests.kit.gateway import GatewayClient, gateway_client
from tests.kit.server import Kit


@pytest.fixture
def story(agora: Kit, discord_description: Description | None, monkeypatch: pytest.MonkeyPatch) -> Story:
    """A server that discord.py takes for Discord."""
    redirect(monkeypatch, agora)
    return Story(agora, discord_description)


class Hand:
    """A person at a page: knows the commands of a channel, uses them, sees what comes of it."""

    def __init__(self, story: Story, made: Set, channel_id: int, gateway: GatewayClient) -> None:
        self.story = story
        self.made = made
        self.channel_id = channel_id
        self.gateway = gateway
        self._nonce = 0

    async def command(self, name: str) -> dict[str, Any]:
        """A command as the page finds it."""
        index = await self.story.call(self.made.owner, "GET", f"/channels/{self.channel_id}/application-command-index")
        return next(each for each in index["application_commands"] if each["name"] == name)

    async def send(self, kind: int, application_id: Any, data: dict[str, Any], status: int = 204, **more: Any) -> str:
        """``POST /interactions``; returns the nonce."""
        self._nonce += 1
        body = {
            "type": kind,
            "application_id": str(application_id),
            "channel_id": str(self.channel_id),
            "guild_id": str(self.made.guild_id),
            "nonce": str(self._nonce),
            "data": data,
            **more,
        }
        answer = await self.story.kit.request("POST", "/api/v10/interactions", self.made.owner, json=body)
        assert answer.status == status, answer.text
        return str(self._nonce)

    async def use(self, name: str, *options: dict[str, Any], kind: int = 2, status: int = 204, **more: Any) -> str:
        """Use a command."""
        command = await self.command(name)
        data = {"id": command["id"], "name": name, "type": command["type"], "options": list(options), **more}
        return await self.send(kind, command["application_id"], data, status)

    async def press(self, message: dict[str, Any], custom_id: str, values: list[str] | None = None) -> str:
        """Press a button of a message, or choose."""
        found = [each for row in message["components"] for each in row["components"] if each.get("custom_id") == custom_id]
        data = {"component_type": found[0]["type"], "custom_id": custom_id, **({} if values is None else {"values": values})}
        return await self.send(3, message["author"]["id"], data, message_id=message["id"])

    async def heard(self, name: str, nonce: str) -> Any:
        """A sign to the page about what it sent."""
        return await self.gateway.wait_for(name, lambda d: d["nonce"] == nonce)

    async def message(self, content: str) -> Any:
        """A message with this content."""
        return await self.gateway.wait_for("MESSAGE_CREATE", lambda d: d["content"] == content)


@contextlib.asynccontextmanager
async def stage(story: Story) -> AsyncIterator[tuple[Recorder, app_commands.CommandTree[Recorder], Hand]]:
    """A bot with a command tree, and a person in its community."""
    made = await make_set(story)
    async with connected(story, made.bot) as client, gateway_client(story.kit.session, story.kit.url) as gateway:
        await gateway.identify(made.owner.token)
        tree = app_commands.CommandTree(client)
        yield client, tree, Hand(story, made, guild_of(client, made).text_channels[0].id, gateway)


async def test_a_tree_is_synced_and_a_command_answers(story: Story) -> None:
    async with stage(story) as (_, tree, hand):

        @tree.command(name="add", description="Adds")
        @app_commands.describe(one="First")
        async def add(interaction: discord.Interaction, one: int, other: app_commands.Range[int, 0, 9] = 5) -> None:
            await interaction.response.send_message(f"{one + other} for {interaction.user.name}")
            original = await interaction.original_response()
            await interaction.followup.send(f"after {original.content}")

        synced = await tree.sync()
        assert [each.name for each in synced] == ["add"]
        assert [each.id for each in await tree.fetch_commands()] == [synced[0].id]
        again = await tree.sync()
        assert again[0].id == synced[0].id, "a command keeps its id"
        nonce = await hand.use("add", {"name": "one", "type": 4, "value": 2})
        await hand.heard("INTERACTION_SUCCESS", nonce)
        message = await hand.message("7 for the-owner")
        assert message["type"] == 20 and message["interaction"]["name"] == "add"
        assert message["interaction_metadata"]["user"]["id"] == str(hand.made.owner.id)
        await hand.message("after 7 for the-owner")
        await hand.use("add", status=400)
        await hand.use("add", {"name": "one", "type": 4, "value": "x"}, status=400)
        await hand.use("add", {"name": "one", "type": 4, "value": 1}, {"name": "other", "type": 4, "value": 10}, status=400)


async def test_a_view_with_a_button_and_a_select(story: Story) -> None:
    async with stage(story) as (_, tree, hand):
        pressed: list[str] = []

        class Choices(discord.ui.View):
            @discord.ui.button(label="Press", style=discord.ButtonStyle.primary, custom_id="press")
            async def press(self, interaction: discord.Interaction, button: discord.ui.Button[Any]) -> None:
                button.disabled = True
                await interaction.response.edit_message(content="pressed", view=self)

            @discord.ui.select(custom_id="pick", options=[discord.SelectOption(label="One", value="1")])
            async def pick(self, interaction: discord.Interaction, select: discord.ui.Select[Any]) -> None:
                pressed.extend(select.values)
                await interaction.response.defer()
                await interaction.edit_original_response(content="picked")

            @discord.ui.select(cls=discord.ui.UserSelect, custom_id="who")
            async def who(self, interaction: discord.Interaction, select: discord.ui.UserSelect[Any]) -> None:
                await interaction.response.send_message(f"it is {select.values[0].name}")

        @tree.command(name="choose", description="Chooses")
        async def choose(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("choose", view=Choices())

        await tree.sync()
        await hand.use("choose")
        message = await hand.message("choose")
        await hand.heard("INTERACTION_SUCCESS", await hand.press(message, "pick", ["1"]))
        assert pressed == ["1"]
        await hand.gateway.wait_for("MESSAGE_UPDATE", lambda d: d["content"] == "picked")
        await hand.heard("INTERACTION_SUCCESS", await hand.press(message, "who", [str(hand.made.owner.id)]))
        await hand.message("it is the-owner")
        await hand.heard("INTERACTION_SUCCESS", await hand.press(message, "press"))
        changed = await hand.gateway.wait_for("MESSAGE_UPDATE", lambda d: d["content"] == "pressed")
        assert changed["components"][0]["components"][0]["disabled"] is True
        data = {"component_type": 2, "custom_id": "press"}
        await hand.send(3, hand.made.bot.id, data, 400, message_id=message["id"])


async def test_a_modal_is_opened_and_sent_in(story: Story) -> None:
    async with stage(story) as (_, tree, hand):

        class Form(discord.ui.Modal, title="About you"):
            name: Any = discord.ui.TextInput(label="Name", min_length=2)
            colour: Any = discord.ui.Label(
                text="Colour",
                component=discord.ui.Select(options=[discord.SelectOption(label="Red"), discord.SelectOption(label="Blue")]),
            )

            async def on_submit(self, interaction: discord.Interaction, /) -> None:
                await interaction.response.send_message(f"{self.name.value} likes {self.colour.component.values[0]}")

        @tree.command(name="form", description="Opens a form")
        async def form(interaction: discord.Interaction) -> None:
            await interaction.response.send_modal(Form())

        await tree.sync()
        opened = await hand.heard("INTERACTION_MODAL_CREATE", await hand.use("form"))
        assert opened["title"] == "About you"
        text, colour = opened["components"][0]["components"][0], opened["components"][1]["component"]
        parts: list[Any] = [
            {"type": 1, "components": [{"type": 4, "custom_id": text["custom_id"], "value": "A"}]},
            {"type": 18, "component": {"type": 3, "custom_id": colour["custom_id"], "values": ["Blue"]}},
        ]
        data = {"id": opened["id"], "custom_id": opened["custom_id"], "components": parts}
        await hand.send(5, opened["application_id"], data, 400)
        parts[0]["components"][0]["value"] = "Ada"
        await hand.heard("INTERACTION_SUCCESS", await hand.send(5, opened["application_id"], data))
        await hand.message("Ada likes Blue")


async def test_deferred_and_ephemeral_answers(story: Story) -> None:
    async with stage(story) as (client, tree, hand):

        @tree.command(name="slow", description="Takes its time")
        async def slow(interaction: discord.Interaction) -> None:
            await interaction.response.defer(thinking=True)
            await interaction.followup.send("done")

        @tree.command(name="secret", description="For you alone")
        async def secret(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("only you", ephemeral=True)
            await interaction.edit_original_response(content="only you, changed")
            await interaction.followup.send("more for you", ephemeral=True)
            await interaction.delete_original_response()

        await tree.sync()
        await hand.use("slow")
        waiting = await hand.gateway.wait_for("MESSAGE_CREATE", lambda d: d["flags"] & 128)
        done = await hand.gateway.wait_for("MESSAGE_UPDATE", lambda d: d["content"] == "done")
        assert done["id"] == waiting["id"] and not done["flags"] & 128 and done["edited_timestamp"] is None
        await hand.use("secret")
        shown = await hand.message("only you")
        assert shown["flags"] & 64
        await hand.gateway.wait_for("MESSAGE_UPDATE", lambda d: d["content"] == "only you, changed")
        await hand.message("more for you")
        await hand.gateway.wait_for("MESSAGE_DELETE", lambda d: d["id"] == shown["id"])
        page = await story.call(hand.made.owner, "GET", f"/channels/{hand.channel_id}/messages")
        assert not [each for each in page if "you" in each["content"]], "nothing of it is stored"
        assert not [args for name, args in client.seen if name == "message" and "only you" in args[0].content]


async def test_autocomplete_and_context_menus(story: Story) -> None:
    async with stage(story) as (client, tree, hand):

        async def fruits(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            return [app_commands.Choice(name=each.title(), value=each) for each in ("apple", "pear") if current in each]

        @tree.command(name="eat", description="Eats")
        @app_commands.autocomplete(fruit=fruits)
        async def eat(interaction: discord.Interaction, fruit: str) -> None:
            await interaction.response.send_message(f"ate {fruit}")

        @tree.context_menu(name="Quote This")
        async def quote(interaction: discord.Interaction, message: discord.Message) -> None:
            await interaction.response.send_message(f"quoted {message.content}")

        @tree.context_menu(name="Greet")
        async def greet(interaction: discord.Interaction, member: discord.Member) -> None:
            await interaction.response.send_message(f"hello {member.name}")

        await tree.sync()
        typed = {"name": "fruit", "type": 3, "value": "pe", "focused": True}
        told = await hand.heard("APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE", await hand.use("eat", typed, kind=4))
        assert told["choices"] == [{"name": "Pear", "value": "pear"}]
        message = await story.call(hand.made.owner, "POST", f"/channels/{hand.channel_id}/messages", {"content": "words"})
        await hand.use("Quote This", target_id=message["id"])
        assert (await hand.message("quoted words"))["type"] == 23
        await hand.use("Greet", target_id=str(hand.made.owner.id))
        await hand.message("hello the-owner")
        guild = guild_of(client, hand.made)
        tree.clear_commands(guild=guild)
        await tree.sync(guild=guild)


async def test_an_app_that_is_silent(story: Story) -> None:
    made = await make_set(story)
    body = {"name": "mute", "description": "Says nothing"}
    await story.call(made.bot, "POST", f"/applications/{made.bot.id}/commands", body, 201)
    channels = await story.call(made.owner, "GET", f"/guilds/{made.guild_id}/channels")
    channel_id = next(each["id"] for each in channels if each["type"] == 0)
    async with gateway_client(story.kit.session, story.kit.url) as gateway:
        await gateway.identify(made.owner.token)
        hand = Hand(story, made, channel_id, gateway)
        async with asyncio.timeout(10):
            await hand.heard("INTERACTION_FAILURE", await hand.use("mute"))
