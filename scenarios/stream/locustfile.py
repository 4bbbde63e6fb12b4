"""Users who have their answers streamed.

By hand: locust -f scenarios/stream/locustfile.py --host http://127.0.0.1:8000
"""

from __future__ import annotations

from collections.abc import Mapping

from locust import task

from scenarios import words
from scenarios.loading import Shape, load
from scenarios.member import Conversation, Member

MESSAGES_IN_A_CONVERSATION = 8


class Listener(Member):
    """Sends one new message after the other and reads the answer as it comes."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Load one account."""
        seed = self.at.seed
        return load(str(self.host), seed, Shape(accounts=1, conversations=0, exchanges=0))

    def on_start(self) -> None:
        """Begin without a conversation."""
        super().on_start()
        self.current: Conversation | None = None

    @task
    def talk(self) -> None:
        """Say something that nobody said before, so that the model and not a cache answers."""
        conversation = self.current
        if conversation is None or conversation.sent >= MESSAGES_IN_A_CONVERSATION:
            conversation = self.create_conversation(words.title(self.rng))
        self.current = None
        content = f"{words.question(self.rng)} ({self.number}.{self.rng.getrandbits(32)})"
        if conversation and self.stream_message(conversation, content):
            self.current = conversation
