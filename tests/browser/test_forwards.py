"""A message is carried on from the page: picked, sent with a note, shown as a quotation with the way back."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.browser.test_manage import API, found
from tests.browser.visitor import PHONE, visiting
from tests.kit.server import Kit


async def test_a_message_is_forwarded_with_a_note(agora: Kit, browser: Browser) -> None:
    ada, ben, guild_id, channel_id = await found(agora)
    garden = await agora.channel(ada, guild_id, "garden")
    first = (await agora.request("POST", f"{API}/channels/{channel_id}/messages", ben, json={"content": "**Carry** this on"})).json
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben, size=PHONE) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, garden)
        row = a.page.locator(a.row("this on"))
        await row.hover()
        await row.locator('[data-act="forward"]').click()
        dialog = a.page.locator("dialog[open]")
        await expect(dialog.locator("blockquote strong")).to_have_text("Carry")
        await expect(dialog.locator("[type=submit]")).to_be_disabled()
        await expect(dialog.locator("[role=option]")).to_contain_text(["square", "garden"], use_inner_text=True)
        await a.page.fill("#forward-to", "gard")
        await expect(dialog.locator("[aria-selected=true]")).to_contain_text("#garden")
        await a.page.fill("#forward-note", "for all of you")
        await dialog.locator("[type=submit]").click()
        await expect(dialog).to_have_count(0)
        await expect(a.page.locator(".toast")).to_have_text("Forwarded to #garden.")
        quote = b.page.locator(".forward")
        await expect(quote).to_contain_text("Forwarded")
        await expect(quote.locator("strong")).to_have_text("Carry")
        await b.sees("for all of you")
        await quote.locator("a").click()
        await b.page.wait_for_url(re.compile(f"/channels/{guild_id}/{channel_id}/{first['id']}$"))
        await b.sees("this on")


async def test_a_forward_is_deleted_but_not_edited_and_polls_stay_where_they_are(agora: Kit, browser: Browser) -> None:
    ada, _, guild_id, channel_id = await found(agora)
    messages = f"{API}/channels/{channel_id}/messages"
    first = (await agora.request("POST", messages, ada, json={"content": "once"})).json
    reference = {"type": 1, "message_id": first["id"], "channel_id": str(channel_id)}
    await agora.request("POST", messages, ada, json={"message_reference": reference})
    poll = {"question": {"text": "Well?"}, "answers": [{"poll_media": {"text": "Yes"}}]}
    await agora.request("POST", messages, ada, json={"poll": poll})
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        rows = a.page.locator(".message[data-id]")
        await expect(rows).to_have_count(3)
        await rows.nth(1).hover()
        await expect(rows.nth(1).locator('[data-act="forward"]')).to_be_visible()
        await expect(rows.nth(1).locator('[data-act="edit"]')).to_be_hidden()
        await rows.nth(2).hover()
        await expect(rows.nth(2).locator('[data-act="reply"]')).to_be_visible()
        await expect(rows.nth(2).locator('[data-act="forward"]')).to_be_hidden()
        await rows.nth(1).hover()
        await rows.nth(1).locator('[data-act="delete"]').click()
        await a.page.locator("dialog button", has_text="Delete").click()
        await expect(rows).to_have_count(2)
