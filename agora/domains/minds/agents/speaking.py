"""One turn from beginning to end: look at the channel, ask the model, show the text as it grows, post it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import msgspec

from agora.domains.minds.agents.agent import Agent, Turn, TurnClass
from agora.domains.minds.agents.attention import roll
from agora.domains.minds.agents.pace import PACES
from agora.domains.minds.agents.receipts import build_receipt
from agora.domains.minds.agents.replay import build_script
from agora.domains.minds.agents.request import Ask, build_ask
from agora.domains.minds.agents.roster import act_as
from agora.domains.minds.agents.scene import (
    Names,
    Scene,
    build_shared_context,
    choose_language,
    focus,
    mention,
    own_lines,
    read_scene,
)
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.show import Show
from agora.domains.minds.agents.summarising import Summariser
from agora.domains.minds.agents.summary import Cut, Summary, cut, find_wanted
from agora.domains.minds.agents.summary_queries import list_summaries
from agora.domains.minds.agents.turns import do_note_receipt
from agora.domains.minds.agents.words import same_line
from agora.domains.minds.models import find_engine
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import Draft, Sent, find_by_nonce, send
from agora.inference.cleaning import clean_reply
from agora.inference.context import Language, SharedContext, Task
from agora.inference.errors import GenerationFailed
from agora.inference.layout import Style
from agora.inference.ports import Engine, Receipt
from agora.inference.relevance import WRITES, is_beside
from agora.kernel.app import App
from agora.kernel.ctx import Ctx, system
from agora.kernel.events import Cause
from agora.kernel.tx import Tx
from agora.protocol.permissions import Permission

log = logging.getLogger(__name__)
STARTER_LINES = 10
"""The starter model has learnt on conversations of at most so many lines; more only confuse it."""
MAX_LENGTH = 1_900  # characters; Discord takes 2,000, mentions may still grow
_NEEDED = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.READ_MESSAGE_HISTORY)


class Silent(Exception):
    """The turn ends without a message; the text says why."""


class Spoken(msgspec.Struct, frozen=True):
    """The message of a turn. Its receipt is stored before it is posted, so that no message is without one."""

    sent_id: int


class Line(msgspec.Struct, frozen=True):
    """A line ready to be posted, the request it came from and the engine's account of it."""

    text: str
    raw: str
    ask: Ask
    receipt: Receipt


async def speak(app: App, agent: Agent, turn: Turn) -> Spoken:
    """Run one turn. Raises Silent, or what the engine or the post raises. Cancelling it posts nothing, or posts whole."""
    channel = _get_channel(app, agent, turn)
    known = await system(app).read(find_by_nonce, turn.channel_id, agent.user_id, str(turn.id))
    if known is not None:  # posted before a crash, which then lost the note of it
        return Spoken(known.id)
    settings = app.config.get(AgentSettings)
    whole, summaries = await system(app).read(_look, turn, settings)
    if turn.message_id is not None and whole.trigger is None:
        raise Silent("the message was withdrawn")
    engine, style = await find_engine(app, agent.model, channel.guild_id)
    most = min(STARTER_LINES, settings.transcript) if style == "starter" else settings.transcript
    scene = focus(whole, most)
    language = choose_language(app, channel, agent, scene)
    shown = Cut(scene)
    if settings.summaries:
        shown = cut(whole, [one for one in summaries if (one.style, one.language) == (style, language)], most)
        scene = shown.scene
    shared = build_shared_context(app, channel, scene, language, shown.summary)
    show = Show(app, agent, turn, channel, PACES[settings.pace])
    async with show.typing():
        line = await _write(app, engine, style, agent, turn, scene, shared, _task(app, agent, turn, channel, scene, language), show)
        await show.finish(line.text)
    script = build_script(style, language, line.ask.request, line.raw, deterministic=line.receipt.deterministic)
    seen = [said.id for said in scene.lines][-line.ask.seen :] if line.ask.seen else []
    receipt = build_receipt(agent, turn, seen, line.receipt, script, shown.summary)
    text = mention(line.text, _names_of(app, channel, scene))
    await system(app).write(do_note_receipt, turn.id, receipt)
    post = asyncio.ensure_future(_post(app, agent, turn, scene, text))
    try:
        sent = await asyncio.shield(post)
    except asyncio.CancelledError:
        sent = await post  # already on its way to the disk: what is posted must also be noted
    _ask_for_summary(app, agent, turn, (style, language), whole, shown, line.ask.seen)
    return Spoken(sent.id)


def _look(tx: Tx, turn: Turn, settings: AgentSettings) -> tuple[Scene, list[Summary]]:
    whole = read_scene(tx, turn.channel_id, settings.transcript, turn.message_id)
    return whole, list_summaries(tx, turn.channel_id) if settings.summaries else []


