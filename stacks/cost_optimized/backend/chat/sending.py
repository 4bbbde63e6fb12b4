"""A message on its way: what was asked, and how it and its answer are stored in one step."""

from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from . import answers, idempotency, responses, word_index
from .idempotency import Write
from .llm import Answer
from .models import Conversation, Message, UsageEvent
from .writing import write_transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A question, the prompt it makes, and the write that it is part of."""

    write: Write
    conversation_id: int
    question: str
    prompt: list[dict]

    def store(self, answer: Answer) -> str:
        """Stores question, answer, usage, index and key together; returns the Exchange as JSON."""
        with write_transaction():
            rows = self._rows(answer)
            Message.objects.bulk_create(rows)
            UsageEvent.objects.create(
                answer=rows[1],
                user_id=self.write.user_id,
                prompt_tokens=answer.prompt_tokens,
                completion_tokens=answer.completion_tokens,
                cached=answer.cached,
            )
            Conversation.objects.filter(pk=self.conversation_id).update(
                message_count=F("message_count") + len(rows)
            )
            word_index.add(self.write.user_id, rows)
            exchange = responses.encode(
                {"question": responses.message(rows[0]), "answer": responses.message(rows[1])}
            )
            idempotency.finish(self.write, 201, exchange)
        answers.remember(self.prompt, answer)
        return exchange

    def _rows(self, answer: Answer) -> list[Message]:
        # The clock is read inside the transaction, so that times grow in the order of commits.
        now = timezone.now()
        return [
            Message(
                conversation_id=self.conversation_id,
                role=Message.Role.USER.value,
                content=self.question,
                created_at=now,
                tokens=answer.prompt_tokens,
            ),
            Message(
                conversation_id=self.conversation_id,
                role=Message.Role.ASSISTANT.value,
                content=answer.content,
                created_at=now,
                cached=answer.cached,
                tokens=answer.completion_tokens,
            ),
        ]
