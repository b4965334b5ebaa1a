"""Gateway opcodes (https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes)."""

import enum


class Op(enum.IntEnum):
    """What a gateway payload means. ``S`` is sent by the server, ``C`` by the client."""

    DISPATCH = 0  # S: an event
    HEARTBEAT = 1  # S C: still there; the server may ask for one
    IDENTIFY = 2  # C: start a session
    PRESENCE_UPDATE = 3  # C: own status
    VOICE_STATE_UPDATE = 4  # C
    RESUME = 6  # C: go on with a session
    RECONNECT = 7  # S: connect again and resume
    REQUEST_GUILD_MEMBERS = 8  # C
    INVALID_SESSION = 9  # S: ``d`` says whether resuming may be tried again
    HELLO = 10  # S: first payload, with the heartbeat interval
    HEARTBEAT_ACK = 11  # S
    REQUEST_SOUNDBOARD_SOUNDS = 31  # C
