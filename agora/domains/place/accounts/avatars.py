"""Faces drawn by the program: the same seed always gives the same picture, and no two look quite alike."""

from __future__ import annotations

import hashlib
import math
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agora.domains.place.accounts.canvas import Canvas, Color

SIZE = 128
DEFAULTS = 6

INK: Color = (38, 34, 46)
WHITE: Color = (255, 252, 247)
BLUSH: Color = (236, 92, 92)

# (background, skin of the creature, hair or hat, accent): warm and flat, each readable at 24 pixels
PALETTES: tuple[tuple[Color, Color, Color, Color], ...] = (
    ((255, 214, 165), (255, 173, 122), (120, 62, 70), (227, 88, 88)),
    ((188, 227, 230), (255, 206, 160), (35, 88, 110), (242, 132, 86)),
    ((214, 205, 245), (247, 190, 170), (84, 62, 140), (236, 112, 140)),
    ((253, 226, 132), (198, 132, 92), (52, 52, 80), (40, 140, 130)),
    ((199, 232, 190), (240, 186, 136), (58, 94, 66), (232, 108, 72)),
    ((250, 196, 196), (152, 98, 74), (60, 38, 52), (250, 170, 70)),
    ((176, 208, 250), (255, 218, 185), (196, 92, 48), (60, 98, 190)),
    ((245, 222, 210), (120, 190, 170), (36, 98, 96), (240, 120, 96)),
    ((60, 74, 110), (250, 200, 120), (236, 110, 90), (130, 210, 200)),
    ((46, 94, 92), (250, 180, 150), (250, 214, 120), (236, 120, 110)),
)


def draw_face(seed: str, size: int = SIZE) -> bytes:
    """A face as a PNG of ``size`` pixels, made from the text ``seed`` alone."""
    from agora.domains.place.accounts.canvas import Canvas

    chance = random.Random(hashlib.sha256(seed.encode()).digest())
    back, skin, hair, accent = chance.choice(PALETTES)
    canvas = Canvas(size, back)
    _backdrop(canvas, chance, back)
    _shoulders(canvas, chance, accent)
    width = chance.uniform(0.50, 0.60)
    style = chance.choice((_round_hair, _long_hair, _bun, _cap, _ears, _curls))
    style(canvas, chance, width, hair, accent)
    _head(canvas, width, skin)
    _fringe(canvas, chance, width, hair, style)
    _eyes(canvas, chance)
    _mouth(canvas, chance, skin)
    return canvas.png()


def draw_default(number: int, size: int = SIZE) -> bytes:
    """The picture of who has none: a plain figure on one of six colours."""
    from agora.domains.place.accounts.canvas import Canvas, mix

    back = ((88, 101, 200), (116, 127, 141), (59, 150, 112), (226, 160, 60), (208, 80, 84), (180, 92, 160))[number % 6]
    canvas = Canvas(size, back)
    light = mix(back, WHITE, 0.82)
    canvas.fill(canvas.ellipse(0, 0.98, 0.66, 0.62), light)
    canvas.fill(canvas.circle(0, -0.18, 0.46), back)
    canvas.fill(canvas.circle(0, -0.18, 0.36), light)
    return canvas.png()


def _backdrop(canvas: Canvas, chance: random.Random, back: Color) -> None:
    from agora.domains.place.accounts.canvas import mix

    tone = mix(back, WHITE, 0.35)
    kind = chance.randrange(3)
    if kind == 0:
        canvas.fill(canvas.circle(chance.uniform(-0.3, 0.3), -0.1, 0.82), tone)
    elif kind == 1:
        canvas.fill(canvas.box(0.9, -0.9, 1.2, 0.55, 0.0, chance.uniform(0.5, 1.0)), tone)
    else:
        for _ in range(5):
            canvas.fill(canvas.circle(chance.uniform(-1, 1), chance.uniform(-1, 0.4), chance.uniform(0.06, 0.2)), tone)


def _shoulders(canvas: Canvas, chance: random.Random, accent: Color) -> None:
    from agora.domains.place.accounts.canvas import both, mix

    body = canvas.ellipse(0, 1.12, 0.82, 0.52)
    canvas.fill(body, accent)
    detail = chance.randrange(3)
    if detail == 0:
        canvas.fill(both(body, canvas.box(0, 1.0, 0.10, 0.5, 0.02)), mix(accent, WHITE, 0.7))
    elif detail == 1:
        for y in (0.78, 0.94):
            canvas.fill(both(body, canvas.box(0, y, 1.0, 0.04, 0.0)), mix(accent, WHITE, 0.6))


def _head(canvas: Canvas, width: float, skin: Color) -> None:
    from agora.domains.place.accounts.canvas import mix

    canvas.fill(canvas.box(0, 0.58, 0.17, 0.24, 0.1), mix(skin, INK, 0.16))
    for side in (-1, 1):
        canvas.fill(canvas.circle(side * width, 0.08, 0.11), mix(skin, INK, 0.08))
    canvas.fill(canvas.box(0, 0.04, width, 0.58, width * 0.92), skin)


def _round_hair(canvas: Canvas, chance: random.Random, width: float, hair: Color, accent: Color) -> None:
    canvas.fill(canvas.circle(0, -0.12, width + 0.12), hair)


def _long_hair(canvas: Canvas, chance: random.Random, width: float, hair: Color, accent: Color) -> None:
    canvas.fill(canvas.box(0, 0.10, width + 0.15, 0.78, 0.5), hair)


