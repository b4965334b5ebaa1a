"""Reading accounts and credentials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from agora.domains.place.accounts.model import Credential, CredentialKind, User
from agora.domains.place.accounts.tables import credential as c
from agora.domains.place.accounts.tables import user as u
from agora.kernel.sql import prepare

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

_ALL = prepare(select(u).order_by(u.c.id))
_BY_NAME = prepare(select(u).where(u.c.name_key == bindparam("key")))
_BY_ID = prepare(select(u).where(u.c.id == bindparam("id")))
_OWNER = prepare(select(u).where(u.c.owner).order_by(u.c.id).limit(1))
_BY_DIGEST = prepare(select(c).where(c.c.digest == bindparam("digest")))
_CREDENTIAL = prepare(select(c).where(c.c.id == bindparam("id")))
_OF_USER = prepare(select(c).where(c.c.user_id == bindparam("user_id")).order_by(c.c.id))


def list_users(tx: Tx) -> list[User]:
    """Everybody, oldest first."""
    return [_user(row) for row in tx.rows(_ALL)]


def list_pictures(tx: Tx, hashes: Sequence[str]) -> list[str]:
    """Those of the files that are somebody's picture."""
    return list(tx.execute(select(u.c.avatar).where(u.c.avatar.in_(hashes))).scalars())


def find_by_name(tx: Tx, key: str) -> User | None:
    """Who has this name; ``key`` comes from ``name_key``."""
    row = tx.row(_BY_NAME, key=key)
    return None if row is None else _user(row)


def find_user(tx: Tx, user_id: int) -> User | None:
    """An account as it is stored now."""
    row = tx.row(_BY_ID, id=user_id)
    return None if row is None else _user(row)


def find_owner(tx: Tx) -> User | None:
    """The first owner of this server."""
    row = tx.row(_OWNER)
    return None if row is None else _user(row)


def find_password(tx: Tx, key: str) -> tuple[User, str | None] | None:
    """Who has this name, with the hash of the password."""
    row = tx.row(_BY_NAME, key=key)
    return None if row is None else (_user(row), row.password_hash)


def has_password(tx: Tx, user_id: int) -> bool:
    """Whether an account can sign in by password."""
    row = tx.row(_BY_ID, id=user_id)
    return row is not None and row.password_hash is not None


def find_by_digest(tx: Tx, digest: bytes) -> Credential | None:
    """A credential by the digest of its secret, live or not."""
    row = tx.row(_BY_DIGEST, digest=digest)
    return None if row is None else _credential(row)


def find_credential(tx: Tx, credential_id: int) -> Credential | None:
    """A credential, live or not."""
    row = tx.row(_CREDENTIAL, id=credential_id)
    return None if row is None else _credential(row)


def list_credentials(tx: Tx, user_id: int) -> list[Credential]:
    """A user's live credentials, oldest first."""
    found = (_credential(row) for row in tx.rows(_OF_USER, user_id=user_id))
    return [each for each in found if each.is_live(tx.now_ms)]


def _user(row: Any) -> User:
    return User(
        id=row.id,
        username=row.username,
        global_name=row.global_name,
        avatar=row.avatar,
        bot=bool(row.bot),
        owner=bool(row.owner),
        locale=row.locale,
        creator_id=row.creator_id,
        created_at=row.created_at,
    )


def _credential(row: Any) -> Credential:
    return Credential(
        id=row.id,
        user_id=row.user_id,
        kind=CredentialKind(row.kind),
        label=row.label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
