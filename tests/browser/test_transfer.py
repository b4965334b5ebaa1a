"""Exporting a channel from its head, and importing a file as the owner."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.visitor import visiting
from tests.domains.operations.transfer import samples
from tests.kit.server import Kit


async def test_a_channel_is_exported_from_its_head(agora: Kit, browser: Browser) -> None:
    """Who looks after the channel has the button, others have not."""
    ada, bob = await agora.person("ada"), await agora.person("bob")
    guild = await agora.guild(ada, bob)
    channel = await agora.channel(ada, guild)
    await agora.request("POST", f"/api/v10/channels/{channel}/messages", ada, json={"content": "to be kept"})
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, bob) as b:
        await a.open(f"/channels/{guild}/{channel}")
        await a.page.click("#open-export")
        await a.page.locator(".dialog .choice", has_text="Markdown").click()
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator(".dialog [role=status]")).to_have_text("Ready: 1 message.")
        async with a.page.expect_download() as waiting:
            await a.page.locator(".dialog a").click()
        saved = await (await waiting.value).path()
        assert "to be kept" in Path(saved).read_text(encoding="utf-8")
        await b.open(f"/channels/{guild}/{channel}")
        await expect(b.page.locator("#messages li").first).to_be_visible()
        await expect(b.page.locator("#open-export")).to_be_hidden()


async def test_the_owner_imports_a_file(agora: Kit, browser: Browser, tmp_path: Path) -> None:
    """First a look, then the import; both say what came."""
    owner = await agora.person("root", owner=True)
    file = tmp_path / "old.zip"
    file.write_bytes(samples.discord_zip())
    async with visiting(browser, agora, owner) as a:
        await a.open("/transfers")
        await a.page.set_input_files("#import-file", file)
        await a.page.locator("#import [name=dry_run]").check()
        await a.page.locator("#import [type=submit]").click()
        first = a.page.locator("#transfers li").first
        await expect(first.locator("[data-slot=state]")).to_contain_text("6 messages, 3 people and 1 channels would come")
        await a.page.locator("#import [name=dry_run]").uncheck()
        await a.page.locator("#import [type=submit]").click()
        await expect(first.locator("[data-slot=state]")).to_contain_text("6 messages, 3 people and 1 channels came")
        await expect(first.locator("[data-slot=more]")).to_have_text("Left out: custom emoji 1, notices 1")
        await first.locator("[data-slot=forget]").click()
        await expect(a.page.locator("#transfers li")).to_have_count(1)


async def test_who_owns_nothing_sees_exports_only(agora: Kit, browser: Browser) -> None:
    """The form is the owner's."""
    person = await agora.person("bob")
    async with visiting(browser, agora, person) as b:
        await b.open("/transfers")
        await expect(b.page.locator("#transfers-none")).to_be_visible()
        await expect(b.page.locator("#import")).to_have_count(0)
