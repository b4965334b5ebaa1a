"""What agents do when somebody speaks: who attends is decided here, and stored as waiting turns."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import msgspec

from agora.domains.minds.agents.agent import Agent, TurnClass
from agora.domains.minds.agents.attention import Ear, Heard, Policy, decide, roll
from agora.domains.minds.agents.energy import recover
from agora.domains.minds.agents.pace import PACES, Pace, reading_ms
from agora.domains.minds.agents.queries import Origin, find_origin, list_energies
from agora.domains.minds.agents.readiness import is_model_ready
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.summary_writes import do_drop_edited
from agora.domains.minds.agents.turns import NewTurn, do_queue_turn
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import list_by_ids
from agora.domains.talk.messages.events import MessageEdited, MessageSent
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Effect
from agora.kernel.events import Recorded
from agora.kernel.ids import parse
from agora.kernel.tx import Tx
from agora.protocol.message_types import GROUP_NOTICES
from agora.protocol.permissions import Permission

STALE_MS = 10 * 60_000
"""What agents say among themselves is no news after this time."""
STALE_FOR_PEOPLE_MS = 60 * 60_000
BREATH_S = 0.02
"""Nobody notices this pause, and under load it lets the next messages gather into one batch."""
_NEWEST = 4  # of a burst in one channel only so many messages are read whole; of the others mentions and replies count


class Background(msgspec.Struct, frozen=True):
    """What the database knows about a batch of messages."""

    energies: dict[int, tuple[float, int]]  # agent -> its energy, and when it was that
    origins: dict[int, Origin]  # message of an agent -> the turn it came from
    authors: dict[int, int]  # message that is answered -> its author


async def on_message_sent(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
    """Decide who attends to these messages; the turns are written together with the listener's position."""
    app = ctx.app
    newest = _newest(batch)
    fresh = [r for r in batch if app.clock.now_ms() - r.at < STALE_FOR_PEOPLE_MS and (r.id in newest or _names_somebody(r))]
    heard_by = {r.id: _listeners(app, r) for r in fresh}
    fresh = [r for r in fresh if heard_by[r.id]]
    if not fresh:
        return None
    known = await ctx.read(_find_background, fresh)
    await asyncio.sleep(BREATH_S)
    turns = [t for r in fresh for t in _attend(app, r, heard_by[r.id], known, whole=r.id in newest)]
    if not turns:
        return None
    settings = app.config.get(AgentSettings)

    def do_queue_turns(tx: Tx) -> None:
        for turn in turns:
            do_queue_turn(tx, turn, room=settings.queue, exchange=settings.exchange)

    return do_queue_turns


def _listeners(app: App, recorded: Recorded) -> list[Agent]:
    """The agents that see the channel and may write there; the author is not among them. Nobody answers that somebody came."""
    event = recorded.event
    assert isinstance(event, MessageSent)
    if event.type in GROUP_NOTICES:
        return []
    directory = app.get(Directory)
    return [
        agent
        for agent in app.get(Roster).all()
        if agent.user_id != event.author_id
        and directory.can_view(agent.user_id, event.channel_id)
        and directory.permissions(agent.user_id, event.channel_id) & Permission.SEND_MESSAGES
    ]


