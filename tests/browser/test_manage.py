"""A community is run from the page: invitations, roles, members, bans, rules, reports, channels, the log."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.visitor import PHONE, Visitor, visiting
from tests.kit.server import Kit, Person

API = "/api/v10"


async def found(agora: Kit) -> tuple[Person, Person, int, int]:
    """Ada's community with Ben in it and one channel."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben, name="Harbour")
    return ada, ben, guild_id, await agora.channel(ada, guild_id, "square")


async def settings(visitor: Visitor, guild_id: int, section: str) -> None:
    """Open a section and wait until it is painted."""
    await visitor.open(f"/guilds/{guild_id}/settings/{section}")
    await expect(visitor.page.locator("#manage")).to_have_attribute("data-ready", "true")


async def test_an_invitation_is_made_taken_and_revoked(agora: Kit, browser: Browser) -> None:
    """From the community's menu; somebody else joins by the link."""
    ada, _, guild_id, channel_id = await found(agora)
    cleo = await agora.person("cleo")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, cleo) as c:
        await a.enter(guild_id, channel_id)
        await a.page.click("#guild-menu")
        await a.page.locator(".menu__item", has_text="Invite people").click()
        await a.page.select_option("#invite-uses", "5")
        await a.page.locator(".dialog [type=submit]").click()
        link = a.page.locator("#invite-link")
        await expect(link).to_be_visible()
        address = await link.input_value()
        await c.open(address.removeprefix(agora.url))
        await expect(c.page.locator("h1")).to_have_text("Harbour")
        await c.page.get_by_role("button", name="Join").click()
        await c.page.wait_for_url(f"**/channels/{guild_id}/{channel_id}")
        await settings(a, guild_id, "invites")
        await expect(a.page.locator(".rows li")).to_contain_text("used 1/5")
        await a.page.get_by_role("button", name="Revoke").click()
        await expect(a.page.locator(".rows li")).to_have_count(0)


async def test_roles_are_made_and_given(agora: Kit, browser: Browser) -> None:
    """A new role with a permission, given to a member with a nickname."""
    ada, ben, guild_id, _ = await found(agora)
    async with visiting(browser, agora, ada) as a:
        await settings(a, guild_id, "roles")
        await a.page.get_by_role("button", name="New role").click()
        await a.page.locator(".rows li", has_text="new role").get_by_role("button", name="Edit").click()
        await a.page.fill("#role-name", "Keepers")
        await a.page.fill("#role-color", "#3366ff")
        await a.page.locator(".check", has_text="Shown apart").click()
        await a.page.locator(".check", has_text="Manage threads").click()
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator(".rows li", has_text="Keepers")).to_be_visible()
        await a.page.get_by_role("button", name="New role").click()
        names = a.page.locator(".rows li b")
        await expect(names).to_have_text(["Keepers", "new role", "@everyone"])
        await a.page.get_by_role("button", name="Move down").first.click()
        await expect(names).to_have_text(["new role", "Keepers", "@everyone"])
        await settings(a, guild_id, "members")
        await a.page.locator("#manage input[type=search]").fill("be")
        await expect(a.page.locator(".rows li")).to_have_count(1)
        await a.page.get_by_role("button", name="Edit").click()
        await a.page.fill("#member-nick", "Benny")
        await a.page.locator(".check", has_text="Keepers").click()
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator(".rows li")).to_contain_text("Keepers")
    roles = (await agora.request("GET", f"{API}/guilds/{guild_id}/roles", ada)).json
    role = next(each for each in roles if each["name"] == "Keepers")
    assert (role["color"], role["hoist"], int(role["permissions"])) == (0x3366FF, True, 1 << 34)
    member = (await agora.request("GET", f"{API}/guilds/{guild_id}/members/{ben.id}", ada)).json
    assert (member["nick"], member["roles"]) == ("Benny", [role["id"]])


async def test_a_member_is_timed_out_and_banned(agora: Kit, browser: Browser) -> None:
    """A ban with a reason to see in the list; it is lifted again, and the log tells of all."""
    ada, _, guild_id, _ = await found(agora)
    async with visiting(browser, agora, ada) as a:
        await settings(a, guild_id, "members")
        row = a.page.locator(".rows li", has_text="@ben")
        await row.get_by_role("button", name="Edit").click()
        await a.page.select_option("#member-timeout", "3600")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(row).to_contain_text("timed out until")
        await row.get_by_role("button", name="Edit").click()
        await a.page.locator(".dialog").get_by_role("button", name="Ban").click()
        await a.page.select_option("#ban-back", "86400")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(row).to_have_count(0)
        await settings(a, guild_id, "bans")
        await a.page.get_by_role("button", name="Lift the ban").click()
        await expect(a.page.locator("#manage")).to_contain_text("Nobody is banned.")
        await agora.settle()
        await settings(a, guild_id, "log")
        for words in ("banned", "lifted a ban", "changed a member"):
            await expect(a.page.locator("#manage")).to_contain_text(words)


