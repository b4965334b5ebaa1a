"""One route made into an aiohttp handler: who is it, may they, how often, what do they want, what is the answer.

Everything an HTTP call passes through stands here in order, so that no route can forget a step.
"""

from __future__ import annotations

import itertools
import logging
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

from aiohttp import web

from agora.kernel.access import Gate
from agora.kernel.app import App
from agora.kernel.auth import SESSION_COOKIE, SYSTEM, Actor, Authenticator
from agora.kernel.ctx import Ctx
from agora.kernel.decode import Decoders, path_values
from agora.kernel.errors import AgoraError, BadRequest, Forbidden, RateLimited, Unauthorized
from agora.kernel.http import Reply, Request, Route, encode, redirect
from agora.kernel.limits import Limits
from agora.kernel.pages import ErrorPages
from agora.kernel.router import Match

log = logging.getLogger(__name__)
# Names a request in the log: a part for this run of the server, then a number. Asking the system for random bytes each
# time would give up the interpreter lock on the busiest path.
_RUN = secrets.token_hex(4)
_COUNT = itertools.count(1)
SAFE = ("GET", "HEAD", "OPTIONS")
NOBODY_YET = Actor(user_id=0, via="anonymous")
Observe = Callable[[Route, int, float], None]


class Endpoint:
    """The handler of one route."""

    def __init__(self, app: App, route: Route, decoders: Decoders, limits: Limits, observe: Observe) -> None:
        self._app = app
        self._route = route
        self._decoders = decoders
        self._limits = limits
        self._observe = observe
        self._authenticator = app.find(Authenticator)
        self._gate = app.find(Gate)

    async def handle(self, request: web.BaseRequest, match: Match) -> web.StreamResponse:
        """Answer one request; never raises but for aiohttp's own HTTP exceptions."""
        started = time.perf_counter()
        request_id = f"{_RUN}-{next(_COUNT)}"
        locale = _locale(request)
        headers = {"X-Request-Id": request_id}
        try:
            answer = await self._answer(request, match, request_id, locale, headers)
        except AgoraError as error:
            answer = self._error(request, error, locale, headers)
        except web.HTTPException:
            raise
        except OverflowError:
            answer = self._error(request, BadRequest("A number in the request is too large."), locale, headers)
        except Exception:
            log.exception("request %s %s failed (%s)", request.method, request.path, request_id)
            failure = AgoraError(f"Internal server error; the log tells more under request {request_id}.", status=500)
            answer = self._error(request, failure, locale, headers)
        self._observe(self._route, answer.status, time.perf_counter() - started)
        return answer

    async def _answer(
        self, request: web.BaseRequest, match: Match, request_id: str, locale: str, headers: dict[str, str]
    ) -> web.StreamResponse:
        route = self._route
        actor = await self._actor(request)
        self._check_limit(request, match, actor, headers)
        if route.access.signed_in and actor is NOBODY_YET:
            raise Unauthorized("401: Unauthorized")
        if route.access.owner and not actor.is_owner:
            raise Forbidden("Only the owner of this server may do this.")
        ctx = Ctx(
            app=self._app,
            actor=actor,
            locale=locale if actor is NOBODY_YET else actor.locale,
            request_id=request_id,
            audit_reason=_audit_reason(request),
        )
        path = path_values(route, match)
        if self._gate is not None:
            await self._gate.check(ctx, route.access, path)
        query = self._decoders.query(route, request)
        body = None if route.raw else await self._decoders.body(route, request)
        return _respond(request, route, await route.handler(Request(ctx, path, query, body, request)), headers)

    async def _actor(self, request: web.BaseRequest) -> Actor:
        if self._authenticator is None:
            return SYSTEM if not self._route.access.signed_in else NOBODY_YET
        authorization = request.headers.get("Authorization")
        if authorization is not None:
            actor = await self._authenticator.from_header(authorization)
            if actor is None and self._route.access.signed_in:
                raise Unauthorized("401: Unauthorized")
            return actor or NOBODY_YET
        cookie = request.cookies.get(SESSION_COOKIE)
        if not cookie:
            return NOBODY_YET
        if request.method not in SAFE:
            _check_same_origin(request)
        return await self._authenticator.from_cookie(cookie) or NOBODY_YET

    def _check_limit(self, request: web.BaseRequest, match: Match, actor: Actor, headers: dict[str, str]) -> None:
        bucket = self._route.bucket
        caller = str(actor.user_id) if actor is not NOBODY_YET else f"ip:{request.remote}"
        by = match.get(bucket.by, "") if bucket.by else ""
        verdict = self._limits.take(bucket, caller, by)
        if verdict is None:
            return
        headers.update(verdict.headers)
        if not verdict.allowed:
            raise RateLimited(verdict.retry_after)

    def _error(self, request: web.BaseRequest, error: AgoraError, locale: str, headers: dict[str, str]) -> web.StreamResponse:
        headers.update(error.headers)
        if self._route.html:
            if error.status == 401:
                return _respond(request, self._route, redirect(f"/login?next={request.path}"), headers)
            pages = self._app.find(ErrorPages)
            if pages is not None:
                body = pages.render(locale, error.status, error.message)
                headers.update(pages.headers)
                return web.Response(body=body, status=error.status, content_type="text/html", charset="utf-8", headers=headers)
        body = encode(self._route.error(error))
        return web.Response(body=body, status=error.status, content_type="application/json", headers=headers)


def _respond(request: web.BaseRequest, route: Route, answer: Any, headers: dict[str, str]) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if answer is None:
        return web.Response(status=204, headers=headers)
    if isinstance(answer, Reply):
        headers.update(answer.headers)
        charset = "utf-8" if answer.content_type.startswith("text/") else None
        response = web.Response(
            body=answer.body, status=answer.status, content_type=answer.content_type, charset=charset, headers=headers
        )
        for cookie in answer.cookies:
            if cookie.value:
                response.set_cookie(
                    cookie.name,
                    cookie.value,
                    max_age=cookie.max_age_s or None,
                    httponly=True,
                    samesite="Lax",
                    secure=request.secure,
                    path="/",
                )
            else:
                response.del_cookie(cookie.name, path="/")
        return response
    body = answer if isinstance(answer, bytes) else encode(answer)
    # no charset: discord.py keeps the body as a string when there is one
    return web.Response(body=body, status=route.status, content_type="application/json", headers=headers)


def _locale(request: web.BaseRequest) -> str:
    first = request.headers.get("Accept-Language", "en").split(",")[0].split("-")[0].strip().lower()
    return "fr" if first == "fr" else "en"


def _audit_reason(request: web.BaseRequest) -> str | None:
    reason = request.headers.get("X-Audit-Log-Reason")
    return unquote(reason)[:512] if reason else None


def _check_same_origin(request: web.BaseRequest) -> None:
    """Refuse a cookie sent along by another site's page (CSRF).

    Browsers say where a request comes from in Sec-Fetch-Site and Origin, and no page can forge them; a form needs no token
    (https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site in ("same-origin", "none"):
        return
    origin = request.headers.get("Origin")
    if site is None and (origin is None or urlsplit(origin).netloc == request.host):
        return
    raise Forbidden("This request came from another site's page and was refused.", code=0)
