"""The report in a real browser: it asks for nothing, fits a narrow screen, and runs its script."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import reports

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--allow-file-access-from-files"),
)
OWN = "not an origin"
MEASURE = """
const page = frame.contentDocument, view = frame.contentWindow;
for (const item of page.querySelectorAll("details")) item.open = true;
const beyond = item => item.getBoundingClientRect().right > view.innerWidth + 0.5;
const wide = [...page.querySelectorAll("body *")].filter(item =>
  !item.closest(".scroll, .skip, pre") && beyond(item));
document.body.dataset.wide = wide.map(item => item.outerHTML.slice(0, 80)).join(" ");
document.body.dataset.room = page.documentElement.scrollWidth - page.documentElement.clientWidth;
document.body.dataset.script = String(!page.getElementById("save").hidden);
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium; apt-get install chromium"),
]


def builders() -> ModuleType:
    """Return the builders that the tests of reports use."""
    path = Path(__file__).parent.parent / "reports" / "conftest.py"
    spec = importlib.util.spec_from_file_location("report_builders", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page() -> str:
    """Return a page with names that are long and hostile."""
    made = builders()
    records = [made.record(stack, session=n) for n in (1, 2) for stack in ("primary", "x" * 300)]
    run = made.run(facts={"y" * 300: "z" * 300}, titles={"primary": '<img src="http://a.test/b">'})
    return reports.build(run, records)


@pytest.fixture
def opened(tmp_path) -> Callable[[str], tuple[str, list[str]]]:
    """Open a page, and return its document and the addresses that it asked for."""

    def open_page(text: str) -> tuple[str, list[str]]:
        path, log = tmp_path / "page.html", tmp_path / "net.json"
        path.write_text(text, "utf-8")
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]
        command += [f"--log-net-log={log}", "--dump-dom", path.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout, requests(json.loads(log.read_text("utf-8")))

    return open_page


def requests(log: dict[str, object]) -> list[str]:
    """Return the addresses that a page asked for, without the browser's own."""
    kinds = log["constants"]["logEventTypes"]
    started = (e["params"] for e in log["events"] if e["type"] == kinds["URL_REQUEST_START_JOB"])
    return [p["url"] for p in started if "url" in p and p.get("initiator") != OWN]


def test_the_page_asks_for_nothing(opened, page):
    """Neither markup nor style nor script nor hostile text causes a request."""
    _, asked = opened(page)
    assert asked == []


def test_a_page_that_asks_would_be_noticed(opened):
    """The log holds what a page without a policy asks for."""
    _, asked = opened('<img src="http://127.0.0.1:9/x.png">')
    assert asked == ["http://127.0.0.1:9/x.png"]


@pytest.mark.parametrize("width", [320, 800])
def test_nothing_overflows(opened, page, tmp_path, width):
    """At 320 px, too, only the regions made for it scroll sideways; the script has run."""
    (tmp_path / "inside.html").write_text(page, "utf-8")
    frame = f'<iframe id="frame" width="{width}" height="2000" src="inside.html"></iframe>'
    document, _ = opened(f"<body>{frame}<script>onload = () => {{{MEASURE}}}</script></body>")
    found = dict(re.findall(r'data-(\w+)="([^"]*)"', document.partition("<iframe")[0]))
    assert found == {"wide": "", "room": "0", "script": "true"}
