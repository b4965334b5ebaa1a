"""A template is made in the settings, and a community from its code."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.test_manage import API, found, settings
from tests.browser.visitor import visiting
from tests.kit.server import Kit


async def test_a_template_is_made_used_synced_and_deleted(agora: Kit, browser: Browser) -> None:
    ada, ben, guild_id, channel_id = await found(agora)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await settings(a, guild_id, "template")
        await a.page.fill("#template-description", "With a square")
        await a.page.get_by_role("button", name="Make a template").click()
        line = a.page.locator(".rows li")
        await expect(line).to_contain_text("up to date")
        code = await line.locator("b").inner_text()
        await b.enter(guild_id, channel_id)
        await b.page.click("#add-guild")
        await b.page.fill("#new-guild-name", "Second harbour")
        await b.page.fill("#new-guild-template", code)
        await b.page.locator("#new-guild-name").focus()
        await expect(b.page.locator(".dialog [data-slot=preview]")).to_contain_text("Harbour · With a square · channels: 2")
        await b.page.locator(".dialog [type=submit]").click()
        await expect(b.page.locator("#guild-name")).to_have_text("Second harbour")
        await expect(b.page.get_by_role("link", name="square")).to_be_visible()
        await agora.request("POST", f"{API}/guilds/{guild_id}/channels", ada, json={"name": "pier", "type": 0})
        await settings(a, guild_id, "template")
        await expect(line).to_contain_text("has changed since")
        await expect(line).to_contain_text("uses: 1")
        await a.page.get_by_role("button", name="Bring up to date").click()
        await expect(line).to_contain_text("up to date")
        await a.page.fill("#template-name", "Quay")
        await a.page.get_by_role("button", name="Save").click()
        await expect(line).to_contain_text("Quay")
        await line.get_by_role("button", name="Delete").click()
        await a.page.locator(".dialog").get_by_role("button", name="Delete").click()
        await expect(line).to_have_count(0)
        await expect(a.page.get_by_role("button", name="Make a template")).to_be_visible()
        b.expected = ("404",)
        await b.page.click("#add-guild")
        await b.page.fill("#new-guild-name", "Third")
        await b.page.fill("#new-guild-template", code)
        await b.page.locator(".dialog [type=submit]").click()
        await expect(b.page.locator(".dialog [data-slot=problem]")).to_contain_text("Unknown guild template")
