"""Polls: votes on what messages ask, counted for good when the time is over."""

from __future__ import annotations

from agora.domains.talk.messages import ChannelStep, Forget, MoveStep, VotesOf
from agora.domains.talk.polls import events, http, migrations, tables
from agora.domains.talk.polls.events import VoteCast, VoteTakenBack
from agora.domains.talk.polls.queries import list_for
from agora.domains.talk.polls.writes import END, EndPoll, do_end, do_forget, do_moved, do_removed, do_sent
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Domain
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.kernel.jobs import Worker
from agora.protocol.intents import Intent

USES = ("accounts", "messages")
_GUILD = int(Intent.GUILD_MESSAGE_POLLS)
_DIRECT = int(Intent.DIRECT_MESSAGE_POLLS)


async def end_poll(ctx: Ctx, body: EndPoll) -> None:
    """The time is over."""
    await ctx.write(do_end, body.message_id)


def _vote(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, VoteCast | VoteTakenBack)
    wire: dict[str, object] = {
        "user_id": str(event.user_id),
        "channel_id": str(event.channel_id),
        "message_id": str(event.message_id),
        "answer_id": event.answer_id,
    }
    if event.guild_id is not None:
        wire["guild_id"] = str(event.guild_id)
    return encode(wire)


DOMAIN = Domain(
    name="polls",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    offers=(
        VotesOf(list_for),
        Forget(do_forget),
        ChannelStep(do_sent, do_removed),
        MoveStep(do_moved),
        Worker(END, EndPoll, end_poll),
        Dispatch(event=VoteCast, name="MESSAGE_POLL_VOTE_ADD", payload=_vote, intent=_GUILD, dm_intent=_DIRECT),
        Dispatch(event=VoteTakenBack, name="MESSAGE_POLL_VOTE_REMOVE", payload=_vote, intent=_GUILD, dm_intent=_DIRECT),
    ),
)
