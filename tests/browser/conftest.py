"""Debian's Chromium for the browser tests. Where it is missing they say so and are skipped; under CI=true they fail."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

FOLDER = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
# nothing of the browser's own may ask the network for anything
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=15_000)  # a busy machine; what is there at once is not waited for


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a browser test."""
    for item in items:
        if FOLDER in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_chromium() -> str:
    """The browser's path."""
    for name in NAMES:
        path = shutil.which(name)
        if path is not None:
            return path
    missing = "Chromium is not installed, so nobody looked at the pages: install it with apt-get install chromium."
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A fresh browser."""
    executable = find_chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        yield running
        await running.close()
