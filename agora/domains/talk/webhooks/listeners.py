"""What webhooks do when something happened elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from agora.domains.place.channels import ChannelDeleted
from agora.domains.place.guilds import GuildDeleted
from agora.domains.talk.webhooks.target_writes import do_forget_targets
from agora.domains.talk.webhooks.writes import do_end_followers, do_forget_channel, do_forget_guild
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Effect
from agora.kernel.events import Recorded
from agora.kernel.tx import Tx


async def on_place_ended(ctx: Ctx, batch: Sequence[Recorded]) -> Effect:
    """Webhooks end with their channel or guild, and with those that they follow."""

    def do_forget(tx: Tx) -> None:
        for recorded in batch:
            event = recorded.event
            if isinstance(event, ChannelDeleted):
                do_forget_channel(tx, event.channel.id)
                do_end_followers(tx, channel_id=event.channel.id)
                if event.channel.guild_id is not None:
                    do_forget_targets(tx, event.channel.guild_id, event.channel.id)
            elif isinstance(event, GuildDeleted):
                do_forget_guild(tx, event.guild.id)
                do_end_followers(tx, guild_id=event.guild.id)
                do_forget_targets(tx, event.guild.id)

    return do_forget
