"""An answer as server-sent events."""

import json
import logging

from . import answers, idempotency, llm
from .llm import Answer
from .problems import Kind, Problem, problem_of
from .sending import Sending

logger = logging.getLogger(__name__)


class EventStream:
    """The events of one answer: tokens, then `done` after it was stored, or `error`.

    A client that goes away closes it. What was not stored by then is not stored at all, and its
    idempotency key is free again.
    """

    def __init__(self, sending: Sending):
        self._sending = sending
        self._events = self._run()
        self._settled = False

    def __iter__(self):
        return self._events

    def close(self) -> None:
        """Ends the call to the model, and frees the key of a write that was not finished."""
        self._events.close()
        self._give_up()

    def _give_up(self) -> None:
        if not self._settled:
            self._settled = True
            idempotency.release(self._sending.write)

    def _run(self):
        try:
            answer = yield from self._tokens()
            exchange = json.loads(self._sending.store(answer))
            self._settled = True
        except Exception as error:
            problem = problem_of(error)
            if problem is None:
                logger.exception("A stream broke")
                problem = Problem(Kind.INTERNAL)
            self._give_up()
            yield _event("error", problem.document())
        else:
            yield _event("done", exchange)

    def _tokens(self):
        """Yields the token events and returns the answer."""
        answer = answers.remembered(self._sending.prompt)
        if answer:
            yield _event("token", {"delta": answer.content})
            return answer
        for piece in llm.stream(self._sending.prompt):
            if isinstance(piece, Answer):
                return piece
            yield _event("token", {"delta": piece})
        raise llm.ModelFailed("It said nothing.")


def _event(name: str, data: dict) -> bytes:
    # ASCII, because some clients end lines at U+2028 too.
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode("ascii")
