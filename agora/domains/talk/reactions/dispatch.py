"""What gateway clients hear of reactions."""

from __future__ import annotations

from typing import Any

from agora.domains.talk.reactions.events import ReactionAdded, ReactionRemoved, ReactionsCleared
from agora.domains.talk.reactions.sign import build_sign
from agora.gateway.ports import Dispatch
from agora.kernel.app import App
from agora.kernel.events import Recorded
from agora.kernel.http import encode
from agora.protocol.intents import Intent

_GUILD = int(Intent.GUILD_MESSAGE_REACTIONS)
_DIRECT = int(Intent.DIRECT_MESSAGE_REACTIONS)


def _added(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, ReactionAdded)
    return encode({**_one(app, event), "message_author_id": str(event.author_id)})


def _removed(app: App, recorded: Recorded) -> bytes:
    event = recorded.event
    assert isinstance(event, ReactionRemoved)
    return encode(_one(app, event))


def _cleared_all(app: App, recorded: Recorded) -> bytes | None:
    event = recorded.event
    assert isinstance(event, ReactionsCleared)
    return encode(_where(event)) if event.emoji is None else None


def _cleared_emoji(app: App, recorded: Recorded) -> bytes | None:
    event = recorded.event
    assert isinstance(event, ReactionsCleared)
    return None if event.emoji is None else encode({**_where(event), "emoji": build_sign(app, event.emoji)})


def _one(app: App, event: ReactionAdded | ReactionRemoved) -> dict[str, Any]:
    return {
        **_where(event),
        "user_id": str(event.user_id),
        "emoji": build_sign(app, event.emoji),
        "burst": False,
        "type": 0,
    }


def _where(event: ReactionAdded | ReactionRemoved | ReactionsCleared) -> dict[str, Any]:
    place = {"message_id": str(event.message_id), "channel_id": str(event.channel_id)}
    if event.guild_id is not None:
        place["guild_id"] = str(event.guild_id)
    return place


ALL = (
    Dispatch(event=ReactionAdded, name="MESSAGE_REACTION_ADD", payload=_added, intent=_GUILD, dm_intent=_DIRECT),
    Dispatch(event=ReactionRemoved, name="MESSAGE_REACTION_REMOVE", payload=_removed, intent=_GUILD, dm_intent=_DIRECT),
    Dispatch(
        event=ReactionsCleared,
        name="MESSAGE_REACTION_REMOVE_ALL",
        payload=_cleared_all,
        intent=_GUILD,
        dm_intent=_DIRECT,
    ),
    Dispatch(
        event=ReactionsCleared,
        name="MESSAGE_REACTION_REMOVE_EMOJI",
        payload=_cleared_emoji,
        intent=_GUILD,
        dm_intent=_DIRECT,
    ),
)
