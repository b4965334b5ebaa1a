"""Use cases of rules: check, then write, then return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.permissions import Directory, check_guild
from agora.domains.talk.moderation.model import Act, Rule, Trigger
from agora.domains.talk.moderation.patterns import BadPattern, check_patterns
from agora.domains.talk.moderation.rules import RuleBook
from agora.domains.talk.moderation.writes import KEEPERS, do_create_rule, do_delete_rule, do_edit_rule
from agora.kernel.errors import NotFound, invalid
from agora.protocol.channel_types import TEXTUAL
from agora.protocol.permissions import Permission

if TYPE_CHECKING:
    from agora.kernel.ctx import Ctx

MAX_RULES = {Trigger.KEYWORD: 6, Trigger.MENTION_SPAM: 1}
LONGEST_TIMEOUT_S = 2_419_200


def list_rules(ctx: Ctx, guild_id: int) -> list[Rule]:
    """A guild's rules, oldest first. Raises Forbidden 50013 without MANAGE_GUILD."""
    check_guild(ctx, KEEPERS, guild_id=guild_id)
    return [matcher.rule for matcher in ctx.app.get(RuleBook).of(guild_id)]


def get_rule(ctx: Ctx, guild_id: int, rule_id: int) -> Rule:
    """A rule. Raises NotFound, Forbidden 50013."""
    check_guild(ctx, KEEPERS, guild_id=guild_id)
    rule = ctx.app.get(RuleBook).find(guild_id, rule_id)
    if rule is None:
        raise NotFound("Unknown Auto Moderation Rule")
    return rule


async def create_rule(ctx: Ctx, rule: Rule) -> Rule:
    """Make a rule. Raises Forbidden 50013, BadRequest."""
    check_guild(ctx, KEEPERS, guild_id=rule.guild_id)
    most = MAX_RULES[Trigger(rule.trigger)]
    if sum(known.trigger == rule.trigger for known in list_rules(ctx, rule.guild_id)) >= most:
        raise invalid("trigger_type", f"Maximum number of rules of this kind reached ({most})", "AUTO_MODERATION_MAX_RULES")
    _check(ctx, rule)
    return await ctx.write(do_create_rule, rule)


async def edit_rule(ctx: Ctx, rule: Rule) -> Rule:
    """Change a rule. Raises NotFound, Forbidden 50013, BadRequest."""
    get_rule(ctx, rule.guild_id, rule.id)
    _check(ctx, rule)
    return await ctx.write(do_edit_rule, rule)


async def delete_rule(ctx: Ctx, guild_id: int, rule_id: int) -> None:
    """End a rule. Raises NotFound, Forbidden 50013."""
    await ctx.write(do_delete_rule, get_rule(ctx, guild_id, rule_id))


def _check(ctx: Ctx, rule: Rule) -> None:
    directory = ctx.app.get(Directory)
    if not 1 <= len(rule.name) <= 100 or not rule.name.isprintable():
        raise invalid("name", "Must be between 1 and 100 in length.", "BASE_TYPE_BAD_LENGTH")
    if not rule.actions:
        raise invalid("actions", "This field is required", "BASE_TYPE_REQUIRED")
    for name, words in (("keyword_filter", rule.keywords), ("allow_list", rule.allow)):
        for index, word in enumerate(words):
            if not word.strip("* "):
                raise invalid(f"trigger_metadata.{name}.{index}", "Must have a letter.", "BASE_TYPE_BAD_LENGTH")
    try:
        check_patterns(rule.patterns)
    except BadPattern as error:
        index, reason = error.args
        text = f"This is not a valid regular expression: {reason}."
        raise invalid(f"trigger_metadata.regex_patterns.{index}", text, "AUTO_MODERATION_INVALID_REGEX") from None
    for index, action in enumerate(rule.actions):
        field = f"actions.{index}.metadata"
        if action.type == Act.ALERT:
            channel = directory.channel(action.channel_id or 0)
            if channel is None or channel.guild_id != rule.guild_id or channel.type not in TEXTUAL:
                raise invalid(f"{field}.channel_id", "Must be a text channel of this server.", "CHANNEL_INVALID")
        if action.type == Act.TIMEOUT:
            check_guild(ctx, Permission.MODERATE_MEMBERS, guild_id=rule.guild_id)
            if not 1 <= (action.seconds or 0) <= LONGEST_TIMEOUT_S:
                raise invalid(f"{field}.duration_seconds", f"Must be between 1 and {LONGEST_TIMEOUT_S}.", "NUMBER_TYPE_MAX")
    for role_id in rule.exempt_roles:
        if directory.role(rule.guild_id, role_id) is None:
            raise invalid("exempt_roles", "Unknown role", "BASE_TYPE_CHOICES")
    for channel_id in rule.exempt_channels:
        exempt = directory.channel(channel_id)
        if exempt is None or exempt.guild_id != rule.guild_id:
            raise invalid("exempt_channels", "Unknown channel", "BASE_TYPE_CHOICES")
