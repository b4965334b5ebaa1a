"""Communities: who belongs to them, and with which roles."""

from agora.domains.place.guilds.events import (
    GuildCreated,
    GuildDeleted,
    GuildUpdated,
    InviteCreated,
    InviteDeleted,
    MemberBanned,
    MemberJoined,
    MemberLeft,
    MemberUnbanned,
    MemberUpdated,
    RoleCreated,
    RoleDeleted,
    RoleUpdated,
)
from agora.domains.place.guilds.members import add_member, do_add_member, edit_member, remove_member
from agora.domains.place.guilds.model import GuildEdit, MemberEdit, NewRole, RoleEdit
from agora.domains.place.guilds.ports import Attendance, GuildKey, GuildStep, LeaveStep, Writers
from agora.domains.place.guilds.role_writes import do_edit_role, do_put_role
from agora.domains.place.guilds.roles import create_role, delete_role, edit_role
from agora.domains.place.guilds.service import check_guild_name, check_room, create_guild, delete_guild, do_create_guild, edit_guild
from agora.domains.place.guilds.wire import build_guild, build_member, build_role
from agora.domains.place.guilds.writes import do_edit_guild, do_edit_member, do_forget_channel

__all__ = [
    "Attendance",
    "GuildCreated",
    "GuildDeleted",
    "GuildEdit",
    "GuildKey",
    "GuildStep",
    "GuildUpdated",
    "InviteCreated",
    "InviteDeleted",
    "LeaveStep",
    "MemberBanned",
    "MemberEdit",
    "MemberJoined",
    "MemberLeft",
    "MemberUnbanned",
    "MemberUpdated",
    "NewRole",
    "RoleCreated",
    "RoleDeleted",
    "RoleEdit",
    "RoleUpdated",
    "Writers",
    "add_member",
    "build_guild",
    "build_member",
    "build_role",
    "check_guild_name",
    "check_room",
    "create_guild",
    "create_role",
    "delete_guild",
    "delete_role",
    "do_add_member",
    "do_create_guild",
    "do_edit_guild",
    "do_edit_member",
    "do_edit_role",
    "do_forget_channel",
    "do_put_role",
    "edit_guild",
    "edit_member",
    "edit_role",
    "remove_member",
]
