"""What an account is to the rest of Agora."""

import enum

import msgspec


class User(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person or a bot. ``avatar`` is the hash of a picture; ``global_name`` what people read, ``username`` what they type.

    ``owner`` marks who runs this server. ``creator_id`` is who made a bot. ``created_at`` is in UTC milliseconds.
    """

    id: int
    username: str
    global_name: str | None = None
    avatar: str | None = None
    bot: bool = False
    owner: bool = False
    locale: str = "en"
    creator_id: int | None = None
    created_at: int = 0

    @property
    def display_name(self) -> str:
        """The name to show."""
        return self.global_name or self.username


class NewUser(msgspec.Struct, frozen=True, kw_only=True):
    """An account to make. ``password_hash`` comes from ``Passwords.hash``; without one nobody signs in by password.

    ``picture`` is a PNG; it is stored before the account is written (``create_user`` does both). A ``placeholder`` stands for
    somebody of imported history: it joins nothing by itself.
    """

    username: str
    global_name: str | None = None
    avatar: str | None = None
    password_hash: str | None = None
    bot: bool = False
    owner: bool = False
    locale: str = "en"
    creator_id: int | None = None
    picture: bytes | None = None
    placeholder: bool = False


class CredentialKind(enum.StrEnum):
    """What a secret is good for."""

    USER = "user"  # a token for scripts and clients, long-lived
    BOT = "bot"  # a bot's token
    SESSION = "session"  # the cookie of a browser
    LINK = "link"  # a one-time sign-in link


class Credential(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A stored secret; only its digest is known. Times are UTC milliseconds; ``expires_at`` None never ends."""

    id: int
    user_id: int
    kind: CredentialKind
    label: str
    created_at: int
    expires_at: int | None = None
    revoked_at: int | None = None

    def is_live(self, now_ms: int) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now_ms)
