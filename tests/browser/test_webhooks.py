"""Webhooks in the page: made, named, used and ended by who manages them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser.test_files import payload, shot
from tests.browser.visitor import Visitor, visiting
from tests.domains.talk.files.samples import png
from tests.domains.talk.webhooks.test_outgoing import flags, receiving
from tests.kit.server import Kit, open_kit


async def open_settings(visitor: Visitor) -> None:
    """The webhooks in a channel's settings."""
    await visitor.page.click("#channel-settings")
    await visitor.page.locator(".dialog [data-slot=webhooks]").click()


async def test_a_webhook_is_made_used_and_ended(agora: Kit, browser: Browser) -> None:
    """From the channel's settings; what a program says through it appears at once, under its own name."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id, "builds")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=agora.url)
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await expect(b.page.locator("#open-webhooks")).to_be_hidden()
        await open_settings(a)
        await expect(a.page.locator(".webhooks")).to_contain_text("This channel has no webhook yet.")
        await a.page.fill("#new-webhook", "Builder")
        await a.page.get_by_role("button", name="Make a webhook").click()
        row = a.page.locator(".webhook")
        await expect(row.locator("[data-slot=note]")).to_contain_text("Made by ada")
        await row.locator("[data-slot=copy]").click()
        await expect(a.page.locator(".toast")).to_have_text("The address is copied.")
        address = await a.page.evaluate("navigator.clipboard.readText()")
        await row.locator("[data-slot=slack]").click()
        copied = "wanted => navigator.clipboard.readText().then((text) => text === wanted)"
        await a.page.wait_for_function(copied, arg=f"{address}/slack")  # on a slow machine the first toast is gone by then
        await row.locator("[data-slot=picture]").set_input_files([payload("face.png", "image/png", png(8, 8))])
        await expect(row.locator(".avatar__face")).to_be_visible()
        await row.locator("[data-slot=name]").fill("Foreman")
        await row.locator("[data-slot=name]").press("Enter")
        await expect(a.page.locator(".webhook .avatar__letters")).to_have_text("F")
        await shot(a, "webhooks")
        await a.page.locator(".webhooks [data-close]").click()

        path = address.removeprefix(agora.url)
        for name, words in ((None, "Build 7 is green"), ("Night watch", "All is quiet"), ("Night watch", "Still quiet")):
            body = {"content": words, "username": name} if name else {"content": words}
            assert (await agora.request("POST", path, json=body)).status == 204
        await agora.request("POST", f"{path}/slack", json={"text": "*Done*", "username": "CI"})
        for page in (a, b):
            await page.sees("Done")
            names = page.page.locator(".message.is-head .message__name")
            await expect(names).to_have_text(["Foreman", "Night watch", "CI"])
            await expect(page.page.locator(".message.is-head .tag").first).to_have_text("Webhook")
        await expect(b.page.locator(".message__avatar .avatar__face")).to_have_count(4)
        await expect(b.page.locator(".message strong")).to_have_text("Done")
        await shot(b, "webhooks-said")

        await open_settings(a)
        await a.page.locator(".webhook [data-slot=end]").click()
        await a.page.locator(".dialog [value=yes]").click()
        await expect(a.page.locator(".webhook")).to_have_count(0)
        assert (await agora.request("POST", path, json={"content": "x"})).status == 404
        await a.page.locator(".webhooks [data-close]").click()
        # what it said stays as it was said
        await b.enter(guild_id, channel_id)
        await expect(b.page.locator(".message.is-head .message__name")).to_have_text(["Foreman", "Night watch", "CI"])


async def test_an_address_is_told_what_is_said(tmp_path: Path, browser: Browser) -> None:
    """Made by who manages only webhooks, where the operator lists an address; paused, failing, tried again and ended."""
    async with receiving() as receiver, open_kit(tmp_path / "data", flags=flags(receiver)) as kit:
        owner, ada = await kit.person("eve"), await kit.person("ada")
        guild_id = await kit.guild(owner, ada)
        keepers = {"name": "keepers", "permissions": str(1 << 29)}
        role = (await kit.request("POST", f"/api/v10/guilds/{guild_id}/roles", owner, json=keepers)).json["id"]
        await kit.request("PUT", f"/api/v10/guilds/{guild_id}/members/{ada.id}/roles/{role}", owner)
        channel_id = await kit.channel(owner, guild_id, "builds")
        path = f"/api/agora/guilds/{guild_id}/webhook-targets"
        async with visiting(browser, kit, ada) as a:
            a.expected = ("400 (Bad Request)",)
            await a.enter(guild_id, channel_id)
            await a.page.click("#open-webhooks")
            await expect(a.page.locator("#new-target")).to_have_value(receiver.url)
            await a.page.fill("#new-target", "http://elsewhere.example/")
            await a.page.get_by_role("button", name="Tell it").click()
            await expect(a.page.locator("[data-slot=target-problem]")).to_contain_text("does not list this address")
            await a.page.fill("#new-target", receiver.url)
            await a.page.get_by_role("button", name="Tell it").click()
            row = a.page.locator(".webhook--target")
            await expect(row).to_contain_text(receiver.url)
            await expect(row).to_contain_text("This channel")
            await shot(a, "outgoing")
            await a.page.locator(".webhooks [data-close]").click()
            receiver.answers = [500, 500, 500]
            await a.say("Hello out there")
            await receiver.wait(3)
            assert receiver.bodies[0]["data"]["content"] == "Hello out there"
            async with asyncio.timeout(30):
                while (await kit.request("GET", path, ada)).json["items"][0]["dead"] != 1:
                    await asyncio.sleep(0.05)
            await a.page.click("#open-webhooks")
            await expect(row).to_contain_text("This channel")
            await row.locator("[data-slot=pause]").click()
            await expect(row.locator("[data-slot=pause]")).to_have_attribute("aria-pressed", "true")
            await expect(row).to_contain_text("1 not delivered")
            await row.locator("[data-slot=pause]").click()
            await expect(row.locator("[data-slot=pause]")).to_have_attribute("aria-pressed", "false")
            await row.locator("[data-slot=retry]").click()
            await receiver.wait(4)
            await row.locator("[data-slot=end]").click()
            await a.page.locator(".dialog [value=yes]").click()
            await expect(row).to_have_count(0)
