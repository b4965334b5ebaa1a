/** The permissions that can be given, in groups, as bits (https://discord.com/developers/docs/topics/permissions). */

export const RIGHTS = {
  general: { view_channel: 10, manage_channels: 4, manage_roles: 28, manage_guild: 5, view_audit_log: 7, manage_webhooks: 29, create_instant_invite: 0, create_guild_expressions: 43, manage_guild_expressions: 30, administrator: 3 },
  members: { change_nickname: 26, manage_nicknames: 27, kick_members: 1, ban_members: 2, moderate_members: 40 },
  text: {
    send_messages: 11,
    send_messages_in_threads: 38,
    create_public_threads: 35,
    create_private_threads: 36,
    embed_links: 14,
    attach_files: 15,
    add_reactions: 6,
    use_external_emojis: 18,
    use_external_stickers: 37,
    mention_everyone: 17,
    manage_messages: 13,
    pin_messages: 51,
    manage_threads: 34,
    read_message_history: 16,
    bypass_slowmode: 52,
    use_application_commands: 31,
    send_polls: 49,
  },
};

export const bit = (place) => 1n << BigInt(place);
export const has = (bits, place) => Boolean((bits & bit(3)) | (bits & bit(place)));
