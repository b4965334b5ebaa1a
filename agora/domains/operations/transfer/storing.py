"""The write of a batch: messages with their files, replies and reactions, each once."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agora.domains.operations.transfer.queries import find_origin, is_taken
from agora.domains.operations.transfer.writes import do_remember
from agora.domains.talk.files import Attached, check_room
from agora.domains.talk.messages import Has, Placed, Row, do_import
from agora.domains.talk.reactions import Given
from agora.domains.talk.reactions import do_import as do_import_reactions
from agora.kernel.errors import TooLarge
from agora.kernel.tx import Tx
from agora.protocol.message_types import MessageType


class Ready(msgspec.Struct, frozen=True):
    """A message that can be stored. ``reply`` is the digest of what it answers; ``reactions`` are emojis and users."""

    row: Row
    digest: bytes
    files: tuple[Attached, ...] = ()
    reply: bytes | None = None
    reactions: tuple[tuple[str, int], ...] = ()


class Stored(msgspec.Struct, frozen=True):
    """What became of a batch; ``no_room`` are files that are over a quota."""

    messages: int
    known: int
    reactions: int
    files: int
    no_room: int


def do_store(tx: Tx, guild_id: int, batch: Sequence[Ready]) -> Stored:
    """Store those that did not come before, channel by channel, in their order."""
    known = files = no_room = 0
    rooms: dict[int, list[Placed]] = {}
    given: list[Given] = []
    for ready in batch:
        row = _free(tx, ready.row)
        if not do_remember(tx, ready.digest, row.id):
            known += 1
            continue
        row = _answering(tx, row, ready.reply)
        attached = tuple(file._replace(message_id=row.id) for file in ready.files)
        if attached and not _has_room(tx, row, attached):
            no_room += len(attached)
            row, attached = _without_files(row, attached), ()
        files += len(attached)
        rooms.setdefault(row.channel_id, []).append(Placed(row, attached))
        at = row.edited_ms or tx.now_ms
        given += [Given(row.id, emoji, user_id, at) for emoji, user_id in ready.reactions]
    stored = sum(len(do_import(tx, channel_id, guild_id, placed)) for channel_id, placed in rooms.items())
    return Stored(stored, known, do_import_reactions(tx, given), files, no_room)


def _free(tx: Tx, row: Row) -> Row:
    """The message keeps its id, which holds its time; the next one where that is taken."""
    message_id = row.id
    while is_taken(tx, message_id):
        message_id += 1
    return row if message_id == row.id else row._replace(id=message_id)


def _answering(tx: Tx, row: Row, reply: bytes | None) -> Row:
    original = None if reply is None else find_origin(tx, reply)
    return row if original is None else row._replace(reply_to=original, type=int(MessageType.REPLY))


def _has_room(tx: Tx, row: Row, files: Sequence[Attached]) -> bool:
    try:
        check_room(tx, row.author_id, row.guild_id, sum(file.size for file in files))
    except TooLarge:
        return False
    return True


def _without_files(row: Row, files: Sequence[Attached]) -> Row:
    names = "\n".join(file.filename for file in files)
    return row._replace(content=f"{row.content}\n{names}".strip(), html=None, has=row.has & ~Has.FILE)
