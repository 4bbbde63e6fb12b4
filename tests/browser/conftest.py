"""Pages in a real Chromium, as Debian has it; every request that a page makes is noted."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import reports
from harness.records import Capacity, Doubt, Fault, Probe, Record, Run, Status
from reports.several.compare import Shown
from reports.several.index import entry

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"),
)
EVIL = (
    '</script><script>document.title="pwned"</script><img src="http://a.test/b" onerror=alert(1)>'
)
STACKS = ("primary", "cost-optimized", "scalability", "developer-experience")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and skip them where there is no browser."""
    here = Path(__file__).parent
    reason = "there is no Chromium; apt-get install chromium"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason=reason))


def _builders(folder: str) -> ModuleType:
    """Return the builders that the tests in a folder use."""
    path = Path(__file__).parent.parent / folder / "conftest.py"
    spec = importlib.util.spec_from_file_location(folder.replace("/", "_"), path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MADE, HISTORY = _builders("reports"), _builders("reports/several")


def _probe(rate: float, of: float) -> Probe:
    over = rate > of
    return Probe(
        rate=rate, loaded_s=9.0, achieved=1.0, answered=int(rate * 9), p50=0.02, errors=0.0,
        p95=0.06 * (1 + (rate / of) ** 5) * (1 + over), cpu_s=0.004, limited="",
        failed="p95 0.4 s, over 0.25 s" if over else "",
    )  # fmt: skip


def search(stack: str, low: float) -> Record:
    """Return the record of a search for a capacity."""
    record: Record = MADE.record(stack, "chat", 1, load="capacity, p95 within 250 ms")
    curve = tuple(_probe(low * share, low) for share in (0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.15, 1.3))
    found = Capacity(
        low=low, high=1.05 * low, slo_p95=0.25, slo_errors=0.001, curve=curve,
        probes=(_probe(low, low), _probe(1.05 * low, low)), recovered=True, recovery_s=2.0,
    )  # fmt: skip
    return replace(record, model="open", rate=low, capacity=found)


def full() -> tuple[Run, list[Record]]:
    """Return a run that has all there is: four stacks, three scenarios, sessions, a search."""
    records = [
        MADE.record(stack, scenario, session, doubts=(Doubt(code="NO_STEADY_STATE", detail="x"),))
        for session in (1, 2, 3)
        for scenario in ("chat", "browse", "stream")
        for stack in STACKS
    ]
    found = [search(stack, 90.0 * (n + 1)) for n, stack in enumerate(STACKS)]
    return MADE.run(titles={"primary": "NGINX, FastAPI, PostgreSQL"}), records + found


def failed() -> tuple[Run, list[Record]]:
    """Return a run with failures, skips, a stand-in, and hostile and long names."""
    doubts = (Doubt(code="ERRORS", detail=EVIL), Doubt(code="STAND_IN", detail="x"))
    records = [
        MADE.record("primary", session=1, failed=7, doubts=doubts),
        MADE.record("scalability", session=1),
        MADE.record("x" * 300, session=1),
        MADE.record("\u05d0\u05d1\u05d2 \u202e", session=1),
        MADE.record(EVIL, session=1, status=Status.FAILED, fault=Fault.DIED, reason=EVIL * 5),
        MADE.record("cost-optimized", session=1, status=Status.SKIPPED, reason="no\nroom"),
    ]
    titles = {"primary": EVIL, "scalability": "y" * 400}
    return MADE.run(facts={"y" * 300: "z" * 300, EVIL: EVIL}, titles=titles), records


def _compared() -> str:
    run, records = full()
    other = replace(run, id="20261124-0530-quick", facts={**run.facts, "cpu": "another"})
    unlike = (f"cpu: 2 cores in {run.id}, another in {other.id}",)
    shown = [Shown(run=run, records=records), Shown(run=other, records=records, unlike=unlike)]
    return reports.side_by_side(shown)


PAGES: dict[str, Callable[[], str]] = {
    "full": lambda: reports.build(*full()),
    "empty": lambda: reports.build(MADE.run(), []),
    "failed": lambda: reports.build(*failed()),
    "index": lambda: reports.index([entry(*full(), "a.html"), entry(*failed(), "b.html")]),
    "compare": _compared,
    "history": lambda: reports.history(HISTORY.history(), "0.1.0"),
}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write every kind of page once."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {name: folder / f"{name}.html" for name in PAGES}
    for name, path in paths.items():
        path.write_text(PAGES[name](), "utf-8")
    return paths


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start the browser once; it ends before tests elsewhere that count processor time."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needs a browser to be of use

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, written: dict[str, Path]) -> Iterator[Callable[..., Any]]:
    """Return what opens a page in a fresh context; `asked` on it are the addresses it asked for."""
    contexts = []

    def open_page(name: str, *, at: str = "", **options: Any) -> Any:
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.faults = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on(
            "console", lambda said: page.faults.append(said.text) if said.type == "error" else 0
        )
        page.goto(written[name].as_uri() + at)
        return page

    yield open_page
    for context in contexts:
        context.close()
