"""The people, roles, channels and messages that an interaction points at, as far as the asker sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from agora.domains.place.accounts import Users, build_user
from agora.domains.place.channels import build_channel
from agora.domains.place.guilds import build_member, build_role
from agora.domains.place.permissions import ChannelFacts, Directory
from agora.kernel.app import App


class Resolver:
    """Collects them; each ``add_…`` is false for what the asker may not know of."""

    def __init__(self, app: App, channel: ChannelFacts, user_id: int) -> None:
        self._app = app
        self._directory = app.get(Directory)
        self._channel = channel
        self._user_id = user_id
        self._found: dict[str, dict[str, Any]] = {}

    def add_user(self, user_id: int) -> bool:
        """Somebody, with their membership here."""
        user = self._app.get(Users).get(user_id)
        if user is None:
            return False
        guild_id = self._channel.guild_id
        member = None if guild_id is None else self._directory.member(guild_id, user_id)
        if guild_id is None and user_id not in self._channel.recipients:
            return False
        self._keep("users", user_id, build_user(user))
        if member is not None:
            shown = msgspec.to_builtins(build_member(self._app, member, user=False))
            bits = self._directory.permissions(user_id, self._channel.id)
            self._keep("members", user_id, shown | {"permissions": str(bits)})
        return True

    def add_role(self, role_id: int) -> bool:
        """A role of this community."""
        guild_id = self._channel.guild_id
        role = None if guild_id is None else self._directory.role(guild_id, role_id)
        if role is not None:
            self._keep("roles", role_id, build_role(role))
        return role is not None

    def add_channel(self, channel_id: int, types: Sequence[int] = ()) -> bool:
        """A channel of this community that the asker sees, of one of these types (none: of any)."""
        channel = self._directory.channel(channel_id)
        if channel is None or channel.guild_id != self._channel.guild_id or (types and channel.type not in types):
            return False
        if not self._directory.can_view(self._user_id, channel_id):
            return False
        self._keep("channels", channel_id, build_place(self._app, channel, self._user_id))
        return True

    def add_message(self, message_id: int, payload: Any) -> None:
        """A message, as its object."""
        self._keep("messages", message_id, payload)

    def _keep(self, kind: str, number: int, value: Any) -> None:
        self._found.setdefault(kind, {})[str(number)] = value

    def found(self) -> dict[str, dict[str, Any]]:
        """Discord's ``resolved``."""
        return self._found


def build_place(app: App, channel: ChannelFacts, user_id: int) -> dict[str, Any]:
    """A channel with what somebody may do there."""
    shown: dict[str, Any] = msgspec.to_builtins(build_channel(app, channel, user_id))
    return shown | {"permissions": str(app.get(Directory).permissions(user_id, channel.id))}
