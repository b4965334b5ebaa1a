"""Where somebody may search: the permission filter."""

from __future__ import annotations

from collections.abc import Iterable

from agora.domains.place.permissions import Directory
from agora.domains.talk.search.match import Match
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.protocol.permissions import Permission

_NEEDED = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)


def readable_channels(ctx: Ctx, guild_id: int | None = None) -> tuple[int, ...]:
    """The channels and threads whose history the actor may read: of one guild, or everywhere with direct messages."""
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    if guild_id is not None:
        guilds: tuple[int, ...] = (guild_id,)
        ids = [channel.id for channel in directory.visible_in(guild_id, user_id)]
    else:
        guilds = directory.guilds_of(user_id)
        ids = [*directory.visible_channels(user_id), *directory.private_of(user_id)]
    ids += [thread.id for each in guilds for thread in directory.threads(each)]
    return tuple(each for each in ids if directory.permissions(user_id, each) & _NEEDED == _NEEDED)


def build_place(app: App, channels: Iterable[int]) -> Match:
    """A search in these channels, so far without any condition."""
    directory = app.get(Directory)
    kept, guilds, direct = [], dict[int, None](), []
    for channel_id in channels:
        channel = directory.channel(channel_id)
        if channel is None:
            continue
        kept.append(channel_id)
        if channel.guild_id is None:
            direct.append(channel_id)
        else:
            guilds[channel.guild_id] = None
    return Match(channels=tuple(kept), guilds=tuple(guilds), direct=tuple(direct))
