"""Who calls? Tokens and cookies to actors, from memory when they were seen before: the message path makes no query."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import msgspec

from agora.domains.place.accounts.model import Credential, CredentialKind
from agora.domains.place.accounts.queries import find_by_digest, find_credential
from agora.domains.place.accounts.secrets import PAGE, Signer, digest, looks_signed
from agora.domains.place.accounts.users import Users
from agora.kernel.auth import Actor

if TYPE_CHECKING:
    from agora.kernel.app import App

MAX_ENTRIES = 50_000
TOKENS = frozenset({CredentialKind.USER, CredentialKind.BOT})
COOKIES = frozenset({CredentialKind.SESSION})
# A token has about 60 to 250 characters; anything much longer is not worth hashing.
MAX_TOKEN = 1024


class Entry(msgspec.Struct, frozen=True):
    """A secret that was checked before. ``expires_ms`` 0 means without end."""

    user_id: int
    credential_id: int
    kind: CredentialKind
    expires_ms: int


class Doorkeeper:
    """The kernel's ``Authenticator``."""

    def __init__(self, app: App, users: Users, signer: Signer) -> None:
        self._app = app
        self._users = users
        self._signer = signer
        self._known: OrderedDict[bytes, Entry] = OrderedDict()
        self._digests: dict[int, set[bytes]] = {}
        # A revocation may be published while an older read of the same row is still on its way.
        self._revoked: OrderedDict[int, None] = OrderedDict()

    async def from_header(self, authorization: str) -> Actor | None:
        """``Bot TOKEN``, ``Bearer TOKEN`` or a bare token; None when it is not valid."""
        scheme, _, rest = authorization.strip().partition(" ")
        token = rest.strip() if scheme in ("Bot", "Bearer") else authorization.strip()
        return await self._actor(token, TOKENS, "token")

    async def from_cookie(self, cookie: str) -> Actor | None:
        """The value of the session cookie; None when it is not valid."""
        return await self._actor(cookie, COOKIES, "cookie")

    def forget(self, credential_id: int) -> None:
        """A credential was revoked: nobody comes in with it any more."""
        self._revoked[credential_id] = None
        if len(self._revoked) > MAX_ENTRIES:
            self._revoked.popitem(last=False)
        for key in self._digests.pop(credential_id, ()):
            self._known.pop(key, None)

    async def _actor(self, token: str, kinds: frozenset[CredentialKind], via: str) -> Actor | None:
        if not token or len(token) > MAX_TOKEN:
            return None
        key = digest(token)
        entry = self._known.get(key)
        if entry is None:
            entry = await self._look_up(token, key)
            if entry is None:
                return None
            self._remember(key, entry)
        else:
            self._known.move_to_end(key)
        # a page token stands for its session, but comes as a header
        is_page = via == "token" and entry.kind is CredentialKind.SESSION and looks_signed(token)
        if entry.kind not in kinds and not is_page:
            return None
        if entry.expires_ms and entry.expires_ms <= self._app.clock.now_ms():
            return None
        user = self._users.get(entry.user_id)
        if user is None:
            return None
        return Actor(
            user_id=user.id,
            is_bot=user.bot,
            is_owner=user.owner,
            via=via,
            credential_id=entry.credential_id,
            locale=user.locale,
        )

    async def _look_up(self, token: str, key: bytes) -> Entry | None:
        expires_ms = 0
        if looks_signed(token):
            claims = self._signer.verify(token, self._app.clock.now_ms())
            if claims is None:
                return None
            if claims.kind == PAGE:
                found = await self._app.db.read(find_credential, claims.credential_id)
                expires_ms = claims.expires_s * 1000
            else:
                found = await self._app.db.read(find_by_digest, key)
        else:
            found = await self._app.db.read(find_by_digest, key)
        return self._entry(found, expires_ms)

    def _entry(self, found: Credential | None, expires_ms: int) -> Entry | None:
        if found is None or found.id in self._revoked or not found.is_live(self._app.clock.now_ms()):
            return None
        ends = [at for at in (expires_ms, found.expires_at or 0) if at]
        return Entry(found.user_id, found.id, found.kind, min(ends, default=0))

    def _remember(self, key: bytes, entry: Entry) -> None:
        self._known[key] = entry
        self._digests.setdefault(entry.credential_id, set()).add(key)
        if len(self._known) > MAX_ENTRIES:
            oldest, gone = self._known.popitem(last=False)
            keys = self._digests.get(gone.credential_id, set())
            keys.discard(oldest)
            if not keys:
                self._digests.pop(gone.credential_id, None)
