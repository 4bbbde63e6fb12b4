"""A broker alone: publishing, end-to-end latency, backlogs; what is lost and what comes twice."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from harness.contract import Acknowledged, ComponentScenario, Durability, Effects, Subject
from harness.errors import ContractBroken
from scenarios.audit import contradictions
from scenarios.queue import books
from scenarios.queue.broker import PRODUCTS, Broker, Receiver, broker, filler, id_of, message

TRIALS = 20
PATIENCE_S = 10.0


class Queue(ComponentScenario):
    """Producers publish; a consumer receives at once, another works off backlogs."""

    name: ClassVar[str] = "queue"
    title: ClassVar[str] = "Messages through a broker"
    components: ClassVar[frozenset[str]] = PRODUCTS
    crashable: ClassVar[bool] = True
    effects: ClassVar[Sequence[Effects]] = (
        Effects(endpoint="publish", stores={"acknowledged": 1}),
        Effects(endpoint="deliver", stores={"acknowledged": 1}),
    )
    locustfile: ClassVar[Path] = Path(__file__).with_name("locustfile.py")

    def prepare(self, subject: Subject, seed: int) -> Mapping[str, object]:
        """Make new queues, one of them for verifying, and new books."""
        run = secrets.token_hex(4)
        names = {f"{use}_queue": f"{use}-{run}" for use in ("now", "later", "trial")}
        broker(subject).make(names.values())
        return {**names, "filler": filler(seed), "books": str(books.new())}

    def verify(self, subject: Subject, data: Mapping[str, object]) -> None:
        """Send some messages through a queue and compare them; raises ContractBroken."""
        used, queue = broker(subject), str(data["trial_queue"])
        sent = [message(f"trial.{number}", str(data["filler"])) for number in range(TRIALS)]
        with closing(used.publisher()) as publisher, closing(used.receiver(queue)) as receiver:
            for body in sent:
                publisher.send(queue, body)
            came = _taken(receiver, len(sent))
        if came != sent:
            raise ContractBroken(
                f"{subject.name}: {len(sent)} messages were sent through a queue, and came out as "
                f"{len(came)}: {', '.join(id_of(body) for body in came)}"
            )

    def count(self, subject: Subject, data: Mapping[str, object]) -> Mapping[str, int]:
        """Count messages: acknowledged to producers, delivered to consumers or left in the broker,
        lost, come twice, never sent. `lost_despite_promise` is 0 where the tier promises nothing.
        """
        path = Path(str(data["books"]))
        left = self._left(broker(subject), data, books.read(path))
        with closing(books.Books(path)) as open_books:
            open_books.note(books.LEFT, left)
        now = books.read(path)
        promised = subject.durability is not Durability.NONE
        return {
            "acknowledged": len(now.acknowledged),
            "delivered": len(now.taken),
            "duplicates": now.duplicates,
            "lost": now.lost,
            "lost_despite_promise": now.lost if promised else 0,
            "never_sent": now.never_sent,
        }

    def audit(self, acknowledged: Acknowledged) -> tuple[str, ...]:
        """Say what contradicts what producers were told: too few acknowledged or too many, lost
        although the tier promises to keep, come from nowhere. Duplicates do not.
        """
        told = contradictions(self.effects, _only(acknowledged, "acknowledged"))
        grown = {k: n - acknowledged.before.get(k, 0) for k, n in acknowledged.after.items()}
        found = list(told)
        if lost := grown.get("lost_despite_promise"):
            found.append(f"{lost} acknowledged messages were lost.")
        if strange := grown.get("never_sent"):
            found.append(f"{strange} messages came that nobody sent.")
        return tuple(found)

    def _left(self, used: Broker, data: Mapping[str, object], so_far: books.Read) -> list[str]:
        queues = (str(data["now_queue"]), str(data["later_queue"]))
        return [id_of(body) for queue in queues for body in used.left(queue, so_far.taken)]


def _taken(receiver: Receiver, number: int) -> list[bytes]:
    came = list[bytes]()
    for _ in range(number):
        came += receiver.take(number, PATIENCE_S / number)
        receiver.settle()
        if len(came) >= number:
            break
    return came


def _only(told: Acknowledged, kind: str) -> Acknowledged:
    return replace(
        told,
        before={k: n for k, n in told.before.items() if k == kind},
        after={k: n for k, n in told.after.items() if k == kind},
    )


SCENARIO = Queue()
