"""Plays a run on the terminal that it is started on: the trials of a file, then it waits.

Called as: driven.py RECORDS [END], where END is "fail" for a run that breaks off by itself.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from pathlib import Path

import click

from harness.errors import EnvironmentFault
from harness.progress import Progress
from harness.records import Record
from harness.serial import from_json


def main(path: str, end: str = "") -> None:
    """Tell of all that is in the file, and of other things between."""
    records = [from_json(Record, one) for one in json.loads(Path(path).read_text("utf-8"))]
    progress = Progress(expected_s=0.0)
    with progress:
        progress.stage("launch", "looking for everything that primary needs")
        progress.begin(60.0, sessions=4)
        progress.stage("launch", "session 1 of 4: primary", 8.0)
        for record in records:
            progress.trial(record)
        click.echo("a word of click's", err=True)
        print("a word of print's", file=sys.stderr)  # noqa: T201 - as a library might
        progress.stage("drive", "chat with 8 users, in turn on primary", 9.0)
        if end == "fail":
            raise EnvironmentFault("the load generator ended")
        time.sleep(600)


if __name__ == "__main__":
    # As the real command: a background job of a shell inherits an ignored SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        main(*sys.argv[1:])
    except (KeyboardInterrupt, EnvironmentFault) as error:
        click.echo(f"bakeoff: {error!r}", err=True)
        sys.exit(130)
