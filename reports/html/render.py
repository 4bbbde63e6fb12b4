"""Page -> one HTML file that needs nothing else: no network, and no script to be read.

Templates escape everything; what is foreign passes through `plain` on its way. A content security
policy in the page forbids all loading, and allows the one style sheet and the one script by hash.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.draw import bars
from reports.draw import lines as charts
from reports.draw.svg import swatch
from reports.terms.figure import Figure, Shape
from reports.terms.page import Page
from reports.terms.text import plain

TEMPLATES = Path(__file__).parent / "templates"


def render(page: Page, *, data: str, table: str) -> str:
    """Return the page as HTML; `data` is JSON safe for a script element, `table` a data: link."""
    style, script = (_read(name) for name in ("style.css", "page.js"))
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            page=page,
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=policy(style, script),
            data=Markup(data),  # noqa: S704 - made safe by rawdata.as_json
            table_link=table,
        )
    )


def policy(style: str, script: str) -> str:
    """Return the content security policy: nothing is loaded, only these two texts are used."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def chart(shown: Figure) -> Markup:
    """Return the SVG of a figure, whose texts are escaped where they are drawn."""
    draw = bars.bars if shown.shape is Shape.BARS else charts.lines
    return Markup(draw(shown))  # noqa: S704 - reports.svg escapes


def key(slot: int) -> Markup:
    """Return the small drawing that stands for a stack: its line with its mark."""
    return Markup(swatch(slot))  # noqa: S704 - no foreign text in it


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "chart": chart,
        "key": key,
        "roles": bars.roles,
        "texture": bars.texture,
        "patterned": bars.PATTERNS,
        "is_bars": lambda shown: shown.shape is Shape.BARS,
    }
    return environment


def _shown(value: object) -> object:
    """Return what is put into the page for a value: text without unseen characters."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
