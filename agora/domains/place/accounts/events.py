"""What happens to accounts."""

from agora.domains.place.accounts.model import CredentialKind, User
from agora.kernel.events import Event


class UserCreated(Event, frozen=True, kw_only=True):
    """An account was made."""

    user: User


class UserUpdated(Event, frozen=True, kw_only=True):
    """Name, picture, language or rank changed."""

    user: User
    before: User


class ApplicationUpdated(Event, frozen=True, kw_only=True):
    """An application says something else of itself; its name and picture are those of its bot."""

    application_id: int
    description: str


class CredentialIssued(Event, frozen=True, kw_only=True):
    """A token, session or link was handed out. The secret itself is never recorded."""

    credential_id: int
    user_id: int
    kind: CredentialKind
    label: str


class CredentialRevoked(Event, frozen=True, kw_only=True):
    """A token, session or link is no longer valid."""

    credential_id: int
    user_id: int
    kind: CredentialKind
    label: str


ALL = (UserCreated, UserUpdated, ApplicationUpdated, CredentialIssued, CredentialRevoked)
