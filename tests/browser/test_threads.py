"""Threads and forums in the page."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.visitor import visiting
from tests.kit.server import Kit


async def test_a_thread_is_begun_joined_and_archived(agora: Kit, browser: Browser) -> None:
    """From a message; another person sees it, joins, answers; its owner archives it and it is found again."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id, "square")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await b.enter(guild_id, channel_id)
        await a.enter(guild_id, channel_id)
        await a.say("Who brings cake?")
        await b.sees("Who brings cake?")
        await a.page.locator(a.row("Who brings cake?")).hover()
        await a.page.locator('.tools [data-act="thread"]').click()
        await expect(a.page.locator("#new-thread-name")).to_have_value("Who brings cake?")
        await a.page.fill("#new-thread-name", "Cake")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator("#room-name")).to_have_text("Cake")
        await expect(a.page.locator("#room-parent")).to_have_text("square")
        await expect(a.page.locator(".channel--thread")).to_contain_text("Cake")
        await a.say("I do")
        await a.sees("I do")
        line = b.page.locator(b.row("Who brings cake?")).locator(".thread-line")
        await expect(line).to_contain_text("Cake")
        await line.click()
        await b.sees("I do")
        await b.page.click("#thread-join")
        await expect(b.page.locator("#thread-join")).to_be_hidden()
        await expect(b.page.locator(".channel--thread")).to_contain_text("Cake")
        await a.page.click("#thread-more")
        await a.page.locator(".menu__item", has_text="Archive").click()
        await expect(a.page.locator("#thread-closed")).to_be_visible()
        await expect(b.page.locator("#thread-closed")).to_be_visible()
        await a.page.click("#room-parent")
        await a.sees("Who brings cake?")
        await a.page.click("#open-threads")
        await a.page.locator(".threads__item", has_text="Cake").click()
        await a.sees("I do")
        await a.say("Still hungry")
        await a.sees("Still hungry")
        await expect(a.page.locator("#thread-closed")).to_be_hidden()


async def test_an_archived_thread_opens_by_its_address(agora: Kit, browser: Browser) -> None:
    """The page knows open threads only; one that is named in the address is asked for."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id, "square")
    made = await agora.request("POST", f"/api/v10/channels/{channel_id}/threads", ada, json={"name": "Old", "type": 11})
    path = f"/api/v10/channels/{made.json['id']}"
    assert (await agora.request("PATCH", path, ada, json={"archived": True})).status == 200
    async with visiting(browser, agora, ada) as a:
        await a.open(f"/channels/{guild_id}/{made.json['id']}")
        await expect(a.page.locator("#room-name")).to_have_text("Old")
        await expect(a.page.locator("#thread-closed")).to_be_visible()


async def test_a_forum_has_posts_with_tags(agora: Kit, browser: Browser) -> None:
    """Made by its owner, posted in and filtered by a member."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    body = {"name": "questions", "type": 15, "available_tags": [{"name": "Open"}, {"name": "Odd"}]}
    forum = (await agora.request("POST", f"/api/v10/guilds/{guild_id}/channels", ada, json=body)).json
    async with visiting(browser, agora, ben) as b:
        await b.open(f"/channels/{guild_id}/{forum['id']}")
        await b.page.get_by_role("button", name="New post").click()
        await b.page.fill("#new-post-name", "How high?")
        await b.page.fill("#new-post-content", "Is the tower?")
        await b.page.locator(".check", has_text="Open").click()
        await b.page.locator(".dialog [type=submit]").click()
        await b.sees("Is the tower?")
        await b.page.click("#room-parent")
        card = b.page.locator(".post")
        await expect(card).to_contain_text("How high?")
        await expect(card).to_contain_text("Is the tower?")
        await b.page.locator(".forum__tag", has_text="Odd").click()
        await expect(card).to_have_count(0)
        await b.page.locator(".forum__tag", has_text="Open").click()
        await expect(card).to_have_count(1)
        await card.click()
        await b.sees("Is the tower?")


async def test_a_thread_is_moved_and_merged_and_old_links_lead_on(agora: Kit, browser: Browser) -> None:
    """From the menu of the thread; who reads it is taken along, and a link to a message of the merged thread still finds it."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    square, cellar = await agora.channel(ada, guild_id, "square"), await agora.channel(ada, guild_id, "cellar")
    ids = []
    for name, text in (("Cake", "With cherries"), ("Pie", "With apples")):
        path = f"/api/v10/channels/{square}/threads"
        ids.append((await agora.request("POST", path, ada, json={"name": name, "type": 11})).json["id"])
        said = await agora.request("POST", f"/api/v10/channels/{ids[-1]}/messages", ben, json={"content": text})
        ids.append(said.json["id"])
    cake, cherries, pie, _ = ids
    link = f"/channels/{guild_id}/{cake}/{cherries}"
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        a.expected = b.expected = ("404",)
        await a.open(f"/channels/{guild_id}/{cake}")
        await a.sees("With cherries")
        await b.open(f"/channels/{guild_id}/{cake}")
        await b.sees("With cherries")
        await b.page.click("#thread-more")
        await expect(b.page.locator(".menu__item", has_text="Move to a channel")).to_have_count(0)
        await b.page.keyboard.press("Escape")
        await a.page.click("#thread-more")
        await a.page.locator(".menu__item", has_text="Move to a channel").click()
        await a.page.select_option("#thread-place", str(cellar))
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator("#room-parent")).to_have_text("cellar")
        await expect(b.page.locator("#room-parent")).to_have_text("cellar")
        await a.page.click("#thread-more")
        await a.page.locator(".menu__item", has_text="Merge into a thread").click()
        await a.page.select_option("#thread-place", pie)
        await a.page.locator(".dialog [type=submit]").click()
        for visitor in (a, b):
            await expect(visitor.page.locator("#room-name")).to_have_text("Pie")
            await visitor.sees("With cherries")
            await visitor.sees("With apples")
        await b.open(link)
        await expect(b.page.locator("#room-name")).to_have_text("Pie")
        await b.sees("With cherries")
        await a.page.click("#room-parent")
        await a.say(f"see {agora.url}{link}")
        await a.sees("see ")
        await a.page.locator(a.row("see ")).locator(".message__body a").click()
        await expect(a.page.locator("#room-name")).to_have_text("Pie")
        await a.sees("With cherries")
