"""The option that names the stack, and the fixtures that talk to it."""

from __future__ import annotations

import inspect
from collections.abc import Generator, Iterator

import httpx
import pytest

from stacks.contract.conformance.client import Api, User


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    group = parser.getgroup("bakeoff", "conformance with the bakeoff contract")
    group.addoption("--bakeoff-url", help="base URL of the stack to check")
    group.addoption(
        "--bakeoff-other-model",
        action="store_true",
        help="the model is not bakeoff's own, so it cannot be made to fail and 502 is not checked",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the suite's marker known, whichever settings pytest runs with."""
    config.addinivalue_line("markers", "smoke: the essential flow; a few seconds in all")


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """Return the base URL, without a slash at its end."""
    url = request.config.getoption("--bakeoff-url")
    if not url:
        message = "no stack to check: give its address, such as --bakeoff-url http://127.0.0.1:8000"
        raise pytest.UsageError(message)
    return str(url).rstrip("/")


@pytest.fixture(scope="session", autouse=True)
def api(base_url: str) -> Iterator[Api]:
    """Return the interface of the stack, with nobody signed in."""
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    with httpx.Client(base_url=base_url, timeout=30.0, limits=limits, trust_env=False) as http:
        try:
            http.get("/healthz")
        except httpx.TransportError as error:
            reason = f"nothing answers at {base_url} ({error}); is the stack up?"
            pytest.exit(reason, returncode=pytest.ExitCode.USAGE_ERROR)
        yield Api(http=http)


@pytest.fixture(scope="session")
def user(api: Api) -> User:
    """Return a user whose state no test relies on."""
    return api.new_user()


@pytest.fixture(scope="session")
def stranger(api: Api) -> User:
    """Return a second such user."""
    return api.new_user()


@pytest.fixture
def newcomer(api: Api) -> User:
    """Return a user of the test's own, with nothing stored."""
    return api.new_user()


@pytest.fixture(autouse=True)
def _begin(api: Api) -> None:
    """Let each test begin with no exchange remembered."""
    api.latest.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell in each failure what the contract says and what was last sent and received.

    When the stack is gone, end after the test that found out.
    """
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        contract = inspect.getdoc(item.function) or ""
        report.sections.append(("the contract", contract))
        item.user_properties.append(("contract", contract))
        if isinstance(api := item.funcargs.get("api"), Api):
            report.sections.append(("latest exchanges", "\n".join(api.latest)))
            item.user_properties.append(("exchanges", "\n".join(api.latest)))
    if call.excinfo and isinstance(call.excinfo.value.__cause__, httpx.ConnectError):
        item.session.shouldfail = "the stack does not answer any more"
    return report
