"""Somebody with a browser: their page, and what went wrong in it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Literal
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Request

from agora.domains.place.accounts import start_session
from agora.kernel.auth import SESSION_COOKIE
from tests.kit.server import Kit, Person

WIDE = (1440, 900)
MIDDLE = (1024, 768)
PHONE = (390, 844)


class Visitor:
    """One browser context. ``problems`` collects console errors, page errors and requests to any other origin."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.problems: list[str] = []
        self.expected: tuple[str, ...] = ()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("request", self._request)

    async def open(self, path: str) -> None:
        """Go to a path of the server."""
        await self.page.goto(self.url + path)

    async def enter(self, guild_id: int, channel_id: int) -> None:
        """Open a channel and wait until its messages are shown and one may write."""
        await self.open(f"/channels/{guild_id}/{channel_id}")
        await self.page.wait_for_selector("#composer:enabled")
        await self.page.wait_for_selector(".skeleton", state="detached")

    async def say(self, text: str) -> None:
        """Type into the composer and press Enter."""
        await self.page.fill("#composer", text)
        await self.page.press("#composer", "Enter")

    def row(self, text: str) -> str:
        """The selector of the stored message that contains this text."""
        return f'.message[data-id]:not(.is-pending):not(.is-streaming):has(.message__body:has-text("{text}"))'

    async def sees(self, text: str) -> None:
        """Wait until a stored message that contains this text is shown."""
        await self.page.wait_for_selector(self.row(text))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not any(part in message.text for part in self.expected):
            self.problems.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(self.url).netloc:
            self.problems.append(f"request to another origin: {request.url}")


@contextlib.asynccontextmanager
async def visiting(
    browser: Browser,
    kit: Kit,
    person: Person | None = None,
    *,
    size: tuple[int, int] = WIDE,
    scheme: Literal["dark", "light"] = "light",
    locale: str = "en-GB",
) -> AsyncIterator[Visitor]:
    """A visitor, signed in as this person; when the block ends, nothing may have gone wrong in the page."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale=locale, has_touch=size == PHONE
    )
    context.set_default_timeout(20_000)
    context.set_default_navigation_timeout(60_000)
    if person is not None:
        session = await start_session(kit.ctx(person), person.id, "test")
        await context.add_cookies([{"name": SESSION_COOKIE, "value": session.cookie.value, "url": kit.url}])
    visitor = Visitor(await context.new_page(), kit.url)
    try:
        yield visitor
    finally:
        await context.close()
    assert not visitor.problems, "\n".join(visitor.problems)
