"""Pages of accounts: sign in and out, register, the one-time link, settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agora.domains.place.accounts.links import do_take_link, find_link
from agora.domains.place.accounts.model import User
from agora.domains.place.accounts.names import check_username
from agora.domains.place.accounts.passwords import Passwords
from agora.domains.place.accounts.service import UserEdit, change_password, edit_user, get_user, register
from agora.domains.place.accounts.sessions import end_session, sign_in, start_session
from agora.domains.place.accounts.settings import SecuritySettings
from agora.domains.place.accounts.users import Users
from agora.kernel.access import ANYONE
from agora.kernel.auth import Actor
from agora.kernel.ctx import Ctx
from agora.kernel.decode import read_fields
from agora.kernel.errors import AgoraError, NotFound, RateLimited, invalid
from agora.kernel.http import Bucket, Reply, Request, Route, redirect
from agora.kernel.i18n import t, texts
from agora.web import NavItem, render

NAV = NavItem("settings", "/settings", "web.nav.settings", "settings", order=80)
MAX_FORM = 16 << 10
_FORMS = Bucket("accounts.forms", 30, 60.0)
_LANGUAGES = {"en": "English", "fr": "Français"}


async def show_login(request: Request) -> Reply:
    """The form; whoever is signed in already goes on."""
    target = _local(request.http.query.get("next", "/"))
    return redirect(target) if request.ctx.actor.user_id else _login_page(request, target)


async def take_login(request: Request) -> Reply:
    """Name and password for a session cookie."""
    form = await read_fields(request.http, MAX_FORM)
    target, login = _local(_text(form, "next")), _text(form, "login")
    try:
        session = await sign_in(request.ctx, login, _text(form, "password"), request.http.remote or "", _browser(request))
    except AgoraError as error:
        return _login_page(request, target, login=login, error=error)
    return redirect(target, session.cookie)


def _login_page(request: Request, target: str, *, login: str = "", error: AgoraError | None = None) -> Reply:
    return render(
        request,
        "accounts/login.html",
        status=error.status if error else 200,
        problem=explain(request.ctx, error),
        next=target,
        login=login,
        may_register=_security(request.ctx).open_registration,
    )


async def show_register(request: Request) -> Reply:
    """The form, where registration is open."""
    if not _security(request.ctx).open_registration:
        raise NotFound("Registration is closed.")
    return _account_page(request, "accounts/register.html")


async def take_register(request: Request) -> Reply:
    """Make the account and sign in."""
    form = await read_fields(request.http, MAX_FORM)
    username = _text(form, "username").strip()
    try:
        user = await register(request.ctx, username, _text(form, "password"))
    except AgoraError as error:
        return _account_page(request, "accounts/register.html", username, error)
    session = await start_session(request.ctx, user.id, _browser(request))
    return redirect("/", session.cookie)


async def show_welcome(request: Request) -> Reply:
    """Looking at the link does not use it up."""
    user = await _guest(request)
    return _account_page(request, "accounts/welcome.html", "" if user.owner and user.username == "owner" else user.username)


async def take_welcome(request: Request) -> Reply:
    """Choose name and password, then use the link up; what can be refused is checked before."""
    ctx, form = request.ctx, await read_fields(request.http, MAX_FORM)
    username, password = _text(form, "username").strip(), _text(form, "password")
    user = await _guest(request)
    try:
        ctx.app.get(Passwords).check(password)
        _check_free(ctx, user, username)
        await ctx.write(do_take_link, str(request.path["secret"]))
    except AgoraError as error:
        return _account_page(request, "accounts/welcome.html", username, error)
    guest = ctx.acting_as(Actor(user_id=user.id, is_owner=user.owner, locale=ctx.locale))
    await edit_user(guest, user.id, UserEdit(username=username, locale=ctx.locale))
    await change_password(guest, user.id, password, known=True)
    session = await start_session(guest, user.id, _browser(request))
    return redirect("/", session.cookie)


async def _guest(request: Request) -> User:
    user = await find_link(request.ctx, str(request.path["secret"]))
    if user is None:
        raise NotFound(t(request.ctx.locale, "web.welcome.used"), status=410)
    return user


def _check_free(ctx: Ctx, user: User, username: str) -> None:
    check_username(username)
    other = ctx.app.get(Users).by_name(username)
    if other is not None and other.id != user.id:
        raise invalid("username", "This username is already taken.", "USERNAME_ALREADY_TAKEN")


def _account_page(request: Request, template: str, username: str = "", error: AgoraError | None = None) -> Reply:
    return render(
        request,
        template,
        status=error.status if error else 200,
        problem=explain(request.ctx, error),
        username=username,
        least_password=_security(request.ctx).password_min_length,
    )


async def show_settings(request: Request) -> Reply:
    """Profile, appearance, password, sessions and tokens; the page's module changes them over REST."""
    ctx = request.ctx
    return render(
        request,
        "accounts/settings.html",
        here=NAV.name,
        user=get_user(ctx, ctx.actor.user_id),
        locales=[(code, _LANGUAGES.get(code, code)) for code in texts().locales],
        least_password=_security(ctx).password_min_length,
    )


async def take_logout(request: Request) -> Reply:
    """End this browser's session."""
    return redirect("/login", await end_session(request.ctx))


def explain(ctx: Ctx, error: AgoraError | None) -> str:
    """What went wrong in the person's language; empty without an error."""
    if error is None:
        return ""
    if isinstance(error, RateLimited):
        return t(ctx.locale, "web.login.wait", seconds=max(1, round(error.retry_after)))
    for field, code, message in _reasons(error.errors):
        key = f"web.problem.{field}.{code.lower()}"
        return t(ctx.locale, key, least=_security(ctx).password_min_length) if texts().find("en", key) else message
    return error.message


def _reasons(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Field, code and English message of each of the fields' errors."""
    for field, branch in tree.items():
        for each in branch.get("_errors", ()):
            yield field, str(each["code"]), str(each["message"])


def _security(ctx: Ctx) -> SecuritySettings:
    return ctx.app.config.get(SecuritySettings)


def _text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _local(target: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes the start page."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if plain else "/"


def _browser(request: Request) -> str:
    """A few words that tell a person which browser it is."""
    agent = request.http.headers.get("User-Agent", "")
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    name = next((name for sign, name in names if sign in agent), "")
    system = next((name for sign, name in systems if sign in agent), "")
    return " · ".join(part for part in (name, system) if part) or agent[:60]


def _page(method: str, path: str, handler: Any, summary: str, **more: Any) -> Route:
    return Route(method=method, path=path, handler=handler, summary=summary, html=True, **more)


def _form(path: str, handler: Any, summary: str, **more: Any) -> Route:
    return _page("POST", path, handler, summary, raw=True, max_body=MAX_FORM, bucket=_FORMS, **more)


ROUTES = (
    _page("GET", "/login", show_login, "The sign-in page.", access=ANYONE),
    _form("/login", take_login, "Sign in with a form.", access=ANYONE),
    _page("GET", "/register", show_register, "The page to make an account.", access=ANYONE),
    _form("/register", take_register, "Make an account with a form.", access=ANYONE),
    _page("GET", "/welcome/{secret}", show_welcome, "What a one-time link opens.", access=ANYONE),
    _form("/welcome/{secret}", take_welcome, "Use a one-time link up.", access=ANYONE),
    _page("GET", "/settings", show_settings, "One's own settings."),
    _form("/logout", take_logout, "Sign this browser out."),
)
