"""The command line: flags in, exit code out.

0 fine; 1 regression; 2 wrong use or unreadable input; 3 this environment cannot do it; 4 not
comparable or inconclusive; 5 contract broken; 130 interrupted, what was finished is kept.
"""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click

from harness.commands.calibrate import calibrate_command
from harness.commands.catalogue import components_command, scenarios_command, stacks_command
from harness.commands.clean import clean_command
from harness.commands.compare import compare_command
from harness.commands.doctor import doctor_command
from harness.commands.export import export_command
from harness.commands.gate import gate_command
from harness.commands.history import history_command
from harness.commands.new import new_group
from harness.commands.report import report_command
from harness.commands.run import run_command
from harness.commands.up import up_command
from harness.commands.verify import verify_command
from harness.errors import BakeoffError

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bakeoff", prog_name="bakeoff")
def bakeoff() -> None:
    """Which stack should we build this on? Answered by measurement."""


for _command in (
    run_command,
    verify_command,
    gate_command,
    calibrate_command,
    report_command,
    compare_command,
    history_command,
    export_command,
    up_command,
    stacks_command,
    components_command,
    scenarios_command,
    doctor_command,
    new_group,
    clean_command,
):
    bakeoff.add_command(_command)


def main() -> None:
    """Run the command line and leave with its exit code; foreseen faults show no traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    # A shell's background jobs inherit an ignored SIGINT, and would not be ended by it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = bakeoff.main(standalone_mode=False)
    except BakeoffError as error:
        click.echo(f"bakeoff: {error}", err=True)
        code = error.exit_code
    except click.exceptions.Abort:
        click.echo("bakeoff: interrupted; what was finished is kept", err=True)
        code = INTERRUPTED
    except KeyboardInterrupt:
        click.echo("bakeoff: interrupted; what was finished is kept", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _terminated(number: int, _frame: FrameType | None) -> None:
    """Leave by the same way as Ctrl-C, so that everything is taken down."""
    raise KeyboardInterrupt(number)
