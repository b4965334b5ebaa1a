"""The search column: words in their forms, one channel alone, and by meaning."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from agora.domains.talk.messages import Draft, send
from agora.inference.embed import SentenceEmbedder
from tests.browser.visitor import visiting
from tests.kit.server import Kit

pytestmark = pytest.mark.browser


def animals(self: SentenceEmbedder, texts: list[str]) -> list[list[float]]:
    """A model that knows dogs from all the rest."""
    return [[1.0, 0.0] if {"dog", "puppy"} & set(text.lower().split()) else [0.0, 1.0] for text in texts]


async def test_words_places_and_meaning(agora: Kit, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SentenceEmbedder, "_embed", animals)
    ada = await agora.person("ada")
    guild_id = await agora.guild(ada)
    here, there = await agora.channel(ada, guild_id, "here"), await agora.channel(ada, guild_id, "there")
    await send(agora.ctx(ada), here, Draft(content="Les **chevaux** du roi"))
    await send(agora.ctx(ada), there, Draft(content="un cheval, there"))
    await send(agora.ctx(ada), there, Draft(content="my dog sleeps"))
    await agora.settle()
    async with visiting(browser, agora, ada) as a:
        await a.enter(guild_id, here)
        await a.page.click("#open-search")
        hits, marks = a.page.locator(".hit"), a.page.locator(".hit mark")
        await a.page.fill("#find", "cheval")
        await expect(marks).to_have_text(["cheval", "chevaux"])
        await a.page.get_by_label("Only in here").check()
        await expect(marks).to_have_text(["chevaux"])
        await expect(hits).to_contain_text("Les chevaux du roi")
        await a.page.get_by_label("Only in here").uncheck()
        await a.page.fill("#find", "puppy")
        await expect(a.page.locator(".finder__state")).to_have_text("Nothing was found.")
        await a.page.select_option("#find-mode", "semantic")
        await expect(hits).to_have_count(1)
        await expect(hits).to_contain_text("my dog sleeps")
        await hits.click()
        await expect(a.page.locator(a.row("my dog sleeps"))).to_be_in_viewport()
