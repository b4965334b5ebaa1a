"""Reading: pages of history, the place kept, unread marks, search, jumping."""

from __future__ import annotations

from playwright.async_api import Browser, Page, expect

from agora.domains.talk.messages import Draft, send
from tests.browser.visitor import Visitor, visiting
from tests.kit.server import Kit


async def top_row(page: Page) -> tuple[str, float]:
    """The first visible message and where it stands (pixels from the top of the list)."""
    found = await page.evaluate(
        """() => {
            const top = document.querySelector("#scroller").getBoundingClientRect().top;
            const row = [...document.querySelectorAll(".message")].find((row) => row.getBoundingClientRect().bottom > top);
            return [row.dataset.id, row.getBoundingClientRect().top - top];
        }"""
    )
    return found[0], found[1]


async def scroll_to(visitor: Visitor, top: int) -> None:
    """Set the scroll place and let the page see it."""
    await visitor.page.evaluate("(top) => { document.querySelector('#scroller').scrollTop = top; }", top)


async def test_history_loads_upwards_and_keeps_the_place(agora: Kit, browser: Browser) -> None:
    """120 messages: the newest are shown, older ones come while scrolling, what is read does not move."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    for number in range(120):
        await send(agora.ctx(ben), channel_id, Draft(content=f"line {number}"))
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.sees("line 119")
        await expect(a.page.locator(".message")).to_have_count(50)
        await a.page.evaluate("() => new Promise(requestAnimationFrame)")
        await scroll_to(a, 500)
        before = await top_row(a.page)
        await expect(a.page.locator(".message")).to_have_count(100)
        after = await top_row(a.page)
        assert after[0] == before[0]
        assert abs(after[1] - before[1]) < 2

        await send(agora.ctx(ben), channel_id, Draft(content="something new"))
        await expect(a.page.locator("#to-present")).to_contain_text("1 new message")
        assert (await top_row(a.page))[0] == before[0]
        await a.page.click("#to-present")
        await expect(a.page.locator(a.row("something new"))).to_be_in_viewport()

        await scroll_to(a, 0)
        await expect(a.page.locator("#opening")).to_be_visible()


async def test_search_leads_to_the_message(agora: Kit, browser: Browser) -> None:
    """Found by a word, opened where it stands, although it is far above."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    await send(agora.ctx(ben), channel_id, Draft(content="the hidden pomegranate"))
    for number in range(90):
        await send(agora.ctx(ben), channel_id, Draft(content=f"line {number}"))
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.sees("line 89")
        await a.page.click("#open-search")
        await a.page.keyboard.type("pomegranate")
        await expect(a.page.locator(".hit mark")).to_have_text("pomegranate")
        await a.page.locator(".hit").click()
        await expect(a.page.locator(a.row("the hidden pomegranate"))).to_be_in_viewport()
        await expect(a.page.locator("#to-present")).to_be_visible()


async def test_unread_channels_are_marked(agora: Kit, browser: Browser) -> None:
    """A message elsewhere marks its channel until it is read."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    here = await agora.channel(ada, guild_id, "here")
    there = await agora.channel(ada, guild_id, "there")
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, here)
        await expect(a.page.locator("#connection")).to_have_text("Connected")
        await send(agora.ctx(ben), there, Draft(content=f"over here <@{ada.id}>"))
        link = a.page.locator(".channel", has_text="there")
        await expect(link).to_have_attribute("data-unread", "true")
        await expect(link.locator(".channel__badge")).to_have_text("1")
        await link.click()
        await a.page.wait_for_selector(".message.is-called")
        await a.page.locator(".channel", has_text="here").first.click()
        await expect(link).not_to_have_attribute("data-unread", "true")