def _ask_for_summary(app: App, agent: Agent, turn: Turn, form: tuple[Style, Language], whole: Scene, shown: Cut, seen: int) -> None:
    """Have the next summary made when it is time, or when the model's memory did not hold all that was to be shown."""
    summariser = app.find(Summariser)
    if summariser is None or not app.config.get(AgentSettings).summaries:
        return
    tight = seen < len(shown.scene.lines)
    wanted = find_wanted(whole, shown.summary, seen // 2) if tight else shown.wanted
    if wanted is not None:
        summariser.ask(agent, turn.channel_id, *form, wanted)


def _get_channel(app: App, agent: Agent, turn: Turn) -> ChannelFacts:
    directory = app.get(Directory)
    channel = directory.channel(turn.channel_id)
    if channel is None or directory.permissions(agent.user_id, turn.channel_id) & _NEEDED != _NEEDED:
        raise Silent("the agent may not write there")
    return channel


def _task(app: App, agent: Agent, turn: Turn, channel: ChannelFacts, scene: Scene, language: Language) -> Task:
    if scene.trigger is not None:
        return Task("reply", target=Names(app, channel).of(scene.trigger.author_id))
    interests = agent.speaks(language).interests
    if not interests:
        return Task("open")
    pick = int(roll(app.config.get(AgentSettings).seed, turn.id) * len(interests))
    return Task("open", about=interests[pick])


async def _write(
    app: App,
    engine: Engine,
    style: Style,
    agent: Agent,
    turn: Turn,
    scene: Scene,
    shared: SharedContext,
    task: Task,
    show: Show,
) -> Line:
    """Ask for a line until there is one that is neither empty, said before nor beside the matter."""
    settings = app.config.get(AgentSettings)
    others = {line.speaker for line in shared.lines}
    said = {same_line(text) for text in (*own_lines(scene, agent), *(s.content for s in scene.lines[-8:]))}
    repeated: Line | None = None
    beside: Line | None = None
    for attempt in range(WRITES):
        ask = build_ask(engine, style, settings, agent, turn, shared, task, attempt + WRITES * (turn.attempts - 1))
        async with asyncio.timeout(settings.timeout_s):
            raw, receipt = await _generate(engine, ask, agent, others, show)
        text = shorten(clean_reply(raw, agent.name, others))
        if not text:
            continue
        line = Line(text, raw, ask, receipt)
        if same_line(text) in said:
            repeated = line
        elif is_beside(text, shared, task, style):
            beside = line
        else:
            return line
    if beside is not None:
        return beside
    if repeated is None:
        raise GenerationFailed("The model wrote only empty lines.")
    if turn.urgency == TurnClass.WAITING_PERSON:
        return repeated  # a person who waits hears something twice rather than nothing
    raise Silent("it had nothing new to say")


async def _generate(engine: Engine, ask: Ask, agent: Agent, others: set[str], show: Show) -> tuple[str, Receipt]:
    parts: list[str] = []
    stream = engine.generate(ask.request)
    try:
        async for delta in stream:
            parts.append(delta.text)
            if delta.finish == "cancelled":
                raise GenerationFailed("The generation was stopped.")
            if delta.finish is not None and delta.receipt is not None:
                return "".join(parts), delta.receipt
            if delta.text:
                show.grow(clean_reply("".join(parts), agent.name, others))
    finally:
        engine.cancel(ask.request.id)
    raise GenerationFailed("The engine ended without its last word.")


def shorten(text: str) -> str:
    """At most as long as a message may be, cut at the end of a sentence or word when there is one."""
    if len(text) <= MAX_LENGTH:
        return text
    cut = text[:MAX_LENGTH]
    end = max(cut.rfind(mark) for mark in (". ", "! ", "? ", "\n"))
    return cut[: end + 1].rstrip() if end > MAX_LENGTH // 2 else cut.rsplit(" ", 1)[0].rstrip() + "…"


def _names_of(app: App, channel: ChannelFacts, scene: Scene) -> dict[str, int]:
    names = Names(app, channel)
    return {names.of(said.author_id): said.author_id for said in scene.lines}


async def _post(app: App, agent: Agent, turn: Turn, scene: Scene, text: str) -> Sent:
    """The same door as everybody's, as the agent, with its cause; the turn's id as nonce makes it happen once."""
    ctx = Ctx(
        app=app,
        actor=act_as(agent),
        cause=Cause(turn.trigger_id, turn.depth + 1),
    )
    draft = Draft(content=text, nonce=str(turn.id), reply_to=_reply_to(turn, scene), reply_must_exist=False)
    return await send(ctx, turn.channel_id, draft)


def _reply_to(turn: Turn, scene: Scene) -> int | None:
    """Point at the message when others were written since; right below it that would only be noise."""
    since: Sequence[int] = [said.id for said in scene.lines if turn.message_id is not None and said.id > turn.message_id]
    return turn.message_id if since else None
