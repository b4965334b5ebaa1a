"""Reports: anybody who reads a message may report it, moderators decide."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from agora.domains.place.permissions import Directory, check_guild
from agora.domains.talk.messages import check_place, delete, get_message, words_of
from agora.domains.talk.moderation.model import Report
from agora.domains.talk.moderation.queries import find_report, list_reports
from agora.domains.talk.moderation.writes import MODERATORS, do_report, do_resolve
from agora.kernel.errors import BadRequest, NotFound
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

CATEGORIES = ("spam", "abuse", "harm", "other")


async def report_message(ctx: Ctx, channel_id: int, message_id: int, category: str, reason: str) -> Report:
    """Report a message of a community that the actor can read. Raises NotFound 10003 or 10008, Forbidden, BadRequest 50003."""
    channel = check_place(ctx, channel_id).channel
    if channel.guild_id is None:
        raise BadRequest(MESSAGES[ErrorCode.CANNOT_EXECUTE_ON_DM], code=ErrorCode.CANNOT_EXECUTE_ON_DM)
    message = await get_message(ctx, channel_id, message_id)
    report = Report(
        id=ctx.app.ids.next(),
        guild_id=channel.guild_id,
        channel_id=channel_id,
        message_id=message_id,
        author_id=message.author_id,
        reporter_id=ctx.actor.user_id,
        category=category,
        reason=reason.strip(),
        content=words_of(message),
        created_at=ctx.app.clock.now_ms(),
    )
    return await ctx.write(do_report, report)


async def list_queue(ctx: Ctx, guild_id: int, state: str | None, before: int | None, limit: int) -> list[Report]:
    """Reports of a community from channels the moderator sees, the newest first. Raises Forbidden 50013 (MODERATE_MEMBERS)."""
    check_guild(ctx, MODERATORS, guild_id=guild_id)
    found = await ctx.read(list_reports, guild_id, state, before, limit)
    return [report for report in found if _sees(ctx, report)]


async def resolve(ctx: Ctx, report_id: int, *, remove: bool, note: str | None) -> Report:
    """Dismiss a report, or take the message away. Raises NotFound, Forbidden 50013, Conflict when it was decided already."""
    report = await ctx.read(find_report, report_id)
    if report is None or ctx.app.get(Directory).member(report.guild_id, ctx.actor.user_id) is None:
        raise NotFound("Unknown report")
    check_guild(ctx, MODERATORS, guild_id=report.guild_id)
    if not _sees(ctx, report):
        raise NotFound("Unknown report")
    if remove and report.state == "open":
        with contextlib.suppress(NotFound):  # its author may have been faster
            await delete(ctx, report.channel_id, report.message_id)
    return await ctx.write(do_resolve, report_id, "acted" if remove else "dismissed", note)


def _sees(ctx: Ctx, report: Report) -> bool:
    directory = ctx.app.get(Directory)
    return directory.channel(report.channel_id) is None or directory.can_view(ctx.actor.user_id, report.channel_id)
