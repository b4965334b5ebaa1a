"""``/search``: find messages, shown to who asked."""

from __future__ import annotations

from agora.domains.talk.interactions import Builtin, CommandBody, Invocation, OptionType, Reply, described, option
from agora.domains.talk.messages import Draft
from agora.domains.talk.search import build_match, readable_channels, search
from agora.kernel.ctx import Ctx
from agora.kernel.i18n import t
from agora.protocol.payloads import Message

SHOWN = 5
SNIPPET = 120


def describe() -> CommandBody:
    """The command."""
    return described("builtins.search", (option(OptionType.STRING, "builtins.search_words", required=True, max_length=200),))


async def run(ctx: Ctx, invocation: Invocation) -> Reply:
    """Look for it where the asker may read: in this community, or everywhere from a direct message."""
    row, words = invocation.interaction, invocation.values["words"]
    match = build_match(ctx.app, readable_channels(ctx, row.guild_id), words, as_you_type=False)
    page = await search(ctx, match, SHOWN)
    if not page.messages:
        return Reply(Draft(t(ctx.locale, "builtins.search_nothing", words=words)), private=True)
    head = t(ctx.locale, "builtins.search_found", n=page.found.total, words=words)
    lines = [_line(ctx, message) for message in page.messages]
    return Reply(Draft("\n".join([head, *lines])), private=True)


def _line(ctx: Ctx, message: Message) -> str:
    text = " ".join(message.content.split())
    short = text if len(text) <= SNIPPET else f"{text[:SNIPPET]}…"
    guild = message.guild_id if isinstance(message.guild_id, str) else "@me"
    address = f"{ctx.app.url}/channels/{guild}/{message.channel_id}/{message.id}"
    return f"- <@{message.author.id}> <#{message.channel_id}>: {short} {address}"


COMMAND = Builtin(describe=describe, run=run)
