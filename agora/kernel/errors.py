"""Errors that reach a person: each says what went wrong, where, and what to do.

The JSON shape is Discord's: ``{"code": int, "message": str, "errors": {...}}``
(https://discord.com/developers/docs/reference#error-messages). Codes are Discord's JSON error codes;
0 is its "general error".
"""

from collections.abc import Mapping
from typing import Any


class AgoraError(Exception):
    """An error with an HTTP status, Discord's numeric code and a sentence for people.

    ``errors`` is Discord's nested tree: ``{"field": {"_errors": [{"code": ..., "message": ...}]}}``.
    """

    status = 400
    code = 0

    def __init__(
        self,
        message: str,
        *,
        code: int | None = None,
        status: int | None = None,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The error as Discord writes it; ``errors`` only when there is something to say."""
        plain: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.errors:
            plain["errors"] = self.errors
        return plain


class BadRequest(AgoraError):
    """The request cannot be understood (400, code 50035 "Invalid Form Body" unless told)."""

    status = 400
    code = 50035


class Unauthorized(AgoraError):
    """No valid token (401, code 0, as Discord answers)."""

    status = 401
    code = 0


class Forbidden(AgoraError):
    """The actor lacks a permission (403, code 50013 unless told)."""

    status = 403
    code = 50013


class NotFound(AgoraError):
    """The thing does not exist or may not be seen (404; give the code of the kind, such as 10003)."""

    status = 404
    code = 0


class Conflict(AgoraError):
    """The thing exists already or was changed meanwhile (409)."""

    status = 409
    code = 0


class TooLarge(AgoraError):
    """The body is larger than allowed (413, code 40005)."""

    status = 413
    code = 40005


class Unavailable(AgoraError):
    """A part is not ready or out of room, for example a full disk (503)."""

    status = 503
    code = 0


class RateLimited(AgoraError):
    """Too many requests (429). ``retry_after`` is in seconds; discord.py needs it in the body."""

    status = 429
    code = 0

    def __init__(self, retry_after: float, *, is_global: bool = False) -> None:
        # discord.py takes a 429 without Via for a ban by a proxy, and gives up
        headers = {"Via": "1.1 agora", "Retry-After": f"{retry_after:.3f}"}
        super().__init__("You are being rate limited.", headers=headers)
        self.retry_after = retry_after
        self.is_global = is_global

    def body(self) -> dict[str, Any]:
        return {"message": self.message, "retry_after": round(self.retry_after, 3), "global": self.is_global, "code": 0}


class SetupError(Exception):
    """Start-up or command-line failure: printed as one sentence on standard error, exit status 1."""


def field_error(path: str, message: str, code: str = "BASE_TYPE_BAD") -> dict[str, Any]:
    """Discord's ``errors`` tree for one field; ``path`` is dotted, such as ``embeds.0.title``."""
    tree: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for part in reversed([p for p in path.split(".") if p]):
        tree = {part: tree}
    return tree


def invalid(path: str, message: str, code: str = "BASE_TYPE_BAD") -> BadRequest:
    """A 400 about one field of the body, in Discord's shape."""
    return BadRequest("Invalid Form Body", errors=field_error(path, message, code))
