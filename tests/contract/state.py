"""What a client knows: built from READY and GUILD_CREATE, changed by events, by the rules Discord documents for clients.

Two states are compared; whatever has no order on the wire is kept by id, and what is different in each session is left out.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

Data = dict[str, Any]

# Dispatches that change nothing a client keeps: they are about messages, which are fetched, or pass by.
STATELESS = frozenset(
    {
        "MESSAGE_UPDATE",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "MESSAGE_REACTION_REMOVE_EMOJI",
        "TYPING_START",
        "GUILD_BAN_ADD",
        "GUILD_BAN_REMOVE",
        "INVITE_CREATE",
        "INVITE_DELETE",
        "GUILD_AUDIT_LOG_ENTRY_CREATE",
        "AUTO_MODERATION_RULE_CREATE",
        "AUTO_MODERATION_RULE_UPDATE",
        "AUTO_MODERATION_RULE_DELETE",
        "AUTO_MODERATION_ACTION_EXECUTION",
        "AGORA_REPORT",
        "AGORA_THREAD_MERGED",
        "WEBHOOKS_UPDATE",
        "INTERACTION_CREATE",
        "MESSAGE_POLL_VOTE_ADD",
        "MESSAGE_POLL_VOTE_REMOVE",
        "GUILD_MEMBERS_CHUNK",
        "AGORA_MESSAGE_PARTIAL",
        "AGORA_OVERRIDE",
        "RESUMED",
    }
)
_OF_THE_SESSION = ("session_id", "resume_gateway_url", "guilds", "v", "shard")


class State:
    """One client's knowledge. An event that no rule is for is an error: the test must be told of it."""

    def __init__(self, dispatches: Iterable[Data]) -> None:
        self.user: Data = {}
        self.ready: Data = {}
        self.private: dict[str, Data] = {}
        self.guilds: dict[str, Data] = {}
        self.calls: dict[str, str] = {}
        for payload in dispatches:
            self.apply(payload)

    def apply(self, payload: Data) -> None:
        """Take one dispatch."""
        name, data = payload["t"], copy.deepcopy(payload["d"])
        if name not in STATELESS:
            _RULES[name](self, data)

    def plain(self) -> Data:
        """All of it, to compare."""
        marks = {key: self._mark(key, entry) for key, entry in self.ready.get("read_state", {}).items()}
        ready = {**self.ready, "read_state": {key: entry for key, entry in marks.items() if entry is not None}}
        return {"user": self.user, "ready": ready, "private": self.private, "guilds": self.guilds}

    def _mark(self, channel_id: str, entry: Data) -> Data | None:
        """A read mark; calls in a channel that the client does not know are not shown to anybody."""
        if self.channel(channel_id) is None:
            return None if entry["last_message_id"] == "0" else {**entry, "mention_count": 0}
        return entry

    def note_call(self, message: Data) -> None:
        """Count a message that calls this user; a client may do so, or ask again."""
        if message["author"]["id"] == self.user["id"] or message["type"] in (1, 2, 4, 12, 18, 21, 46):
            return
        guild = self.guilds.get(message.get("guild_id", ""))
        roles = set(guild["members"][self.user["id"]]["roles"]) if guild is not None else set()
        named = self.user["id"] in {each["id"] for each in message["mentions"]}
        by_role = bool(roles & set(message["mention_roles"]))
        if named or by_role or message["mention_everyone"] or guild is None:
            empty = {"id": message["channel_id"], "last_message_id": "0", "mention_count": 0}
            self.ready["read_state"].setdefault(message["channel_id"], empty)["mention_count"] += 1
            self.calls[message["id"]] = message["channel_id"]

    def drop_calls(self, message_ids: Iterable[str]) -> None:
        """Messages are gone."""
        for message_id in message_ids:
            channel_id = self.calls.pop(message_id, "")
            entry = self.ready["read_state"].get(channel_id)
            if entry is not None and int(message_id) > int(entry["last_message_id"]):
                entry["mention_count"] -= 1
                if entry["last_message_id"] == "0" and not entry["mention_count"]:
                    del self.ready["read_state"][channel_id]

    def channel(self, channel_id: str) -> Data | None:
        """A channel it knows."""
        for guild in self.guilds.values():
            for key in ("channels", "threads"):
                if channel_id in guild[key]:
                    found: Data = guild[key][channel_id]
                    return found
        return self.private.get(channel_id)

    def _members(self, user_id: str) -> Iterable[Data]:
        return [guild["members"][user_id] for guild in self.guilds.values() if user_id in guild["members"]]


def _ready(state: State, data: Data) -> None:
    state.user = data.pop("user")
    state.private = {c["id"]: _people(c) for c in data.pop("private_channels")}
    data["read_state"] = {entry["id"]: entry for entry in data.pop("read_state", [])}
    wishes = data.get("user_guild_settings", {}).get("entries", [])
    data["user_guild_settings"] = {entry["guild_id"]: entry for entry in wishes}
    state.ready = {key: value for key, value in data.items() if key not in _OF_THE_SESSION}


