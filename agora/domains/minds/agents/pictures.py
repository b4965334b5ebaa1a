"""An agent's picture: drawn by the program from its name, no file from elsewhere."""

from __future__ import annotations

import asyncio

from agora.domains.place.accounts import draw_face
from agora.kernel.ctx import Ctx
from agora.kernel.files import Files


async def draw_picture(ctx: Ctx, name: str) -> str:
    """Draw and store a face; returns its hash. The same name gives the same face."""
    content = await asyncio.to_thread(draw_face, name)
    return (await ctx.app.get(Files).put(content)).hash
