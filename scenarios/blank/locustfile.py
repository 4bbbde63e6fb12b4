"""Users who ask for the same thing over and over.

By hand: locust -f scenarios/blank/locustfile.py --host http://127.0.0.1:8080
"""

from __future__ import annotations

from collections.abc import Mapping

from locust import task

from harness.contract import Durability, Subject
from harness.drive.answers import Answer
from harness.drive.users import StackUser
from scenarios.blank.scenario import ASK, SCENARIO


class Asker(StackUser):
    """Asks, checks the answer in full, asks again."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Learn what the answer is."""
        name, url = SCENARIO.name, str(self.host)
        return SCENARIO.prepare(Subject(name=name, url=url, durability=Durability.NONE), 0)

    def on_start(self) -> None:
        """Know the answer."""
        super().on_start()
        self.body = str(self.data["body"]).encode()

    @task
    def ask(self) -> None:
        """Ask for the document."""
        self.http.request(ASK, "GET", "/", check=self._other)

    def _other(self, answer: Answer) -> str | None:
        return None if answer.body == self.body else "not the answer that it always is"