def _guild_create(state: State, data: Data) -> None:
    # only one that READY named was unavailable before
    assert data.pop("unavailable", False) is False
    for key in ("channels", "roles", "emojis", "threads"):
        data[key] = {each["id"]: each for each in data.get(key, [])}
    data["members"] = {m["user"]["id"]: _member(m) for m in data["members"]}
    data["presences"] = {p["user"]["id"]: _presence(p) for p in data.get("presences", [])}
    state.guilds[data["id"]] = data


def _guild_update(state: State, data: Data) -> None:
    guild = state.guilds[data["id"]]
    data["roles"] = {each["id"]: each for each in data["roles"]}
    data["emojis"] = {each["id"]: each for each in data["emojis"]}
    guild.update(data)


def _emojis_update(state: State, data: Data) -> None:
    state.guilds[data["guild_id"]]["emojis"] = {each["id"]: each for each in data["emojis"]}


def _stickers_update(state: State, data: Data) -> None:
    state.guilds[data["guild_id"]]["stickers"] = data["stickers"]


def _guild_delete(state: State, data: Data) -> None:
    assert "unavailable" not in data
    del state.guilds[data["id"]]


def _channel_put(state: State, data: Data) -> None:
    if "guild_id" in data:
        state.guilds[data["guild_id"]]["channels"][data["id"]] = data
    else:
        state.private[data["id"]] = _people(data)


def _channel_update(state: State, data: Data) -> None:
    known = state.channel(data["id"])
    if known is not None or "guild_id" not in data:
        _channel_put(state, {**(known or {}), **data})
    else:
        _channel_put(state, data)


def _recipient_add(state: State, data: Data) -> None:
    channel = state.private[data["channel_id"]]
    assert data["user"]["id"] not in {each["id"] for each in channel["recipients"]}, "a recipient was added twice"
    state.private[data["channel_id"]] = _people({**channel, "recipients": [*channel["recipients"], data["user"]]})


def _recipient_remove(state: State, data: Data) -> None:
    channel = state.private[data["channel_id"]]
    channel["recipients"] = [each for each in channel["recipients"] if each["id"] != data["user"]["id"]]


def _channel_delete(state: State, data: Data) -> None:
    if "guild_id" in data:
        guild = state.guilds[data["guild_id"]]
        del guild["channels"][data["id"]]
        guild["threads"] = {key: each for key, each in guild["threads"].items() if each["parent_id"] != data["id"]}
    else:
        del state.private[data["id"]]


def _member_add(state: State, data: Data) -> None:
    guild = state.guilds[data.pop("guild_id")]
    assert data["user"]["id"] not in guild["members"], "a member was added twice"
    guild["members"][data["user"]["id"]] = _member(data)
    guild["member_count"] += 1


def _member_update(state: State, data: Data) -> None:
    state.guilds[data.pop("guild_id")]["members"][data["user"]["id"]].update(_member(data))


def _member_remove(state: State, data: Data) -> None:
    guild = state.guilds[data["guild_id"]]
    del guild["members"][data["user"]["id"]]
    guild["presences"].pop(data["user"]["id"], None)
    guild["member_count"] -= 1


def _role_put(state: State, data: Data) -> None:
    state.guilds[data["guild_id"]]["roles"][data["role"]["id"]] = data["role"]


def _role_delete(state: State, data: Data) -> None:
    """Members and overwrites lose the role without further events."""
    guild, role_id = state.guilds[data["guild_id"]], data["role_id"]
    del guild["roles"][role_id]
    for member in guild["members"].values():
        member["roles"] = [each for each in member["roles"] if each != role_id]
    for channel in guild["channels"].values():
        channel["permission_overwrites"] = [o for o in channel["permission_overwrites"] if o["id"] != role_id]


def _user_update(state: State, data: Data) -> None:
    state.user.update(data)


def _presence_update(state: State, data: Data) -> None:
    presences = state.guilds[data["guild_id"]]["presences"]
    if data["status"] == "offline":
        presences.pop(data["user"]["id"], None)
    else:
        presences[data["user"]["id"]] = _presence(data)


def _message_create(state: State, data: Data) -> None:
    channel = state.channel(data["channel_id"])
    assert channel is not None, "a message came from a channel the client does not know"
    channel["last_message_id"] = data["id"]
    state.note_call(data)
    # neither the first message of a post nor the notice that repeats one is counted
    if "thread_metadata" in channel and data["type"] != 21 and data["id"] != channel["id"]:
        channel["message_count"] += 1
        channel["total_message_sent"] += 1


def _message_delete(state: State, data: Data) -> None:
    """Calls are taken back, and the count of a thread changes."""
    state.drop_calls(data.get("ids") or [data["id"]])
    channel = state.channel(data["channel_id"])
    if channel is not None and "thread_metadata" in channel:
        ids = data.get("ids", [data.get("id")])
        channel["message_count"] -= sum(each != channel["id"] for each in ids)


