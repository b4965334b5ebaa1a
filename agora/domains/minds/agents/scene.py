"""What an agent sees of a channel when its turn comes: the newest messages, who wrote them and to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from agora.domains.minds.agents.agent import LANGUAGES, Agent
from agora.domains.minds.agents.language import find_language
from agora.domains.minds.agents.settings import AgentSettings
from agora.domains.minds.agents.tables import turn as t
from agora.domains.place.accounts import Users
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import list_by_ids, list_recent, words_of
from agora.inference.context import Language, Line, SharedContext
from agora.inference.pages import find_start, mark
from agora.kernel.app import App
from agora.kernel.tx import Tx
from agora.protocol.message_types import GROUP_NOTICES

if TYPE_CHECKING:
    from agora.domains.minds.agents.summary import Summary

_MENTION = re.compile(r"<@!?(\d{1,19})>")
_EMOJI = re.compile(r"<a?(:\w{2,32}:)\d{1,19}>")
_CHANNEL = re.compile(r"<#(\d{1,19})>")


class Said(msgspec.Struct, frozen=True):
    """One message of the channel. ``to`` is the user it answers."""

    id: int
    author_id: int
    content: str
    to: int | None = None


class Scene(msgspec.Struct, frozen=True):
    """The newest messages, oldest first, and the one to answer (None: it was withdrawn, or there is none).

    ``oldest_id``: the first message that was looked at, also one without words.
    """

    lines: tuple[Said, ...]
    trigger: Said | None
    oldest_id: int = 0


def find_scene(tx: Tx, channel_id: int, limit: int, trigger_id: int | None) -> Scene:
    """What an agent sees that is shown ``limit`` messages at most."""
    return focus(read_scene(tx, channel_id, limit, trigger_id), limit)


def read_scene(tx: Tx, channel_id: int, limit: int, trigger_id: int | None) -> Scene:
    """Read what is needed for one turn, at once; not yet cut."""
    # One more than is shown: it tells that the channel goes on, so that the transcript is cut where it stays for a while.
    found = list_recent(tx, channel_id, limit + 1)
    rows = [row for row in reversed(found) if row.type not in GROUP_NOTICES and words_of(row).strip()]
    asked = _find_asked(tx, [row.id for row in rows])
    wanted = {row.reply_to for row in rows if row.reply_to} | set(asked.values()) | ({trigger_id} if trigger_id else set())
    others = list_by_ids(tx, list(wanted))
    lines = []
    for row in rows:
        original = others.get(row.reply_to or asked.get(row.id, 0))
        lines.append(Said(row.id, row.author_id, words_of(row), original.author_id if original else None))
    asking = others.get(trigger_id) if trigger_id else None
    trigger = Said(asking.id, asking.author_id, words_of(asking)) if asking and asking.channel_id == channel_id else None
    return Scene(tuple(lines), trigger, found[-1].id if found else 0)


def find_said(tx: Tx, ids: Sequence[int], trigger_id: int | None) -> list[Said]:
    """Messages as a scene had them, in the order given; those that are gone are left out."""
    rows = list_by_ids(tx, list(ids))
    asked = _find_asked(tx, list(ids))
    others = list_by_ids(tx, [*(row.reply_to for row in rows.values() if row.reply_to), *asked.values()])
    lines = []
    for at, message_id in enumerate(ids):
        row = rows.get(message_id)
        if row is None:
            continue
        original = others.get(row.reply_to or asked.get(row.id, 0))
        # The one to answer was put behind the others when much was said since, without what it answers itself.
        moved = message_id == trigger_id and at > 0 and ids[at - 1] > message_id
        lines.append(Said(row.id, row.author_id, words_of(row), original.author_id if original and not moved else None))
    return lines


def focus(scene: Scene, most: int) -> Scene:
    """The newest messages, at most ``most``, and in any case the one to answer.

    The oldest go a page at a time, so that the beginning, which all agents of the channel share, stays the same for a while.
    """
    lines = scene.lines[find_start([mark(said.id) for said in scene.lines], most) :]
    if scene.trigger is not None and all(said.id != scene.trigger.id for said in lines):
        lines = (*lines, scene.trigger)  # much was said since
    return Scene(lines, scene.trigger, scene.oldest_id)


def _find_asked(tx: Tx, ids: Sequence[int]) -> dict[int, int]:
    """Messages of agents -> the messages they answer."""
    query = select(t.c.sent_id, t.c.message_id).where(t.c.sent_id.in_(ids), t.c.message_id.is_not(None))
    return {row.sent_id: row.message_id for row in tx.execute(query)}


class Names:
    """What people and agents are called in one channel."""

    def __init__(self, app: App, channel: ChannelFacts) -> None:
        self._users = app.get(Users)
        self._directory = app.get(Directory)
        self._guild_id = channel.guild_id

    def of(self, user_id: int) -> str:
        """The name people see: nickname, display name, user name."""
        member = self._directory.member(self._guild_id, user_id) if self._guild_id else None
        if member is not None and member.nick:
            return member.nick
        user = self._users.get(user_id)
        return user.display_name if user is not None else "someone"

    def is_person(self, user_id: int) -> bool:
        """Not a bot."""
        user = self._users.get(user_id)
        return user is not None and not user.bot

    def readable(self, text: str) -> str:
        """A text with names in the place of mentions and of a community's emojis."""
        text = _MENTION.sub(lambda found: f"@{self.of(int(found.group(1)))}", text)
        return _CHANNEL.sub(self._channel, _EMOJI.sub(r"\1", text))

    def _channel(self, found: re.Match[str]) -> str:
        channel = self._directory.channel(int(found.group(1)))
        # A link to a channel of another community says nothing of its name.
        known = channel is not None and channel.guild_id == self._guild_id
        return f"#{channel.name}" if known and channel is not None else found.group(0)


