"""Use cases: check, then write, then return. People, agents, forms and webhooks all come through here."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET, UnsetType

from agora.domains.talk.files import Attached, Change, build_attached, check_number, list_files, plan_change
from agora.domains.talk.messages.access import ATTACH, HISTORY, MANAGE, PIN, SEND, Place, check_place
from agora.domains.talk.messages.components import check_components
from agora.domains.talk.messages.compose import (
    build_row,
    change_row,
    check_content,
    check_draft,
    check_layout,
    embeds_column,
    rich_components,
)
from agora.domains.talk.messages.draft import SETTABLE_FLAGS, Draft, Patch, Sent
from agora.domains.talk.messages.embeds import check_embeds
from agora.domains.talk.messages.forward import FORWARDED, with_snapshot
from agora.domains.talk.messages.hooks import BEFORE_EDIT, BEFORE_SEND, Outgoing
from agora.domains.talk.messages.mentions import from_column
from agora.domains.talk.messages.queries import find_message
from agora.domains.talk.messages.row import Has, Row
from agora.domains.talk.messages.slowmode import check_slowmode
from agora.domains.talk.messages.wire import build_author_member, build_message
from agora.domains.talk.messages.writes import do_bulk_delete, do_delete, do_edit, do_pin, do_send
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, Forbidden, NotFound, invalid
from agora.kernel.http import encode
from agora.kernel.ids import created_ms
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.message_types import GROUP_NOTICES, MessageFlag, MessageType
from agora.protocol.payloads import Message

BULK_MIN, BULK_MAX = 2, 100
BULK_MAX_AGE_MS = 14 * 86_400_000  # Discord's two weeks
_HUMAN_TYPES = FORWARDED


async def send(ctx: Ctx, channel_id: int, draft: Draft) -> Sent:
    """Say something in a channel. Raises 10003, 50001, 50013, 50006 (empty), 50035 (too long, unknown reply), 20016 (slow mode).

    A draft with a nonce that the author used before in this channel gives the first message again.
    """
    place = check_place(ctx, channel_id, SEND)
    row, wire, files = await compose_whole(ctx, place, draft)
    return await ctx.write(do_send, row, wire, ctx.actor.is_bot, files)


async def compose_whole(ctx: Ctx, place: Place, draft: Draft, *, opens: bool = False) -> tuple[Row, bytes, tuple[Attached, ...]]:
    """A message with its files as all will be stored and sent, when nothing speaks against it. Raises as ``send``.

    ``opens``: it is the first of a thread that will have its id.
    """
    channel_id = place.channel.id
    if draft.forward is not None:
        draft = await with_snapshot(ctx, place, draft, draft.forward)
    draft = (await BEFORE_SEND.run(ctx, Outgoing(channel_id, draft))).draft
    if draft.components and not ctx.actor.is_bot:
        raise invalid("components", "Only bots may use components.", "BOT_ONLY")
    content = check_draft(ctx.app, place, draft)
    check_slowmode(ctx, place)
    replied = None if draft.reply_to is None else await _get_replied(ctx, place, draft, draft.reply_to)
    app, author_id = ctx.app, ctx.actor.user_id
    row = build_row(app, author_id, place, draft, content, replied)
    if opens:
        row = row._replace(channel_id=row.id)
    files = build_attached(app, draft.files, message_id=row.id, channel_id=row.channel_id, guild_id=row.guild_id, user_id=author_id)
    payload = build_message(
        app,
        row,
        files=files,
        member=build_author_member(app, row.guild_id, author_id),
        referenced=await _referenced(ctx, replied),
    )
    return row, encode(payload), files


async def _referenced(ctx: Ctx, replied: Row | None) -> Message | UnsetType:
    if replied is None:
        return UNSET
    files = await ctx.read(list_files, [replied.id]) if replied.has & Has.FILE else {}
    return build_message(ctx.app, replied, files=files.get(replied.id, ()))


async def _get_replied(ctx: Ctx, place: Place, draft: Draft, message_id: int) -> Row | None:
    if not place.bits & HISTORY:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    row = await ctx.read(find_message, message_id, place.channel.id)
    if row is None and draft.reply_must_exist:
        raise invalid("message_reference", "Unknown message", "REPLIES_UNKNOWN_MESSAGE")
    if row is not None and row.type not in _HUMAN_TYPES:
        raise invalid("message_reference", "Cannot reply to a system message", "REPLIES_CANNOT_REPLY_TO_SYSTEM_MESSAGE")
    return row


async def get_message(ctx: Ctx, channel_id: int, message_id: int) -> Row:
    """One message that the actor may read. Raises 10008."""
    place = check_place(ctx, channel_id)
    if not place.bits & HISTORY:
        raise Forbidden("Missing Access", code=ErrorCode.MISSING_ACCESS)
    return await _get(ctx, channel_id, message_id)


async def _get(ctx: Ctx, channel_id: int, message_id: int) -> Row:
    row = await ctx.read(find_message, message_id, channel_id)
    if row is None:
        raise NotFound("Unknown Message", code=ErrorCode.UNKNOWN_MESSAGE)
    return row


async def edit(ctx: Ctx, channel_id: int, message_id: int, patch: Patch) -> None:
    """Change one's own message; who manages messages may only change its flags. Raises 50005 for anything else."""
    await edit_in(ctx, check_place(ctx, channel_id), message_id, patch)


async def edit_in(ctx: Ctx, place: Place, message_id: int, patch: Patch) -> None:
    """The same where the actor's rights are known. What an app was still thinking about is then said."""
    row = await _get(ctx, place.channel.id, message_id)
    changed, files = await change_whole(ctx, place, row, patch)
    await ctx.write(do_edit, changed, files)


