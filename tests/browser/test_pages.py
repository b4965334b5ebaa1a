"""Settings and administration, phones, languages, themes, the keyboard."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.browser.visitor import MIDDLE, PHONE, WIDE, visiting
from tests.kit.server import Kit


async def test_settings_change_profile_theme_and_language(agora: Kit, browser: Browser) -> None:
    """What is chosen is kept: by the account, or by this browser."""
    ada = await agora.person("ada")
    async with visiting(browser, agora, ada) as a:
        await a.open("/settings")
        await a.page.fill("#f-global_name", "Ada L.")
        await a.page.locator("#profile [type=submit]").click()
        await expect(a.page.locator(".toast")).to_have_text("Saved.")
        await a.page.locator(".segment", has_text="Dark").click()
        await expect(a.page.locator("html")).to_have_attribute("data-theme", "dark")
        await a.page.locator(".segment", has_text="Français").click()
        await expect(a.page.locator("h1")).to_have_text("Réglages")
        await expect(a.page.locator("html")).to_have_attribute("data-theme", "dark")
        await expect(a.page.locator("#f-global_name")).to_have_value("Ada L.")


async def test_tokens_are_made_and_revoked(agora: Kit, browser: Browser) -> None:
    """A token is shown once, works, and ends when it is revoked."""
    ada = await agora.person("ada")
    async with visiting(browser, agora, ada) as a:
        await a.open("/settings")
        await a.page.fill("#f-label", "my script")
        await a.page.locator("#new-token [type=submit]").click()
        shown = a.page.locator("#token")
        await expect(shown).not_to_be_empty()
        token = await shown.inner_text()
        me = {"Authorization": f"Bearer {token}"}
        assert (await agora.request("GET", "/api/v10/users/@me", headers=me)).status == 200
        row = a.page.locator("#credentials li", has_text="my script")
        await row.locator("button").click()
        await a.page.locator(".dialog [value=yes]").click()
        await expect(row).to_have_count(0)
        assert (await agora.request("GET", "/api/v10/users/@me", headers=me)).status == 401


async def test_administration_shows_figures_and_makes_a_backup(agora: Kit, browser: Browser) -> None:
    """Figures, configuration, a backup that lies in the data folder."""
    owner = await agora.person("ada", owner=True)
    async with visiting(browser, agora, owner) as a:
        await a.open("/admin")
        await expect(a.page.locator(".figure").first).to_be_visible()
        await expect(a.page.locator(".figure", has_text="Key of files")).to_contain_text("not encrypted")
        await expect(a.page.locator("#config details").first).to_be_visible()
        await a.page.click("#backup")
        await expect(a.page.locator("#backup-state")).to_have_text("The backup was made.")
        name = await a.page.locator("#backups b").inner_text()
        assert (agora.app.data / "backups" / name).is_file()


async def test_drawers_on_a_phone(agora: Kit, browser: Browser) -> None:
    """Channels and people slide in and out; nothing is wider than the screen."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id, "square")
    await agora.channel(ada, guild_id, "garden")
    async with visiting(browser, agora, ada, size=PHONE) as a:
        await a.enter(guild_id, channel_id)
        await expect(a.page.locator("#room-name")).to_have_text("square")
        await expect(a.page.locator("#sidebar")).to_be_hidden()
        await a.page.click("#open-sidebar")
        await a.page.locator(".channel", has_text="garden").click()
        await expect(a.page.locator("#room-name")).to_have_text("garden")
        await expect(a.page.locator("#sidebar")).to_be_hidden()
        await a.page.click("#open-people")
        await expect(a.page.locator("#people .person")).to_be_visible()
        await a.page.keyboard.press("Escape")
        await expect(a.page.locator("#people")).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, MIDDLE, PHONE], ids=["1440", "1024", "390"])
async def test_no_page_is_wider_than_the_screen(agora: Kit, browser: Browser, size: tuple[int, int]) -> None:
    """No sideways scrolling at any of the three widths."""
    owner = await agora.person("ada", owner=True)
    guild_id = await agora.guild(owner)
    channel_id = await agora.channel(owner, guild_id, "a-channel-with-quite-a-long-name-for-its-own-good")
    async with visiting(browser, agora, owner, size=size, scheme="dark") as a:
        for path in (f"/channels/{guild_id}/{channel_id}", "/settings", "/agents", "/admin"):
            await a.open(path)
            await a.page.wait_for_load_state("networkidle")
            width = await a.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size[0], path


async def test_the_keyboard_reaches_everything(agora: Kit, browser: Browser) -> None:
    """Skip link, quick switch, message by message, Escape."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id, "square")
    await agora.channel(ada, guild_id, "garden")
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.say("only this")
        await a.sees("only this")
        await a.page.keyboard.press("Control+k")
        await a.page.keyboard.type("gard")
        await a.page.keyboard.press("Enter")
        await expect(a.page.locator("#room-name")).to_have_text("garden")
        await a.page.keyboard.press("Control+k")
        await expect(a.page.locator(".switcher")).to_be_visible()
        await a.page.keyboard.press("Escape")
        await expect(a.page.locator(".switcher")).to_have_count(0)
        await a.page.go_back()
        await a.sees("only this")
        await a.page.locator(a.row("only this")).focus()
        await a.page.keyboard.press("r")
        await expect(a.page.locator("#composer-reply")).to_be_visible()
        await a.page.keyboard.press("Escape")
        await expect(a.page.locator("#composer-reply")).to_be_hidden()
        await a.page.locator(".skip-link").focus()
        await a.page.keyboard.press("Enter")
        await expect(a.page.locator("#composer")).to_be_focused()


async def test_the_page_comes_back_after_the_server_closed_its_connection(agora: Kit, browser: Browser) -> None:
    """A lost connection is taken up again, and what was said meanwhile is there."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a:
        a.expected = ("WebSocket", "ERR_INTERNET_DISCONNECTED")
        await a.enter(guild_id, channel_id)
        await expect(a.page.locator("#connection")).to_have_text("Connected")
        await a.page.context.set_offline(True)
        path = f"/api/v10/channels/{channel_id}/messages"
        assert (await agora.request("POST", path, ben, json={"content": "while you were away"})).status == 200
        await a.page.context.set_offline(False)
        await a.sees("while you were away")
