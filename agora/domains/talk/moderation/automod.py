"""Before a message is sent or edited: the guild's rules look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.permissions import ChannelFacts, Directory
from agora.domains.talk.messages import Outgoing
from agora.domains.talk.moderation.model import Act, Rule
from agora.domains.talk.moderation.rules import RuleBook
from agora.domains.talk.moderation.writes import KEEPERS, Found, do_act
from agora.kernel.auth import SYSTEM
from agora.kernel.ctx import system
from agora.kernel.errors import BadRequest, field_error
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx


async def check_rules(ctx: Ctx, outgoing: Outgoing) -> Outgoing:
    """Let every rule look; raises 200000 when one of them blocks. Who manages the community is spared, as on Discord."""
    app, user_id = ctx.app, ctx.actor.user_id
    directory = app.get(Directory)
    channel = directory.channel(outgoing.channel_id)
    if channel is None or channel.guild_id is None or ctx.actor == SYSTEM:
        return outgoing
    rules = app.get(RuleBook).of(channel.guild_id)
    if not rules or directory.guild_permissions(user_id, channel.guild_id) & KEEPERS:
        return outgoing
    content = "\n".join(_texts(outgoing))
    for matcher in rules:
        if not _applies(ctx, matcher.rule, channel):
            continue
        match = matcher.find(content)
        if match is None:
            continue
        await system(app).write(do_act, Found(matcher.rule, match, channel, user_id, content))
        _refuse(matcher.rule)
    return outgoing


def _texts(outgoing: Outgoing) -> list[str]:
    """All that people would read."""
    texts = [outgoing.draft.content]
    for embed in outgoing.draft.embeds:
        texts += [text for text in (embed.title, embed.description) if isinstance(text, str)]
        texts += [text for each in embed.fields or () for text in (each.name, each.value)]
    if outgoing.draft.snapshot is not None:
        texts.append(outgoing.draft.snapshot.content)
    return [text for text in texts if text]


def _applies(ctx: Ctx, rule: Rule, channel: ChannelFacts) -> bool:
    if not rule.enabled or channel.id in rule.exempt_channels or channel.parent_id in rule.exempt_channels:
        return False
    member = ctx.app.get(Directory).member(rule.guild_id, ctx.actor.user_id)
    return member is None or not set(rule.exempt_roles) & set(member.roles)


def _refuse(rule: Rule) -> None:
    for action in rule.actions:
        if action.type == Act.BLOCK:
            code = ErrorCode.BLOCKED_BY_RULE
            text = action.text or MESSAGES[code]
            raise BadRequest(MESSAGES[code], code=code, errors=field_error("content", text, "AUTO_MODERATION_MESSAGE"))
