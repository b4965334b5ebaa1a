"""Commands, buttons, selects and forms of an app in the page; the app is a bot at the gateway."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, expect

from agora.domains.place import guilds
from agora.protocol.opcodes import Op
from tests.browser.visitor import visiting
from tests.kit.gateway import GatewayClient, gateway_client
from tests.kit.server import Kit, Person

COMMANDS: list[dict[str, Any]] = [
    {
        "name": "greet",
        "description": "Greets somebody",
        "name_localizations": {"fr": "saluer"},
        "options": [
            {"type": 6, "name": "who", "description": "Whom to greet", "required": True},
            {"type": 3, "name": "how", "description": "With which word", "autocomplete": True},
        ],
    },
    {"name": "menu", "description": "Shows buttons"},
    {"name": "Count words", "type": 3},
    {"name": "Wave at", "type": 2},
]


class Bot:
    """An app that answers as a test says."""

    def __init__(self, kit: Kit, person: Person, gateway: GatewayClient) -> None:
        self.kit = kit
        self.person = person
        self.gateway = gateway
        self._seen = 0

    async def next(self) -> Any:
        """The next interaction."""
        await self.gateway.until(lambda: len(self.gateway.named("INTERACTION_CREATE")) > self._seen, "no interaction")
        self._seen += 1
        return self.gateway.named("INTERACTION_CREATE")[self._seen - 1]

    async def answer(self, asked: Any, kind: int, **data: Any) -> None:
        """Answer it."""
        path = f"/api/v10/interactions/{asked['id']}/{asked['token']}/callback"
        answer = await self.kit.request("POST", path, json={"type": kind, "data": data})
        assert answer.status == 204, answer.text


@contextlib.asynccontextmanager
async def app_in(kit: Kit, guild_id: int) -> AsyncIterator[Bot]:
    """A bot with commands in a community."""
    bot = await kit.person("helper", bot=True)
    await guilds.add_member(kit.ctx(), guild_id, bot.id)
    made = await kit.request("PUT", f"/api/v10/applications/{bot.id}/commands", bot, json=COMMANDS)
    assert made.status == 200, made.text
    async with gateway_client(kit.session, kit.url) as gateway:
        await gateway.identify(bot.token)
        beating = asyncio.create_task(_beat(gateway))
        yield Bot(kit, bot, gateway)
        beating.cancel()


async def _beat(gateway: GatewayClient) -> None:
    """Browsers on a busy machine may take longer than a session without a heartbeat lives."""
    while True:
        await gateway.send(Op.HEARTBEAT, gateway.seq or None)
        await asyncio.sleep(10)


async def test_a_command_with_options(agora: Kit, browser: Browser) -> None:
    """`/` lists commands; options become fields with completions; the answer says who used what."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id)
    async with app_in(agora, guild_id) as bot, visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.page.locator("#composer").press_sequentially("/gre")
        await expect(a.page.locator("#commands [role=option]")).to_have_count(1)
        await a.page.press("#composer", "Enter")
        await a.page.locator("#command-option-0").select_option(label="@ada")
        await a.page.locator("#command-option-1").press_sequentially("he")
        while True:
            asked = await bot.next()
            typed = next(option for option in asked["data"]["options"] if option["name"] == "how")
            await bot.answer(asked, 8, choices=[{"name": "Hello there", "value": "hello"}])
            if typed["value"] == "he":
                break
        await expect(a.page.locator("datalist option")).to_have_attribute("value", "Hello there")
        await a.page.fill("#command-option-1", "Hello there")
        await a.page.press("#command-option-1", "Enter")
        asked = await bot.next()
        while asked["type"] == 4:
            asked = await bot.next()
        values = {option["name"]: option["value"] for option in asked["data"]["options"]}
        assert values == {"who": str(ada.id), "how": "hello"}
        await bot.answer(asked, 4, content="hello ada")
        await a.sees("hello ada")
        await expect(a.page.locator(".message__used:visible")).to_have_text("ada used /greet")
        await expect(a.page.locator("#composer")).to_be_focused()


