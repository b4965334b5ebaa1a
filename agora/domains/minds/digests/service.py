"""What agents said in each channel since its reader last read there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from agora.domains.minds.agents import Roster
from agora.domains.minds.digests.extract import Said, choose, list_words
from agora.domains.minds.digests.queries import MOST, Line, list_said
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.notifications import Level, Wishes, list_marks, list_wishes
from agora.kernel.ids import first_at
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx

READ = int(Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY)
DAY_MS = 86_400_000
LONGEST_MS = 7 * DAY_MS  # what is older is history, whoever was away
MOST_CHANNELS = 25
CHOSEN = 3
TOPICS = 5


class Talk(msgspec.Struct, frozen=True):
    """What was said in a channel after the message ``since``. ``more``: there was more than could be read."""

    channel: ChannelFacts
    since: int
    count: int
    more: bool
    voices: tuple[tuple[int, int], ...]
    topics: tuple[str, ...]
    first: Line
    last: Line
    chosen: tuple[Line, ...]


async def read_digest(ctx: Ctx) -> list[Talk]:
    """The channels the actor may read and has not silenced, those with most talk first; one never opened counts from yesterday."""
    return await ctx.read(list_talk, ctx.actor.user_id)


def list_talk(tx: Tx, user_id: int) -> list[Talk]:
    """The same in a transaction."""
    agents = {agent.user_id for agent in tx.app.get(Roster).all()} - {user_id}
    if not agents:
        return []
    found = []
    for channel, since in _places(tx, user_id):
        lines = list_said(tx, channel.id, since, agents)
        if lines:
            found.append(_sum_up(channel, since, lines))
    return sorted(found, key=lambda talk: (-talk.count, talk.channel.id))


def _places(tx: Tx, user_id: int) -> list[tuple[ChannelFacts, int]]:
    """Where something was said after what the reader has read, the newest first, and from which message on."""
    directory, marks, wishes = tx.app.get(Directory), list_marks(tx, user_id), list_wishes(tx, user_id)
    oldest, yesterday = first_at(tx.now_ms - LONGEST_MS), first_at(tx.now_ms - DAY_MS)
    found = []
    for guild_id in directory.guilds_of(user_id):
        wish = wishes.get(guild_id, Wishes())
        for channel in (*directory.visible_in(guild_id, user_id), *directory.threads_in(guild_id, user_id)):
            since = max(marks.get(channel.id, yesterday), oldest)
            if (channel.last_message_id or 0) <= since or _is_silent(wish, channel, tx.now_ms):
                continue
            if directory.permissions(user_id, channel.id) & READ == READ:
                found.append((channel, since))
    found.sort(key=lambda pair: pair[0].last_message_id or 0, reverse=True)
    return found[:MOST_CHANNELS]


def _is_silent(wishes: Wishes, channel: ChannelFacts, now_ms: int) -> bool:
    """A thread follows its channel."""
    ids = [channel.id] if channel.thread is None else [channel.id, channel.parent_id or 0]
    return any(wishes.is_muted(each, now_ms) or wishes.level(each) == Level.NOTHING for each in ids)


def _sum_up(channel: ChannelFacts, since: int, lines: Sequence[Line]) -> Talk:
    by_id = {line.id: line for line in lines}
    chosen = choose([Said(line.id, str(line.author_id), line.text) for line in lines], CHOSEN)
    return Talk(
        channel=channel,
        since=since,
        count=len(lines),
        more=len(lines) == MOST,
        voices=tuple(Counter(line.author_id for line in lines).most_common()),
        topics=find_topics([line.text for line in lines]),
        first=lines[0],
        last=lines[-1],
        chosen=tuple(by_id[each.id] for each in chosen),
    )


def find_topics(texts: Sequence[str]) -> tuple[str, ...]:
    """The words that most messages share, at least two of them, but the common words of both languages."""
    # many words, which only a digest needs here
    from agora.inference.subject import STOP_WORDS

    common = STOP_WORDS["en"] | STOP_WORDS["fr"]
    counted = Counter(word for text in texts for word in dict.fromkeys(list_words(text)) if word not in common)
    return tuple(word for word, count in counted.most_common(TOPICS) if count > 1)
