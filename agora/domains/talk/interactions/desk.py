"""The server's own commands: who offers them, and the account in whose name they are answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from sqlalchemy.dialects.sqlite import insert

from agora.domains.place.accounts import NewUser, do_create_user, free_username
from agora.domains.place.permissions import Directory
from agora.domains.talk.interactions.answer import offer
from agora.domains.talk.interactions.definition import NESTED, Choice, Command, CommandBody, Option, check_command
from agora.domains.talk.interactions.model import Interaction
from agora.domains.talk.interactions.queries import find_desk, list_commands
from agora.domains.talk.interactions.speaking import EPHEMERAL, LOADING, change, say
from agora.domains.talk.interactions.tables import desk as d
from agora.domains.talk.interactions.waiting import Question, Waiting
from agora.domains.talk.interactions.writes import do_replace_commands
from agora.domains.talk.messages import Draft, Patch, Place, Sent, compose_whole, do_send
from agora.kernel.app import App
from agora.kernel.auth import Actor
from agora.kernel.ctx import Ctx, system
from agora.kernel.errors import AgoraError
from agora.kernel.i18n import t
from agora.kernel.tx import Tx
from agora.protocol.permissions import ALL, Permission

log = logging.getLogger(__name__)
NAME = "Agora"
LANGUAGES = ("fr",)  # beside English, in which commands are described first


class Invocation(msgspec.Struct, frozen=True, kw_only=True):
    """A use of one of the server's commands. ``path`` is the command with its subcommands, ``values`` what was given.

    ``focused`` is the option that is being typed, when completions are wanted.
    """

    interaction: Interaction
    path: tuple[str, ...]
    values: Mapping[str, Any]
    focused: str = ""


class Reply(msgspec.Struct, frozen=True):
    """What the server says; ``private`` is for the asker alone."""

    draft: Draft
    private: bool = False


class Builtin(msgspec.Struct, frozen=True, kw_only=True):
    """Offered by a domain: a command that the server answers itself.

    ``describe()`` gives it (names and texts in all languages), ``run(ctx, invocation)`` does it as the asker. ``complete`` gives
    the choices of options with autocomplete. A command that ``thinks`` shows the asker so at once, and answers for them alone.
    """

    describe: Callable[[], CommandBody]
    run: Callable[[Ctx, Invocation], Awaitable[Reply]]
    complete: Callable[[Ctx, Invocation], Awaitable[tuple[Choice, ...]]] | None = None
    thinks: bool = False


def texts(key: str) -> dict[str, str]:
    """A text in the languages beside English."""
    return {locale: t(locale, key) for locale in LANGUAGES}


def described(key: str, options: tuple[Option, ...] = (), **more: Any) -> CommandBody:
    """A command whose texts are ``KEY.name`` and ``KEY.text`` of the catalogues."""
    body = CommandBody(
        name=t("en", f"{key}.name"),
        description=t("en", f"{key}.text"),
        name_localizations=texts(f"{key}.name"),
        description_localizations=texts(f"{key}.text"),
        options=options or None,
        **more,
    )
    check_command(body)
    return body


def option(kind: int, key: str, **more: Any) -> Option:
    """An option whose texts are ``KEY.name`` and ``KEY.text`` of the catalogues."""
    return Option(
        type=int(kind),
        name=t("en", f"{key}.name"),
        description=t("en", f"{key}.text"),
        name_localizations=texts(f"{key}.name"),
        description_localizations=texts(f"{key}.text"),
        **more,
    )


class Desk:
    """The server as an app among apps. Its account and commands are written when somebody first asks for commands."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._offers: dict[str, Builtin] = {}
        self._thinking: set[asyncio.Task[None]] = set()
        self.user_id = 0

    async def open(self) -> int:
        """The account's id; the commands are as the domains offer them now."""
        if not self.user_id:
            self._offers = {offer.describe().name: offer for offer in self._app.offers(Builtin)}
            bodies = tuple(offer.describe() for offer in self._offers.values())
            self.user_id = await system(self._app).write(do_open_desk, bodies)
        return self.user_id

    async def run(self, ctx: Ctx, row: Interaction, command: Command, options: list[dict[str, Any]]) -> None:
        """Do it, and say what came of it; what goes wrong is said to the asker alone."""
        builtin, invocation = self._offers[command.body.name], _invocation(row, command, options)
        if not builtin.thinks:
            reply = await _run(ctx, builtin, invocation)
            await say(ctx, row, reply.draft, EPHEMERAL if reply.private else 0, first=True)
            self._app.get(Waiting).end(row.id, row.user_id, row.nonce)
            return
        shown = await say(ctx, row, Draft(), EPHEMERAL | LOADING, first=True)
        self._app.get(Waiting).end(row.id, row.user_id, row.nonce)
        message_id = int(msgspec.json.decode(shown)["id"])
        task = asyncio.create_task(self._think(ctx, row, builtin, invocation, message_id))
        self._thinking.add(task)
        task.add_done_callback(self._thinking.discard)

    async def _think(self, ctx: Ctx, row: Interaction, builtin: Builtin, invocation: Invocation, message_id: int) -> None:
        reply = await _run(ctx, builtin, invocation)
        await change(ctx, row, message_id, Patch(content=reply.draft.content, embeds=reply.draft.embeds))

    async def close(self) -> None:
        """The server stops: nobody waits for an answer any more."""
        for task in self._thinking:
            task.cancel()
        await asyncio.gather(*self._thinking, return_exceptions=True)

    async def complete(self, ctx: Ctx, row: Interaction, command: Command, options: list[dict[str, Any]]) -> None:
        """Offer what could be meant."""
        fn = self._offers[command.body.name].complete
        choices = () if fn is None else await fn(ctx, _invocation(row, command, options))
        offer(ctx, Question(row.id, row.token, row.application_id, row.user_id, row.nonce), choices[:25])


