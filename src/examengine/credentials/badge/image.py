"""The picture of a badge: an engraved seal, drawn from distances and written as PNG.

Every achievement has its own colour and its own engraving, both from a digest of its address, so
that two badges are told apart at a glance and the same badge is always drawn the same. A TEST
badge wears a band that says so.
"""

import colorsys
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from examengine.credentials.vc import png

Field = NDArray[np.float64]
Colour = tuple[float, float, float]
Point = tuple[float, float]

SIZE = 600
_CREAM: Colour = (0.988, 0.976, 0.945)
_GOLD: Colour = (0.890, 0.757, 0.451)
_BAND: Colour = (0.659, 0.149, 0.122)
_SCALLOPS = 36
_CURVES = 9
_STROKE = 0.030

# The letters of TEST as strokes, in a box one wide and two high, y downwards.
_LETTERS: dict[str, tuple[tuple[Point, ...], ...]] = {
    "T": (((0.0, 0.0), (1.0, 0.0)), ((0.5, 0.0), (0.5, 2.0))),
    "E": (((1.0, 0.0), (0.0, 0.0), (0.0, 2.0), (1.0, 2.0)), ((0.0, 1.0), (0.8, 1.0))),
    "S": (
        (
            (1.0, 0.25),
            (0.75, 0.0),
            (0.25, 0.0),
            (0.0, 0.3),
            (0.0, 0.7),
            (0.25, 1.0),
            (0.75, 1.0),
            (1.0, 1.3),
            (1.0, 1.7),
            (0.75, 2.0),
            (0.25, 2.0),
            (0.0, 1.75),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class _Plane:
    """The picture's coordinates: −1 … 1, y downwards, and their polar form."""

    x: Field
    y: Field
    radius: Field
    angle: Field
    pixel: float


class _Canvas:
    """RGBA colours that are painted over one another."""

    def __init__(self, plane: _Plane) -> None:
        self._colour = np.zeros((*plane.x.shape, 3))
        self._alpha = np.zeros(plane.x.shape)
        self._pixel = plane.pixel

    def paint(self, distance: Field, colour: Colour | Field, opacity: float = 1.0) -> None:
        """Paint where `distance` is negative, softened over one pixel at the edge."""
        touched = distance < self._pixel
        rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
        if not rows.size:
            return
        # Most strokes touch a small part of the picture; the rest is left alone.
        part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        paint = np.broadcast_to(np.asarray(colour), self._colour.shape)[part]
        cover = np.clip(0.5 - distance[part] / self._pixel, 0.0, 1.0) * opacity
        alpha = cover + self._alpha[part] * (1.0 - cover)
        weight = np.divide(cover, alpha, out=np.zeros_like(cover), where=alpha > 0)
        self._colour[part] += weight[..., np.newaxis] * (paint - self._colour[part])
        self._alpha[part] = alpha

    def pixels(self) -> NDArray[np.uint8]:
        """Return the picture as 8-bit RGBA, shape (size, size, 4)."""
        stacked = np.dstack([self._colour, self._alpha])
        eight_bit: NDArray[np.uint8] = np.rint(stacked * 255).astype(np.uint8)
        return eight_bit


@lru_cache(maxsize=64)
def draw_seal(achievement_url: str, *, test: bool) -> bytes:
    """Return the badge's picture as PNG, 600 × 600, transparent around the seal.

    Args:
        achievement_url: The achievement's id, from which colour and engraving follow.
        test: Whether to lay the TEST band over it.
    """
    seed = hashlib.sha256(achievement_url.encode("utf-8")).digest()
    plane = _plane()
    canvas = _Canvas(plane)
    dark, light = _colours(seed)
    _draw_body(canvas, plane, dark, light)
    _draw_engraving(canvas, plane, seed)
    _draw_emblem(canvas, plane, dark)
    if test:
        _draw_band(canvas, plane)
    return png.write_rgba(canvas.pixels())


def _plane() -> _Plane:
    steps = (np.arange(SIZE) + 0.5) * (2.0 / SIZE) - 1.0
    x, y = np.meshgrid(steps, steps)
    return _Plane(x, y, np.hypot(x, y), np.arctan2(y, x), 2.0 / SIZE)


def _colours(seed: bytes) -> tuple[Colour, Colour]:
    """Return a dark and a lighter colour of one hue, from green through blue to plum."""
    hue = 0.42 + 0.45 * seed[0] / 255
    return colorsys.hls_to_rgb(hue, 0.17, 0.58), colorsys.hls_to_rgb(hue, 0.34, 0.48)


def _draw_body(canvas: _Canvas, plane: _Plane, dark: Colour, light: Colour) -> None:
    edge = 0.945 + 0.022 * np.cos(_SCALLOPS * plane.angle)
    shade = ((plane.y - plane.x * 0.4) * 0.5 + 0.5).clip(0, 1)[..., np.newaxis]
    face = np.asarray(light) * (1 - shade) + np.asarray(dark) * shade
    canvas.paint(plane.radius - edge, dark)
    canvas.paint(plane.radius - edge + 0.018, face)
    canvas.paint(_ring(plane, 0.875, 0.008), _GOLD)
    canvas.paint(_ring(plane, 0.852, 0.003), _GOLD)
    canvas.paint(_ring(plane, 0.585, 0.016), _GOLD)
    canvas.paint(plane.radius - 0.572, _CREAM)
    canvas.paint(_ring(plane, 0.535, 0.003), light)


def _draw_engraving(canvas: _Canvas, plane: _Plane, seed: bytes) -> None:
    """Lay fine waves around the ring, as on a share certificate."""
    waves = 9 + seed[1] % 8
    swing = 0.085 + 0.02 * seed[2] / 255
    for curve in range(_CURVES):
        phase = 2 * np.pi * curve / _CURVES
        wave = 0.722 + swing * np.cos(waves * plane.angle + phase)
        slope = swing * waves * np.sin(waves * plane.angle + phase) / np.maximum(plane.radius, 0.1)
        distance = np.abs(plane.radius - wave) / np.sqrt(1.0 + slope**2)
        canvas.paint(distance - 0.0026, _CREAM, opacity=0.55)


def _draw_emblem(canvas: _Canvas, plane: _Plane, dark: Colour) -> None:
    """Draw one thread: almost a circle, that ends in a tick."""
    turn = np.mod(plane.angle - np.radians(-22.0), 2 * np.pi)
    on_arc = turn < np.radians(322.0)
    ends = [np.radians(-22.0), np.radians(300.0)]
    caps = [np.hypot(plane.x - 0.36 * np.cos(a), plane.y - 0.36 * np.sin(a)) for a in ends]
    arc = np.where(on_arc, np.abs(plane.radius - 0.36), np.minimum(*caps))
    tick = _stroke(plane, ((-0.17, 0.015), (-0.03, 0.155), (0.33, -0.29)))
    canvas.paint(np.where(tick < 0.105, 1.0, arc - 0.026), dark)
    canvas.paint(tick - 0.058, dark)
    canvas.paint(tick - 0.012, _GOLD)


def _draw_band(canvas: _Canvas, plane: _Plane) -> None:
    height = np.abs(plane.y - 0.60) - 0.125
    canvas.paint(np.maximum(height, np.abs(plane.x) - 0.90), _BAND)
    rule = np.abs(np.abs(plane.y - 0.60) - 0.104) - 0.004
    canvas.paint(np.maximum(rule, np.abs(plane.x) - 0.90), _CREAM)
    for place, letter in enumerate("TEST"):
        left = -0.315 + place * 0.19
        for line in _LETTERS[letter]:
            points = tuple((left + x * 0.06, 0.54 + y * 0.06) for x, y in line)
            canvas.paint(_stroke(plane, points) - _STROKE / 2, _CREAM)


def _ring(plane: _Plane, radius: float, half_width: float) -> Field:
    return np.abs(plane.radius - radius) - half_width


def _stroke(plane: _Plane, points: tuple[Point, ...]) -> Field:
    """Return the distance to a line through `points`."""
    distances = [_segment(plane, a, b) for a, b in pairwise(points)]
    nearest: Field = np.minimum.reduce(distances)
    return nearest


def _segment(plane: _Plane, a: Point, b: Point) -> Field:
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = ((plane.x - a[0]) * dx + (plane.y - a[1]) * dy) / (dx * dx + dy * dy)
    along = along.clip(0.0, 1.0)
    distance: Field = np.hypot(plane.x - a[0] - along * dx, plane.y - a[1] - along * dy)
    return distance
