"""One's own bots in the settings: made with a token, described, their emojis uploaded, renamed and deleted."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.test_files import shot
from tests.browser.test_manage import API, found
from tests.browser.visitor import PHONE, visiting
from tests.domains.talk.files.samples import png
from tests.kit.server import Kit, Person


async def test_a_bot_is_made_and_brings_emojis(agora: Kit, browser: Browser) -> None:
    ada, ben, _, _ = await found(agora)
    assert (await agora.request("PATCH", f"{API}/users/@me", ben, json={"locale": "fr"})).status == 200
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben, size=PHONE) as b:
        await a.open("/settings")
        await expect(a.page.locator("#bots")).to_have_text("No bot belongs to you.")
        await a.page.click("#new-bot")
        await a.page.fill("#bot-name", "Helper")
        await a.page.locator("dialog[open] [type=submit]").click()
        await expect(a.page.locator("#bots li b")).to_have_text(["Helper"])
        token = await a.page.locator("#bot-token").inner_text()
        me = await agora.request("GET", f"{API}/users/@me", Person(0, "helper", token))
        assert (me.status, me.json["global_name"], me.json["bot"]) == (200, "Helper", True)
        await a.page.get_by_role("button", name="Describe it").click()
        await a.page.fill("#bot-description", "Lends books")
        await a.page.locator("dialog[open] [type=submit]").click()
        await expect(a.page.locator("#bots li small")).to_have_text("Lends books · in 1 community")
        await shot(a, "bots")
        await a.page.locator("#bots").get_by_role("button", name="Emoji").click()
        dialog = a.page.locator("dialog[open]").first
        await expect(dialog).to_contain_text("There is no emoji yet.")
        await a.page.set_input_files(
            "#bot-emoji-file", [{"name": "Big smile!.png", "mimeType": "image/png", "buffer": png(90, 110)}]
        )
        await expect(dialog.locator(".rows b")).to_have_text([":Big_smile:"])
        await shot(a, "bot_emojis")
        await dialog.get_by_role("button", name="Edit").click()
        await a.page.fill("#bot-emoji-name", "smile")
        await a.page.locator("dialog[open] [type=submit]").click()
        await expect(dialog.locator(".rows b")).to_have_text([":smile:"])
        own = await agora.request("GET", f"{API}/applications/{me.json['id']}/emojis", Person(0, "helper", token))
        assert [each["name"] for each in own.json["items"]] == ["smile"]
        await dialog.get_by_role("button", name="Delete").click()
        await a.page.locator("dialog[open]").last.get_by_role("button", name="Delete").click()
        await expect(dialog).to_contain_text("There is no emoji yet.")
        # somebody else has none of it, and manages no community
        await b.open("/settings")
        await expect(b.page.locator("#bots")).to_have_text("Aucun bot ne vous appartient.")
        await b.page.click("#new-bot")
        await expect(b.page.locator(".toast")).to_have_text("Vous ne gérez aucune communauté dont il pourrait faire partie.")


async def test_the_page_on_a_phone_in_french(agora: Kit, browser: Browser) -> None:
    ada, _, guild_id, _ = await found(agora)
    await agora.request("PATCH", f"{API}/users/@me", ada, json={"locale": "fr"})
    made = await agora.request("POST", "/api/agora/bots", ada, json={"name": "Helper", "guild_id": str(guild_id)})
    async with visiting(browser, agora, ada, size=PHONE) as a:
        await a.open("/settings")
        await expect(a.page.locator("#bots li small")).to_have_text("dans 1 communauté")
        await a.page.locator("#bots").scroll_into_view_if_needed()
        await shot(a, "bots_phone")
        await a.page.locator("#bots").get_by_role("button", name="Emojis").click()
        await expect(a.page.locator("dialog[open] h2")).to_have_text("Emojis de Helper")
        await a.page.set_input_files("#bot-emoji-file", [{"name": "oui.png", "mimeType": "image/png", "buffer": png(16, 16)}])
        await expect(a.page.locator("dialog[open] .rows b")).to_have_text([":oui:"])
        await shot(a, "bot_emojis_phone")
        wide = await a.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert (made.status, wide) == (201, 0)
