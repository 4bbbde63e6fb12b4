"""Users that do with tasks whatever Locust allows; what they did is printed at the end, as JSON."""

import json
import sys
from collections import Counter

from locust import TaskSet, events, task
from locust.exception import RescheduleTask, StopUser

from harness.drive.users import StackUser

DID = Counter()


class Inner(TaskSet):
    """Tasks within a task: two of the inner ones, then back."""

    def on_start(self):
        """Count entries."""
        DID["inner entered"] += 1
        self.left = 2

    def on_stop(self):
        """Count exits."""
        DID["inner left"] += 1

    @task
    def step(self):
        """Go back after the second time."""
        DID["inner task"] += 1
        self.left -= 1
        if not self.left:
            self.interrupt()


class Busy(StackUser):
    """Does everything, often."""

    own_think_s = 0.0
    fixed_count = 2
    tasks = (Inner,)

    def prepare_alone(self):
        """Need nothing."""
        return {"path": "/"}

    def on_stop(self):
        """Count users that ended."""
        DID["users stopped"] += 1

    @task(8)
    def often(self):
        """Send something."""
        DID["often"] += 1
        self.http.request("often", "GET", "/")

    @task(2)
    def seldom(self):
        """Send something else."""
        DID["seldom"] += 1
        self.http.request("seldom", "GET", "/")

    @task
    def later(self):
        """Ask for another task instead."""
        DID["rescheduled"] += 1
        raise RescheduleTask

    @task
    def stumble(self):
        """Have a fault."""
        DID["stumbled"] += 1
        raise KeyError("no such key")

    @task
    def idle(self):
        """Wait for nothing."""
        DID["idle"] += 1


class Once(StackUser):
    """Ends by itself."""

    fixed_count = 1
    prepare_alone = Busy.prepare_alone
    on_stop = Busy.on_stop

    @task
    def last(self):
        """Stop."""
        DID["last"] += 1
        raise StopUser


@events.user_error.add_listener
def _count(exception, **_):
    DID[f"told of {type(exception).__name__}"] += 1


@events.quit.add_listener
def _print(**_):
    sys.stdout.write(json.dumps(DID) + "\n")