def _thread_put(state: State, data: Data) -> None:
    """THREAD_CREATE and THREAD_UPDATE: an archived thread is forgotten; one's own membership is not told again."""
    threads = state.guilds[data["guild_id"]]["threads"]
    data.pop("newly_created", None)
    known = threads.pop(data["id"], {})
    if not data["thread_metadata"]["archived"]:
        threads[data["id"]] = {**{key: known[key] for key in ("member",) if key in known}, **data}


def _thread_delete(state: State, data: Data) -> None:
    state.guilds[data["guild_id"]]["threads"].pop(data["id"], None)


def _thread_list_sync(state: State, data: Data) -> None:
    guild, parents = state.guilds[data["guild_id"]], set(data["channel_ids"])
    kept = {key: each for key, each in guild["threads"].items() if each["parent_id"] not in parents}
    guild["threads"] = kept | {each["id"]: each for each in data["threads"]}


def _thread_member(state: State, data: Data) -> None:
    thread = state.guilds[data.pop("guild_id")]["threads"].get(data["id"])
    assert thread is not None, "a membership of a thread the client does not know"
    thread["member"] = data


def _thread_members(state: State, data: Data) -> None:
    thread = state.guilds[data["guild_id"]]["threads"].get(data["id"])
    if thread is None:  # it is archived
        return
    thread["member_count"] = data["member_count"]
    for added in data.get("added_members", []):
        if added["user_id"] == state.user["id"]:
            thread["member"] = {key: added[key] for key in ("id", "user_id", "join_timestamp", "flags")}
    if state.user["id"] in data.get("removed_member_ids", []):
        thread.pop("member", None)


def _pins_update(state: State, data: Data) -> None:
    channel = state.channel(data["channel_id"])
    assert channel is not None
    if data.get("last_pin_timestamp") is None:
        channel.pop("last_pin_timestamp", None)
    elif "last_pin_timestamp" in channel:
        channel["last_pin_timestamp"] = data["last_pin_timestamp"]


def _message_ack(state: State, data: Data) -> None:
    entry = {"id": data["channel_id"], "last_message_id": data["message_id"], "mention_count": data["mention_count"]}
    state.ready["read_state"][data["channel_id"]] = entry


def _settings_update(state: State, data: Data) -> None:
    state.ready["user_settings"] = data


def _wishes_update(state: State, data: Data) -> None:
    state.ready["user_guild_settings"][data["guild_id"]] = data


def _member(data: Data) -> Data:
    data.pop("guild_id", None)
    return {**data, "roles": sorted(data["roles"])}


def _presence(data: Data) -> Data:
    data.pop("guild_id", None)
    return data


def _people(channel: Data) -> Data:
    return {**channel, "recipients": sorted(channel["recipients"], key=lambda user: user["id"])}


_RULES: dict[str, Callable[[State, Data], None]] = {
    "READY": _ready,
    "USER_UPDATE": _user_update,
    "GUILD_CREATE": _guild_create,
    "GUILD_UPDATE": _guild_update,
    "GUILD_DELETE": _guild_delete,
    "GUILD_EMOJIS_UPDATE": _emojis_update,
    "GUILD_STICKERS_UPDATE": _stickers_update,
    "CHANNEL_CREATE": _channel_put,
    "CHANNEL_UPDATE": _channel_update,
    "CHANNEL_DELETE": _channel_delete,
    "CHANNEL_RECIPIENT_ADD": _recipient_add,
    "CHANNEL_RECIPIENT_REMOVE": _recipient_remove,
    "CHANNEL_PINS_UPDATE": _pins_update,
    "GUILD_MEMBER_ADD": _member_add,
    "GUILD_MEMBER_UPDATE": _member_update,
    "GUILD_MEMBER_REMOVE": _member_remove,
    "GUILD_ROLE_CREATE": _role_put,
    "GUILD_ROLE_UPDATE": _role_put,
    "GUILD_ROLE_DELETE": _role_delete,
    "PRESENCE_UPDATE": _presence_update,
    "MESSAGE_CREATE": _message_create,
    "MESSAGE_ACK": _message_ack,
    "USER_GUILD_SETTINGS_UPDATE": _wishes_update,
    "USER_SETTINGS_UPDATE": _settings_update,
    "MESSAGE_DELETE": _message_delete,
    "MESSAGE_DELETE_BULK": _message_delete,
    "THREAD_CREATE": _thread_put,
    "THREAD_UPDATE": _thread_put,
    "THREAD_DELETE": _thread_delete,
    "THREAD_LIST_SYNC": _thread_list_sync,
    "THREAD_MEMBER_UPDATE": _thread_member,
    "THREAD_MEMBERS_UPDATE": _thread_members,
}
