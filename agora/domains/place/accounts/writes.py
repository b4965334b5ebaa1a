"""The only statements that change accounts and credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import delete, insert, update

from agora.domains.place.accounts.events import (
    CredentialIssued,
    CredentialRevoked,
    UserCreated,
    UserUpdated,
)
from agora.domains.place.accounts.model import Credential, CredentialKind, NewUser, User
from agora.domains.place.accounts.names import check_global_name, check_username, name_key
from agora.domains.place.accounts.ports import UserStep
from agora.domains.place.accounts.queries import find_by_name, find_user, list_credentials
from agora.domains.place.accounts.tables import credential, user
from agora.kernel.errors import NotFound, invalid
from agora.kernel.events import NOBODY, to_users
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.tx import Tx


def do_create_user(tx: Tx, new: NewUser) -> User:
    """Make an account; raises BadRequest on the field ``username`` when the name is bad or taken."""
    username = check_username(new.username)
    if find_by_name(tx, name_key(username)) is not None:
        raise invalid("username", "This username is already taken.", "USERNAME_ALREADY_TAKEN")
    made = User(
        id=tx.new_id(),
        username=username,
        global_name=check_global_name(new.global_name),
        avatar=new.avatar,
        bot=new.bot,
        owner=new.owner,
        locale=new.locale,
        creator_id=new.creator_id,
        created_at=tx.now_ms,
    )
    row = msgspec.structs.asdict(made) | {"name_key": name_key(username), "password_hash": new.password_hash}
    tx.execute(insert(user).values(row))
    tx.emit(UserCreated(user=made), NOBODY)
    for step in () if new.placeholder else tx.app.offers(UserStep):
        step.do(tx, made)
    return made


def do_edit_user(tx: Tx, user_id: int, changes: dict[str, Any]) -> User:
    """Change some of ``username``, ``global_name``, ``avatar``, ``locale``, ``owner``. Raises NotFound 10013."""
    before = find_user(tx, user_id)
    if before is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    after = msgspec.structs.replace(before, **changes)
    if after == before:
        return before
    if name_key(after.username) != name_key(before.username) and find_by_name(tx, name_key(after.username)):
        raise invalid("username", "This username is already taken.", "USERNAME_ALREADY_TAKEN")
    values = {name: getattr(after, name) for name in changes} | {"name_key": name_key(after.username)}
    tx.execute(update(user).where(user.c.id == user_id).values(values))
    tx.emit(UserUpdated(user=after, before=before), to_users(user_id))
    return after


def do_set_password(tx: Tx, user_id: int, password_hash: str, *, keep: int = 0) -> None:
    """Store a new password and end all sign-ins but the credential ``keep``; a bot's tokens are not touched."""
    tx.execute(update(user).where(user.c.id == user_id).values(password_hash=password_hash))
    for each in list_credentials(tx, user_id):
        if each.id != keep and each.kind is not CredentialKind.BOT:
            do_revoke(tx, each)


def do_rehash(tx: Tx, user_id: int, password_hash: str) -> None:
    """Store the same password hashed with today's settings."""
    tx.execute(update(user).where(user.c.id == user_id).values(password_hash=password_hash))


def do_issue(
    tx: Tx, credential_id: int, user_id: int, kind: CredentialKind, label: str, digest: bytes, expires_at: int | None
) -> Credential:
    """Store a new secret's digest. Raises NotFound 10013 when there is no such user."""
    if find_user(tx, user_id) is None:
        raise NotFound(MESSAGES[ErrorCode.UNKNOWN_USER], code=ErrorCode.UNKNOWN_USER)
    made = Credential(id=credential_id, user_id=user_id, kind=kind, label=label, created_at=tx.now_ms, expires_at=expires_at)
    row = msgspec.structs.asdict(made) | {"kind": kind.value, "digest": digest}
    tx.execute(insert(credential).values(row))
    tx.emit(CredentialIssued(credential_id=made.id, user_id=user_id, kind=kind, label=label), NOBODY)
    return made


def do_revoke(tx: Tx, each: Credential) -> bool:
    """End a credential; False when it was not live, so that a one-time link is taken only once."""
    live = (credential.c.id == each.id) & credential.c.revoked_at.is_(None)
    live &= credential.c.expires_at.is_(None) | (credential.c.expires_at > tx.now_ms)
    if tx.execute(update(credential).where(live).values(revoked_at=tx.now_ms)).rowcount == 0:
        return False
    event = CredentialRevoked(credential_id=each.id, user_id=each.user_id, kind=each.kind, label=each.label)
    tx.emit(event, NOBODY)
    return True


def do_prune(tx: Tx, before_ms: int) -> int:
    """Forget credentials that ended before this moment; the ledger still tells of them. Returns how many."""
    old = (credential.c.revoked_at < before_ms) | (credential.c.expires_at < before_ms)
    return int(tx.execute(delete(credential).where(old)).rowcount)
