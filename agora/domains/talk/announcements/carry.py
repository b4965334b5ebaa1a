"""What of a message goes on to those who follow: words, embeds, files, links. Never who is called by it, and nothing to press."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from agora.domains.talk.files import Attached, Received
from agora.domains.talk.messages import (
    AllowedMentions,
    Draft,
    Has,
    Patch,
    Row,
    copy_files,
    links_only,
    read_components,
    read_embeds,
)
from agora.domains.talk.webhooks import Webhook, build_origin
from agora.kernel.errors import BadRequest
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import MessageFlag, MessageType
from agora.protocol.payloads import MessageReference

_KEPT = int(MessageFlag.SUPPRESS_EMBEDS | MessageFlag.IS_COMPONENTS_V2)
_NEVER = int(MessageFlag.IS_CROSSPOST | MessageFlag.LOADING)
_NOBODY = AllowedMentions()


def check_carried(row: Row) -> None:
    """Raise 50068 for what cannot be published: notices, replies, forwards, polls, copies, and what would arrive empty."""
    says = bool(row.content or row.embeds or row.has & Has.FILE or links_only(read_components(row.components)))
    if row.type != MessageType.DEFAULT or row.flags & _NEVER or row.snapshot or row.poll or not says:
        raise BadRequest(MESSAGES[ErrorCode.INVALID_MESSAGE_TYPE], code=ErrorCode.INVALID_MESSAGE_TYPE)


def build_copy(source: Row, files: Sequence[Attached], webhook: Webhook) -> Draft:
    """What a follower gets."""
    reference = MessageReference(channel_id=str(source.channel_id), message_id=str(source.id), guild_id=str(source.guild_id))
    return Draft(
        content=source.content,
        embeds=read_embeds(source.embeds),
        allowed=_NOBODY,
        flags=source.flags & _KEPT,
        files=copy_files(files),
        components=links_only(read_components(source.components)),
        origin=build_origin(webhook, None, flags=int(MessageFlag.IS_CROSSPOST), reference=reference),
    )


def build_change(source: Row, files: Sequence[Attached], copied: Sequence[Attached]) -> Patch:
    """What makes a copy say what its source says now; its files are left alone when they are the same."""
    same = list(map(_content, files)) == list(map(_content, copied))
    new: tuple[Received, ...] = () if same else copy_files(files)
    return Patch(
        content=source.content,
        embeds=read_embeds(source.embeds),
        flags=source.flags & _KEPT,
        allowed=_NOBODY,
        attachments=UNSET if same else (),
        files=new,
        components=links_only(read_components(source.components)),
    )


def _content(file: Attached) -> tuple[object, ...]:
    return file.hash, file.filename, file.description
