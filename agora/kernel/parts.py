"""The kernel's own parts of an app: egress guard, keys, files, texts, metrics, jobs. Started before any domain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from agora.kernel.egress import guard
from agora.kernel.files import Files
from agora.kernel.i18n import Texts, install, load_texts, text_folders
from agora.kernel.jobs import Jobs
from agora.kernel.metrics import Metrics, observe_batch
from agora.kernel.secrets import Secrets
from agora.kernel.settings import FilesSettings, Network

if TYPE_CHECKING:
    from agora.kernel.app import App


async def open_kernel_parts(app: App) -> AsyncIterator[None]:
    """Close the network, then put ``Secrets``, ``Files``, ``Texts``, ``Metrics`` and ``Jobs``.

    Jobs run only where ``Jobs.running`` is entered.
    """
    guard(app.config.get(Network))
    texts = load_texts(text_folders(app.domains), kept=app.data / "indexes" / "texts.msgpack")
    install(texts)
    app.put(Texts, texts)
    app.put(Secrets, Secrets(app.data / "keys"))
    files = Files(app.data / "files", app.config.get(FilesSettings).max_size_mib << 20)
    if app.roles:  # a command beside the server must not sweep what the server is writing
        await asyncio.to_thread(files.sweep_drafts)
    app.put(Files, files)
    app.put(Metrics, Metrics(app))
    app.db.on_batch = observe_batch
    app.put(Jobs, Jobs(app))
    yield
