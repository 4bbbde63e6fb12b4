"""How what is stored looks in answers.

An exchange is one document, and so is stored whole or not at all. Its two messages get their
identifiers from its own, one bit longer: even for the question, odd for the answer.
"""

from datetime import datetime

from . import ids


def time(moment: datetime) -> str:
    """A moment as `2026-01-02T03:04:05.678Z`."""
    return f"{moment.isoformat(timespec='milliseconds')}Z"


def user(document: dict) -> dict:
    """A User of the contract."""
    return {
        "id": ids.text(document["_id"]),
        "name": document["name"],
        "created_at": time(document["created_at"]),
    }


def conversation(document: dict) -> dict:
    """A Conversation of the contract."""
    return {
        "id": ids.text(document["_id"]),
        "title": document["title"],
        "created_at": time(document["created_at"]),
        "message_count": document["message_count"],
    }


def message_numbers(exchange: dict) -> tuple[int, int]:
    """The identifiers of question and answer."""
    return exchange["_id"] << 1, exchange["_id"] << 1 | 1


def messages(exchange: dict) -> tuple[dict, dict]:
    """Question and answer, as Messages of the contract."""
    usage = exchange["usage"]
    of_question = {"cached": False, "tokens": usage["prompt_tokens"]}
    of_answer = {"cached": usage["cached"], "tokens": usage["completion_tokens"]}
    question, answer = (
        {
            "id": ids.text(number),
            "conversation_id": ids.text(exchange["conversation"]),
            "role": said["role"],
            "content": said["content"],
            "created_at": time(exchange["created_at"]),
            **counted,
        }
        for number, said, counted in zip(
            message_numbers(exchange), exchange["messages"], (of_question, of_answer), strict=True
        )
    )
    return question, answer


def exchange(document: dict) -> dict:
    """An Exchange of the contract."""
    question, answer = messages(document)
    return {"question": question, "answer": answer}
