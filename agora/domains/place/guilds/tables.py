"""Communities, their roles, members, bans and invitations."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from agora.kernel.tables import metadata

guild = Table(
    "guilds_guild",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", String, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("description", String),
    Column("icon", String),
    Column("locale", String, nullable=False),
    Column("system_channel_id", BigInteger),
    # everybody who registers joins it
    Column("open", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

role = Table(
    "guilds_role",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", String, nullable=False),
    Column("permissions", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("color", Integer, nullable=False),
    Column("hoist", Boolean, nullable=False),
    Column("mentionable", Boolean, nullable=False),
    Column("managed", Boolean, nullable=False),
    Index("guilds_role_by_guild", "guild_id"),
)

member = Table(
    "guilds_member",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("nick", String),
    Column("joined_at", BigInteger, nullable=False),
    Column("timeout_until", BigInteger),
    Index("guilds_member_by_user", "user_id"),
)

member_role = Table(
    "guilds_member_role",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("role_id", BigInteger, primary_key=True, autoincrement=False),
    Index("guilds_member_role_by_role", "role_id"),
)

ban = Table(
    "guilds_ban",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text),
    Column("created_at", BigInteger, nullable=False),
)

invite = Table(
    "guilds_invite",
    metadata,
    Column("code", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("inviter_id", BigInteger, nullable=False),
    # 0 means without end, as in Discord
    Column("max_age_s", Integer, nullable=False),
    Column("max_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("guilds_invite_by_guild", "guild_id"),
)

ALL = (guild, role, member, member_role, ban, invite)
