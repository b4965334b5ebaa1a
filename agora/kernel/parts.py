"""The kernel's own parts of an app: egress guard, keys, files, texts, metrics, jobs. Started before any domain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agora.kernel.egress import guard
from agora.kernel.filekey import list_keys, note_keys, open_vault
from agora.kernel.files import Files
from agora.kernel.i18n import Texts, install, load_texts, text_folders
from agora.kernel.jobs import Jobs
from agora.kernel.metrics import Metrics, observe_batch
from agora.kernel.secrets import Secrets
from agora.kernel.settings import FilesSettings, Network

if TYPE_CHECKING:
    from pathlib import Path

    from agora.kernel.app import App
    from agora.kernel.config import Config


async def open_kernel_parts(app: App) -> AsyncIterator[None]:
    """Close the network, then put ``Secrets``, ``Files``, ``Texts``, ``Metrics`` and ``Jobs``.

    Jobs run only where ``Jobs.running`` is entered.
    """
    guard(app.config.get(Network))
    texts = load_texts(text_folders(app.domains), kept=app.data / "indexes" / "texts.msgpack")
    install(texts)
    app.put(Texts, texts)
    app.put(Secrets, Secrets(app.data / "keys"))
    files = open_files(app.data, app.config)
    if app.roles:  # a command beside the server must not sweep what the server is writing
        await asyncio.to_thread(files.sweep_drafts)
    app.put(Files, files)
    app.put(Metrics, Metrics(app))
    app.db.on_batch = observe_batch
    app.put(Jobs, Jobs(app))
    yield


def open_files(data: Path, config: Config) -> Files:
    """The stored files, encrypted from now on when a key is set. Raises SetupError for a key that does not fit them."""
    settings, folder = config.get(FilesSettings), data / "files"
    vault = open_vault(key_path(config), folder)
    if vault is not None:
        note_keys(folder, [vault.id, *(each for each in list_keys(folder) if each != vault.id)])
    return Files(folder, settings.max_size_mib << 20, vault)


def key_path(config: Config) -> Path | None:
    """Where the key of stored files lies; None when they are plain."""
    named = config.get(FilesSettings).key_file
    return config.folder() / named if named else None