def _bun(canvas: Canvas, chance: random.Random, width: float, hair: Color, accent: Color) -> None:
    for x in (0.0,) if chance.random() < 0.5 else (-0.42, 0.42):
        canvas.fill(canvas.circle(x, -0.68, 0.21), hair)
    canvas.fill(canvas.circle(0, -0.10, width + 0.08), hair)


def _cap(canvas: Canvas, chance: random.Random, width: float, hair: Color, accent: Color) -> None:
    canvas.fill(canvas.box(0, 0.16, width + 0.08, 0.5, 0.3), hair)


def _ears(canvas: Canvas, chance: random.Random, width: float, hair: Color, accent: Color) -> None:
    turn = chance.uniform(0.25, 0.5)
    for side in (-1, 1):
        canvas.fill(canvas.box(side * 0.38, -0.56, 0.17, 0.34, 0.16, side * turn), hair)
        canvas.fill(canvas.box(side * 0.38, -0.54, 0.08, 0.22, 0.08, side * turn), accent)
    canvas.fill(canvas.circle(0, -0.08, width + 0.06), hair)


def _curls(canvas: Canvas, chance: random.Random, width: float, hair: Color, accent: Color) -> None:
    for step in range(9):
        angle = math.pi * (1.02 + step / 8 * 0.96)
        reach = width + chance.uniform(0.02, 0.10)
        canvas.fill(canvas.circle(math.cos(angle) * reach, 0.02 + math.sin(angle) * reach, 0.23), hair)


def _fringe(canvas: Canvas, chance: random.Random, width: float, hair: Color, style: object) -> None:
    """The hair in front of the head, so that head and hair belong together."""
    from agora.domains.place.accounts.canvas import both, cut, mix

    head = canvas.box(0, 0.04, width + 0.02, 0.60, width * 0.92)
    if style is _cap:
        canvas.fill(both(head, canvas.box(0, -0.66, 1.0, 0.46, 0.0)), mix(hair, WHITE, 0.18))
        canvas.fill(canvas.box(0, -0.22, width + 0.1, 0.07, 0.07), hair)
        return
    kind = chance.randrange(3)
    if kind == 0:
        part = chance.choice((-1, 1)) * 0.22
        canvas.fill(both(head, cut(canvas.box(0, -0.6, 1, 0.46, 0), canvas.circle(part, 0.26, 0.58))), hair)
    elif kind == 1:
        canvas.fill(both(head, canvas.box(0, -0.62, 1.0, 0.38, 0.0)), hair)
    else:
        fringe = canvas.ellipse(chance.choice((-1, 1)) * 0.2, -0.52, 0.62, 0.34)
        canvas.fill(both(head, fringe), hair)


def _eyes(canvas: Canvas, chance: random.Random) -> None:
    apart, y = chance.uniform(0.21, 0.26), chance.uniform(0.02, 0.07)
    kind = chance.randrange(4)
    for side in (-1, 1):
        x = side * apart
        if kind == 0:
            canvas.fill(canvas.ellipse(x, y, 0.065, 0.085), INK)
            canvas.fill(canvas.circle(x + 0.022, y - 0.03, 0.022), WHITE)
        elif kind == 1:
            canvas.fill(canvas.circle(x, y, 0.115), WHITE)
            canvas.fill(canvas.circle(x + 0.015, y + 0.01, 0.06), INK)
        elif kind == 2:
            canvas.fill(canvas.curve(x, y + 0.05, 0.085, math.pi * 1.1, math.pi * 1.9, 0.026), INK)
        else:
            canvas.fill(canvas.circle(x, y, 0.06), INK)
    if chance.random() < 0.35:
        _glasses(canvas, apart, y)
        return
    tilt = chance.uniform(-0.03, 0.05)
    for side in (-1, 1):
        canvas.fill(canvas.line(side * (apart - 0.08), y - 0.17, side * (apart + 0.08), y - 0.17 - tilt, 0.02), INK, 0.8)


def _glasses(canvas: Canvas, apart: float, y: float) -> None:
    import numpy as np

    for side in (-1, 1):
        ring = canvas.circle(side * apart, y, 0.165)
        canvas.fill(ring, WHITE, 0.25)
        canvas.fill(np.abs(ring) - 0.018, INK)
    canvas.fill(canvas.line(-apart + 0.165, y - 0.02, apart - 0.165, y - 0.02, 0.016), INK)


def _mouth(canvas: Canvas, chance: random.Random, skin: Color) -> None:
    from agora.domains.place.accounts.canvas import both, mix

    for side in (-1, 1):
        canvas.fill(canvas.ellipse(side * 0.34, 0.22, 0.10, 0.065), mix(skin, BLUSH, 0.55), 0.7)
    canvas.fill(canvas.curve(0, 0.13, 0.045, 0.15 * math.pi, 0.85 * math.pi, 0.02), mix(skin, INK, 0.45))
    kind = chance.randrange(4)
    if kind == 0:
        canvas.fill(canvas.curve(0, 0.24, 0.15, 0.18 * math.pi, 0.82 * math.pi, 0.026), INK)
    elif kind == 1:
        smile = both(canvas.circle(0, 0.28, 0.16), canvas.box(0, 0.48, 0.5, 0.19, 0.0))
        canvas.fill(smile, INK)
        canvas.fill(both(smile, canvas.circle(0, 0.47, 0.09)), BLUSH)
    elif kind == 2:
        canvas.fill(canvas.line(-0.09, 0.35, 0.10, 0.33, 0.024), INK)
    else:
        canvas.fill(canvas.curve(0.03, 0.27, 0.11, 0.1 * math.pi, 0.7 * math.pi, 0.026), INK)
