"""``agora user …``: accounts from the terminal, beside a running server or without one."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
import typer

from agora.kernel.commands import ConfigOption, DataOption, JsonOption, run
from agora.kernel.ctx import system
from agora.kernel.errors import AgoraError, SetupError

if TYPE_CHECKING:
    from agora.domains.place.accounts.model import User
    from agora.kernel.ctx import Ctx

T = TypeVar("T")
cli = typer.Typer(name="user", help="Accounts: add, list, tokens, one-time links.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The username.")]


@cli.command("add")
def add(
    name: NameArgument,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
    owner: Annotated[bool, typer.Option("--owner", help="Let this person run the server.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Add a person. Example: echo 'my secret' | agora user add alice --password-stdin"""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None

    async def work(ctx: Ctx) -> User:
        from agora.domains.place.accounts.model import NewUser
        from agora.domains.place.accounts.passwords import Passwords
        from agora.domains.place.accounts.service import create_user

        password_hash = None
        if password is not None:
            passwords = ctx.app.get(Passwords)
            passwords.check(password)
            password_hash = await passwords.hash(password)
        return await create_user(ctx, NewUser(username=name, password_hash=password_hash, owner=owner))

    user = _run(work, config, data)
    hint = "" if password is not None else f" Give them a way in with: agora user link {user.username}"
    typer.echo(f"{user.username} is added with the id {user.id}.{hint}")


@cli.command("list")
def list_all(
    as_json: JsonOption = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """List all accounts. Example: agora user list --json"""

    async def work(ctx: Ctx) -> list[User]:
        from agora.domains.place.accounts.users import Users

        return sorted(ctx.app.get(Users).all(), key=lambda user: user.id)

    users = _run(work, config, data)
    if as_json:
        rows = [msgspec.structs.asdict(user) | {"id": str(user.id)} for user in users]
        typer.echo(msgspec.json.encode(rows).decode())
        return
    for user in users:
        kind = "owner" if user.owner else "bot" if user.bot else "person"
        typer.echo(f"{user.id}  {kind:6}  {user.username}")


@cli.command("token")
def token(name: NameArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Print a new token for scripts, alone on its line. Example: agora user token alice"""

    async def work(ctx: Ctx) -> str:
        from agora.domains.place.accounts.tokens import issue_token

        return await issue_token(ctx, _named(ctx, name).id, "command line")

    typer.echo(_run(work, config, data))


@cli.command("link")
def link(name: NameArgument, config: ConfigOption = None, data: DataOption = None) -> None:
    """Print a link that signs in once, within a day. Example: agora user link alice"""

    async def work(ctx: Ctx) -> str:
        from agora.domains.place.accounts.links import build_link, make_link

        return build_link(ctx, await make_link(ctx, _named(ctx, name).id))

    typer.echo(_run(work, config, data))


def _named(ctx: Ctx, name: str) -> User:
    from agora.domains.place.accounts.users import Users

    user = ctx.app.get(Users).by_name(name)
    if user is None:
        raise SetupError(f"There is no account named {name!r}: see agora user list.")
    return user


def _run(work: Callable[[Ctx], Awaitable[T]], config: Path | None, data: Path | None) -> T:
    """Act as the server itself, and turn refusals into one sentence."""
    try:
        return run(lambda opened: work(system(opened)), config, data)
    except AgoraError as error:
        raise SetupError(_sentence(error)) from error


def _sentence(error: AgoraError) -> str:
    """The field and what is wrong with it, where the error names one."""
    for field, tree in error.errors.items():
        if isinstance(tree, dict) and tree.get("_errors"):
            return f"The {field} is refused: {tree['_errors'][0]['message']}"
    return error.message
