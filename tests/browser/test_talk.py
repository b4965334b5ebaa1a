"""Two people with two browsers in one channel."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.visitor import visiting
from tests.kit.server import Kit


async def test_two_people_talk(agora: Kit, browser: Browser) -> None:
    """Messages, typing, edits, reactions, replies and deletions reach the other without a reload."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id, "square", topic="Where we meet")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await expect(a.page.locator("#room-name")).to_have_text("square")
        await expect(b.page.locator("#room-topic")).to_have_text("Where we meet")

        await a.page.locator("#composer").press_sequentially("Hello Ben")
        await expect(b.page.locator("#typing")).to_contain_text("ada is writing")
        await a.page.keyboard.press("Enter")
        await a.sees("Hello Ben")
        await b.sees("Hello Ben")
        await expect(b.page.locator("#typing")).to_have_text("")
        await expect(a.page.locator(".message")).to_have_count(1)

        await a.page.press("#composer", "ArrowUp")
        await a.page.fill(".edit__text", "Hello **Ben**!")
        await a.page.press(".edit__text", "Enter")
        await expect(b.page.locator(".message strong")).to_have_text("Ben")
        await expect(b.page.locator(".message__edited")).to_be_visible()

        row = b.page.locator(".message").first
        await row.hover()
        await row.locator('[data-act="react"]').click()
        await b.page.locator(".emoji button").first.click()
        await expect(a.page.locator(".reaction")).to_contain_text("1")
        await a.page.locator(".reaction").click()
        await expect(b.page.locator(".reaction")).to_contain_text("2")

        await row.hover()
        await row.locator('[data-act="reply"]').click()
        await b.say("Good morning")
        await a.sees("Good morning")
        await expect(a.page.locator(".message__quote:visible b")).to_have_text("ada")

        await b.page.locator(b.row("Good morning")).hover()
        await b.page.locator('.tools [data-act="delete"]').click()
        await b.page.locator(".dialog [value=yes]").click()
        await expect(a.page.locator(".message")).to_have_count(1)


async def test_enter_sends_and_shift_enter_breaks_the_line(agora: Kit, browser: Browser) -> None:
    """The composer's keys, its limit, and a text that the server refuses."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.page.locator("#composer").press_sequentially("one")
        await a.page.keyboard.press("Shift+Enter")
        await a.page.keyboard.type("two")
        await a.page.keyboard.press("Enter")
        await expect(a.page.locator(".message__body br")).to_have_count(1)

        await a.page.fill("#composer", "x" * 2001)
        await expect(a.page.locator("#composer-count")).to_have_text("-1")
        await expect(a.page.locator("#composer-send")).to_be_disabled()


async def test_markup_in_messages_stays_text(agora: Kit, browser: Browser) -> None:
    """Whatever somebody writes, no element of theirs is made and no script runs."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id, "room", topic="<img src=x onerror=alert(1)>")
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.say("<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>")
        await expect(a.page.locator(".message__body")).to_contain_text("<img src=x")
        assert await a.page.locator(".message__body img, .message__body script, #room-topic img").count() == 0
        assert "broken" not in await a.page.title()


async def test_a_mention_is_chosen_by_typing(agora: Kit, browser: Browser) -> None:
    """@be, Enter: the other's name is written, mentioned, and the message marked for them."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await expect(a.page.locator(".person")).to_have_count(2)
        await a.page.locator("#composer").press_sequentially("Look @be")
        await expect(a.page.locator("#mentions [role=option]")).to_have_count(1)
        await a.page.keyboard.press("Enter")
        await expect(a.page.locator("#composer")).to_have_value("Look @ben ")
        await a.page.keyboard.press("Enter")
        await expect(b.page.locator(".message.is-called .mention")).to_have_text("@ben")


async def test_a_direct_message_opens_from_the_card(agora: Kit, browser: Browser) -> None:
    """From the member list to a conversation of two."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await b.open("/channels/@me")
        await expect(b.page.locator("#connection")).to_have_text("Connected")
        await a.enter(guild_id, channel_id)
        await a.page.locator(".person", has_text="ben").click()
        await a.page.get_by_role("button", name="Message", exact=True).click()
        await expect(a.page.locator("#room-name")).to_have_text("ben")
        await a.say("Between us")
        await b.page.locator(".channel", has_text="ada").click()
        await b.sees("Between us")


async def test_a_bot_shows_an_embed(agora: Kit, browser: Browser) -> None:
    """Title, text and fields of a bot's embed; a picture of another server is not asked for."""
    ada, bot = await agora.person("ada"), await agora.person("herald", bot=True)
    guild_id = await agora.guild(ada, bot)
    channel_id = await agora.channel(ada, guild_id)
    embed = {
        "title": "Weather",
        "description": "Mild <b>and</b> clear",
        "color": 0x17645F,
        "fields": [{"name": "Wind", "value": "none", "inline": True}],
        "image": {"url": "https://elsewhere.example/sky.png"},
    }
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await expect(a.page.locator("#connection")).to_have_text("Connected")
        sent = await agora.request("POST", f"/api/v10/channels/{channel_id}/messages", bot, json={"embeds": [embed]})
        assert sent.status == 200, sent.text
        await expect(a.page.locator(".embed__title")).to_have_text("Weather")
        await expect(a.page.locator(".embed__text")).to_have_text("Mild <b>and</b> clear")
        await expect(a.page.locator(".embed dd")).to_have_text("none")
        await expect(a.page.locator(".embed img")).to_have_count(0)


async def test_a_deleted_channel_leads_to_another(agora: Kit, browser: Browser) -> None:
    """Whoever reads a channel that is deleted stands in another one of the same community."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    await agora.channel(ada, guild_id, "stays")
    gone = await agora.channel(ada, guild_id, "goes")
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, gone)
        await expect(a.page.locator("#room-name")).to_have_text("goes")
        assert (await agora.request("DELETE", f"/api/v10/channels/{gone}", ada)).status == 200
        await expect(a.page.locator(".channel", has_text="goes")).to_have_count(0)
        await expect(a.page.locator("#room-name")).not_to_have_text("goes")
        await expect(a.page.locator("#composer")).to_be_enabled()
