"""Files in the page: chosen, dropped, pasted, refused, shown."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, FilePayload, expect

from tests.browser.visitor import PHONE, Visitor, visiting
from tests.domains.talk.files.samples import pdf, png
from tests.kit.server import Kit, open_kit

CODE = b"def greet(name):\n    return f'Hello {name}'\n" + b"# more\n" * 600


def payload(name: str, kind: str, content: bytes) -> FilePayload:
    """A file as the browser's own dialog would give it."""
    return FilePayload(name=name, mimeType=kind, buffer=content)


async def carry(visitor: Visitor, event: str, target: str, name: str, kind: str, content: bytes) -> None:
    """Drag or paste a file: the browser's own event with the file in it."""
    data = await visitor.page.evaluate_handle(
        """([name, kind, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name, { type: kind }));
            return data;
        }""",
        [name, kind, base64.b64encode(content).decode()],
    )
    if event == "paste":
        await visitor.page.evaluate(
            """([target, data]) => document.querySelector(target)
                .dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))""",
            [target, data],
        )
    else:
        await visitor.page.dispatch_event(target, event, {"dataTransfer": data})


async def shot(visitor: Visitor, name: str) -> None:
    """A picture of the page, where somebody asked for one."""
    folder = os.environ.get("AGORA_SHOTS")
    if folder:
        await visitor.page.screenshot(path=Path(folder) / f"{name}.png")


async def test_files_are_chosen_dropped_and_pasted(agora: Kit, browser: Browser) -> None:
    """From the button, a drag and the clipboard, with a description and a cover; the other sees them at once."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    assert (await agora.request("PATCH", "/api/v10/users/@me", ben, json={"locale": "fr"})).status == 200
    guild_id = await agora.guild(ada, ben)
    channel_id = await agora.channel(ada, guild_id, "square")
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await expect(a.page.locator("#composer-send")).to_be_disabled()
        await a.page.set_input_files("#composer-file", [payload("meadow.png", "image/png", png(90, 60))])
        await expect(a.page.locator(".waiting")).to_have_count(1)
        await a.page.fill(".waiting__about", "A green meadow")
        await carry(a, "dragenter", "#main", "greet.py", "text/x-python", CODE)
        await expect(a.page.locator("#drop")).to_be_visible()
        await carry(a, "drop", "#main", "greet.py", "text/x-python", CODE)
        await expect(a.page.locator("#drop")).to_be_hidden()
        await carry(a, "paste", "#composer", "ending.png", "image/png", png(50, 50))
        await expect(a.page.locator(".waiting")).to_have_count(3)
        await a.page.locator(".waiting", has_text="ending.png").locator('[aria-pressed="false"]').click()
        await shot(a, "waiting")
        await a.say("Three files")
        await expect(a.page.locator(".waiting")).to_have_count(0)

        row = b.page.locator(b.row("Three files"))
        await expect(row.get_by_role("img", name="A green meadow")).to_be_visible()
        await expect(row.locator(".text-file__lines")).to_contain_text("def greet(name):")
        assert len((await row.locator(".text-file__lines").inner_text()).splitlines()) == 9
        await expect(row.locator(".file__size")).to_contain_text("ko")
        covered = row.locator(".cover__button")
        await expect(covered).to_have_text("Divulgâcheur")
        await covered.click()
        await expect(row.locator(".cover img")).to_be_visible()
        await shot(b, "files-fr")
        await row.get_by_role("button", name="Agrandir A green meadow").click()
        await expect(b.page.locator(".lightbox")).to_contain_text("90 × 60")
        await b.page.keyboard.press("Escape")
        async with b.page.expect_download() as download:
            await row.locator(".text-file .file__link").click()
        assert Path(await (await download.value).path()).read_bytes() == CODE

        # a reload shows the same
        await a.enter(guild_id, channel_id)
        natural = await a.page.locator(".picture img").first.evaluate("(image) => image.decode().then(() => image.naturalWidth)")
        assert natural == 90


async def test_what_is_too_much_is_said_before_it_is_sent(tmp_path: Path, browser: Browser) -> None:
    """Too large, too many, no room; and what only the server can see."""
    flags: dict[str, Any] = {"files.attachment_mib": 1, "files.user_quota_mib": 1, "files.attachments": 2}
    async with open_kit(tmp_path / "data", flags=flags) as kit:
        ada = await kit.person("ada")
        guild_id = await kit.guild(ada)
        channel_id = await kit.channel(ada, guild_id)
        async with visiting(browser, kit, ada) as a:
            a.expected = ("400 (Bad Request)",)
            await a.enter(guild_id, channel_id)
            await a.page.set_input_files("#composer-file", [payload("large.bin", "", b"x" * ((1 << 20) + 1))])
            await expect(a.page.locator(".toast")).to_contain_text("large.bin was not added: it has 1 MB")
            small = [payload(f"{number}.bin", "", b"x" * 400_000) for number in range(3)]
            await a.page.set_input_files("#composer-file", small)
            await expect(
                a.page.locator(".toast", has_text="2.bin was not added: a message may have at most 2 files.")
            ).to_be_visible()
            await a.say("both")
            await a.sees("both")
            await a.page.set_input_files("#composer-file", [payload("more.bin", "", b"x" * 400_000)])
            await expect(a.page.locator(".toast", has_text="more.bin was not added: 800 kB of your 1")).to_be_visible()
            await a.page.set_input_files("#composer-file", [payload("bomb.png", "image/png", png(30_000, 30_000))])
            await a.say("a bomb")
            await expect(a.page.locator(".message__trouble:visible")).to_contain_text("30000 × 30000 pixels")
            await a.page.locator('[data-act="discard"]:visible').click()
            await expect(a.page.locator(".message.is-failed")).to_have_count(0)


async def test_who_may_not_attach_has_no_button(agora: Kit, browser: Browser) -> None:
    """Without the permission there is neither button nor drop."""
    ada, ben = await agora.person("ada"), await agora.person("ben")
    guild_id = await agora.guild(ada, ben)
    denied = [{"id": str(guild_id), "type": 0, "allow": "0", "deny": str(1 << 15)}]
    channel_id = await agora.channel(ada, guild_id, permission_overwrites=denied)
    async with visiting(browser, agora, ada) as a, visiting(browser, agora, ben) as b:
        await a.enter(guild_id, channel_id)
        await b.enter(guild_id, channel_id)
        await expect(a.page.locator("#composer-attach")).to_be_visible()
        await expect(b.page.locator("#composer-attach")).to_be_hidden()
        await carry(b, "drop", "#main", "a.txt", "text/plain", b"a")
        await expect(b.page.locator(".toast")).to_have_text("You may not attach files in this channel.")
        await expect(b.page.locator(".waiting")).to_have_count(0)


async def test_files_on_a_phone(agora: Kit, browser: Browser) -> None:
    """Wide pictures and long names stay within a narrow screen, in the dark as well."""
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    channel_id = await agora.channel(ada, guild_id)
    async with visiting(browser, agora, ada, size=PHONE, scheme="dark") as a:
        await a.enter(guild_id, channel_id)
        files = [payload("panorama.png", "image/png", png(900, 11)), payload("x" * 90 + ".pdf", "application/pdf", pdf("words"))]
        await a.page.set_input_files("#composer-file", files)
        await expect(a.page.locator(".waiting")).to_have_count(2)
        await a.page.locator("#composer-send").click()
        await expect(a.page.locator(".message[data-id]:not(.is-pending) .file")).to_be_visible()
        await a.page.locator(".picture img").evaluate("(image) => image.decode()")
        await shot(a, "phone")
        assert await a.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
