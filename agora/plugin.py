"""The only module a third-party plugin imports: the values a domain is made of.

A plugin is a package with a ``domain.py`` that holds ``USES`` and ``DOMAIN``, named under the entry point group
``agora.domains``, for example ``my_plugin = "my_plugin.domain:DOMAIN"``.
"""

from agora.kernel.access import ANYONE, OWNER, SIGNED_IN, Access, needs
from agora.kernel.bus import Whisper
from agora.kernel.ctx import Ctx
from agora.kernel.domain import Domain, Effect, durable, every, live
from agora.kernel.errors import AgoraError, BadRequest, Conflict, Forbidden, NotFound, invalid
from agora.kernel.events import EVERYBODY, NOBODY, Audience, Cause, Event, Recorded, to_channel, to_guild, to_users
from agora.kernel.http import Bucket, Reply, Request, Route
from agora.kernel.sql import prepare
from agora.kernel.tables import metadata
from agora.kernel.tx import Tx

__all__ = [
    "ANYONE",
    "EVERYBODY",
    "NOBODY",
    "OWNER",
    "SIGNED_IN",
    "Access",
    "AgoraError",
    "Audience",
    "BadRequest",
    "Bucket",
    "Cause",
    "Conflict",
    "Ctx",
    "Domain",
    "Effect",
    "Event",
    "Forbidden",
    "NotFound",
    "Recorded",
    "Reply",
    "Request",
    "Route",
    "Tx",
    "Whisper",
    "durable",
    "every",
    "invalid",
    "live",
    "metadata",
    "needs",
    "prepare",
    "to_channel",
    "to_guild",
    "to_users",
]
