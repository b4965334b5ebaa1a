"""People and bots: names, passwords, sessions and tokens."""

from agora.domains.place.accounts.applications import (
    ApplicationEdit,
    check_application,
    edit_application,
    find_description,
    list_bots_of,
    list_descriptions,
    owner_of,
)
from agora.domains.place.accounts.avatars import draw_face
from agora.domains.place.accounts.events import (
    CredentialIssued,
    CredentialRevoked,
    UserCreated,
    UserUpdated,
)
from agora.domains.place.accounts.links import build_link, find_link, first_owner, make_link, take_link
from agora.domains.place.accounts.model import Credential, CredentialKind, NewUser, User
from agora.domains.place.accounts.names import check_username, free_username, name_key
from agora.domains.place.accounts.pictures import PictureOf, image_type, read_data_uri, store_picture
from agora.domains.place.accounts.ports import UserStep
from agora.domains.place.accounts.queries import find_by_name
from agora.domains.place.accounts.service import UserEdit, create_user, do_create_user, edit_user, register
from agora.domains.place.accounts.sessions import Session, end_session, page_token, sign_in, start_session
from agora.domains.place.accounts.tokens import issue_token, list_tokens, revoke_token
from agora.domains.place.accounts.users import Users
from agora.domains.place.accounts.wire import build_application, build_locale, build_user

__all__ = [
    "ApplicationEdit",
    "Credential",
    "CredentialIssued",
    "CredentialKind",
    "CredentialRevoked",
    "NewUser",
    "PictureOf",
    "Session",
    "User",
    "UserCreated",
    "UserEdit",
    "UserStep",
    "UserUpdated",
    "Users",
    "build_application",
    "build_link",
    "build_locale",
    "build_user",
    "change_password",
    "check_application",
    "check_username",
    "create_user",
    "do_create_user",
    "draw_face",
    "edit_application",
    "edit_user",
    "end_session",
    "find_by_name",
    "find_description",
    "find_link",
    "first_owner",
    "free_username",
    "image_type",
    "issue_token",
    "list_bots_of",
    "list_descriptions",
    "list_tokens",
    "make_link",
    "name_key",
    "owner_of",
    "page_token",
    "read_data_uri",
    "register",
    "revoke_token",
    "sign_in",
    "start_session",
    "store_picture",
    "take_link",
]
