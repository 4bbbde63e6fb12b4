"""Servers from published jars: Maven, its repository and Java are real, the cache is new."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from harness.contract import Jars
from harness.errors import LaunchFailed
from harness.launch import cache, debian, java, truststore
from harness.launch.jars import obstacle
from harness.launch.provision import KINDS, provide

SUMS = """\
7b751d952061954d5abfed7181c1f645d336091b679891591d63329c622eb832  slf4j-api-2.0.17.jar
97c566b120009c203a2fc8b291f4a9adbc171cf1ccb70f06f6b4e1828c00ce8e  ecj-3.38.0.jar
"""
POM = """\
<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>bakeoff</groupId>
  <artifactId>small</artifactId>
  <version>2.0.17</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-api</artifactId>
      <version>${project.version}</version>
    </dependency>
    <dependency>
      <groupId>org.eclipse.jdt</groupId>
      <artifactId>ecj</artifactId>
      <version>3.38.0</version>
      <scope>provided</scope>
    </dependency>
  </dependencies>
</project>
"""
MAIN = """\
package small;

public final class Main {
  public static void main(String[] arguments) {
    System.out.println("found " + org.slf4j.LoggerFactory.class.getSimpleName());
  }
}
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    """Give each test a cache of its own."""
    monkeypatch.setenv("BAKEOFF_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    """A folder with a pom, its hashes, and one class."""
    folder = tmp_path / "small"
    (folder / "java/small").mkdir(parents=True)
    (folder / "pom.xml").write_text(POM)
    (folder / "SHA256SUMS").write_text(SUMS)
    (folder / "java/small/Main.java").write_text(MAIN)
    return folder


def ran(provided):
    """Run the class with the jars and return what it says."""
    path = f"{provided.root}/classes:{provided.root}/lib/*"
    run = subprocess.run(
        [provided.binary, "-cp", path, "small.Main"],
        capture_output=True,
        text=True,
        env={**os.environ, **provided.env},
        check=True,
    )
    return run.stdout


def test_jars_are_fetched_and_sources_beside_them_compiled(folder):
    """What comes runs together, and the compiler is not among it; another source is another."""
    provided = provide("small", (Jars(folder=folder),))
    assert ran(provided) == "found LoggerFactory\n"
    assert [jar.name for jar in (Path(provided.root) / "lib").iterdir()] == ["slf4j-api-2.0.17.jar"]
    (folder / "java/small/Main.java").write_text(MAIN.replace("found", "saw"))
    assert KINDS[Jars].find(Jars(folder=folder)) is None


def test_the_source_names_the_product_and_the_hashes(folder):
    """For the record; without sources no compiler is needed, and it is found again."""
    shutil.rmtree(folder / "java")
    (folder / "SHA256SUMS").write_text(SUMS.splitlines()[0])
    provided = provide("small", (Jars(folder=folder),))
    assert provided.version == "2.0.17"
    assert provided.source.startswith(
        "org.slf4j:slf4j-api:2.0.17 and what it needs as jars (sha256"
    )
    assert KINDS[Jars].find(Jars(folder=folder)) == provided


def test_what_is_not_what_was_pinned_is_refused(folder):
    """Another jar, one more, or one that is missing: each is named, and nothing is run."""
    (folder / "SHA256SUMS").write_text(
        f"{'0' * 64}  slf4j-api-2.0.17.jar\n{'1' * 64}  more-1.0.jar\n"
    )
    with pytest.raises(LaunchFailed) as refused:
        provide("small", (Jars(folder=folder),))
    assert "more-1.0.jar did not come; ecj-3.38.0.jar is not pinned; " in str(refused.value)
    assert "slf4j-api-2.0.17.jar has the sha256 7b751d95" in str(refused.value)


def test_sources_that_do_not_compile_are_quoted(folder):
    """With the line that is wrong."""
    (folder / "java/small/Main.java").write_text(MAIN.replace("LoggerFactory", "NoSuchClass"))
    with pytest.raises(LaunchFailed, match="NoSuchClass cannot be resolved"):
        provide("small", (Jars(folder=folder),))


def test_what_is_fetched_can_be_read_by_everybody(folder):
    """Root may have a strict umask, and starts servers as nobody."""
    before = os.umask(0o077)
    try:
        provided = provide("small", (Jars(folder=folder),))
    finally:
        os.umask(before)
    inside = [path for path in Path(provided.root).rglob("*") if path.suffix in {".jar", ".class"}]
    folders = {parent for path in inside for parent in path.parents}
    assert len(inside) == 3
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in inside)
    within = [f for f in folders if f.is_relative_to(cache.cache_folder())]
    assert {f.stat().st_mode & 0o777 for f in within} == {0o755}


def test_a_folder_without_hashes_is_an_obstacle(folder):
    """Said before anything is fetched."""
    (folder / "SHA256SUMS").unlink()
    assert obstacle(Jars(folder=folder)) == f"{folder} has no SHA256SUMS"


def test_a_java_that_is_too_old_does_not_count():
    """One of at least the version that is asked for is wanted."""
    here = java.fetch_java(17)
    assert here.major >= 17
    assert java.find_java(here.major + 1) is None


@pytest.mark.skipif(not Path("/usr/bin/apt-get").exists(), reason="not a Debian system")
def test_debians_java_runs_from_where_it_was_unpacked():
    """Its settings are links to /etc, which follow it into the cache."""
    unpacked = java._of_debian(debian.fetch(java.java_package(17)))
    policy = unpacked.home / "conf/security/java.security"
    assert policy.resolve().is_relative_to(cache.cache_folder())
    said = subprocess.run(
        [unpacked.binary, "-version"],
        capture_output=True,
        text=True,
        env={**unpacked.env},
        check=True,
    ).stderr
    assert f'version "{unpacked.version}"' in said


def test_java_trusts_whom_this_machine_trusts(tmp_path):
    """An unpacked Java comes without certificates."""
    truststore.write_truststore(tmp_path / "store")
    keytool = java.fetch_java(17).home / "bin/keytool"
    shown = subprocess.run(
        [keytool, "-list", "-keystore", tmp_path / "store", "-storepass", truststore.PASSWORD],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    trusted = len(ssl.create_default_context().get_ca_certs())
    assert f"contains {trusted} entries" in shown or trusted == 0
    assert "trustedCertEntry" in shown
