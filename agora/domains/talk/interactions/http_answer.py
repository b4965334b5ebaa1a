"""REST for apps: answers and what follows. The token in the address is what lets the app in; it needs no other."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from agora.domains.talk.files import Form, read_form
from agora.domains.talk.interactions.answer import Callback, answer
from agora.domains.talk.interactions.followup import delete_own, edit_own, follow_up, get_answered, read_own
from agora.domains.talk.interactions.model import TOKEN_PREFIX, Interaction
from agora.domains.talk.interactions.speaking import as_app
from agora.domains.talk.messages import MessageCreate, MessagePatch, build_patch
from agora.kernel.access import ANYONE
from agora.kernel.ctx import Ctx
from agora.kernel.http import Bucket, Request, Route
from agora.protocol.payloads import Message

T = TypeVar("T")
_TOKEN = "{interaction_token:" + TOKEN_PREFIX.replace(".", r"\.") + r"[\w-]+}"
HOOK = "/api/v10/webhooks/{application_id}/" + _TOKEN
ORIGINAL, ONE = HOOK + "/messages/@original", HOOK + "/messages/{message_id}"
_SAY = Bucket("interactions.say", 5, 2.0, by="interaction_token")
_CALLBACK = Bucket("interactions.callback", 50, 1.0, by="interaction_id")


class CallbackQuery(msgspec.Struct, frozen=True):
    """Whether to tell what came of it."""

    with_response: bool = False


class HookQuery(msgspec.Struct, frozen=True):
    """What webhooks take; an app's messages are always told and never go elsewhere."""

    wait: bool = True
    thread_id: str | None = None
    with_components: bool = True


async def post_callback(request: Request) -> bytes | None:
    """Answer."""
    form = await read_form(request, Callback, None, lambda: None)
    told = await answer(request.ctx, request.id("interaction_id"), str(request.path["token"]), form.body, form.files)
    return told if request.query.with_response else None


async def _row(request: Request) -> Interaction:
    return await get_answered(request.ctx, request.id("application_id"), str(request.path["interaction_token"]))


async def _read(request: Request, row: Interaction, kind: type[T]) -> tuple[Ctx, Form[T]]:
    ctx = as_app(request.ctx, row)
    request.ctx = ctx  # files count as the app's
    return ctx, await read_form(request, kind, row.guild_id, lambda: None)


def _message_id(request: Request) -> int | None:
    return request.id("message_id") if "message_id" in request.path else None


async def post_followup(request: Request) -> bytes:
    """Say more."""
    row = await _row(request)
    ctx, form = await _read(request, row, MessageCreate)
    return await follow_up(ctx, row, form.body, form.files)


async def get_message(request: Request) -> bytes:
    """Read an answer."""
    return await read_own(request.ctx, await _row(request), _message_id(request))


async def patch_message(request: Request) -> bytes:
    """Change an answer."""
    row = await _row(request)
    ctx, form = await _read(request, row, MessagePatch)
    return await edit_own(ctx, row, _message_id(request), build_patch(form.body, form.files))


async def delete_message(request: Request) -> None:
    """Delete an answer."""
    await delete_own(request.ctx, await _row(request), _message_id(request))


def _message_routes(path: str, what: str) -> tuple[Route, ...]:
    shared: dict[str, Any] = {"path": path, "access": ANYONE, "query": HookQuery, "bucket": _SAY}
    return (
        Route(method="GET", handler=get_message, summary=f"Read {what}.", answer=Message, **shared),
        Route(
            method="PATCH",
            handler=patch_message,
            summary=f"Change {what}.",
            body=MessagePatch,
            raw=True,
            answer=Message,
            **shared,
        ),
        Route(method="DELETE", handler=delete_message, summary=f"Delete {what}.", status=204, **shared),
    )


ROUTES = (
    Route(
        method="POST",
        path="/api/v10/interactions/{interaction_id}/{token}/callback",
        handler=post_callback,
        summary="Answer an interaction.",
        access=ANYONE,
        query=CallbackQuery,
        body=Callback,
        raw=True,
        answer=dict[str, Any],
        bucket=_CALLBACK,
    ),
    Route(
        method="POST",
        path=HOOK,
        handler=post_followup,
        summary="Say more about an interaction.",
        access=ANYONE,
        query=HookQuery,
        body=MessageCreate,
        raw=True,
        answer=Message,
        bucket=_SAY,
    ),
    *_message_routes(ORIGINAL, "the first answer to an interaction"),
    *_message_routes(ONE, "an answer to an interaction"),
)
