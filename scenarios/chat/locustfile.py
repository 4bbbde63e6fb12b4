"""Users of the everyday mix.

By hand: locust -f scenarios/chat/locustfile.py --host http://127.0.0.1:8000
"""

from __future__ import annotations

from collections.abc import Mapping

from locust import task

from scenarios import words
from scenarios.loading import Shape, load
from scenarios.member import Conversation, Member

MESSAGES_IN_A_CONVERSATION = 5


class ChatUser(Member):
    """Reads more than it writes; the weights are explained in README.md."""

    def prepare_alone(self) -> Mapping[str, object]:
        """Load one account."""
        seed = self.at.seed
        return load(str(self.host), seed, Shape(accounts=1, conversations=2, exchanges=2))

    def on_start(self) -> None:
        """Know the account's loaded conversations, and begin none."""
        super().on_start()
        self.loaded = [Conversation(id=c["id"]) for c in self.account["conversations"]]
        self.current: Conversation | None = None
        self.common = words.common_questions(int(self.data["seed"]))

    @task(6)
    def open_app(self) -> None:
        """See the list of conversations."""
        self.list_conversations()

    @task(6)
    def read(self) -> None:
        """Open a conversation: the own one, or one of those loaded."""
        known = [*self.loaded, *([self.current] if self.current else [])]
        self.list_messages(self.rng.choice(known))

    @task(4)
    def talk(self) -> None:
        """Say something that nobody said before, in a conversation of a few messages."""
        conversation = self.current
        if conversation is None or conversation.sent >= MESSAGES_IN_A_CONVERSATION:
            conversation = self.create_conversation(words.title(self.rng))
        # While a message is in doubt so is the conversation; a failed one is not gone back to.
        self.current = None
        content = f"{words.question(self.rng)} ({self.number}.{self.rng.getrandbits(32)})"
        if conversation and self.send_message(conversation, content):
            self.current = conversation

    @task(3)
    def ask_common(self) -> None:
        """Ask what many ask, as the first message, so that its prompt was answered before."""
        question = words.common_question(self.rng, self.common)
        conversation = self.create_conversation(words.title(self.rng))
        if conversation:
            self.send_message(conversation, question, known=self.at.shared)

    @task(1)
    def look_up(self) -> None:
        """Search for one or two words."""
        self.search(" ".join(self.rng.sample(words.WORDS, self.rng.randint(1, 2))))
