"""The page of models: what runs, files, details, communities; in both languages and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from agora.domains.minds.agents import NewAgent, create_agent
from agora.inference.tiny import write_tiny_model
from tests.browser.visitor import PHONE, WIDE, visiting
from tests.inference.lora import write_tiny_adapter
from tests.kit.server import Kit


async def test_models_are_added_inspected_given_to_communities_and_removed(agora: Kit, browser: Browser, tmp_path: Path) -> None:
    owner = await agora.person("ada", owner=True)
    guild_id = await agora.guild(owner, name="Harbour")
    zoe = await create_agent(agora.ctx(), NewAgent(name="Zoe"))
    write_tiny_model(tmp_path / "tiny.gguf")
    write_tiny_adapter(tmp_path / "pirate.gguf")
    async with visiting(browser, agora, owner) as a:
        await a.open("/admin")
        await a.page.locator("a[href='/admin/models']").click()
        await expect(a.page.locator("#engine-state")).to_contain_text("ready")
        await expect(a.page.locator("#models li", has_text="agora-starter")).to_be_visible()
        await expect(a.page.locator("#servers-none")).to_be_visible()
        await expect(a.page.locator("#summaries-state")).to_contain_text("Kept: 0")

        a.expected = ("422",)
        await a.page.fill("#f-path", str(tmp_path / "missing.gguf"))
        await a.page.locator("#add [type=submit]").click()
        await expect(a.page.locator("#add-problem")).to_contain_text("no GGUF file")
        a.expected = ()
        for name in ("tiny", "pirate"):
            await a.page.fill("#f-path", str(tmp_path / f"{name}.gguf"))
            await a.page.locator("#f-link").check()
            await a.page.locator("#add [type=submit]").click()
            await expect(a.page.locator("#models li", has_text=name)).to_contain_text("linked")

        await a.page.select_option("#f-model", "tiny")
        await expect(a.page.locator("#adapter-row")).to_be_visible()
        await expect(a.page.locator("#f-adapter option")).to_have_text(["None", "pirate"])

        await a.page.locator("#models li", has_text="tiny").get_by_role("button", name="Details").click()
        await expect(a.page.locator(".dialog .facts")).to_contain_text("ChatML")
        await a.page.locator(".dialog [data-close]").click()

        await a.page.reload()
        guild = a.page.locator("#guilds li", has_text="Harbour").locator("select")
        await guild.select_option("tiny")
        await expect(a.page.locator(".toast")).to_have_text("Saved.")
        path = f"/api/agora/guilds/{guild_id}/model"
        assert (await agora.request("GET", path, owner)).json == {"name": "tiny"}
        await a.page.locator("#agents li", has_text="Zoe").locator("select").select_option("tiny")
        await expect(a.page.locator(".toast")).to_have_count(2)
        assert (await agora.request("GET", f"/api/agora/agents/{zoe.id}", owner)).json["model"] == "tiny"

        await a.page.locator("#models li", has_text="tiny").get_by_role("button", name="Remove").click()
        await a.page.locator(".dialog [value=yes]").click()
        await expect(a.page.locator("#models li", has_text="tiny")).to_have_count(0)
        assert (tmp_path / "tiny.gguf").exists()
        assert (await agora.request("GET", path, owner)).json == {"name": ""}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
async def test_the_page_fits_and_speaks_french(agora: Kit, browser: Browser, size: tuple[int, int]) -> None:
    owner = await agora.person("ada", owner=True)
    async with visiting(browser, agora, owner, size=size) as a:
        await a.open("/settings")
        await a.page.locator(".segment", has_text="Français").click()
        await expect(a.page.locator("h1")).to_have_text("Réglages")
        await a.open("/admin/models")
        await expect(a.page.locator("h1")).to_have_text("Modèles")
        await expect(a.page.locator("#loaded li")).to_contain_text("fake")
        width = await a.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size[0]
