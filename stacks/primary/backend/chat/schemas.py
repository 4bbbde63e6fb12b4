"""What goes over the wire. Names and bounds are those of the contract."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

IDENTIFIER = "^[A-Za-z0-9_-]+$"


def _storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "String should not hold U+0000")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("surrogate", "String should not hold lone surrogates") from error
    return text


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _digits(text: object) -> object:
    """Refuse what pydantic would read as an integer although it is not written as one."""
    if isinstance(text, str) and not (text.isascii() and text.isdigit()):
        raise PydanticCustomError("int_parsing", "Input should be a valid integer")
    return text


Id = Annotated[UUID, WithJsonSchema({"type": "string", "maxLength": 64, "pattern": IDENTIFIER})]
Text = Annotated[str, AfterValidator(_storable)]
Time = Annotated[
    datetime,
    PlainSerializer(_time, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"}),
]
Limit = Annotated[int, Field(ge=1, le=100), BeforeValidator(_digits)]


class Body(BaseModel):
    """What a client sends. Unknown members are ignored; nothing is converted to another type."""

    model_config = ConfigDict(strict=True)


class Stored(BaseModel):
    """What is read from a row."""

    model_config = ConfigDict(from_attributes=True)


class Credentials(Body):
    """A name and a password."""

    name: Annotated[str, Field(pattern="^[a-z0-9_.-]{3,64}$")]
    password: Annotated[Text, Field(min_length=8, max_length=128)]


class NewConversation(Body):
    """A conversation to be created."""

    title: Annotated[Text, Field(min_length=1, max_length=200)]


class NewMessage(Body):
    """A message to be answered."""

    content: Annotated[Text, Field(min_length=1, max_length=8000)]
    stream: bool = False


class User(Stored):
    """A user, as told to that user."""

    id: Id
    name: str
    created_at: Time


class SignedIn(BaseModel):
    """A user and a token for further requests."""

    user: User
    token: Annotated[str, Field(min_length=16)]


class Conversation(Stored):
    """A conversation and the number of its questions and answers."""

    id: Id
    title: str
    created_at: Time
    message_count: Annotated[int, Field(ge=0)]


class ConversationPage(BaseModel):
    """A page of conversations, newest first."""

    items: list[Conversation]
    next_cursor: str | None


class Message(Stored):
    """A question or an answer."""

    id: Id
    conversation_id: Id
    role: Literal["user", "assistant"]
    content: str
    created_at: Time
    cached: bool
    tokens: Annotated[int, Field(ge=0)]


class MessagePage(BaseModel):
    """A page of messages, newest first."""

    items: list[Message]
    next_cursor: str | None


class Exchange(BaseModel):
    """A question and its answer."""

    question: Message
    answer: Message


class UsageTotals(Stored):
    """The sums over all messages of a user."""

    messages: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached: int = 0


class Health(BaseModel):
    """Everything can be used."""

    status: Literal["ok"] = "ok"


class Version(BaseModel):
    """What runs, as each part reports it itself."""

    stack: str
    app: str
    runtime: str
    framework: str
    components: dict[str, str]
