"""What an app says after its first answer, with the interaction's token instead of its own."""

from __future__ import annotations

from agora.domains.talk.files import Received
from agora.domains.talk.interactions.answer import is_over
from agora.domains.talk.interactions.ephemeral import Ephemerals
from agora.domains.talk.interactions.model import Interaction
from agora.domains.talk.interactions.queries import find_by_token
from agora.domains.talk.interactions.speaking import EPHEMERAL, LOADING, change, read, remove, say
from agora.domains.talk.interactions.writes import do_set_response
from agora.domains.talk.messages import MessageCreate, Patch, Row, build_draft, find_message
from agora.kernel.ctx import Ctx
from agora.kernel.errors import NotFound, Unauthorized
from agora.protocol.error_codes import MESSAGES, ErrorCode


async def get_answered(ctx: Ctx, application_id: int, token: str) -> Interaction:
    """The interaction of a token, once it was answered. Raises 50027 for a token that is over, 10015 for any other."""
    row = await ctx.read(find_by_token, token)
    if row is None or row.application_id != application_id or not row.answered:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_WEBHOOK], code=ErrorCode.UNKNOWN_WEBHOOK)
    if is_over(ctx, row):
        raise Unauthorized(MESSAGES[ErrorCode.INVALID_WEBHOOK_TOKEN], code=ErrorCode.INVALID_WEBHOOK_TOKEN)
    return row


async def follow_up(ctx: Ctx, row: Interaction, body: MessageCreate, files: tuple[Received, ...]) -> bytes:
    """Say more. Where the first answer was only announced, this is it, as on Discord."""
    draft = build_draft(row.channel_id, body, files)
    original = None if row.response_id is None else await _find(ctx, row, row.response_id)
    if original is not None and original.flags & LOADING and row.response_id != row.message_id:
        patch = Patch(
            content=draft.content,
            embeds=draft.embeds,
            components=draft.components,
            allowed=draft.allowed,
            flags=draft.flags,
            files=draft.files,
        )
        return await change(ctx, row, original.id, patch)
    return await say(ctx, row, draft, (body.flags or 0) & EPHEMERAL, first=False)


async def get_own(ctx: Ctx, row: Interaction, message_id: int | None) -> Row:
    """A message that this token may read and change: an answer to its interaction, or the message of its button (None: the
    first answer). Raises 10008.
    """
    wanted = row.response_id if message_id is None else message_id
    message = None if wanted is None else await _find(ctx, row, wanted)
    if message is None or (message.id not in (row.response_id, row.message_id) and message.origin != row.keys):
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_MESSAGE], code=ErrorCode.UNKNOWN_MESSAGE)
    return message


async def _find(ctx: Ctx, row: Interaction, message_id: int) -> Row | None:
    own = ctx.app.get(Ephemerals).find(message_id)
    return own.row if own is not None else await ctx.read(find_message, message_id, row.channel_id)


async def read_own(ctx: Ctx, row: Interaction, message_id: int | None) -> bytes:
    """The message object."""
    return await read(ctx, row, (await get_own(ctx, row, message_id)).id)


async def edit_own(ctx: Ctx, row: Interaction, message_id: int | None, patch: Patch) -> bytes:
    """Change it; returns it."""
    return await change(ctx, row, (await get_own(ctx, row, message_id)).id, patch)


async def delete_own(ctx: Ctx, row: Interaction, message_id: int | None) -> None:
    """Delete it."""
    message = await get_own(ctx, row, message_id)
    await remove(ctx, row, message.id)
    if message.id == row.response_id:
        await ctx.write(do_set_response, row.id, None)