async def test_rules_and_reports(agora: Kit, browser: Browser) -> None:
    """A rule blocks a word at once; a report is made from the page and decided in the queue."""
    ada, ben, guild_id, channel_id = await found(agora)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        a.expected = ("400",)
        await settings(a, guild_id, "rules")
        await a.page.get_by_role("button", name="New rule").click()
        await a.page.fill("#rule-name", "Roots")
        await a.page.fill("#rule-words", "turnip\n*://*")
        await a.page.fill("#rule-patterns", "(")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator(".dialog [role=alert]")).to_contain_text("missing )")
        await a.page.fill("#rule-patterns", "b[e3]{2}t")
        await a.page.locator(".dialog [type=submit]").click()
        await expect(a.page.locator(".rows li")).to_contain_text("turnip, *://*, b[e3]{2}t")
        path = f"{API}/channels/{channel_id}/messages"
        for text in ("a turnip", "a B3et"):
            assert (await agora.request("POST", path, ben, json={"content": text})).json["code"] == 200000
        assert (await agora.request("POST", path, ada, json={"content": "quite rude"})).status == 200
        await b.enter(guild_id, channel_id)
        await b.sees("quite rude")
        await b.page.locator(b.row("quite rude")).hover()
        await b.page.locator('.tools [data-act="report"]').click()
        await b.page.fill("#report-reason", "Not kind")
        await b.page.locator(".dialog [type=submit]").click()
        await expect(b.page.locator(".toast")).to_contain_text("moderators have been told")
        await settings(a, guild_id, "reports")
        await expect(a.page.locator(".rows li")).to_contain_text("quite rude")
        await a.page.get_by_role("button", name="Delete the message").click()
        await expect(a.page.locator("#manage")).to_contain_text("Nothing is waiting")
        await expect(b.page.locator(b.row("quite rude"))).to_have_count(0)


async def test_a_channel_is_changed_hidden_moved_and_cloned(agora: Kit, browser: Browser) -> None:
    """Its settings, from the head of the room."""
    ada, ben, guild_id, channel_id = await found(agora)
    await agora.channel(ada, guild_id, "garden")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await b.enter(guild_id, channel_id)
        await expect(b.page.locator("#channel-settings")).to_be_hidden()
        await a.enter(guild_id, channel_id)
        await a.page.click("#channel-settings")
        await a.page.fill("#channel-topic", "About all")
        await a.page.select_option("#channel-slow", "30")
        await a.page.locator("[data-slot=down]").click()
        await expect(a.page.locator(".channel__name").first).to_have_text("garden")
        await a.page.locator("[data-slot=clone]").click()
        await expect(a.page.locator(".channel__name", has_text="square")).to_have_count(2)
        await a.page.click("#channel-settings")
        await a.page.locator(".check", has_text="Private").click()
        await a.page.locator(".dialog [type=submit]").click()
        await expect(b.page.locator("#room-name")).not_to_have_text("square")
    channel = (await agora.request("GET", f"{API}/channels/{channel_id}", ada)).json
    assert channel["permission_overwrites"] == [{"id": str(guild_id), "type": 0, "allow": "0", "deny": "1024"}]


async def test_the_settings_of_a_channel_fit_a_phone(agora: Kit, browser: Browser) -> None:
    ada, _, guild_id, channel_id = await found(agora)
    async with visiting(browser, agora, ada, size=PHONE) as a:
        await a.enter(guild_id, channel_id)
        await a.page.click("#channel-settings")
        dialog = a.page.locator(".dialog")
        await expect(dialog.get_by_role("button", name="Delete")).to_be_in_viewport(ratio=1)
        await expect(dialog.get_by_role("button", name="Save")).to_be_in_viewport(ratio=1)
        assert await dialog.evaluate("one => one.scrollWidth <= one.clientWidth")


async def test_the_name_of_a_community_is_changed(agora: Kit, browser: Browser) -> None:
    """The overview is for who manages the community; others are shown who and what belongs to it."""
    ada, ben, guild_id, _ = await found(agora)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await settings(a, guild_id, "overview")
        await a.page.fill("#guild-name", "Port")
        await a.page.locator("#manage [type=submit]").click()
        await expect(a.page.locator(".toast")).to_have_text("Saved.")
        await b.open(f"/guilds/{guild_id}/settings")
        await expect(b.page.locator(".tab")).to_have_text(["Members", "Emoji", "Stickers"])
        await expect(b.page.locator("h1")).to_have_text("Port")
