"""Which processors the threads of running processes may use."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from harness.errors import LaunchFailed
from harness.launch.identity import family

ROUNDS = 100

# How programs are told how many processors there are that would count those of the machine.
COUNTS = (
    *("GOMAXPROCS", "DOTNET_PROCESSOR_COUNT", "PYTHON_CPU_COUNT", "OMP_NUM_THREADS"),
    *("RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS"),
)


def sizing(count: int) -> dict[str, str]:
    """Return the environment that has runtimes size themselves for `count` processors, however
    many they start on.
    """
    return dict.fromkeys(COUNTS, str(count))


def bind(name: str, leaders: Sequence[int], cpus: Iterable[int]) -> None:
    """Bind every thread of the leaders' sessions and descendants to `cpus`.

    New threads inherit it from the one that starts them, so this goes on until none is found
    outside. Raises LaunchFailed where the system refuses, or will not bind them so.
    """
    wanted = set(cpus)
    for _ in range(ROUNDS):
        outside = [thread for thread in threads(leaders) if affinity(thread) not in (None, wanted)]
        if not outside:
            return
        for thread in outside:
            try:
                os.sched_setaffinity(thread, wanted)
            except ProcessLookupError:
                continue
            except OSError as error:
                raise LaunchFailed(f"{name}: {_cannot(wanted)}: {error.strerror}") from error
    found = affinity(outside[0]) or set()
    raise LaunchFailed(f"{name}: {_cannot(wanted)}: its threads keep to {_listed(found)}")


def threads(leaders: Sequence[int]) -> Iterator[int]:
    """Yield the ids of all threads of the leaders' sessions and descendants."""
    for pid, _ in family(leaders):
        with suppress(OSError):
            yield from sorted(int(path.name) for path in Path(f"/proc/{pid}/task").iterdir())


def affinity(thread: int) -> set[int] | None:
    """Return the processors that a thread may use, None when it has ended."""
    try:
        return os.sched_getaffinity(thread)
    except ProcessLookupError:
        return None


@contextmanager
def kept_to(cpus: Iterable[int]) -> Iterator[None]:
    """Bind the calling thread, so that what it starts is bound from the beginning; not at all when
    `cpus` is empty. Raises OSError.
    """
    wanted, before = set(cpus), os.sched_getaffinity(0)
    if not wanted:
        yield
        return
    os.sched_setaffinity(0, wanted)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _cannot(wanted: set[int]) -> str:
    return (
        f"it cannot be bound to {_listed(wanted)} (machine.stack_cpus and machine.generator_cpus "
        "of the plan choose among those that bakeoff itself may use)"
    )


def _listed(cpus: set[int]) -> str:
    return f"processors {','.join(map(str, sorted(cpus)))}"