def mention(text: str, names: Mapping[str, int]) -> str:
    """A text with mentions in the place of ``@Name``; ``names`` maps names to user ids."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(rf"@{re.escape(name)}(?!\w)", f"<@{names[name]}>", text, flags=re.IGNORECASE)
    return text


def choose_language(app: App, channel: ChannelFacts, agent: Agent, scene: Scene) -> Language:
    """The language of the conversation, among those the agent speaks."""
    guild = app.get(Directory).guild(channel.guild_id) if channel.guild_id else None
    default = guild.locale if guild is not None else app.config.get(AgentSettings).language
    spoken = [word for word in LANGUAGES if word in agent.languages]
    fallback: Language = "fr" if default == "fr" else "en"
    if scene.trigger is not None:
        return find_language([*(said.content for said in scene.lines), scene.trigger.content], spoken, fallback)
    # Who opens a conversation follows the people there; agents alone would stay for ever with what one of them began.
    names = Names(app, channel)
    return find_language([said.content for said in scene.lines if names.is_person(said.author_id)], spoken, fallback)


def build_shared_context(
    app: App, channel: ChannelFacts, scene: Scene, language: Language, before: Summary | None = None
) -> SharedContext:
    """What every agent that sees the channel is told alike; ``before`` stands in the place of what was said earlier."""
    guild = app.get(Directory).guild(channel.guild_id) if channel.guild_id else None
    names = Names(app, channel)
    return SharedContext(
        community=guild.name if guild is not None else "Agora",
        channel=channel.name or "direct",
        language=language,
        rules=pick_language((guild.description or "") if guild is not None else "", language),
        topic=pick_language(channel.topic or "", language),
        lines=tuple(
            Line(
                names.of(said.author_id),
                names.readable(said.content),
                names.of(said.to) if said.to is not None and said.to != said.author_id else None,
                names.is_person(said.author_id),
            )
            for said in scene.lines
        ),
        summary=before.text if before is not None else "",
    )


def pick_language(text: str, language: Language) -> str:
    """The part in this language of a text such as ``New ideas · Des idées neuves``; the whole text where none is."""
    parts = text.split(" · ")
    if len(parts) == 1:
        return text
    shown = [(part, find_language([part], LANGUAGES, "en"), find_language([part], LANGUAGES, "fr")) for part in parts]
    # A part without telling words takes whatever language is asked for.
    sure = [part for part, one, other in shown if one == other == language]
    open_ = [part for part, one, other in shown if one != other]
    return next(iter((*sure, *open_)), text)


def own_lines(scene: Scene, agent: Agent) -> list[str]:
    """What the agent itself said lately."""
    return [said.content for said in scene.lines if said.author_id == agent.user_id]
