"""Pieces of SVG as text. Colours and fonts come from the page's style sheet through classes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from reports.terms.text import plain

SHAPES = 6
KEYS = SHAPES * SHAPES  # then colour, dashes and mark repeat together
DECADES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps a range of values to a range of pixels, evenly or by the logarithm."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return the pixel for `value`, kept within the range."""
        low, high, here = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, here = math.log10(low), math.log10(high), math.log10(here)
        part = (here - low) / (high - low) if high > low else 0.0
        return self.start + part * (self.end - self.start)


def tag(name: str, attributes: Mapping[str, object], *inside: str) -> str:
    """Return an element; `inside` is markup already. Numbers are rounded to a tenth of a pixel."""
    said = "".join(f' {key}="{_attribute(value)}"' for key, value in attributes.items())
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def words(x: float, y: float, said: str, role: str = "", anchor: str = "start") -> str:
    """Return text at a point; `said` is foreign and is escaped."""
    attributes: dict[str, object] = {"x": x, "y": y}
    if anchor != "start":
        attributes["text-anchor"] = anchor
    if role:
        attributes["class"] = role
    return tag("text", attributes, escape(plain(said)))


def line(x1: float, y1: float, x2: float, y2: float, role: str) -> str:
    """Return a straight line."""
    return tag("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "class": role})


def path(points: Iterable[tuple[float, float]], role: str) -> str:
    """Return a line through points."""
    steps = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
    return tag("polyline", {"points": steps, "class": role})


def marker(x: float, y: float, slot: int, size: float = 4.5) -> str:
    """Return the mark of a stack: circle, square, triangle, diamond, cross or downward triangle."""
    return marked([(x, y)], slot, size)


def marked(points: Iterable[tuple[float, float]], slot: int, size: float = 4.5) -> str:
    """Return a stack's marks at points, in one element."""
    shape = _mark((slot + slot // SHAPES) % SHAPES, size)
    steps = "".join(f"M{_number(x)} {_number(y)}{shape}" for x, y in points)
    return tag("path", {"d": steps, "class": f"mark c{slot % SHAPES}"}) if steps else ""


def swatch(slot: int) -> str:
    """Return the key of a stack for legends and heads, unseen by those who hear the page; it is
    drawn once, by `swatches`.
    """
    used = tag("use", {"href": f"#key-{slot % KEYS}"})
    return tag("svg", {"class": "key", "aria-hidden": "true"}, used)


def swatches() -> str:
    """Return the drawings that `swatch` refers to, one for each pair of line and mark."""
    return "".join(
        tag(
            "symbol",
            {"id": f"key-{slot}", "viewBox": "0 0 36 14"},
            line(1, 7, 35, 7, dashed(slot)),
            marker(18, 7, slot),
        )
        for slot in range(KEYS)
    )


def dashed(slot: int) -> str:
    """Return the classes that give a stack's line its colour and its dashes."""
    return f"line c{slot % SHAPES} d{(slot + slot // SHAPES) % SHAPES}"


def drawing(
    key: str, size: tuple[float, float], said: tuple[str, str], parts: Sequence[str]
) -> str:
    """Return an SVG image with its title and description for those who do not see it."""
    width, height = size
    title, description = said
    attributes = {
        "class": "chart",
        "viewBox": f"0 0 {_number(width)} {_number(height)}",
        "role": "img",
        "aria-labelledby": f"{key}-t {key}-d",
    }
    head = (
        tag("title", {"id": f"{key}-t"}, escape(plain(title))),
        tag("desc", {"id": f"{key}-d"}, escape(plain(description))),
    )
    return tag("svg", attributes, *head, *parts)


def ticks(greatest: float, about: int = 5) -> list[float]:
    """Return round values from zero up to at least `greatest`."""
    if not greatest > 0 or not math.isfinite(greatest):
        return [0.0, 1.0]
    rough = greatest / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * (1 - 1e-9))
    return [step * count for count in range(math.ceil(greatest / step - 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """Return 1, 2 and 5 times powers of ten that enclose the range; only powers if it is wide."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1.0, 2.0, 5.0) if last - first <= DECADES else (1.0,)
    every = [step * 10.0**power for power in range(first, last + 1) for step in steps]
    begin = max(place for place, tick in enumerate(every) if tick <= low * (1 + 1e-9))
    end = min(place for place, tick in enumerate(every) if tick >= high * (1 - 1e-9))
    return every[begin : max(end, begin + 1) + 1]


def _mark(shape: int, size: float) -> str:
    """Return the way around a mark, from its middle."""
    if shape == 0:
        half = f"{_number(size)} {_number(size)} 0 1 0"
        across = _number(2 * size)
        return f"m-{_number(size)} 0a{half} {across} 0a{half}-{across} 0z"
    corners = _corners(shape, size)
    steps = zip(((0.0, 0.0), *corners), corners, strict=False)
    around = [f"{_number(x - x0)} {_number(y - y0)}" for (x0, y0), (x, y) in steps]
    return f"m{around[0]}l{' '.join(around[1:])}z".replace(" -", "-")


def _corners(shape: int, size: float) -> Sequence[tuple[float, float]]:
    wide, thin = size * 1.15, size * 0.38
    return {
        1: ((-size, -size), (size, -size), (size, size), (-size, size)),
        2: ((0, -wide), (wide, size), (-wide, size)),
        3: ((0, -wide), (wide, 0), (0, wide), (-wide, 0)),
        4: (
            *((-thin, -wide), (thin, -wide), (thin, -thin), (wide, -thin)),
            *((wide, thin), (thin, thin), (thin, wide), (-thin, wide)),
            *((-thin, thin), (-wide, thin), (-wide, -thin), (-thin, -thin)),
        ),
        5: ((0, wide), (wide, -size), (-wide, -size)),
    }[shape]


def _attribute(value: object) -> str:
    return _number(value) if isinstance(value, float | int) else escape(str(value))


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
