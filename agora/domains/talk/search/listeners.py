"""What search does when messages change, and what it keeps about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agora.domains.talk.messages import (
    MessageDeleted,
    MessageEdited,
    MessagesBulkDeleted,
    MessageSent,
    MessagesImported,
    MessagesMoved,
)
from agora.domains.talk.search.meaning import Meaning
from agora.domains.talk.search.settings import SearchSettings
from agora.domains.talk.search.vector_rows import do_forget
from agora.domains.talk.search.vocabulary import do_learn_file
from agora.inference.ports import Embedder

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded
    from agora.kernel.tx import Tx


def on_written(app: App, recorded: Recorded) -> None:
    """A message has new words."""
    event = recorded.event
    assert isinstance(event, MessageSent | MessageEdited)
    app.get(Meaning).note_changed([event.id])


def on_imported(app: App, recorded: Recorded) -> None:
    """Old messages came, or went to another channel."""
    event = recorded.event
    assert isinstance(event, MessagesImported | MessagesMoved)
    app.get(Meaning).note_changed(event.ids)


def on_deleted(app: App, recorded: Recorded) -> None:
    """Messages went."""
    event = recorded.event
    assert isinstance(event, MessageDeleted | MessagesBulkDeleted)
    app.get(Meaning).note_deleted([event.id] if isinstance(event, MessageDeleted) else event.ids)


def do_take_file(tx: Tx, message_id: int, text: str) -> None:
    """The words of a message's files have been read: learn them, and let its meaning be found anew."""
    do_learn_file(tx, message_id, text)
    do_forget(tx, [message_id])


def do_forget_messages(tx: Tx, ids: Sequence[int]) -> None:
    """Messages are being deleted."""
    do_forget(tx, ids)


async def keep_awake(ctx: Ctx) -> None:
    """Where the settings say ``always``, begin again after a failure."""
    if ctx.app.config.get(SearchSettings).meaning == "always" and ctx.app.find(Embedder) is not None:
        ctx.app.get(Meaning).wake()
