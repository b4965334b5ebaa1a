"""Notifications: how far everybody has read, who was called, and what they want to hear of."""

from agora.domains.talk.messages import ChannelStep, Forget, MessageSent, MoveStep
from agora.domains.talk.notifications import events, http, migrations, tables
from agora.domains.talk.notifications.calls import do_forget, do_moved, do_prune, do_removed, do_sent
from agora.domains.talk.notifications.events import ChannelRead, WishesChanged
from agora.domains.talk.notifications.profile import on_messages
from agora.domains.talk.notifications.service import read_state
from agora.domains.talk.notifications.wishes import ready_wishes
from agora.gateway.ports import Dispatch, ReadyPart
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Domain, durable, every
from agora.kernel.events import Recorded
from agora.kernel.http import encode

USES = ("permissions", "messages")


def _ack(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, ChannelRead)
    mark = {"channel_id": str(event.channel_id), "message_id": str(event.message_id), "mention_count": event.calls}
    return encode(mark)


def _wishes(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, WishesChanged)
    return bytes(event.wire)


async def prune(ctx: Ctx) -> None:
    """Forget calls of long ago."""
    await ctx.write(do_prune, ctx.app.clock.now_ms())


DOMAIN = Domain(
    name="notifications",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    listeners=(durable("notifications.keywords", MessageSent, on_messages),),
    jobs=(every("1d", prune),),
    offers=(
        Dispatch(event=ChannelRead, name="MESSAGE_ACK", payload=_ack),
        Dispatch(event=WishesChanged, name="USER_GUILD_SETTINGS_UPDATE", payload=_wishes),
        ReadyPart(key="read_state", build=read_state),
        ReadyPart(key="user_guild_settings", build=ready_wishes),
        ChannelStep(do_sent, do_removed),
        Forget(do_forget),
        MoveStep(do_moved),
    ),
)