async def test_buttons_selects_and_forms(agora: Kit, browser: Browser) -> None:
    """A press reaches the app; it changes the message, opens a form, or answers for one person alone."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    button = {"type": 2, "style": 1, "label": "Press", "custom_id": "press"}
    select = {"type": 3, "custom_id": "pick", "options": [{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b"}]}
    rows = [{"type": 1, "components": [button]}, {"type": 1, "components": [select]}]
    field = {"type": 4, "custom_id": "name", "style": 1, "label": "Your name", "min_length": 2}
    form = {"custom_id": "form", "title": "Who are you?", "components": [{"type": 1, "components": [field]}]}
    async with app_in(agora, guild_id) as bot, visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await a.page.locator("#composer").press_sequentially("/menu")
        await expect(a.page.locator("#commands [role=option]")).to_have_count(1)
        await a.page.press("#composer", "Enter")
        await bot.answer(await bot.next(), 4, content="choose", components=rows)
        await b.sees("choose")

        await b.page.locator(".message select").select_option(label="Blue")
        asked = await bot.next()
        assert (asked["data"]["values"], asked["member"]["user"]["id"]) == (["b"], str(ben.id))
        await bot.answer(asked, 4, content="only for ben", flags=64)
        await b.sees("only for ben")
        await expect(b.page.locator(".message__private:visible")).to_contain_text("Only you can see this.")

        await a.page.locator(".app-button").click()
        await bot.answer(await bot.next(), 9, **form)
        dialog = a.page.locator("dialog[open]")
        await expect(dialog.locator(".dialog__title")).to_have_text("Who are you?")
        await dialog.get_by_label("Your name").fill("Ada")
        await dialog.locator("[type=submit]").click()
        asked = await bot.next()
        assert asked["data"]["components"][0]["components"][0]["value"] == "Ada"
        await bot.answer(asked, 7, content="chosen by Ada", components=[])
        await expect(b.page.locator(b.row("chosen by Ada"))).to_be_visible()
        await expect(b.page.locator(".app-button:visible")).to_have_count(0)
        await expect(a.page.locator(a.row("only for ben"))).to_have_count(0)

        await b.page.locator(".message__private:visible button").click()
        await expect(b.page.locator(b.row("only for ben"))).to_have_count(0)


async def test_commands_on_a_message_in_french(agora: Kit, browser: Browser) -> None:
    """The bar of a message offers what apps can do with it; names come in the reader's language."""
    ada = await agora.person("ada")
    await agora.request("PATCH", "/api/v10/users/@me", ada, json={"locale": "fr"})
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id)
    async with app_in(agora, guild_id) as bot, visiting(browser, agora, ada, locale="fr-FR") as a:
        await a.enter(guild_id, channel_id)
        await a.page.locator("#composer").press_sequentially("/sal")
        await expect(a.page.locator("#commands [role=option]")).to_contain_text("/saluer")
        await a.page.press("#composer", "Escape")
        await a.say("deux mots")
        await a.sees("deux mots")
        await a.page.locator(a.row("deux mots")).hover()
        await a.page.locator('.tools [data-act="apps"]').click()
        await a.page.locator(".popover .menu__item", has_text="Count words").click()
        asked = await bot.next()
        message = asked["data"]["resolved"]["messages"][asked["data"]["target_id"]]
        await bot.answer(asked, 4, content=f"{len(message['content'].split())} mots en tout")
        await a.sees("2 mots en tout")


async def test_menus_of_messages_and_people(agora: Kit, browser: Browser) -> None:
    """A right click, or the menu key, shows what one can do, and what apps offer for that kind; links keep the browser's menu."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id)
    async with app_in(agora, guild_id) as bot, visiting(browser, agora, ada) as a:
        await a.enter(guild_id, channel_id)
        await a.say("two words")
        await a.sees("two words")
        menu = a.page.locator(".popover:popover-open")
        body = a.page.locator(a.row("two words")).locator(".message__body")
        await body.click(button="right")
        await expect(menu.locator(".menu__item", has_text="Reply")).to_be_visible()
        await expect(menu.locator(".menu__item", has_text="Count words")).to_contain_text("helper")
        await expect(menu.locator(".menu__item", has_text="Wave at")).to_have_count(0)
        await menu.locator(".menu__item", has_text="Count words").click()
        asked = await bot.next()
        assert [each["content"] for each in asked["data"]["resolved"]["messages"].values()] == ["two words"]
        await bot.answer(asked, 4, content="2 words")
        await a.sees("2 words")
        await body.click(button="right")
        await menu.locator(".menu__item", has_text="Edit").click()
        await expect(a.page.locator(".edit__text")).to_have_value("two words")
        await a.page.keyboard.press("Escape")
        person = a.page.locator(f'.person[data-user-id="{ben.id}"]')
        await person.click(button="right")
        await menu.locator(".menu__item", has_text="Wave at").click()
        asked = await bot.next()
        assert (asked["data"]["type"], asked["data"]["target_id"]) == (2, str(ben.id))
        await bot.answer(asked, 4, content="waves at ben")
        await a.sees("waves at ben")
        await person.focus()
        await a.page.keyboard.press("Shift+F10")
        await menu.locator(".menu__item", has_text="Profile").click()
        await expect(menu.locator(".card__apps .menu__item")).to_have_text("Wave athelper")
        await a.page.keyboard.press("Escape")
        await a.page.locator(".message__name", has_text="ada").first.click(button="right")
        await expect(menu.locator(".menu__item", has_text="Wave at")).to_be_visible()
        await expect(menu.locator(".menu__item", has_text="Message")).to_have_count(0)
