"""What the server has done since it started, for audits and for judging its headroom."""

import time
from dataclasses import asdict, dataclass, field


@dataclass(slots=True, kw_only=True)
class Stats:
    """Counters since the start.

    `calls` = `answered` + `failed` + `aborted` + those still open: a call is a well-formed
    completion request of the model `bakeoff-1`; `failed` ones misbehaved as their prompt asked;
    `aborted` ones lost their client. Tokens are those of answered calls. Requests that got an
    error for their form are in `refused` alone, calls of the probe model in `probe_calls` and
    `probe_answered` alone.
    """

    calls: int = 0
    streams: int = 0
    answered: int = 0
    failed: int = 0
    aborted: int = 0
    open_streams: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    probe_calls: int = 0
    probe_answered: int = 0
    refused: int = 0
    started: float = field(default_factory=time.time)

    def document(self, *, connections: int) -> dict[str, float]:
        """Give the members, with the open connections and the process's CPU seconds so far."""
        return asdict(self) | {"connections": connections, "cpu_s": time.process_time()}


class Entry:
    """One call in the counters: made when it is accepted, then closed by exactly one method."""

    __slots__ = ("_probe", "_stats", "_stream")

    def __init__(self, stats: Stats, *, stream: bool, probe: bool) -> None:
        """Count the call as begun."""
        self._stats = stats
        self._stream = stream and not probe
        self._probe = probe
        if probe:
            stats.probe_calls += 1
            return
        stats.calls += 1
        if stream:
            stats.streams += 1
            stats.open_streams += 1

    def answered(self, prompt_tokens: int, completion_tokens: int) -> None:
        """Count the call as answered in full."""
        if self._probe:
            self._stats.probe_answered += 1
            return
        self._stats.answered += 1
        self._stats.prompt_tokens += prompt_tokens
        self._stats.completion_tokens += completion_tokens
        self._stats.open_streams -= self._stream

    def failed(self) -> None:
        """Count the call as one that misbehaved because it was asked to."""
        self._stats.failed += not self._probe
        self._stats.open_streams -= self._stream

    def aborted(self) -> None:
        """Count the call as one whose client left before the end."""
        self._stats.aborted += not self._probe
        self._stats.open_streams -= self._stream
