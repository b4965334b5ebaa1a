"""One's own status: chosen in the panel, seen by others, kept over a reload."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.visitor import visiting
from tests.kit.server import Kit


async def test_a_status_is_set_and_seen(agora: Kit, browser: Browser) -> None:
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    room = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, room)
        await b.enter(guild_id, room)
        person = b.page.locator(f'.person[data-user-id="{ada.id}"]')
        await expect(person.locator(".avatar__state")).to_have_attribute("data-status", "online")
        await a.page.click("#me-button")
        await a.page.click("#set-status")
        await a.page.click(".status-row__emoji")
        await a.page.locator(".emoji button", has_text="🍵").click()
        await a.page.fill("#status-text", "Reading <b>slowly</b>")
        await a.page.locator("dialog [type=submit]").click()
        await expect(a.page.locator("#connection")).to_have_text("🍵 Reading <b>slowly</b>")
        await expect(person.locator(".person__note")).to_have_text("🍵 Reading <b>slowly</b>")
        await a.page.click("#me-button")
        await a.page.click('#me-menu [data-status="dnd"]')
        await expect(person.locator(".avatar__state")).to_have_attribute("data-status", "dnd")
        await person.click()
        await expect(b.page.locator(".card__status")).to_have_text("🍵 Reading <b>slowly</b>")
        await a.page.reload()
        await a.page.wait_for_selector("#composer:enabled")
        await expect(a.page.locator("#connection")).to_have_text("🍵 Reading <b>slowly</b>")
        await expect(a.page.locator("#me-avatar .avatar__state")).to_have_attribute("data-status", "dnd")
        await a.page.click("#me-button")
        await a.page.click('#me-menu [data-status="invisible"]')
        await expect(person).to_have_class("person is-off")
        await a.page.click("#me-button")
        await a.page.click("#set-status")
        await a.page.locator("dialog [data-slot=clear]").click()
        await expect(a.page.locator("#connection")).to_have_text("Invisible")
        await a.page.click("#me-button")
        await a.page.click('#me-menu [data-status="online"]')
        await expect(person).to_have_class("person")
        await expect(person.locator(".person__note")).to_be_hidden()