async def on_message_edited(_ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
    """Words that were changed do not live on in a summary."""
    edits = [recorded.event for recorded in batch if isinstance(recorded.event, MessageEdited)]

    def do_drop(tx: Tx) -> None:
        do_drop_edited(tx, edits)

    return do_drop


def on_spoken(app: App, recorded: Recorded) -> None:
    """Note when an agent spoke where, for its cooldown."""
    event, roster = recorded.event, app.find(Roster)
    if roster is not None and isinstance(event, MessageSent) and event.author_is_bot:
        roster.note_spoken(event.author_id, event.channel_id, recorded.at)


def _names_somebody(recorded: Recorded) -> bool:
    event = recorded.event
    return isinstance(event, MessageSent) and (bool(event.mentions) or event.reply_to is not None)


def _newest(batch: Sequence[Recorded]) -> set[int]:
    seen: Counter[int | None] = Counter()
    newest = set()
    for recorded in reversed(batch):
        seen[recorded.channel_id] += 1
        if seen[recorded.channel_id] <= _NEWEST:
            newest.add(recorded.id)
    return newest


def _find_background(tx: Tx, batch: Sequence[Recorded]) -> Background:
    sent = [r.event for r in batch if isinstance(r.event, MessageSent)]
    turns = {event.id: parse(event.nonce) for event in sent if event.author_is_bot and event.nonce}
    origins = {id_: origin for id_, turn_id in turns.items() if turn_id and (origin := find_origin(tx, turn_id))}
    asked = [event.reply_to for event in sent if event.reply_to is not None]
    asked += [origin.message_id for origin in origins.values() if origin.message_id is not None]
    authors = {message_id: row.author_id for message_id, row in list_by_ids(tx, asked).items()}
    return Background(list_energies(tx), origins, authors)


def _attend(app: App, recorded: Recorded, agents: Sequence[Agent], known: Background, *, whole: bool) -> list[NewTurn]:
    event = recorded.event
    assert isinstance(event, MessageSent)
    settings = app.config.get(AgentSettings)
    pace = PACES[settings.pace]
    heard = _heard(app, recorded, event, known, whole=whole)
    now = app.clock.now_ms()
    if heard.by_agent and now - recorded.at > STALE_MS:
        return []
    ready = is_model_ready(app)
    ears = [
        _ear(app, agent, event.channel_id, known.energies[agent.id], ready=ready) for agent in agents if agent.id in known.energies
    ]
    policy = Policy(
        max_depth=settings.max_depth,
        crowd=settings.crowd if whole else 0,
        cooldown_ms=pace.cooldown_ms,
        seed=settings.seed,
    )
    notices = decide(heard, ears, policy)
    origin = known.origins.get(event.id)
    if not whole:
        notices = [notice for notice in notices if notice.reason in ("mention", "reply", "direct")]
    return [
        NewTurn(
            agent_id=notice.agent_id,
            channel_id=event.channel_id,
            guild_id=event.guild_id,
            urgency=notice.urgency,
            reason=notice.reason,
            trigger_id=recorded.id,
            message_id=event.id,
            depth=heard.depth,
            root=origin.root if origin else event.id,
            not_before=recorded.at + _reading_ms(pace, event, notice.urgency, roll(settings.seed, event.id, notice.agent_id, 1)),
        )
        for notice in notices
    ]


def _heard(app: App, recorded: Recorded, event: MessageSent, known: Background, *, whole: bool) -> Heard:
    channel = app.get(Directory).channel(event.channel_id)
    depth = recorded.cause.depth if recorded.cause else 0
    origin = known.origins.get(event.id)
    return Heard(
        event_id=recorded.id,
        author_id=event.author_id,
        by_agent=event.author_is_bot,
        text=event.content if whole else "",
        mentions=frozenset(u for u in event.mentions if f"<@{u}>" in event.content or f"<@!{u}>" in event.content),
        reply_author=known.authors.get(event.reply_to or 0),
        answers=known.authors.get(origin.message_id or 0) if origin else None,
        opens=origin is not None and origin.message_id is None,
        parties=frozenset(channel.recipients) - {event.author_id} if channel is not None else frozenset(),
        # A bot from elsewhere says nothing of causes: it counts as one act away from a person, so that it and agents tire.
        depth=max(depth, 1) if event.author_is_bot else depth,
    )


def _ear(app: App, agent: Agent, channel_id: int, energy: tuple[float, int], *, ready: bool) -> Ear:
    now, roster = app.clock.now_ms(), app.get(Roster)
    left, since = energy
    spoken_at = roster.last_spoken(agent.id, channel_id)
    return Ear(
        agent_id=agent.id,
        user_id=agent.user_id,
        name=agent.name,
        traits=agent.traits,
        interests=agent.all_interests(),
        energy=recover(left, now - since, PACES[app.config.get(AgentSettings).pace].recovery_ms),
        rested_ms=None if spoken_at is None else now - spoken_at,
        awake=ready and roster.may_speak(agent.id),
    )


def _reading_ms(pace: Pace, event: MessageSent, urgency: TurnClass, dice: float) -> int:
    return reading_ms(pace, len(event.content), person=urgency == TurnClass.WAITING_PERSON, dice=dice)
