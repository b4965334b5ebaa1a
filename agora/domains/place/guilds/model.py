"""What may be asked of communities. ``UNSET`` leaves a field as it is."""

import msgspec
from msgspec import UNSET, UnsetType


class GuildEdit(msgspec.Struct, frozen=True, kw_only=True):
    """``icon`` is the hash of a stored picture; ``owner_id`` hands the community over."""

    name: str | UnsetType = UNSET
    description: str | UnsetType | None = UNSET
    icon: str | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET
    system_channel_id: int | UnsetType | None = UNSET
    owner_id: int | UnsetType = UNSET
    open: bool | UnsetType = UNSET


class MemberEdit(msgspec.Struct, frozen=True, kw_only=True):
    """``roles`` replaces all roles; ``timeout_until`` is in UTC milliseconds, 0 ends a timeout."""

    nick: str | UnsetType | None = UNSET
    roles: tuple[int, ...] | UnsetType = UNSET
    timeout_until: int | UnsetType = UNSET


class NewRole(msgspec.Struct, frozen=True, kw_only=True):
    """A role to make; ``permissions`` None takes everyone's. ``color`` is 0xRRGGBB, 0 for none."""

    name: str = "new role"
    permissions: int | None = None
    color: int = 0
    hoist: bool = False
    mentionable: bool = False


class RoleEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may change about a role, but its place."""

    name: str | UnsetType = UNSET
    permissions: int | UnsetType = UNSET
    color: int | UnsetType = UNSET
    hoist: bool | UnsetType = UNSET
    mentionable: bool | UnsetType = UNSET


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation. ``max_age_s`` and ``max_uses`` 0 mean without end."""

    code: str
    guild_id: int
    channel_id: int
    inviter_id: int
    max_age_s: int
    max_uses: int
    uses: int
    created_at: int

    @property
    def expires_at(self) -> int | None:
        """In UTC milliseconds; None when it does not end by time."""
        return self.created_at + self.max_age_s * 1000 if self.max_age_s else None

    def is_live(self, now_ms: int) -> bool:
        """Neither too old nor used up."""
        ends = self.expires_at
        return (ends is None or ends > now_ms) and (not self.max_uses or self.uses < self.max_uses)


class Ban(msgspec.Struct, frozen=True):
    """A user who may not join."""

    user_id: int
    reason: str | None
