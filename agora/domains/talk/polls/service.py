"""Use cases of polls: vote, see who voted, end early."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.talk.messages import Row, get_message, read_poll
from agora.domains.talk.polls.queries import is_final, list_voters
from agora.domains.talk.polls.writes import do_end, do_vote
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, Forbidden, invalid
from agora.protocol.error_codes import MESSAGES, ErrorCode


async def get_poll(ctx: Ctx, channel_id: int, message_id: int) -> Row:
    """A message with a poll that the actor may read. Raises 10008, 520006."""
    row = await get_message(ctx, channel_id, message_id)
    if row.poll is None:
        raise BadRequest(MESSAGES[ErrorCode.NOT_A_POLL], code=ErrorCode.NOT_A_POLL)
    return row


async def vote(ctx: Ctx, channel_id: int, message_id: int, answers: Sequence[int]) -> None:
    """Vote for these answers and no others. Raises 520001 when it is over, 50035 for answers there are not; bots do not vote."""
    row = await get_poll(ctx, channel_id, message_id)
    if ctx.actor.is_bot:
        raise Forbidden(MESSAGES[ErrorCode.BOTS_CANNOT_USE_ENDPOINT], code=ErrorCode.BOTS_CANNOT_USE_ENDPOINT)
    assert row.poll is not None
    poll = read_poll(row.poll)
    for answer_id in answers:
        check_answer(row, answer_id)
    if len(set(answers)) > 1 and not poll.allow_multiselect:
        raise invalid("answer_ids", "Choose one answer.", "BASE_TYPE_MAX_LENGTH")
    await ctx.write(do_vote, row, ctx.actor.user_id, answers)


def check_answer(row: Row, answer_id: int) -> None:
    """Raise 400 when the poll has no such answer."""
    assert row.poll is not None
    if not 1 <= answer_id <= len(read_poll(row.poll).answers):
        raise invalid("answer_id", "The poll has no such answer.")


async def read_voters(ctx: Ctx, channel_id: int, message_id: int, answer_id: int, after: int, limit: int) -> list[int]:
    """Who votes for an answer."""
    row = await get_poll(ctx, channel_id, message_id)
    check_answer(row, answer_id)
    return await ctx.read(list_voters, message_id, answer_id, after, limit)


async def end(ctx: Ctx, channel_id: int, message_id: int) -> None:
    """End one's own poll now. Raises 50005 for another's, 520001 when it is over."""
    row = await get_poll(ctx, channel_id, message_id)
    if row.author_id != ctx.actor.user_id:
        code = ErrorCode.CANNOT_EDIT_OTHERS_MESSAGE
        raise Forbidden(MESSAGES[code], code=code)
    if await ctx.read(is_final, message_id):
        raise BadRequest(MESSAGES[ErrorCode.POLL_EXPIRED], code=ErrorCode.POLL_EXPIRED)
    await ctx.write(do_end, message_id)
