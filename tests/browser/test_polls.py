"""A poll in the page: asked with /poll, voted on by two, ended."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.visitor import visiting
from tests.kit.server import Kit


async def test_two_people_vote(agora: Kit, browser: Browser) -> None:
    """Votes show at both at once, can be changed, stay over a reload, and the end is told in words."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    path = f"/api/v10/channels/{channel_id}"
    answers = [{"poll_media": {"text": "Tea"}}, {"poll_media": {"text": "Coffee"}}]
    body = {"poll": {"question": {"text": "What to drink?"}, "answers": answers}}
    message = (await agora.request("POST", f"{path}/messages", ben, json=body)).json["id"]
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        tea, coffee = (a.page.locator(".poll__answer", has_text=text) for text in ("Tea", "Coffee"))
        await tea.click()
        await expect(tea).to_have_attribute("aria-pressed", "true")
        await expect(b.page.locator(".poll__answer", has_text="Tea")).to_contain_text("100 % (1)")
        await coffee.click()
        await expect(tea).to_contain_text("0 % (0)")
        await b.page.locator(".poll__answer", has_text="Coffee").click()
        await expect(coffee).to_contain_text("100 % (2)")
        await agora.request("POST", f"{path}/polls/{message}/expire", ben)
        await expect(coffee).to_be_disabled()
        await expect(coffee).to_have_attribute("aria-pressed", "true")
        await a.sees("“Coffee” won with 2 of 2 votes")

        await a.page.locator("#composer").press_sequentially("/poll")
        await expect(a.page.locator("#commands [role=option]").first).to_contain_text("/poll")
        await a.page.press("#composer", "Enter")
        for index, text in enumerate(("Again?", "Yes", "No")):
            await a.page.fill(f"#command-option-{index}", text)
        await a.page.press("#command-option-2", "Enter")
        await expect(b.page.locator(".poll__question", has_text="Again?")).to_be_visible()
        await expect(b.page.locator(".message__used:visible")).to_have_text("ada used /poll")
