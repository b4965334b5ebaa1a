"""The chat page. It is one page for all channels: its modules talk REST and listen to the gateway."""

from __future__ import annotations

import re

from agora.domains.place.permissions import Directory
from agora.kernel.ctx import Ctx
from agora.kernel.http import Reply, Request, Route, redirect
from agora.protocol.channel_types import ChannelType
from agora.web import NavItem, render

NAV = NavItem("chat", "/", "web.nav.chat", "message", order=10)
LAST_COOKIE = "agora_last"
_LAST = re.compile(r"(@me|\d{1,19})/(\d{1,19})")
_TEXT = frozenset({ChannelType.GUILD_TEXT, ChannelType.GUILD_ANNOUNCEMENT})


async def show_start(request: Request) -> Reply:
    """To the channel seen last, else to the first one."""
    last = _LAST.fullmatch(request.http.cookies.get(LAST_COOKIE, ""))
    if last is not None and request.ctx.app.get(Directory).can_view(request.ctx.actor.user_id, int(last[2])):
        return redirect(f"/channels/{last[0]}")
    return redirect(first_place(request.ctx))


def first_place(ctx: Ctx) -> str:
    """The first text channel the actor may see; their direct messages where there is none."""
    directory, user_id = ctx.app.get(Directory), ctx.actor.user_id
    for guild_id in directory.guilds_of(user_id):
        for channel in directory.visible_in(guild_id, user_id):
            if channel.type in _TEXT:
                return f"/channels/{guild_id}/{channel.id}"
    return "/channels/@me"


async def show_chat(request: Request) -> Reply:
    """The same page for every channel; what a person may not see, its REST calls refuse."""
    return render(request, "messages/chat.html", here=NAV.name)


_PLACE = r"{place:@me|\d{1,19}}"
_ID = r"\d{1,19}"


def _page(path: str, summary: str) -> Route:
    return Route(method="GET", path=path, handler=show_chat, summary=summary, html=True)


ROUTES = (
    Route(method="GET", path="/", handler=show_start, summary="To the last or first channel.", html=True),
    _page(f"/channels/{_PLACE}", "A community, or one's direct messages."),
    _page(f"/channels/{_PLACE}/{{channel:{_ID}}}", "A channel."),
    _page(f"/channels/{_PLACE}/{{channel:{_ID}}}/{{message:{_ID}}}", "A channel at one message."),
)
