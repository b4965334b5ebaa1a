"""Emojis of a community in the page: uploaded, renamed, written, chosen, reacted with, gone."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, expect

from tests.browser.test_manage import found, settings
from tests.browser.visitor import PHONE, visiting
from tests.domains.talk.expressions.pictures import GIF, PICTURE
from tests.domains.talk.files.samples import png
from tests.kit.server import Kit, Person

API = "/api/v10"


async def make(agora: Kit, person: Person, guild_id: int, name: str) -> Any:
    """An emoji made over REST."""
    return (await agora.request("POST", f"{API}/guilds/{guild_id}/emojis", person, json={"name": name, "image": PICTURE})).json


async def test_an_emoji_is_uploaded_renamed_and_deleted(agora: Kit, browser: Browser) -> None:
    """In the settings; the name comes from the file, a large picture is made small."""
    ada, ben, guild_id, _ = await found(agora)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben, size=PHONE) as b:
        await settings(a, guild_id, "emojis")
        await expect(a.page.locator("#manage")).to_contain_text("There is no emoji yet.")
        files: list[Any] = [
            {"name": "Big smile!.png", "mimeType": "image/png", "buffer": png(90, 110)},
            {"name": "é.gif", "mimeType": "image/gif", "buffer": GIF},
        ]
        await a.page.set_input_files("#emoji-file", files)
        rows = a.page.locator(".rows li")
        await expect(rows).to_have_count(2)
        await expect(rows.locator("b")).to_have_text([":Big_smile:", ":emoji_e:"])
        await expect(rows.first).to_contain_text("by ada")
        assert await rows.first.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 90
        await rows.first.get_by_role("button", name="Edit").click()
        await a.page.fill("#emoji-name", "smile")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(rows.locator("b")).to_have_text([":smile:", ":emoji_e:"])
        await rows.last.get_by_role("button", name="Delete").click()
        await a.page.locator("dialog button", has_text="Delete").click()
        await expect(rows).to_have_count(1)
        await settings(b, guild_id, "emojis")
        await expect(b.page.locator(".rows li b")).to_have_text([":smile:"])
        await expect(b.page.locator(".rows button")).to_have_count(0)
        await expect(b.page.locator("#emoji-file")).to_have_count(0)


async def test_an_emoji_is_written_chosen_and_reacted_with(agora: Kit, browser: Browser) -> None:
    """By its name, by the list that opens while it is typed, by the choice, and below a message; others see the picture."""
    ada, ben, guild_id, channel_id = await found(agora)
    emoji = await make(agora, ada, guild_id, "wave")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        for visitor in (a, b):
            await visitor.enter(guild_id, channel_id)
        await a.say("hello :wave: but not `:wave:`")
        await b.sees("hello")
        shown = b.page.locator(b.row("hello")).locator(".message__body img")
        await expect(shown).to_have_attribute("src", f"/emojis/{emoji['id']}.webp")
        await expect(shown).to_have_count(1)
        await a.page.locator("#composer").press_sequentially("look :wa")
        await expect(a.page.locator("#mentions [role=option]")).to_contain_text(":wave:")
        await a.page.press("#composer", "Enter")
        await expect(a.page.locator("#composer")).to_have_value("look :wave: ")
        await a.page.press("#composer", "Enter")
        await expect(b.page.locator(b.row("look")).locator(".message__body img")).to_have_count(1)
        await a.page.click("#composer-emoji")
        await a.page.get_by_role("option", name=":wave:").click()
        await expect(a.page.locator("#composer")).to_have_value(":wave: ")
        await a.page.press("#composer", "Enter")
        await expect(b.page.locator(".message__body.is-large img")).to_have_count(1)
        row = b.page.locator(b.row("hello"))
        await row.hover()
        await row.locator('[data-act="react"]').click()
        await b.page.get_by_role("option", name=":wave:").click()
        reaction = a.page.locator(a.row("hello")).locator(".reaction")
        await expect(reaction.locator("img")).to_have_count(1)
        await reaction.click()
        await expect(row.locator(".reaction")).to_contain_text("2")
        own = a.page.locator(a.row("hello"))
        await own.hover()
        await own.locator('[data-act="edit"]').click()
        await expect(a.page.locator(".edit__text")).to_have_value("hello :wave: but not `:wave:`")


async def test_a_new_emoji_is_there_at_once_and_a_deleted_one_leaves_its_name(agora: Kit, browser: Browser) -> None:
    """The gateway tells of it; a picture that is gone is not shown broken."""
    ada, ben, guild_id, channel_id = await found(agora)
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        emoji = await make(agora, ada, guild_id, "wave")
        # the gateway keeps the order: who sees this knows the emoji
        await agora.request("POST", f"{API}/channels/{channel_id}/messages", ada, json={"content": "after"})
        await a.sees("after")
        await a.page.locator("#composer").press_sequentially("early :wa")
        await expect(a.page.locator("#mentions [role=option]")).to_contain_text(":wave:")
        await a.page.press("#composer", "Tab")
        await a.page.press("#composer", "Enter")
        await a.sees("early")
    await agora.request("DELETE", f"{API}/guilds/{guild_id}/emojis/{emoji['id']}", ada)
    async with visiting(browser, agora, ben) as b:
        b.expected = ("404",)
        await b.enter(guild_id, channel_id)
        await expect(b.page.locator(b.row("early")).locator(".message__body")).to_have_text("early :wave:")


async def test_a_sticker_is_made_sent_and_deleted(agora: Kit, browser: Browser) -> None:
    """Made in the settings; sent by one press in the composer, beside what is being written; gone, its name stays."""
    ada, ben, guild_id, channel_id = await found(agora)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben, size=PHONE) as b:
        await b.enter(guild_id, channel_id)
        await expect(b.page.locator("#composer-sticker")).to_be_hidden()
        await settings(a, guild_id, "stickers")
        await a.page.get_by_role("button", name="New sticker").click()
        file: Any = {"name": "face.png", "mimeType": "image/png", "buffer": png(64, 64)}
        await a.page.set_input_files("#sticker-file", file)
        await expect(a.page.locator("#sticker-name")).to_have_value("face")
        await a.page.fill("#sticker-tags", "smile")
        await a.page.locator(".dialog [type=submit]").click()
        row = a.page.locator(".rows li")
        await expect(row).to_contain_text("face")
        await row.get_by_role("button", name="Edit").click()
        await a.page.fill("#sticker-name", "Hello there")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(row.locator("b")).to_have_text("Hello there")
        await b.page.fill("#composer", "half a sentence")
        await b.page.click("#composer-sticker")
        await b.page.get_by_role("option", name="Hello there").click()
        sticker = b.page.locator(".message[data-id]:not(.is-pending) .sticker-picture")
        await expect(sticker).to_have_attribute("alt", "Hello there")
        await expect(b.page.locator("#composer")).to_have_value("half a sentence")
        await row.get_by_role("button", name="Delete").click()
        await a.page.locator("dialog button", has_text="Delete").click()
        await expect(row).to_have_count(0)
        await expect(b.page.locator("#composer-sticker")).to_be_hidden()
    async with visiting(browser, agora, ada) as a:
        a.expected = ("404",)
        await a.enter(guild_id, channel_id)
        await expect(a.page.locator(".message__stickers")).to_have_text("Hello there")
