"""Applications: what is behind a bot. Its name and picture are the bot's own; only what it says of itself is kept apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert

from agora.domains.place.accounts.events import ApplicationUpdated
from agora.domains.place.accounts.model import User
from agora.domains.place.accounts.service import UserEdit, edit_user
from agora.domains.place.accounts.tables import application as a
from agora.domains.place.accounts.users import Users
from agora.kernel.errors import Forbidden, invalid
from agora.kernel.events import NOBODY
from agora.kernel.sql import prepare
from agora.protocol.error_codes import MESSAGES, ErrorCode

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.ctx import Ctx
    from agora.kernel.tx import Tx

MAX_DESCRIPTION = 400
_DESCRIPTION = prepare(select(a.c.description).where(a.c.user_id == bindparam("user_id")))


class ApplicationEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What may change about an application; ``icon`` are the bytes of an image, None takes it away."""

    description: str | UnsetType = UNSET
    icon: bytes | UnsetType | None = UNSET


def owner_of(app: App, bot: User) -> User:
    """Whom an application belongs to: who made its bot; bots that the server made belong to its owner."""
    users = app.get(Users)
    return (users.get(bot.creator_id) if bot.creator_id is not None else None) or users.owner() or bot


def list_bots_of(app: App, user_id: int) -> list[User]:
    """The bots whose applications belong to somebody, oldest first."""
    found = [user for user in app.get(Users).all() if user.bot and owner_of(app, user).id == user_id]
    return sorted(found, key=lambda bot: bot.id)


def check_application(ctx: Ctx, application_id: int) -> User:
    """The bot of an application, for itself and for whom it belongs to. Raises Forbidden 20012 for everybody else."""
    bot = ctx.app.get(Users).get(application_id)
    if bot is None or not bot.bot or ctx.actor.user_id not in (bot.id, owner_of(ctx.app, bot).id):
        raise Forbidden(MESSAGES[ErrorCode.NOT_THE_APPLICATION], code=ErrorCode.NOT_THE_APPLICATION)
    return bot


async def edit_application(ctx: Ctx, application_id: int, edit: ApplicationEdit) -> User:
    """Change what an application says of itself, and its picture. Raises Forbidden 20012, BadRequest on ``description``."""
    bot = check_application(ctx, application_id)
    if edit.description is not UNSET:
        text = edit.description.strip()
        if len(text) > MAX_DESCRIPTION:
            raise invalid("description", f"Must be {MAX_DESCRIPTION} or fewer in length.", "BASE_TYPE_MAX_LENGTH")
        await ctx.write(do_describe, application_id, text)
    return bot if edit.icon is UNSET else await edit_user(ctx, application_id, UserEdit(picture=edit.icon))


def do_describe(tx: Tx, application_id: int, description: str) -> None:
    """Store the words; the same again tells nobody."""
    if find_description(tx, application_id) == description:
        return
    values = {"user_id": application_id, "description": description}
    tx.execute(insert(a).values(values).on_conflict_do_update(index_elements=["user_id"], set_={"description": description}))
    tx.emit(ApplicationUpdated(application_id=application_id, description=description), NOBODY)


def find_description(tx: Tx, application_id: int) -> str:
    """What an application says of itself; empty when nothing."""
    row = tx.row(_DESCRIPTION, user_id=application_id)
    return "" if row is None else str(row.description)


def list_descriptions(tx: Tx, application_ids: Iterable[int]) -> dict[int, str]:
    """The same of several, by id."""
    return {each: find_description(tx, each) for each in application_ids}
