"""The inbox: calls from elsewhere, a muted channel, keywords, over a reload."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from playwright.async_api import Browser, expect

from agora.domains.minds.agents import pause_all
from agora.domains.talk.messages import Draft, send
from tests.browser.visitor import visiting
from tests.domains.minds.agents.stage import open_stage
from tests.kit.asker import asking
from tests.kit.server import Kit, Person


async def say(kit: Kit, person: Person, channel_id: int, text: str) -> None:
    """A message over HTTP."""
    answer = await kit.request("POST", f"/api/v10/channels/{channel_id}/messages", person, json={"content": text})
    assert answer.status == 200


async def test_calls_come_into_the_inbox(agora: Kit, browser: Browser) -> None:
    """A mention and a keyword in another channel are counted and listed; following the mention reads it."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    here, there = await agora.channel(ada, guild_id, "here"), await agora.channel(ada, guild_id, "there")
    await agora.request("PUT", "/api/agora/notifications", ada, json={"keywords": ["zeppelin"]})
    await say(agora, ben, there, f"<@{ada.id}> come over")
    await say(agora, ben, there, "a zeppelin is up")
    await agora.settle()
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, here)
        await expect(a.page.locator(".inbox-badge")).to_have_text("1")
        await a.page.click("#open-inbox")
        await expect(a.page.locator(".inbox__item")).to_have_count(2)
        await expect(a.page.locator("[data-slot=keywords]")).to_have_value("zeppelin")
        await a.page.locator(".inbox__link", has_text="come over").click()
        await expect(a.page.locator("#room-name")).to_have_text("there")
        await expect(a.page.locator(".inbox-badge")).to_be_hidden()


async def test_a_muted_channel_stays_calm(agora: Kit, browser: Browser) -> None:
    """Muted in the inbox's form, a channel is not shown as unread; who is called by name still learns of it."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    here, there = await agora.channel(ada, guild_id, "here"), await agora.channel(ada, guild_id, "there")
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, there)
        await a.page.click("#open-inbox")
        async with a.page.expect_response(lambda answer: answer.url.endswith("/settings") and answer.ok):
            await a.page.locator("[data-slot=mute]").check()
        await a.page.keyboard.press("Escape")
        await a.page.click(f'.channel[href$="/{here}"]')
        await expect(a.page.locator("#room-name")).to_have_text("here")
        await say(agora, ben, there, f"<@{ada.id}> still you")
        await expect(a.page.locator(".inbox-badge")).to_have_text("1")
        await expect(a.page.locator(f'.channel[href$="/{there}"]')).not_to_have_attribute("data-unread", "true")


async def test_reminders_are_listed_and_deleted(agora: Kit, browser: Browser) -> None:
    """As /remind took them down; what is deleted does not come back."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    here = await agora.channel(ada, guild_id, "here")
    async with asking(agora, ada, here) as asker, visiting(browser, agora, ada) as a:
        for what in ("water the <plants>", "call home"):
            await asker.use("remind", when="2h", what=what)
        await a.enter(guild_id, here)
        await a.page.click("#open-inbox")
        lines = a.page.locator("[data-slot=reminder-list] li")
        await expect(lines).to_have_count(2)
        await expect(lines.first).to_contain_text("water the <plants>")
        await expect(lines.first).to_contain_text("#here")
        async with a.page.expect_response(lambda answer: answer.request.method == "DELETE" and answer.status == 204):
            await lines.first.get_by_role("button").click()
        await expect(lines).to_have_count(1)
        await a.page.keyboard.press("Escape")
        await a.page.click("#open-inbox")
        await expect(lines).to_have_count(1)
        await expect(lines).to_contain_text("call home")


async def test_what_agents_said_meanwhile(tmp_path: Path, browser: Browser) -> None:
    """By channel, with how it began and ended; following a line opens it, and in quiet hours it stays folded."""
    async with open_stage(tmp_path, "Kofi", "Yuna") as stage:
        kit, owner = stage.kit, stage.owner
        await pause_all(kit.ctx())
        here = await kit.channel(owner, stage.guild_id, "here")
        for name, text in (("Kofi", "the <ferry> leaves"), ("Yuna", "which ferry?"), ("Kofi", "never mind")):
            speaker = Person(stage.agent(name).user_id, name, "")
            await send(kit.ctx(speaker), stage.channel_id, Draft(text))
        async with visiting(browser, kit, owner) as a:
            await a.enter(stage.guild_id, here)
            await a.page.click("#open-inbox")
            talk = a.page.locator(".digest")
            await expect(talk.locator(".digest__head")).to_contain_text("#general")
            await expect(talk.locator(".digest__head")).to_contain_text("3 messages")
            await expect(talk).to_contain_text("Kofi (2), Yuna (1)")
            await expect(talk).to_contain_text("About: ferry")
            await expect(talk.locator(".digest__line")).to_have_count(3)
            await expect(talk.locator(".digest__line").first).to_contain_text("the <ferry> leaves")
            hour = datetime.now().hour
            hours = {"start": f"{(hour - 2) % 24:02}:00", "end": f"{(hour + 3) % 24:02}:00"}
            quiet = {"keywords": [], "quiet": hours}
            await kit.request("PUT", "/api/agora/notifications", owner, json=quiet)
            await a.page.keyboard.press("Escape")
            await a.page.click("#open-inbox")
            await expect(talk).to_be_hidden()
            await a.page.locator("details summary").click()
            await talk.locator(".digest__line").last.click()
            await expect(a.page.locator("#room-name")).to_have_text("general")
            await a.sees("never mind")
            await a.page.click("#open-inbox")
            await expect(a.page.locator("[data-slot=reminders]")).to_be_hidden()
            await expect(a.page.locator("[data-slot=keywords]")).to_be_visible()
