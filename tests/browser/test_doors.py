"""Coming in: the one-time link, registering, signing in and out."""

from __future__ import annotations

from playwright.async_api import Browser, expect

from tests.browser.visitor import visiting
from tests.kit.server import Kit


def first_link(kit: Kit) -> str:
    """The path of the link that the first start printed."""
    line = next(line for line in kit.lines if "/welcome/" in line)
    return "/welcome/" + line.split("/welcome/")[1].strip()


async def test_the_owner_comes_in_by_the_first_link(agora: Kit, browser: Browser) -> None:
    """Name, password, an empty server, a community, a channel, a message; the link is used up."""
    link = first_link(agora)
    async with visiting(browser, agora) as owner:
        await owner.open(link)
        await owner.page.fill("#f-username", "marie")
        await owner.page.fill("#f-password", "correct horse battery")
        await owner.page.click("button[type=submit]")
        await owner.page.locator("#empty button").click()
        await owner.page.fill("#new-guild-name", "The Square")
        await owner.page.locator(".dialog [type=submit]").click()
        await expect(owner.page.locator("#guild-name")).to_have_text("The Square")
        await owner.page.click("#add-channel")
        await owner.page.fill("#new-channel-name", "fountain")
        await owner.page.locator(".dialog [type=submit]").click()
        await expect(owner.page.locator("#room-name")).to_have_text("fountain")
        await owner.say("The first word")
        await owner.sees("The first word")
    async with visiting(browser, agora) as stranger:
        stranger.expected = ("410",)
        await stranger.open(link)
        await expect(stranger.page.locator("body")).to_contain_text("used already")


async def test_register_sign_out_and_in(agora: Kit, browser: Browser) -> None:
    """A wrong password is explained, the right one leads back to where one wanted to go."""
    async with visiting(browser, agora) as guest:
        guest.expected = ("400",)
        await guest.open("/register")
        await guest.page.fill("#f-username", "zoe")
        await guest.page.fill("#f-password", "a long password")
        await guest.page.click("button[type=submit]")
        await expect(guest.page.locator("#me-name")).to_have_text("zoe")
        await guest.page.click("#me-button")
        await guest.page.get_by_role("button", name="Sign out").click()
        await guest.page.wait_for_url("**/login")
        await guest.open("/settings")
        await guest.page.wait_for_url("**/login?next=/settings")
        await guest.page.fill("#f-login", "zoe")
        await guest.page.fill("#f-password", "not this one")
        await guest.page.click("button[type=submit]")
        await expect(guest.page.locator("[role=alert]")).to_contain_text("do not match")
        await guest.page.fill("#f-password", "a long password")
        await guest.page.click("button[type=submit]")
        await guest.page.wait_for_url("**/settings")


async def test_error_pages_say_what_to_do(agora: Kit, browser: Browser) -> None:
    """A wrong address and a page for others, in French, with the way back."""
    guest = await agora.person("ben")
    async with visiting(browser, agora, guest, locale="fr-FR") as b:
        b.expected = ("404", "403")
        await b.open("/nowhere")
        await expect(b.page.locator("h1")).to_have_text("Il n’y a rien ici")
        await b.open("/admin")
        await expect(b.page.locator("h1")).to_have_text("Ceci ne vous est pas ouvert")
        await expect(b.page.get_by_role("link", name="Retour aux conversations")).to_be_visible()
