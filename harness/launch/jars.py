"""Servers from published jars: resolved by Maven, checked against pinned hashes, kept in the cache
as `lib/`; sources beside them are compiled to `classes/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from harness.contract import Jars
from harness.errors import LaunchFailed
from harness.launch import cache, debian
from harness.launch.fetching import fetch_with
from harness.launch.java import (
    MAVEN,
    Java,
    fetch_java,
    fetch_maven,
    find_java,
    find_maven,
    java_package,
)
from harness.launch.provided import Provided
from harness.launch.truststore import write_truststore

POM, SUMS, SOURCES = "pom.xml", "SHA256SUMS", "java"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
# The jars of scope `provided` are tools of the build: Eclipse's compiler, which needs no JDK.
FOLDERS = {"lib": "runtime", "tools": "provided"}
COMPILER = "org.eclipse.jdt.internal.compiler.batch.Main"


def find(source: Jars) -> Provided | None:
    """Return the jars and a Java if both are there."""
    if any(not (source.folder / name).is_file() for name in (POM, SUMS)):
        return None
    entry, java = cache.cached(_name(source)), find_java(source.java)
    return _provided(source, entry, java) if entry and java else None


def obstacle(source: Jars) -> str:
    """Say why they cannot be fetched."""
    if missing := [name for name in (POM, SUMS) if not (source.folder / name).is_file()]:
        return f"{source.folder} has no {' and no '.join(missing)}"
    lacking = []
    if find_java(source.java) is None and debian.obstacle(java_package(source.java)):
        lacking.append(f"no Java {source.java} or newer")
    if find_maven() is None and debian.obstacle(MAVEN):
        lacking.append("no Maven")
    return f"this machine has {' and '.join(lacking)}" if lacking else ""


def fetch(source: Jars) -> Provided:
    """Resolve, check and compile; raises LaunchFailed naming the jar that is not the pinned one."""
    if fault := obstacle(source):
        raise LaunchFailed(fault)
    java = fetch_java(source.java)
    entry = cache.fetched(_name(source), lambda entry: _fill(source, entry, java))
    return _provided(source, entry, java)


def describe(source: Jars) -> str:
    """Name the source for people."""
    return f"the jars of {'/'.join((source.folder / POM).parts[-3:])}"


def mend(source: Jars) -> str:
    """Return the command that installs the tools, or shows why Maven does not give the jars."""
    packages = [java_package(source.java).packages[0]] if find_java(source.java) is None else []
    packages += MAVEN.packages if find_maven() is None else ()
    if packages:
        return f"sudo apt-get install {' '.join(packages)}"
    return f"mvn -B -f {source.folder / POM} {COPY} -DoutputDirectory=/tmp/jars"


def _name(source: Jars) -> str:
    content = [(source.folder / name).read_text() for name in (POM, SUMS)]
    content += [path.read_text() for path in _java_files(source)]
    return f"jars-{source.folder.name}-{cache.key(str(source.java), COPY, *content)}"


def _java_files(source: Jars) -> list[Path]:
    return sorted((source.folder / SOURCES).rglob("*.java"))


def _fill(source: Jars, entry: Path, java: Java) -> None:
    """Fill `entry` with lib/, and with classes/ where there are sources."""
    (entry / POM).write_bytes((source.folder / POM).read_bytes())
    maven = [str(fetch_maven()), "-B", "-q", "-f", str(entry / POM), COPY]
    env = _maven_environment(java, entry)
    # Maven's own folder of jars is not made for two Mavens at a time.
    with cache.alone("maven"):
        for folder, scope in FOLDERS.items():
            if folder == "lib" or _java_files(source):
                options = [f"-DoutputDirectory={entry / folder}", f"-DincludeScope={scope}"]
                fetch_with([*maven, *options], what=describe(source), cwd=entry, env=env)
    jars = sorted(jar for folder in FOLDERS for jar in (entry / folder).glob("*.jar"))
    _check(source, jars)
    if _java_files(source):
        _compile(source, entry, java)


def _maven_environment(java: Java, entry: Path) -> dict[str, str]:
    """Return what Maven needs beyond the caller's environment to run on `java`."""
    env = {"JAVA_HOME": str(java.home), **java.env}
    if not java.certificates.is_file():
        store = entry / "certificates.jks"
        write_truststore(store)
        env["MAVEN_OPTS"] = f"-Djavax.net.ssl.trustStore={store}"
    return env


def _check(source: Jars, jars: Iterable[Path]) -> None:
    lines = (source.folder / SUMS).read_text().splitlines()
    pinned = {name: digest for digest, name in (line.split() for line in lines if line.strip())}
    got = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in jars}
    faults = [f"{name} did not come" for name in sorted(pinned.keys() - got.keys())]
    faults += [f"{name} is not pinned" for name in sorted(got.keys() - pinned.keys())]
    faults += [
        f"{name} has the sha256 {got[name]} and not {pinned[name]}"
        for name in sorted(got.keys() & pinned.keys())
        if got[name] != pinned[name]
    ]
    if faults:
        raise LaunchFailed(f"{source.folder / SUMS} does not fit: " + "; ".join(faults))


def _compile(source: Jars, entry: Path, java: Java) -> None:
    path = [":".join(str(jar) for jar in sorted((entry / name).glob("*.jar"))) for name in FOLDERS]
    compiler = [str(java.binary), "-cp", path[1], COMPILER, f"-{source.java}", "-proc:none"]
    options = ["-nowarn", "-encoding", "UTF-8", "-classpath", path[0], "-d", str(entry / "classes")]
    sources = [str(path) for path in _java_files(source)]
    what = f"{describe(source)}: its sources"
    fetch_with([*compiler, *options, *sources], what=what, cwd=entry, env=java.env)


def _provided(source: Jars, entry: Path, java: Java) -> Provided:
    pom = ET.fromstring((source.folder / POM).read_text())  # noqa: S314 - our own file
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    version = pom.findtext("m:version", "", space)
    first = "m:dependencies/m:dependency/m:"
    product = ":".join(
        pom.findtext(f"{first}{part}", "", space) for part in ("groupId", "artifactId")
    )
    digest = hashlib.sha256((source.folder / SUMS).read_bytes()).hexdigest()[:12]
    return Provided(
        binary=java.binary,
        root=str(entry),
        source=f"{product}:{version} and what it needs as jars (sha256 of {SUMS} {digest}), "
        f"Java {java.source}",
        version=version,
        env=java.env,
    )
