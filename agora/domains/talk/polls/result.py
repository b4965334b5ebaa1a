"""The message that tells how a poll ended (https://discord.com/developers/docs/resources/message#embed-fields-by-embed-type)."""

from __future__ import annotations

from typing import Any

from agora.domains.talk.messages import Row, read_poll
from agora.kernel.http import encode
from agora.protocol.message_types import MessageType


def build_result(message_id: int, row: Row, results: dict[str, Any]) -> Row:
    """A message of the poll's author that points at it. Without a single winner none is named, as on Discord."""
    assert row.poll is not None
    poll = read_poll(row.poll)
    counts = {each["id"]: each["count"] for each in results["answer_counts"]}
    most = max(counts.values(), default=0)
    winners = [answer_id for answer_id, count in counts.items() if count == most and count]
    told = {
        "poll_question_text": poll.question.text,
        "victor_answer_votes": str(most),
        "total_votes": str(sum(counts.values())),
    }
    if len(winners) == 1:
        media = poll.answers[winners[0] - 1]
        told |= {"victor_answer_id": str(winners[0]), "victor_answer_text": media.text}
        if media.emoji is not None and media.emoji.name:
            told["victor_answer_emoji_name"] = media.emoji.name
    fields = [{"name": name, "value": value, "inline": False} for name, value in told.items()]
    return Row(
        id=message_id,
        channel_id=row.channel_id,
        guild_id=row.guild_id,
        author_id=row.author_id,
        type=int(MessageType.POLL_RESULT),
        content="",
        html=None,
        flags=0,
        tts=False,
        edited_ms=None,
        pinned_ms=None,
        reply_to=row.id,
        nonce=None,
        mentions=None,
        embeds=encode([{"type": "poll_result", "fields": fields}]).decode(),
        has=0,
    )
