"""What was asked for, where it ran, what did not run, and how the numbers were made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from harness.records import Record, Run, Status
from harness.stats.selfcheck_rounds import gaps
from reports.digest.cases import Case, is_alone, stacks_of
from reports.terms.numbers import MEBIBYTE, measured
from reports.terms.page import Fact, Part
from reports.terms.text import REASON, isolated, listed


def asked(run: Run, records: Sequence[Record], found: Sequence[Case]) -> tuple[Fact, ...]:
    """Return what was asked of this run, in a few lines."""
    scenarios = list(dict.fromkeys(case.title for case in found))
    sessions = len({record.key.session for record in records})
    return (
        Fact(name="Scenarios", text=listed(scenarios) if scenarios else "none"),
        Fact(name="Load", text=_loads(found) or "none"),
        Fact(name="Durability", text="; ".join(_tiers(records)) or "not stated"),
        Fact(name="Sessions", text=f"{sessions}"),
        Fact(name="Launched as", text=run.launcher),
        Fact(name="When", text=when(run)),
    )


def _loads(found: Sequence[Case]) -> str:
    """Say how load arrived, each way once with the amounts that it came in."""
    ways = dict[str, dict[str, None]]()
    for amount, way in dict.fromkeys(case.how() for case in found):
        ways.setdefault(way, {})[amount] = None
    return "; ".join(f"{' or '.join(amounts)}{way}" for way, amounts in ways.items())


def made_of(run: Run, found: Sequence[Case]) -> tuple[Part, ...]:
    """Return what was compared, with its colour and what it is made of."""
    titles = {t.stack: (t.title, t.slot) for case in found for t in case.trials}
    return tuple(
        Part(name=title, slot=slot, text=isolated(run.titles.get(stack, ""), REASON))
        for stack, (title, slot) in sorted(titles.items())
    )


def subjects(records: Sequence[Record]) -> str:
    """Say whether whole stacks were compared, or components that stood alone."""
    mine = ([r for r in records if r.key.stack == stack] for stack in stacks_of(records))
    kinds = {is_alone(found) for found in mine if any(r.measurement for r in found)}
    if kinds == {True, False}:
        return "Stacks and components"
    return "Components" if kinds == {True} else "Stacks"


def _tiers(records: Sequence[Record]) -> list[str]:
    """Say what acknowledged writes survive, each tier once."""
    return [TIERS.get(tier, tier) for tier in sorted({record.tier for record in records})]


def when(run: Run) -> str:
    """Return the start of the run and how long it took; the text itself if it is not a time."""
    try:
        start, end = (datetime.fromisoformat(t) for t in (run.started_at, run.finished_at))
        minutes = (end - start).total_seconds() / 60
    except (ValueError, TypeError):
        return f"{run.started_at} to {run.finished_at or 'not finished'}"
    zone = start.strftime("%Z")
    return f"{start:%Y-%m-%d %H:%M} {zone}".strip() + f", took {minutes:.0f} min"


def environment(run: Run, generator: Sequence[Fact] = ()) -> tuple[Fact, ...]:
    """Return where it ran: the run's own identity, what is known of the `generator`, then every
    fact of the host by name.
    """
    ceiling = (
        f"{run.llm_capacity:,.0f} whole answers per second" if run.llm_capacity else "not measured"
    )
    together = measured(run.memory_peak, MEBIBYTE) if run.memory_peak else "not measured"
    own = (
        Fact(name="Run", text=run.id),
        Fact(name="Started", text=run.started_at),
        Fact(name="Finished", text=run.finished_at or "not finished"),
        Fact(name="bakeoff", text=f"{run.version}, schema {run.schema}"),
        Fact(name="Launcher", text=run.launcher),
        Fact(name="Fingerprint", text=run.fingerprint),
        Fact(name="Model server's own ceiling", text=ceiling),
        Fact(name="Most memory held at once by all that was up", text=together),
    )
    rest = (Fact(name=name, text=text) for name, text in sorted(run.facts.items()))
    return (*own, *generator, *rest)


def plan(run: Run) -> str:
    """Return the plan as indented JSON."""
    return json.dumps(run.plan, indent=2, ensure_ascii=False, default=str)


def durability(records: Sequence[Record]) -> tuple[Fact, ...]:
    """Return what each stack promises to have kept when it acknowledges a write."""
    facts = list[Fact]()
    for stack in stacks_of(records):
        texts = dict.fromkeys(r.durability for r in records if r.key.stack == stack)
        text = "; ".join(t for t in texts if t)
        facts.append(Fact(name=isolated(stack), text=text or "not stated"))
    return tuple(facts)


def not_run(run: Run, found: Sequence[Case]) -> tuple[Fact, ...]:
    """Return what was asked for and gave no numbers: skips and failed trials, with reasons."""
    facts = [Fact(name=name, text=reason) for name, reason in run.skips.items()]
    for case in found:
        for trials in case.trials:
            sessions: dict[tuple[str, str], list[int]] = {}
            for record in trials.records:
                if record.status is not Status.OK:
                    stage = f" ({record.fault.value})" if record.fault.value else ""
                    key = (f"{record.status.value}{stage}", record.reason or "no reason was given")
                    sessions.setdefault(key, []).append(record.key.session)
            for (status, reason), numbers in sessions.items():
                which = listed([str(number) for number in numbers])
                where = f"{trials.title} in {case.title}, {case.load}, session {which}"
                facts.append(Fact(name=where, text=f"{status}: {reason}"))
    records = [record for case in found for record in case.records]
    facts += [Fact(name="Not in the record", text=isolated(gap, REASON)) for gap in gaps(records)]
    return tuple(facts)


def method(found: Sequence[Case]) -> tuple[Fact, ...]:
    """Say how the numbers were made and joined."""
    models = {record.model for case in found for record in case.records}
    loads = {f"{model} load".capitalize(): LOADS[model] for model in LOADS if model in models}
    return tuple(Fact(name=name, text=text) for name, text in (RULES | loads).items())


TIERS = {
    "": "not known of what was attached",
    "none": "none: an acknowledged write may be lost",
    "process": "process: an acknowledged write survives its server being killed",
    "machine": "machine: an acknowledged write survives the machine being lost",
}
RULES = {
    "Sessions": (
        "A session is a fresh start of every stack. Within it, short slices of load move between "
        "the stacks in random order, so that a disturbance hits all alike."
    ),
    "From sessions to one number": (
        "Each session gives one value per measure. Shown are the median of these values and the "
        "least and greatest of them. Percentiles are never averaged. Trials that failed or were "
        "skipped are left out of the numbers and listed by name."
    ),
    "Ranges and chance": (
        "That ranges do not overlap is no verdict: with few sessions equal stacks look apart "
        "often. How often is counted over all orders in which the sessions' values could have "
        "fallen. It holds for one measure; the more measures one looks at, the more will look "
        "apart by chance."
    ),
    "Digits": (
        "Three significant digits at most, and none finer than a tenth of the leading digit of "
        "the range over sessions."
    ),
    "Curves": (
        "Histograms of all sessions are merged, which is exact, and percentiles are read from the "
        "merged one. So a curve may differ a little from the median in the table."
    ),
    "Two times": (
        "Response time counts from the moment a request was due and includes every scheduled "
        "request; those without an answer count with their age, which is a lower bound. Service "
        "time counts from the moment a request was sent."
    ),
    "The load generator's own ceiling": (
        "Each session begins with the blank, a trivial server that answers every request with the "
        "same 200 bytes. What the generator reaches there is the most that it could ever show of a "
        "stack; one with more than half of it carries a doubt."
    ),
    "Errors": (
        "Everything that was due and not answered rightly: failed, answered wrongly, still open "
        "at the end, or never sent. None of it is throughput."
    ),
    "Ready, size, idle": (
        "Ready after: from a component's first process, its preparation included, to its first "
        "answer. Size: the image with all its layers, or what was unpacked or installed for the "
        "program, without what installed packages depend on. Idle: over two seconds when all was "
        "up and nobody had asked for anything yet."
    ),
    "Tiers of durability": (
        "What is compared keeps the same promise about acknowledged writes. Numbers of different "
        "tiers are in different tables."
    ),
    "Stand-ins": (
        "What ran in place of a product is marked with an asterisk wherever its numbers are, and "
        "left out of statements on differences."
    ),
    "CPU and memory": (
        "CPU time of each component over the trial, divided by the answered requests. Memory is "
        "each component's own peak; the sum of peaks may be more than was ever held at once. Sums "
        "leave out the model server. Bars are stacked from the components' medians, so they may "
        "differ a little from the median of the sums."
    ),
}
LOADS = {
    "closed": (
        "A fixed number of users, each waiting for an answer before asking again. A slower stack "
        "is asked less often, so throughput and response time are two sides of one thing."
    ),
    "open": (
        "Requests arrive on a seeded schedule that does not wait for answers. Throughput then "
        "says whether the stack kept up, not how much it could do."
    ),
}
