"""Agents in the page: replies that grow in place, the card, the pause."""

from __future__ import annotations

import asyncio
from typing import Any

from playwright.async_api import Browser, Route, expect

from agora.domains.minds.agents.show import PARTIAL
from agora.domains.talk.messages import Draft, send
from agora.kernel.bus import Whisper
from agora.kernel.events import to_channel
from agora.kernel.http import encode
from tests.browser.visitor import visiting
from tests.kit.server import Kit, Person


def whisper_partial(kit: Kit, bot: Person, channel_id: int, **fields: Any) -> None:
    """What an agent's turn tells while it writes."""
    body = {"channel_id": str(channel_id), "user_id": str(bot.id), "nonce": "77", **fields}
    kit.app.bus.whisper(Whisper(PARTIAL, encode(body), to_channel(channel_id)))


async def test_a_reply_grows_and_becomes_the_message(agora: Kit, browser: Browser) -> None:
    """The partial text and the message with the same nonce are one row."""
    ada, bot = await agora.person("ada"), await agora.person("iris", bot=True)
    guild_id = await agora.guild(ada, bot)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await expect(a.page.locator(".person")).to_have_count(2)
        whisper_partial(agora, bot, channel_id, text="The fountain")
        streaming = a.page.locator(".message.is-streaming")
        await expect(streaming.locator(".message__body")).to_have_text("The fountain")
        whisper_partial(agora, bot, channel_id, text="The fountain is running")
        await expect(streaming.locator(".message__body")).to_have_text("The fountain is running")
        await a.say("Is it?")
        await a.sees("Is it?")
        await send(agora.ctx(bot), channel_id, Draft(content="The fountain is running again.", nonce="77"))
        await a.sees("The fountain is running again.")
        await expect(streaming).to_have_count(0)
        await expect(a.page.locator(".message")).to_have_count(2)


async def test_an_abandoned_reply_disappears(agora: Kit, browser: Browser) -> None:
    """``done`` without a message takes the row away."""
    ada, bot = await agora.person("ada"), await agora.person("iris", bot=True)
    guild_id = await agora.guild(ada, bot)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await expect(a.page.locator(".person")).to_have_count(2)
        whisper_partial(agora, bot, channel_id, text="Perhaps")
        await expect(a.page.locator(".is-streaming")).to_have_count(1)
        whisper_partial(agora, bot, channel_id, text="", done=True)
        await expect(a.page.locator(".is-streaming")).to_have_count(0)


async def test_the_owner_pauses_everything(agora: Kit, browser: Browser) -> None:
    """One sees the switch, everybody sees the state."""
    owner, guest = await agora.person("ada", owner=True), await agora.person("ben")
    guild_id = await agora.guild(owner, guest)
    channel_id = await agora.channel(owner, guild_id)
    async with visiting(browser, agora, owner) as a, visiting(browser, agora, guest) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await expect(b.page.locator("#connection")).to_have_text("Connected")
        await a.page.click("#override")
        await expect(a.page.locator("#paused")).to_be_visible()
        await expect(b.page.locator("#paused")).to_be_visible()
        await expect(b.page.locator("#override")).to_be_hidden()
        await a.page.click("#override")
        await expect(b.page.locator("#paused")).to_be_hidden()


async def test_an_agent_is_made_shown_and_paused(agora: Kit, browser: Browser) -> None:
    """The pages about agents, from nothing to one that rests."""
    owner = await agora.person("ada", owner=True)
    async with visiting(browser, agora, owner) as a:
        await a.open("/agents")
        await expect(a.page.locator("#agents-none")).to_be_visible()
        await a.page.click("#new-agent")
        await a.page.fill("#f-name", "Iris")
        await a.page.fill("#f-interests", "birds, light")
        await a.page.fill("#f-instructions", "Ask good questions.")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator(".agent")).to_contain_text("birds, light")
        await a.page.get_by_role("button", name="Pause", exact=True).click()
        await expect(a.page.locator(".agent .tag")).to_have_text("paused")
        await a.page.get_by_role("link", name="Iris").click()
        await expect(a.page.locator("#name")).to_have_text("Iris")
        await expect(a.page.locator("#instructions")).to_have_text("Ask good questions.")
        await expect(a.page.locator(".traits dd")).to_have_count(5)


async def test_who_is_an_agent_is_shown_as_soon_as_it_is_known(agora: Kit, browser: Browser) -> None:
    """Messages may be painted before the list of agents has come."""
    owner = await agora.person("ada", owner=True)
    guild_id = await agora.guild(owner)
    channel_id = await agora.channel(owner, guild_id)
    made = {"name": "Iris", "interests": ["birds"], "instructions": "Ask.", "guild_id": str(guild_id)}
    answer = await agora.request("POST", "/api/agora/agents", owner, json=made)
    agent = Person(int(answer.json["user_id"]), "iris", "")
    await send(agora.ctx(agent), channel_id, Draft(content="The fountain is running."))
    known = asyncio.Event()

    async def hold(route: Route) -> None:
        await known.wait()
        await route.continue_()

    async with visiting(browser, agora, owner) as a:
        await a.page.route("**/api/agora/agents", hold)
        await a.enter(guild_id, channel_id)
        await a.sees("The fountain is running.")
        tag = a.page.locator(a.row("The fountain")).locator(".tag")
        await expect(tag).to_have_text("bot")
        known.set()
        await expect(tag).to_have_text("agent")
