"""Figures of every shape, with plain, odd and foreign values and names."""

from __future__ import annotations

from reports.terms.figure import (
    Curve,
    Extent,
    ExtentGroup,
    Field,
    Figure,
    Knee,
    Panel,
    Shape,
    Spot,
)

NAMES = ("primary", "cost-optimized", "developer-experience", "scalability*", "fifth", "sixth")
HOSTILE = '"><script>alert(1)</script>&\u202e' + "漢字" * 30


def figure(shape: Shape, **members) -> Figure:
    """Return a figure with the members that its shape needs."""
    members = {"key": "f", "title": "Title", "takeaway": "Said.", **members}
    return Figure(shape=shape, **members)


def extents(*pairs, names=NAMES, text="180 to 189 /s", marked=True) -> Figure:
    """Return extents from pairs of low and high, in two groups; the mark is at the lower end."""
    found = tuple(
        Extent(
            name=name, slot=n, low=low, high=high, middle=low if marked else None, text=text,
            note=names[0],
        )
        for n, (name, (low, high)) in enumerate(zip(names, pairs, strict=False))
    )  # fmt: skip
    groups = (ExtentGroup(title=names[0], extents=found),) * 2
    return figure(Shape.EXTENTS, extents=groups, unit="/s")


def offered(*curves, limit=0.25, names=NAMES) -> Figure:
    """Return curves over offered load, each with a knee at its last point but one."""
    known = tuple(
        Curve(name=name, slot=n, points=points)
        for n, (name, points) in enumerate(zip(names, curves, strict=False))
    )
    at = [(curve.slot, *curve.points[max(len(curve.points) - 2, 0)]) for curve in known]
    knees = tuple(Knee(slot=slot, x=x, y=y, text="160 to 167 /s") for slot, x, y in at)
    panel = Panel(
        title=names[0], curves=known, knees=knees, limit=limit,
        limit_text="objective: p95 within 250 ms",
    )  # fmt: skip
    return figure(Shape.OFFERED, panels=(panel,))


def field(*places, names=NAMES, left_out="") -> Field:
    """Return a field of spots whose sessions differ by a tenth."""
    spots = tuple(
        Spot(
            name=name, slot=n, x=x, y=y, x_range=(0.9 * x, 1.1 * x), y_range=(0.9 * y, 1.1 * y),
            front=not n, text=f"CPU {x:g} ms, p95 {y:g} ms",
        )
        for n, (name, (x, y)) in enumerate(zip(names, places, strict=False))
    )  # fmt: skip
    return Field(
        title=names[0], x_title="CPU", y_title="p95", x_unit="ms", y_unit="ms", spots=spots,
        left_out=left_out,
    )  # fmt: skip


def trade_off(*fields) -> Figure:
    """Return a trade-off of fields."""
    return figure(Shape.TRADE_OFF, fields=fields)


def percentiles(number: int, names=NAMES) -> Figure:
    """Return as many panels, the later the slower."""
    panels = tuple(
        Panel(
            title=f"{names[0]} {n}",
            curves=(Curve(name=names[0], slot=0, points=((50.0, 0.01 + n), (99.0, 0.1 + n))),),
        )
        for n in range(number)
    )
    return figure(Shape.PERCENTILES, panels=panels)


RISING = tuple((16.0 * n, 0.01 * n**2) for n in range(1, 8))
STEEP = ((10.0, 0.02), (20.0, 0.1), (26.0, 4.0))
CROWD = [tuple((x * (1 + n / 50), y * (1 + n / 50)) for x, y in RISING) for n in range(6)]
NEAR = [(1.0 + n / 100, 10.0 + n / 10) for n in range(6)]
BRACKETS = ((180.0, 189.0), (240.0, 252.0), (255.0, None), (None, None), (1.0, 1.05), (0.0, 0.0))
PLAIN = {
    "extents": extents(*BRACKETS),
    "log-extents": extents((1.0, 2.0), (900.0, 1000.0), (1100.0, None)),
    "offered": offered(RISING, STEEP, *CROWD[:2]),
    "crowd": offered(*CROWD),
    "trade-off": trade_off(field((1.0, 10.0), (2.0, 8.0), (30.0, 90.0), left_out="Left " * 60)),
    "near": trade_off(field(*NEAR)),
    "fields": trade_off(field(*NEAR[:4]), field((1.0, 10.0), (2.0, 8.0)), field(*NEAR)),
    "percentiles": percentiles(5),
}
ODD = {
    "one point": offered(((16.0, 0.25),)),
    "equal values": offered(((16.0, 0.25), (16.0, 0.25))),
    "zero": offered(((0.0, 0.0), (16.0, 0.0))),
    "no curve": offered(),
    "no limit": offered(RISING, limit=None),
    "no extent": extents((None, None)),
    "zeros": extents((0.0, 0.0), (0.0, 0.0)),
    "equal extents": extents((5.0, 5.0), (5.0, 5.0)),
    "open at zero": extents((0.0, None)),
    "spots at zero": trade_off(field((0.0, 0.0), (0.0, 0.0))),
    "equal spots": trade_off(field((1.0, 1.0), (1.0, 1.0))),
    "one spot": trade_off(field((1.0, 1.0))),
}
NAMED = (HOSTILE, f"{HOSTILE}2", "عربي" * 9)
FOREIGN = {
    "foreign extents": extents((1.0, 2.0), (None, None), (3.0, None), names=NAMED, text=HOSTILE),
    "foreign offered": offered(RISING, STEEP, names=NAMED),
    "foreign trade-off": trade_off(field((1.0, 9.0), (2.0, 8.0), names=NAMED, left_out=HOSTILE)),
    "foreign percentiles": percentiles(3, names=NAMED),
}
EVERY = PLAIN | ODD | FOREIGN