async def _run(ctx: Ctx, builtin: Builtin, invocation: Invocation) -> Reply:
    try:
        return await builtin.run(ctx, invocation)
    except AgoraError as error:
        return Reply(Draft(error.message), private=True)
    except Exception:
        log.exception("the command %s failed", " ".join(invocation.path))
        return Reply(Draft(t(ctx.locale, "interactions.failed")), private=True)


async def speak(ctx: Ctx, channel_id: int, draft: Draft) -> Sent | None:
    """Say something in the server's own name, such as a reminder; None where the channel is gone. A known nonce says it once."""
    user_id = await ctx.app.get(Desk).open()
    channel = ctx.app.get(Directory).channel(channel_id)
    if channel is None:
        return None
    own = ctx.acting_as(Actor(user_id=user_id, is_bot=True, via="interaction"))
    row, wire, files = await compose_whole(own, Place(channel, ALL & ~int(Permission.MENTION_EVERYONE)), draft)
    return await own.write(do_send, row, wire, True, files)


def _invocation(row: Interaction, command: Command, options: list[dict[str, Any]]) -> Invocation:
    path = [command.body.name]
    while options and options[0]["type"] in NESTED:
        path.append(options[0]["name"])
        options = options[0]["options"]
    values = {each["name"]: each["value"] for each in options}
    focused = next((each["name"] for each in options if each.get("focused")), "")
    return Invocation(interaction=row, path=tuple(path), values=values, focused=focused)


def do_open_desk(tx: Tx, bodies: tuple[CommandBody, ...]) -> int:
    """Make the account when there is none yet, and bring its commands up to date."""
    user_id = find_desk(tx, NAME)
    if user_id is None:
        user_id = do_create_user(tx, NewUser(username=free_username(tx, NAME.lower()), global_name=NAME, bot=True)).id
        tx.execute(insert(d).values(name=NAME, user_id=user_id))
    if [each.body for each in list_commands(tx, user_id, None)] != list(bodies):
        do_replace_commands(tx, user_id, None, bodies)
    return user_id
