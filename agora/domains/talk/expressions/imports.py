"""Emojis that another program kept: made without anybody asking for them one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.talk.expressions.model import Emoji, hide_id
from agora.domains.talk.expressions.pictures import check_size, is_animated
from agora.domains.talk.expressions.service import check_name
from agora.kernel.files import Files

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


async def prepare_emoji(ctx: Ctx, guild_id: int, creator_id: int, name: str, picture: bytes) -> Emoji:
    """An emoji that ``do_create_emoji`` can store; its picture is kept already. Raises BadRequest for a bad name or picture."""
    check_name(name)
    check_size(picture)
    return Emoji(
        id=hide_id(ctx.app.ids.next()),
        guild_id=guild_id,
        name=name,
        hash=(await ctx.app.get(Files).put(picture)).hash,
        animated=is_animated(picture),
        roles=(),
        creator_id=creator_id,
    )
