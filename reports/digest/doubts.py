"""The doubts of a run: a letter for each, which numbers it touches, and where it was seen."""

from __future__ import annotations

import string
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.records import Doubt, Record, TrialKey
from harness.stats.warnings import Warn, severity
from reports.terms.page import Caution, Seen
from reports.terms.text import isolated

Places = frozenset[tuple[str, str]]


class Kind(StrEnum):
    """What a number is about, as far as doubts go."""

    THROUGHPUT = "throughput"
    LATENCY = "latency"
    P99 = "p99"
    ERRORS = "errors"
    CPU = "cpu"
    MEMORY = "memory"


SPEED = frozenset({Kind.THROUGHPUT, Kind.LATENCY, Kind.P99})
TOUCHES: dict[str, frozenset[Kind]] = {
    Warn.FEW_REQUESTS.name: frozenset({Kind.P99}),
    Warn.SATURATED_GENERATOR.name: SPEED,
    Warn.RATE_NOT_REACHED.name: SPEED,
    Warn.GENERATOR_LIMITED.name: SPEED,
    Warn.WIDE_BRACKET.name: frozenset({Kind.THROUGHPUT}),
    Warn.NEAR_BLANK.name: SPEED,
    Warn.IDLE_USERS.name: SPEED | {Kind.ERRORS},
    Warn.ERRORS.name: frozenset({Kind.ERRORS}),
    Warn.LLM_HEADROOM.name: SPEED,
    Warn.SHARED_CORES.name: SPEED,
    Warn.APART.name: SPEED,
    Warn.NO_STEADY_STATE.name: SPEED | {Kind.CPU},
    Warn.NOT_WARMED.name: SPEED | {Kind.CPU},
    Warn.SLICE_LENGTH.name: SPEED | {Kind.CPU},
    Warn.OTHER_PRODUCT.name: frozenset(Kind),
    Warn.UNTRUSTED_AA.name: frozenset(Kind),
    Warn.NOISY_HOST.name: SPEED,
    Warn.NEAR_BLANK.name: SPEED,
    Warn.CONTRADICTION.name: frozenset(Kind),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The letter of each doubt that occurs in a run, by code, in the order of the enumeration."""

    letters: dict[str, str]

    def touching(self, records: Iterable[Record], kind: Kind) -> tuple[str, ...]:
        """Return the letters of the doubts on these records that touch numbers of this kind."""
        return tuple(
            letter for code, letter in self._on(records) if kind in TOUCHES.get(code, frozenset())
        )

    def named(self, records: Iterable[Record]) -> tuple[tuple[str, str], ...]:
        """Return letter and short name of each doubt on these records."""
        return tuple((letter, label(code)) for code, letter in self._on(records))

    def _on(self, records: Iterable[Record]) -> tuple[tuple[str, str], ...]:
        codes = {doubt.code for record in records for doubt in record.doubts}
        return tuple((code, letter) for code, letter in self.letters.items() if code in codes)


def marks(records: Sequence[Record]) -> Marks:
    """Give each doubt that occurs its letter: a, b, c."""
    seen = {doubt.code for record in records for doubt in record.doubts}
    known = [warn.name for warn in Warn if warn.name in seen]
    codes = known + sorted(seen - set(known))
    return Marks(letters={code: _letter(place) for place, code in enumerate(codes)})


def label(code: str) -> str:
    """Return the short name of a doubt, such as "few sessions"."""
    return code.replace("_", " ").lower()


def cautions(records: Sequence[Record], given: Marks) -> tuple[Caution, ...]:
    """Explain each doubt that occurs, with the places where it was seen."""
    return tuple(
        Caution(
            mark=letter,
            label=label(code),
            severity=severity(Doubt(code=code, detail="")).label,
            meaning=Warn[code].meaning
            if code in Warn.__members__
            else "This version of bakeoff does not know this doubt.",
            seen=_seen(records, code),
        )
        for code, letter in given.letters.items()
    )


def _seen(records: Sequence[Record], code: str) -> tuple[Seen, ...]:
    """Count the places of a doubt: sessions of the same stack, case and detail are one, and so are
    all cases of a stack, and all stacks, that have it with the same detail.
    """
    places = defaultdict[str, list[tuple[str, str]]](list)
    for record in records:
        details = [doubt.detail for doubt in record.doubts if doubt.code == code]
        for detail in details:
            places[detail].append(_place(record.key))
    every = frozenset(_place(record.key) for record in records)
    found = Counter(
        (_where(place, frozenset(given), every), detail)
        for detail, given in places.items()
        for place in given
    )
    return tuple(Seen(where=w, detail=d, times=n) for (w, d), n in sorted(found.items()))


def _where(place: tuple[str, str], given: Places, every: Places) -> str:
    """Name a place, or what it is part of when a doubt is on the whole of that."""
    stack, case = place
    if given == every and len({stack for stack, _ in every}) > 1:
        return "all stacks, all cases"
    mine = frozenset(one for one in every if one[0] == stack)
    return f"{stack}, all cases" if mine <= given and len(mine) > 1 else f"{stack}, {case}"


def _place(key: TrialKey) -> tuple[str, str]:
    return isolated(key.stack), f"{isolated(key.scenario)}, {key.load}"


def _letter(place: int) -> str:
    letters = string.ascii_lowercase
    return (
        letters[place]
        if place < len(letters)
        else f"{letters[place // 26 - 1]}{letters[place % 26]}"
    )
