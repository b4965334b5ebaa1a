"""What keeps memory fresh and clients told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agora.domains.place.accounts.doorkeeper import Doorkeeper
from agora.domains.place.accounts.events import CredentialRevoked, UserCreated, UserUpdated
from agora.domains.place.accounts.users import Users
from agora.domains.place.accounts.wire import build_own_user
from agora.gateway.ports import Dispatch, ReadyPart, Revocation
from agora.kernel.domain import live
from agora.kernel.http import encode

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.events import Recorded
    from agora.protocol import payloads


def on_user(app: App, recorded: Recorded) -> None:
    """Remember a new or changed account."""
    event = recorded.event
    assert isinstance(event, UserCreated | UserUpdated)
    app.get(Users).put(event.user)


def on_revoked(app: App, recorded: Recorded) -> None:
    """Let nobody in any more with a revoked credential."""
    event = recorded.event
    assert isinstance(event, CredentialRevoked)
    app.get(Doorkeeper).forget(event.credential_id)


def own_user_payload(app: App, recorded: Recorded) -> bytes | None:
    """USER_UPDATE: the account as it sees itself."""
    event = recorded.event
    assert isinstance(event, UserUpdated)
    return encode(build_own_user(event.user))


def revoked_credentials(app: App, recorded: Recorded) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Connections of this credential are closed."""
    event = recorded.event
    assert isinstance(event, CredentialRevoked)
    return (event.credential_id,), ()


async def ready_user(ctx: Ctx) -> payloads.OwnUser | None:
    """READY's ``user``."""
    user = ctx.app.get(Users).get(ctx.actor.user_id)
    return None if user is None else build_own_user(user)


LISTENERS = (
    live(UserCreated, on_user),
    live(UserUpdated, on_user),
    live(CredentialRevoked, on_revoked),
)

OFFERS = (
    Dispatch(event=UserUpdated, name="USER_UPDATE", payload=own_user_payload),
    Revocation(event=CredentialRevoked, revoked=revoked_credentials),
    ReadyPart(key="user", build=ready_user),
)
