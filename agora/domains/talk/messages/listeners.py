"""What messages do when something happened elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.place.channels import ChannelDeleted, note_message
from agora.domains.place.guilds import GuildDeleted, MemberBanned
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages.events import MessageSent, MessagesImported
from agora.domains.talk.messages.queries import list_channels_of, list_ids_of
from agora.domains.talk.messages.writes import do_bulk_delete, do_empty_channel
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.events import Recorded
from agora.kernel.ids import first_at


def on_message_sent(app: App, recorded: Recorded) -> None:
    """Tell the channel which message is its newest."""
    event = recorded.event
    assert isinstance(event, MessageSent)
    note_message(app, event.channel_id, event.id)


def on_messages_imported(app: App, recorded: Recorded) -> None:
    """The same after an import, which may have brought nothing newer."""
    event = recorded.event
    assert isinstance(event, MessagesImported)
    note_message(app, event.channel_id, event.last_id)


async def on_place_ended(ctx: Ctx, batch: Sequence[Recorded]) -> None:
    """Remove what was said there, in short transactions, so that nobody waits behind a large channel."""
    for recorded in batch:
        event = recorded.event
        if isinstance(event, ChannelDeleted):
            channels = [event.channel.id]
        else:
            assert isinstance(event, GuildDeleted)
            channels = await ctx.read(list_channels_of, event.guild.id)
        for channel_id in channels:
            while await ctx.write(do_empty_channel, channel_id):
                pass


async def on_member_banned(ctx: Ctx, batch: Sequence[Recorded]) -> None:
    """Remove what a banned user wrote lately, where the ban says so; clients hear of it channel by channel."""
    directory = ctx.app.get(Directory)
    for recorded in batch:
        event = recorded.event
        assert isinstance(event, MemberBanned)
        if not event.delete_message_s:
            continue
        first = first_at(recorded.at - event.delete_message_s * 1000)
        for channel in (*directory.channels(event.guild_id), *directory.threads(event.guild_id)):
            while ids := await ctx.read(list_ids_of, channel.id, event.user_id, first):
                await ctx.write(do_bulk_delete, channel.id, event.guild_id, ids)
