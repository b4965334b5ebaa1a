"""What agents do when somebody speaks: who attends is decided here, and stored as waiting turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from agora.domains.minds.agents.agent import Agent, TurnClass
from agora.domains.minds.agents.attention import Ear, Heard, Policy, decide, roll
from agora.domains.minds.agents.energy import recover
from agora.domains.minds.agents.pace import PACES, Pace, reading_ms
from agora.domains.minds.agents.queries import find_last_spoken, find_root, list_agents
from agora.domains.minds.agents.readiness import is_model_ready
from agora.domains.minds.agents.roster import Roster
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.turns import NewTurn, do_queue_turn
from agora.domains.place.permissions import Directory
from agora.domains.talk.messages import list_by_ids
from agora.domains.talk.messages.events import MessageSent
from agora.kernel.app import App
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Effect
from agora.kernel.events import Recorded
from agora.kernel.ids import parse
from agora.kernel.tx import Tx
from agora.protocol.permissions import Permission

STALE_MS = 10 * 60_000
"""What agents say among themselves is no news after this time."""
STALE_FOR_PEOPLE_MS = 60 * 60_000
_NEWEST = 4  # of a burst in one channel only so many messages are read for names and interests


class Background(msgspec.Struct, frozen=True):
    """What the database knows about a batch of messages."""

    agents: dict[int, Agent]
    spoken: dict[tuple[int, int], int]  # (channel, agent) -> UTC ms
    roots: dict[int, int]  # message -> the message that began its exchange
    replied: dict[int, int]  # message -> its author


async def on_message_sent(ctx: Ctx, batch: Sequence[Recorded]) -> Effect | None:
    """Decide who attends to these messages; the turns are written together with the listener's position."""
    app = ctx.app
    fresh = [r for r in batch if app.clock.now_ms() - r.at < STALE_FOR_PEOPLE_MS]
    heard_by = {r.id: _listeners(app, r) for r in fresh}
    fresh = [r for r in fresh if heard_by[r.id]]
    if not fresh:
        return None
    known = await ctx.read(_find_background, fresh, {a for ids in heard_by.values() for a in ids})
    newest = _newest(fresh)
    turns = [t for r in fresh for t in _attend(app, r, heard_by[r.id], known, whole=r.id in newest)]
    if not turns:
        return None
    settings = app.config.get(AgentSettings)

    def do_queue_turns(tx: Tx) -> None:
        for turn in turns:
            do_queue_turn(tx, turn, room=settings.queue, exchange=settings.exchange)

    return do_queue_turns


def _listeners(app: App, recorded: Recorded) -> list[int]:
    """The agents that see the channel and may write there; the author is not among them."""
    event = recorded.event
    assert isinstance(event, MessageSent)
    directory = app.get(Directory)
    return [
        agent.id
        for agent in app.get(Roster).all()
        if agent.user_id != event.author_id
        and directory.can_view(agent.user_id, event.channel_id)
        and directory.permissions(agent.user_id, event.channel_id) & Permission.SEND_MESSAGES
    ]


def _newest(batch: Sequence[Recorded]) -> set[int]:
    seen: Counter[int | None] = Counter()
    newest = set()
    for recorded in reversed(batch):
        seen[recorded.channel_id] += 1
        if seen[recorded.channel_id] <= _NEWEST:
            newest.add(recorded.id)
    return newest


def _find_background(tx: Tx, batch: Sequence[Recorded], agent_ids: set[int]) -> Background:
    agents = {agent.id: agent for agent in list_agents(tx) if agent.id in agent_ids}
    sent = [r.event for r in batch if isinstance(r.event, MessageSent)]
    spoken = {
        (channel_id, agent_id): at
        for channel_id in {event.channel_id for event in sent}
        for agent_id, at in find_last_spoken(tx, channel_id, agent_ids).items()
    }
    roots = {}
    for event in sent:
        turn_id = parse(event.nonce) if event.author_is_bot and event.nonce else None
        roots[event.id] = (find_root(tx, turn_id) if turn_id else None) or event.id
    replies = [event.reply_to for event in sent if event.reply_to is not None]
    replied = {message_id: row.author_id for message_id, row in list_by_ids(tx, replies).items()}
    return Background(agents, spoken, roots, replied)


def _attend(app: App, recorded: Recorded, agent_ids: Sequence[int], known: Background, *, whole: bool) -> list[NewTurn]:
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
        _ear(app, known.agents[a], known.spoken.get((event.channel_id, a)), pace, ready) for a in agent_ids if a in known.agents
    ]
    policy = Policy(
        max_depth=settings.max_depth,
        crowd=settings.crowd if whole else 0,
        cooldown_ms=pace.cooldown_ms,
        seed=settings.seed,
    )
    notices = decide(heard, ears, policy)
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
            root=known.roots[event.id],
            not_before=recorded.at + _reading_ms(pace, event, notice.urgency, roll(settings.seed, event.id, notice.agent_id, 1)),
        )
        for notice in notices
    ]


def _heard(app: App, recorded: Recorded, event: MessageSent, known: Background, *, whole: bool) -> Heard:
    channel = app.get(Directory).channel(event.channel_id)
    depth = recorded.cause.depth if recorded.cause else 0
    return Heard(
        event_id=recorded.id,
        author_id=event.author_id,
        by_agent=event.author_is_bot,
        text=event.content if whole else "",
        mentions=frozenset(u for u in event.mentions if f"<@{u}>" in event.content or f"<@!{u}>" in event.content),
        reply_author=known.replied.get(event.reply_to) if event.reply_to is not None else None,
        parties=frozenset(channel.recipients) - {event.author_id} if channel is not None else frozenset(),
        # A bot from elsewhere says nothing of causes: it counts as one act away from a person, so that it and agents tire.
        depth=max(depth, 1) if event.author_is_bot else depth,
    )


def _ear(app: App, agent: Agent, spoken_at: int | None, pace: Pace, ready: bool) -> Ear:
    now = app.clock.now_ms()
    return Ear(
        agent_id=agent.id,
        user_id=agent.user_id,
        name=agent.name,
        traits=agent.traits,
        interests=agent.all_interests(),
        energy=recover(agent.energy, now - agent.energy_at, pace.recovery_ms),
        rested_ms=None if spoken_at is None else now - spoken_at,
        awake=ready and app.get(Roster).may_speak(agent.id),
    )


def _reading_ms(pace: Pace, event: MessageSent, urgency: TurnClass, dice: float) -> int:
    return reading_ms(pace, len(event.content), person=urgency == TurnClass.WAITING_PERSON, dice=dice)
