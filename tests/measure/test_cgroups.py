"""Control groups: finding them, and reading both versions."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from harness.measure import cgroups
from harness.measure.cgroups import Group, locate, mounts
from harness.measure.usage import Meter, read

V1 = """\
30 24 0:26 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
31 24 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
32 24 0:28 / /sys/fs/cgroup/blkio rw - cgroup cgroup rw,blkio
33 24 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
"""
V2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"


def test_version_1_is_found_by_controller():
    """Controllers mounted together share a folder."""
    lines = ["5:cpu,cpuacct:/docker/ab", "4:memory:/docker/ab", "3:blkio:/docker/ab", "1:pids:/x"]
    group = locate(lines, mounts(V1))
    assert group.folder("cpuacct") == Path("/sys/fs/cgroup/cpu,cpuacct/docker/ab")
    assert group.folder("memory") == Path("/sys/fs/cgroup/memory/docker/ab")
    assert group.unified is None


def test_version_2_is_found_in_the_unified_hierarchy():
    """One line, one folder."""
    group = locate(["0::/system.slice/docker-ab.scope"], mounts(V2))
    assert group == Group(unified=Path("/sys/fs/cgroup/system.slice/docker-ab.scope"), v1=())


def test_a_mount_of_a_part_of_the_hierarchy_is_taken_into_account():
    """Inside a container only its own part is mounted."""
    mounted = mounts("30 24 0:26 /docker/ab /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n")
    group = locate(["0::/docker/ab/inner"], mounted)
    assert group.unified == Path("/sys/fs/cgroup/inner")


def test_version_2_files_are_read(tmp_path):
    """Microseconds, bytes without droppable cache, writes of all devices."""
    (tmp_path / "cpu.stat").write_text("usage_usec 2500000\nuser_usec 1\n")
    (tmp_path / "memory.current").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 300\nactive_file 9\n")
    (tmp_path / "io.stat").write_text("8:0 rbytes=1 wbytes=20 rios=1\n8:16 rbytes=2 wbytes=5\n")
    assert cgroups.read(Group(unified=tmp_path, v1=())) == (2.5, 700, 25)


def test_version_1_files_are_read(tmp_path):
    """Nanoseconds, bytes without droppable cache, writes of all devices."""
    (tmp_path / "cpuacct.usage").write_text("2500000000\n")
    (tmp_path / "memory.usage_in_bytes").write_text("1000\n")
    (tmp_path / "memory.stat").write_text("cache 5\ninactive_file 1\ntotal_inactive_file 300\n")
    (tmp_path / "blkio.throttle.io_service_bytes_recursive").write_text(
        "8:0 Read 1\n8:0 Write 20\n8:0 Total 21\n8:16 Write 5\nTotal 26\n"
    )
    group = Group(unified=None, v1=tuple((name, tmp_path) for name in cgroups.CONTROLLERS))
    assert cgroups.read(group) == (2.5, 700, 25)


def test_a_group_that_is_gone_reads_as_none(tmp_path):
    """The engine removes the folder with the container."""
    assert cgroups.read(Group(unified=tmp_path / "gone", v1=())) is None


def test_a_pid_of_another_container_is_not_taken_for_it():
    """Pids are given again."""
    assert cgroups.find(os.getpid(), "0123456789abcdef") is None


@pytest.fixture
def group():
    """Yield the folders of a new control group of this machine, or skip where none can be made."""
    name = f"bakeoff-test-{os.getpid()}"
    mounted = mounts(Path("/proc/self/mountinfo").read_text())
    wanted = [c for c in cgroups.CONTROLLERS if c in mounted] or [""]
    folders = [mounted[controller][1] / name for controller in wanted]
    try:
        for folder in folders:
            folder.mkdir()
    except OSError as e:
        pytest.skip(f"no control group can be made here ({e}); run as root on the host")
    yield folders
    for folder in folders:
        for _ in range(50):
            try:
                folder.rmdir()
                break
            except OSError:
                time.sleep(0.1)


def test_a_real_group_is_found_and_read(child, group):
    """CPU and memory of a busy process that was moved into the group before it began."""
    process = child(
        "import time\n"
        "import pathlib, os\n"
        f"for f in {[str(f) for f in group]!r}:\n"
        "    pathlib.Path(f, 'cgroup.procs').write_text(str(os.getpid()))\n"
        "x = bytearray(30_000_000); t = time.process_time()\n"
        "while time.process_time() - t < 0.3: pass\n"
        "print('done', flush=True); time.sleep(60)"
    )
    assert process.stdout.readline() == "done\n"
    meter = Meter(component="x", kind="cgroup", ref=f"{process.pid}:{group[0].name}")
    reading = read(meter)
    process.kill()
    process.wait()
    assert 0.3 <= reading.cpu_s < 0.6
    assert 30_000_000 <= reading.memory < 90_000_000
