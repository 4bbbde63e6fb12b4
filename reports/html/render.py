"""Page -> one HTML file that needs nothing else: no network, and no script to be read.

Templates escape everything; what is foreign passes through `plain` on its way. A content security
policy in the page forbids all loading, and allows the one style sheet and the one script by hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.draw import bars, svg
from reports.draw.pieces import swatch, swatches
from reports.html.cells import row
from reports.html.series import series, zoomable
from reports.terms.figure import Curve, Figure
from reports.terms.page import Page, Sheet, Told
from reports.terms.text import plain

TOLD = {
    Told.DECIDED: "verdict",
    Told.INDICATED: "indicates",
    Told.TIED: "tied",
    Told.OPEN: "can't tell yet",
    Told.FAILED: "failed",
    Told.FINE: "fine",
}
HERE = Path(__file__).parent


def render(page: Page, *, data: str, table: str) -> str:
    """Return the page as HTML; `data` is JSON safe for a script element, `table` a data: link."""
    zoom = any(section.seconds and zoomable(section.seconds) for section in page.sections)
    return _filled(
        "report.html.j2",
        zoom=zoom,
        title=page.title,
        first="answer",
        made_by=page.made_by,
        page=page,
        doubts={one.mark: one.label for one in page.warnings},
        data=Markup(data),  # noqa: S704 - made safe where it is written
        table_link=table,
        file_name=file_name(page),
    )


def render_sheet(sheet: Sheet) -> str:
    """Return a page about several runs as HTML."""
    first = sheet.blocks[0].key if sheet.blocks else ""
    return _filled(
        "sheet.html.j2",
        zoom=False,
        title=sheet.title,
        first=first,
        made_by=sheet.made_by,
        sheet=sheet,
        doubts={},
    )


def _filled(template: str, *, zoom: bool, **values: object) -> str:
    """Return a template filled, with the style sheet, the script and the policy on both.

    What can be zoomed needs a library, which is put in then only.
    """
    style, script = _read("templates/style.css"), _read("templates/page.js")
    if zoom:
        style += _read("vendor/uPlot.min.css")
        script = "".join((_read("vendor/uPlot.iife.min.js"), _read("templates/zoom.js"), script))
    style += _read("templates/media.css")
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=policy(style, script),
            **values,
        )
    )


def file_name(page: Page) -> str:
    """Return what files saved from the page are called: letters, digits and dashes only."""
    return f"bakeoff-{re.sub(r'[^A-Za-z0-9]+', '-', page.run_id).strip('-')}"


def policy(style: str, script: str) -> str:
    """Return the content security policy: nothing is loaded, only these two texts are used."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def chart(shown: Figure) -> Markup:
    """Return the SVG of a figure, whose texts are escaped where they are drawn."""
    return Markup(svg(shown))  # noqa: S704 - reports.draw escapes


def legend(shown: Figure) -> list[Curve]:
    """Return a curve for each stack that any panel of a figure shows."""
    found = {curve.slot: curve for panel in shown.panels for curve in panel.curves}
    return [found[slot] for slot in sorted(found)]


def key(slot: int) -> Markup:
    """Return the small drawing that stands for a stack: its line with its mark."""
    return Markup(swatch(slot))  # noqa: S704 - no foreign text in it


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
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
        "row": row,
        "swatches": Markup(swatches()),  # noqa: S704 - no foreign text in it
        "legend": legend,
        "series": lambda shown: Markup(series(shown)),  # noqa: S704 - escaped where it is made
        "zoomable": zoomable,
        "told": TOLD,
    }
    return environment


def _shown(value: object) -> object:
    """Return what is put into the page for a value: text without unseen characters."""
    return plain(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
