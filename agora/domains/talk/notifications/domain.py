"""Notifications: how far everybody has read."""

from agora.domains.talk.notifications import events, http, migrations, tables
from agora.domains.talk.notifications.events import ChannelRead
from agora.domains.talk.notifications.service import read_state
from agora.gateway.ports import Dispatch, ReadyPart
from agora.kernel.app import App
from agora.kernel.domain import Domain
from agora.kernel.events import Recorded
from agora.kernel.http import encode

USES = ("messages",)


def _ack(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, ChannelRead)
    return encode({"channel_id": str(event.channel_id), "message_id": str(event.message_id)})


DOMAIN = Domain(
    name="notifications",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    offers=(
        Dispatch(event=ChannelRead, name="MESSAGE_ACK", payload=_ack),
        ReadyPart(key="read_state", build=read_state),
    ),
)
