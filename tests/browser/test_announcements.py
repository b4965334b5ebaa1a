"""An announcement channel in the page: followed from its head, messages published and taken back; ended among the webhooks."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from tests.browser.test_files import shot
from tests.browser.test_manage import API
from tests.browser.visitor import PHONE, visiting
from tests.kit.server import Kit


async def test_a_channel_is_followed_and_a_message_published(agora: Kit, browser: Browser) -> None:
    ada, ben, cy = [await agora.person(name) for name in ("ada", "ben", "cy")]
    assert (await agora.request("PATCH", f"{API}/users/@me", cy, json={"locale": "fr"})).status == 200
    guild_id = await agora.guild(ada, ben, cy, name="Harbour")
    news = await agora.channel(ada, guild_id, "news", type=5)
    away = await agora.guild(cy, name="Lighthouse")
    echo = await agora.channel(cy, away, "echo")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, cy, size=PHONE) as c:
        # who manages no webhooks anywhere has nothing to follow with
        async with visiting(browser, agora, ben) as b:
            await b.enter(guild_id, news)
            await expect(b.page.locator("#follow-channel")).to_be_hidden()
        await c.enter(guild_id, news)
        await shot(c, "follow-head-phone")
        await c.page.click("#follow-channel")
        dialog = c.page.locator("dialog[open]")
        await expect(dialog.locator("h2")).to_have_text("Suivre #news")
        await expect(dialog.locator("[type=submit]")).to_be_disabled()
        await expect(dialog.locator("[role=option]")).to_contain_text(["echo"], use_inner_text=True)
        await c.page.fill("#follow-to", "ech")
        await expect(dialog.locator("[aria-selected=true]")).to_contain_text("#echo")
        await shot(c, "follow-phone")
        await dialog.locator("[type=submit]").click()
        await expect(dialog).to_have_count(0)
        await expect(c.page.locator(".toast")).to_have_text("#echo suit désormais #news.")
        await c.enter(away, echo)
        await expect(c.page.locator(".message__notice")).to_have_text("Désormais, ce qui est publié dans Harbour #news arrive ici.")

        await a.enter(guild_id, news)
        await a.say("The **tide** is high")
        row = a.page.locator(a.row("is high"))
        await row.hover()
        await shot(a, "publish-bar")
        await row.locator('[data-act="publish"]').click()
        question = a.page.locator("dialog[open]")
        await expect(question).to_contain_text("Publish this message?")
        await shot(a, "publish-question")
        await question.locator("[value=yes]").click()
        await expect(row.locator(".message__published")).to_have_text("published")
        await row.hover()
        await expect(row.locator('[data-act="reply"]')).to_be_visible()
        await expect(row.locator('[data-act="publish"]')).to_be_hidden()
        await shot(a, "published")

        await c.sees("is high")
        copy = c.page.locator(c.row("is high"))
        await expect(copy.locator("strong")).to_have_text("tide")
        await expect(copy.locator(".message__name")).to_have_text("Harbour #news")
        await expect(copy.locator(".tag")).to_have_text("Suivi")
        await shot(c, "copy-phone")
        await copy.locator("a.message__published").click()
        await c.page.wait_for_url(re.compile(f"/channels/{guild_id}/{news}/\\d+$"))
        await c.enter(away, echo)

        messages = f"{API}/channels/{news}/messages"
        said = (await agora.request("GET", messages, ada)).json[0]["id"]
        await agora.request("PATCH", f"{messages}/{said}", ada, json={"content": "The tide is low"})
        await c.sees("is low")
        await agora.request("DELETE", f"{messages}/{said}", ada)
        await expect(c.page.locator(".message__notice").last).to_have_text("Le message d’origine a été supprimé.")
        await shot(c, "gone-phone")


async def test_following_is_ended_among_the_webhooks(agora: Kit, browser: Browser) -> None:
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada, name="Harbour")
    news, echo = await agora.channel(ada, guild_id, "news", type=5), await agora.channel(ada, guild_id, "echo")
    followed = await agora.request("POST", f"{API}/channels/{news}/followers", ada, json={"webhook_channel_id": str(echo)})
    assert followed.status == 200
    async with visiting(browser, agora, ada, size=PHONE) as a:
        # beside all that an owner has in the head of a channel, its name is still there on a phone
        await a.enter(guild_id, news)
        await expect(a.page.locator("#follow-channel")).to_be_in_viewport(ratio=1)
        await expect(a.page.locator("#room-name")).to_be_in_viewport(ratio=1)
        await shot(a, "follow-head-owner-phone")
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, news)
        await shot(a, "follow-head")
        await a.page.click("#follow-channel")
        options = a.page.locator("dialog[open] [role=option]")
        await expect(options.filter(has_text="echo")).to_have_count(1)
        await expect(options.filter(has_text="news")).to_have_count(0)  # not itself
        await shot(a, "follow")
        await a.page.locator("dialog[open] [data-close]").click()
        await a.enter(guild_id, echo)
        await expect(a.page.locator("#follow-channel")).to_be_hidden()
        notice = a.page.locator(".message", has=a.page.locator(".message__notice"))
        await notice.hover()
        await expect(notice.locator('[data-act="link"]')).to_be_visible()
        for name in ("edit", "reply", "publish"):
            await expect(notice.locator(f'[data-act="{name}"]')).to_be_hidden()
        await shot(a, "follow-notice")
        await a.page.click("#channel-settings")
        await a.page.locator(".dialog [data-slot=webhooks]").click()
        row = a.page.locator(".webhook")
        await expect(row.locator("[data-slot=note]")).to_contain_text("Follows #news of Harbour")
        await expect(row.locator("[data-slot=copy]")).to_be_hidden()
        await expect(row.locator("[data-slot=name]")).to_have_value("Harbour #news")
        await shot(a, "follower")
        await row.locator("[data-slot=end]").click()
        await expect(a.page.locator(".dialog", has_text="What came stays.")).to_be_visible()
        await a.page.locator(".dialog [value=yes]").click()
        await expect(row).to_have_count(0)
        assert (await agora.request("GET", f"{API}/webhooks/{followed.json['webhook_id']}", ada)).status == 404
