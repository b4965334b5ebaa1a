"""A group from the page: made out of a conversation, people added and put out, named and left; told in both languages."""

from __future__ import annotations

import re

from playwright.async_api import Browser, expect

from agora.domains.place.guilds import add_member
from tests.browser.test_files import shot
from tests.browser.test_manage import API, found
from tests.browser.visitor import PHONE, visiting
from tests.kit.server import Kit


async def test_a_conversation_of_two_becomes_a_group_and_changes(agora: Kit, browser: Browser) -> None:
    ada, ben, guild_id, _ = await found(agora)
    cid, dan = await agora.person("cid"), await agora.person("dan")
    for person in (cid, dan):
        await add_member(agora.ctx(), guild_id, person.id)
    assert (await agora.request("PATCH", f"{API}/users/@me", cid, json={"locale": "fr"})).status == 200
    direct = (await agora.request("POST", f"{API}/users/@me/channels", ada, json={"recipient_id": str(ben.id)})).json["id"]
    async with (
        visiting(browser, agora, ada) as a,
        visiting(browser, agora, cid, size=PHONE) as c,
    ):
        await a.open(f"/channels/@me/{direct}")
        await a.page.wait_for_selector("#composer:enabled")
        await a.page.get_by_role("button", name="Add people").click()
        dialog = a.page.locator("dialog[open]")
        await expect(dialog.locator("li")).to_have_text([re.compile("cid"), re.compile("dan")])
        await expect(dialog.locator("[type=submit]")).to_be_disabled()
        await shot(a, "group_add")
        await dialog.locator("#group-find").fill("CI")
        await expect(dialog.locator("li:visible")).to_have_count(1)
        await dialog.get_by_label("cid").check()
        await dialog.locator("[type=submit]").click()
        await expect(dialog).to_have_count(0)
        await a.page.wait_for_url(re.compile(rf"/channels/@me/(?!{direct})\d+$"))
        group = a.page.url.rpartition("/")[2]
        # one more, into the group itself
        await a.page.get_by_role("button", name="Add people").click()
        await a.page.locator("dialog[open]").get_by_label("dan").check()
        await a.page.locator("dialog[open] [type=submit]").click()
        await expect(a.page.locator(".message__notice")).to_have_text("ada added dan to the group.")
        await expect(a.page.locator(".person")).to_have_count(4)
        await c.open(f"/channels/@me/{group}")
        await expect(c.page.locator(".message__notice")).to_have_text("ada a ajouté dan au groupe.")
        # only the owner puts people out
        await c.page.click("#open-people")
        await expect(c.page.locator(".group-tools")).to_be_visible()
        await expect(c.page.locator(".person__out")).to_have_count(0)
        await shot(a, "group_owner")
        await shot(c, "group_phone")
        await c.page.get_by_role("button", name="Ajouter des personnes").click()
        await expect(c.page.locator("dialog[open] .group-list li")).to_have_text(
            ["Personne d’autre ne partage une communauté avec vous."]
        )
        await shot(c, "group_phone_add")
        await c.page.locator("dialog[open] [data-close]").click()
        await a.page.get_by_role("button", name="Remove dan from the group").click()
        await a.page.locator("dialog[open]").get_by_role("button", name="Remove").click()
        await expect(a.page.locator(".person")).to_have_count(3)
        await expect(c.page.locator(".message__notice").last).to_have_text("ada a retiré dan du groupe.")
        await c.page.get_by_role("button", name="Renommer le groupe").click()
        await c.page.fill("#group-name", "Thé")
        await c.page.locator("dialog[open] [type=submit]").click()
        await expect(a.page.locator("#room-name")).to_have_text("Thé")
        await expect(a.page.locator(".message__notice").last).to_have_text("cid named the group Thé.")
        a.expected = ("404",)  # the mark of what was read last may come after the leave
        await a.page.get_by_role("button", name="Leave the group").click()
        await a.page.locator("dialog[open]").get_by_role("button", name="Leave the group").click()
        await expect(a.page.locator(f'#channels a[href$="/{group}"]')).to_have_count(0)
        await expect(c.page.locator(".message__notice").last).to_have_text("ada a quitté le groupe.")
        await expect(c.page.locator(".person", has_text="ben")).to_contain_text("Propriétaire du groupe")
        await shot(c, "group_end")
