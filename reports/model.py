"""Run + Records -> what the page says. Pure data in, pure data out."""

from __future__ import annotations

from collections.abc import Sequence

from harness.calibration import Calibration
from harness.records import Record, Run
from harness.standings import Standing, standings
from reports.digest import doubts
from reports.digest.cases import Case, cases, stacks_of
from reports.figures import charts, curves
from reports.story import sentences
from reports.story.answers import answers
from reports.story.board import board
from reports.story.verdicts import enough, verdicts
from reports.tables import blank as blanks
from reports.tables import calibration as calibrations
from reports.tables import details, setting
from reports.tables.capacity import capacity
from reports.tables.composition import components
from reports.tables.footprint import footprint
from reports.tables.results import results
from reports.terms.page import Fact, Page, Section


def page(run: Run, records: Sequence[Record], calibration: Calibration | None = None) -> Page:
    """Return what a report about these records says; there may be any number of them, also none."""
    records, blank = blanks.parted(run, records)
    found = cases(run, records)
    marks = doubts.marks(records)
    stood = _stood(records)
    drawn = charts.charts(found)
    return Page(
        run_id=run.id,
        title=sentences.title(stacks_of(records)),
        subjects=setting.subjects(records),
        made_of=setting.made_of(run, found),
        asked=setting.asked(run, records, found),
        caveat=sentences.caveat(found),
        answers=answers(found, stood, charts.links(drawn)),
        board=board(found, stood, marks),
        charts=drawn,
        sections=tuple(_section(case, marks, _told(case, stood)) for case in found),
        footprint=footprint(run, records),
        components=components(records),
        environment=setting.environment(
            run, (*blanks.ceiling(run, records, blank), calibrations.fact(calibration))
        ),
        plan=setting.plan(run),
        durability=setting.durability(records),
        warnings=doubts.cautions(records, marks),
        not_run=setting.not_run(run, found),
        method=setting.method(found),
        made_by=run.version,
    )


def _stood(records: Sequence[Record]) -> tuple[Standing, ...]:
    """Return the standings; stacks that promise different durability do not meet."""
    if not enough(records):
        return ()
    tiers = sorted({record.tier for record in records})
    alike = ([record for record in records if record.tier == tier] for tier in tiers)
    return tuple(one for mine in alike for one in standings(mine, stacks_of(mine)))


def _told(case: Case, stood: Sequence[Standing]) -> list[Fact]:
    """Return the verdicts of one case."""
    places = {(r.key.scenario, r.key.load) for r in case.records}
    mine = [one for one in stood if (one.metric.scenario, one.metric.load) in places]
    return verdicts(mine, {trials.stack: trials.title for trials in case.trials})


def _section(case: Case, marks: doubts.Marks, told: Sequence[Fact]) -> Section:
    """Return what is said of one scenario under one load."""
    return Section(
        key=case.key,
        title=case.title,
        load=case.load,
        sentences=sentences.sentences(case, told),
        table=results(case, marks),
        seconds=curves.seconds(case),
        endpoints=details.endpoints(case),
        errors=details.errors(case),
        sessions=details.sessions(case),
        capacity=capacity(case),
    )