async def change_whole(ctx: Ctx, place: Place, row: Row, patch: Patch) -> tuple[Row, Change | None]:
    """A message as it would be after an edit, and what becomes of its files. Raises as ``edit``."""
    if row.type not in _HUMAN_TYPES:
        raise Forbidden(MESSAGES[ErrorCode.SYSTEM_MESSAGE], code=ErrorCode.SYSTEM_MESSAGE)
    if row.author_id != ctx.actor.user_id and not (place.bits & MANAGE and _only_flags(patch)):
        code = ErrorCode.CANNOT_EDIT_OTHERS_MESSAGE
        raise Forbidden(MESSAGES[code], code=code)
    if row.snapshot is not None and not _only_flags(patch):
        raise invalid("content", "A forward cannot be changed.", "MESSAGE_FORWARD_CANNOT_EDIT")
    if patch.embeds is not UNSET:
        check_embeds(patch.embeds)
    content = row.content if patch.content is UNSET else patch.content
    embeds = row.embeds if patch.embeds is UNSET else embeds_column(patch.embeds)
    change = await _change_files(ctx, place, row, patch)
    files = bool(change.kept or change.new) if change is not None else bool(row.has & Has.FILE)
    components = row.components
    if patch.components is not UNSET:
        components = rich_components(ctx.app, row.author_id, place, patch.components)
    others = (embeds, components, row.snapshot, row.stickers)
    content = check_content(content, may_be_empty=files or any(each is not None for each in others))
    if content != row.content:
        await BEFORE_EDIT.run(ctx, Outgoing(place.channel.id, Draft(content=content)))
    flags = row.flags if patch.flags is UNSET else (row.flags & ~SETTABLE_FLAGS) | (patch.flags & SETTABLE_FLAGS)
    flags &= ~int(MessageFlag.LOADING)
    if patch.components is not UNSET:
        check_components(patch.components, flags)
    check_layout(flags, content, embeds)
    replied = await _still_addressed(ctx, row)
    changed = change_row(
        ctx.app,
        row,
        place,
        content,
        embeds=embeds,
        files=files,
        flags=flags,
        allowed=patch.allowed,
        replied=replied,
        components=components,
    )
    return changed, change


async def _change_files(ctx: Ctx, place: Place, row: Row, patch: Patch) -> Change | None:
    """What becomes of the files; None when the edit leaves them alone."""
    if patch.attachments is UNSET and not patch.files:
        return None
    if patch.files and not place.bits & ATTACH:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    present = (await ctx.read(list_files, [row.id])).get(row.id, ())
    bodies = None if patch.attachments is UNSET else patch.attachments
    change = plan_change(bodies, patch.files, present)
    check_number(ctx.app, len(change.kept) + len(change.new))
    return change


async def _still_addressed(ctx: Ctx, row: Row) -> int | None:
    """Who was replied to, when the message notified them: an edit does not take that back."""
    if row.reply_to is None:
        return None
    original = await ctx.read(find_message, row.reply_to, row.channel_id)
    return original.author_id if original is not None and original.author_id in from_column(row.mentions).users else None


def _only_flags(patch: Patch) -> bool:
    changed = (patch.content, patch.embeds, patch.attachments, patch.components)
    return all(value is UNSET for value in changed) and not patch.files


async def delete(ctx: Ctx, channel_id: int, message_id: int) -> None:
    """Remove one's own message, or anybody's for who manages messages."""
    place = check_place(ctx, channel_id)
    row = await _get(ctx, channel_id, message_id)
    if row.type == MessageType.THREAD_STARTER_MESSAGE or row.type in GROUP_NOTICES:
        raise Forbidden(MESSAGES[ErrorCode.SYSTEM_MESSAGE], code=ErrorCode.SYSTEM_MESSAGE)
    if row.author_id != ctx.actor.user_id and not place.bits & MANAGE:
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    await ctx.write(do_delete, message_id, channel_id)


async def bulk_delete(ctx: Ctx, channel_id: int, message_ids: Sequence[int]) -> int:
    """Remove 2 to 100 messages at once, none older than two weeks. Returns how many there were."""
    place = check_place(ctx, channel_id, MANAGE)
    if place.channel.is_private:
        code = ErrorCode.CANNOT_EXECUTE_ON_DM
        raise Forbidden(MESSAGES[code], code=code)
    if not BULK_MIN <= len(message_ids) <= BULK_MAX:
        raise BadRequest("You can only bulk delete between 2 and 100 messages.", code=ErrorCode.INVALID_BULK_DELETE_COUNT)
    oldest = ctx.app.clock.now_ms() - BULK_MAX_AGE_MS
    if any(created_ms(message_id) < oldest for message_id in message_ids):
        raise BadRequest("You can only bulk delete messages that are under 14 days old.", code=ErrorCode.BULK_DELETE_TOO_OLD)
    return await ctx.write(do_bulk_delete, channel_id, place.channel.guild_id, message_ids)


async def pin(ctx: Ctx, channel_id: int, message_id: int, *, pinned: bool) -> None:
    """Pin or unpin a message; needs PIN_MESSAGES or, as before 2026, MANAGE_MESSAGES."""
    place = check_place(ctx, channel_id)
    if not place.bits & (PIN | MANAGE):
        raise Forbidden("Missing Permissions", code=ErrorCode.MISSING_PERMISSIONS)
    await ctx.write(do_pin, message_id, channel_id, pinned=pinned)
