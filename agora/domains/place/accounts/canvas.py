"""A small canvas: flat shapes with smooth edges.

A shape is a signed distance in pixels from its edge (negative inside); its coverage of a pixel is that distance clipped
to one pixel, which is what makes edges smooth. Coordinates run from -1 to 1, x to the right, y down.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agora.domains.place.accounts.png import encode_png

Field = NDArray[np.floating[Any]]
Color = tuple[int, int, int]


class Canvas:
    """A square picture of ``size`` pixels."""

    def __init__(self, size: int, background: Color) -> None:
        self.size = size
        axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
        self.x: Field = np.broadcast_to(axis, (size, size))
        self.y: Field = np.broadcast_to(axis[:, None], (size, size))
        self._pixels = np.empty((size, size, 3), np.float32)
        self._pixels[:] = background

    def fill(self, shape: Field, color: Color, opacity: float = 1.0) -> None:
        """Paint the inside of a shape."""
        pixels = shape * (self.size / 2)
        cover = (np.clip(0.5 - pixels, 0, 1) * opacity)[..., None]
        self._pixels += (np.asarray(color, np.float32) - self._pixels) * cover

    def circle(self, cx: float, cy: float, r: float) -> Field:
        """A disc."""
        distance: Field = np.hypot(self.x - cx, self.y - cy) - r
        return distance

    def ellipse(self, cx: float, cy: float, rx: float, ry: float) -> Field:
        """An ellipse; the distance is a first-order estimate, exact at the edge."""
        u, v = (self.x - cx) / rx, (self.y - cy) / ry
        k = np.hypot(u, v)
        slope = np.maximum(np.hypot(u / rx, v / ry), 1e-6)
        distance: Field = k * (k - 1) / slope
        return distance

    def box(self, cx: float, cy: float, w: float, h: float, r: float, turn: float = 0.0) -> Field:
        """A rectangle of half-width ``w`` and half-height ``h`` with round corners, turned by ``turn`` radians."""
        px, py = self.x - cx, self.y - cy
        if turn:
            c, s = math.cos(turn), math.sin(turn)
            px, py = px * c + py * s, py * c - px * s
        dx, dy = np.abs(px) - (w - r), np.abs(py) - (h - r)
        outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
        distance: Field = outside + np.minimum(np.maximum(dx, dy), 0) - r
        return distance

    def line(self, ax: float, ay: float, bx: float, by: float, r: float) -> Field:
        """A stroke of half-width ``r`` with round ends."""
        dx, dy = bx - ax, by - ay
        t = np.clip(((self.x - ax) * dx + (self.y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        distance: Field = np.hypot(self.x - ax - t * dx, self.y - ay - t * dy) - r
        return distance

    def curve(self, cx: float, cy: float, radius: float, start: float, end: float, r: float) -> Field:
        """An arc of half-width ``r`` from angle ``start`` to ``end`` (radians, clockwise from the right), round ends."""
        middle, half = (start + end) / 2, (end - start) / 2
        c, s = math.cos(middle), math.sin(middle)
        px, py = (self.x - cx) * c + (self.y - cy) * s, np.abs((self.y - cy) * c - (self.x - cx) * s)
        ex, ey = radius * math.cos(half), radius * math.sin(half)
        within = py * math.cos(half) <= px * math.sin(half)
        on_arc = np.abs(np.hypot(px, py) - radius)
        return np.where(within, on_arc, np.hypot(px - ex, py - ey)) - r

    def png(self) -> bytes:
        """The picture as a PNG."""
        return encode_png(np.clip(self._pixels + 0.5, 0, 255).astype(np.uint8))


def cut(shape: Field, tool: Field) -> Field:
    """The part of a shape outside of another."""
    return np.maximum(shape, -tool)


def both(a: Field, b: Field) -> Field:
    """Where two shapes overlap."""
    return np.maximum(a, b)


def join(*shapes: Field) -> Field:
    """Several shapes as one."""
    united: Field = np.minimum.reduce(shapes)
    return united


def mix(a: Color, b: Color, part: float) -> Color:
    """A colour between two: ``part`` 0 is ``a``, 1 is ``b``."""
    red, green, blue = (round(x + (y - x) * part) for x, y in zip(a, b, strict=True))
    return red, green, blue
