"""Use cases of those who manage webhooks."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import UNSET, UnsetType

from agora.domains.place.accounts import read_data_uri, store_picture
from agora.domains.place.permissions import ChannelFacts, Directory, check
from agora.domains.talk.webhooks.bodies import WebhookCreate, WebhookPatch, clean_name
from agora.domains.talk.webhooks.model import Webhook
from agora.domains.talk.webhooks.queries import find_webhook, list_of_channel, list_of_guild
from agora.domains.talk.webhooks.tokens import WebhookTokens
from agora.domains.talk.webhooks.writes import do_create, do_update
from agora.kernel.ctx import Ctx
from agora.kernel.errors import BadRequest, NotFound, invalid
from agora.kernel.ids import parse
from agora.protocol.channel_types import ChannelType
from agora.protocol.error_codes import MESSAGES, ErrorCode
from agora.protocol.permissions import Permission

MANAGE = int(Permission.MANAGE_WEBHOOKS)
_SPOKEN = frozenset({ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT})
_TYPES = _SPOKEN | {ChannelType.GUILD_FORUM}


async def create(ctx: Ctx, channel_id: int, body: WebhookCreate) -> Webhook:
    """Make an address that may speak in a channel. Raises 50013, 50024 where webhooks cannot be, 30007."""
    channel = _check_channel(ctx, channel_id)
    name = clean_name(body.name)
    avatar = None if body.avatar is None else await store_picture(ctx, read_data_uri(body.avatar))
    assert channel.guild_id is not None
    webhook = Webhook(
        id=ctx.app.ids.next(),
        guild_id=channel.guild_id,
        channel_id=channel_id,
        creator_id=ctx.actor.user_id,
        name=name,
        avatar=avatar,
    )
    await ctx.write(do_create, webhook)
    return webhook


async def list_channel(ctx: Ctx, channel_id: int) -> list[Webhook]:
    """The webhooks of a channel."""
    check(ctx, MANAGE, channel_id=channel_id)
    return await ctx.read(list_of_channel, channel_id)


async def list_guild(ctx: Ctx, guild_id: int) -> list[Webhook]:
    """The webhooks of those channels of a guild where the actor manages them."""
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    found = await ctx.read(list_of_guild, guild_id)
    return [webhook for webhook in found if directory.permissions(user_id, webhook.channel_id) & MANAGE]


async def get_managed(ctx: Ctx, webhook_id: int) -> Webhook:
    """A webhook that the actor manages. Raises 10015, 50013; who may not see its channel learns no more than that it is unknown."""
    webhook = await _find(ctx, webhook_id)
    directory = ctx.app.get(Directory)
    if webhook is None or not directory.can_view(ctx.actor.user_id, webhook.channel_id):
        raise _unknown()
    check(ctx, MANAGE, channel_id=webhook.channel_id)
    return webhook


async def get_by_token(ctx: Ctx, webhook_id: int, token: str) -> Webhook:
    """A webhook by its address. Raises 10015 for a wrong token too: nothing can be tried out. Nobody speaks through a follower."""
    webhook = await _find(ctx, webhook_id) if ctx.app.get(WebhookTokens).is_valid(webhook_id, token) else None
    if webhook is None or webhook.follows:
        raise _unknown()
    return webhook


async def update(ctx: Ctx, webhook: Webhook, body: WebhookPatch) -> Webhook:
    """Change name, picture or, for who manages both channels, the channel."""
    changes: dict[str, object] = {}
    if body.name is not UNSET and body.name is not None:
        changes["name"] = clean_name(body.name)
    if body.avatar is not UNSET:
        changes["avatar"] = None if body.avatar is None else await store_picture(ctx, read_data_uri(body.avatar))
    if body.channel_id is not UNSET and body.channel_id is not None:
        changes["channel_id"] = _check_move(ctx, webhook, body.channel_id)
    return await ctx.write(do_update, webhook.id, changes)


def _check_move(ctx: Ctx, webhook: Webhook, channel_id: str | int | UnsetType) -> int:
    number = None if isinstance(channel_id, UnsetType) else parse(channel_id)
    if number is None:
        raise invalid("channel_id", "Value is not snowflake.", "NUMBER_TYPE_COERCE")
    channel = check_target(ctx, number) if webhook.follows else _check_channel(ctx, number)
    if channel.guild_id != webhook.guild_id:
        raise invalid("channel_id", "The channel belongs to another guild.", "CHANNEL_NOT_IN_GUILD")
    if number == webhook.source_channel_id:
        raise invalid("channel_id", "A channel cannot follow itself.", "CHANNEL_FOLLOWING_SELF")
    return number


def check_target(ctx: Ctx, channel_id: int) -> ChannelFacts:
    """A channel where a follower may speak and the actor manages webhooks: a forum is none. Raises 10003, 50001, 50013, 50024."""
    return _check_channel(ctx, channel_id, _SPOKEN)


def _check_channel(ctx: Ctx, channel_id: int, types: Collection[int] = _TYPES) -> ChannelFacts:
    channel = check(ctx, MANAGE, channel_id=channel_id)
    if channel.type not in types or channel.guild_id is None:
        code = ErrorCode.CANNOT_EXECUTE_ON_CHANNEL_TYPE
        raise BadRequest(MESSAGES[code], code=code)
    return channel


async def _find(ctx: Ctx, webhook_id: int) -> Webhook | None:
    """None also for one whose channel is just being deleted."""
    webhook = await ctx.read(find_webhook, webhook_id)
    return None if webhook is None or ctx.app.get(Directory).channel(webhook.channel_id) is None else webhook


def _unknown() -> NotFound:
    return NotFound(MESSAGES[ErrorCode.UNKNOWN_WEBHOOK], code=ErrorCode.UNKNOWN_WEBHOOK)
