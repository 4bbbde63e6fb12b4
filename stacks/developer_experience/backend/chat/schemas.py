"""What bodies hold. Strings are taken as they are and are never made of anything else."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from .text_rules import is_clean


def _clean(text: str) -> str:
    if not is_clean(text):
        raise ValueError("must not hold U+0000 or lone surrogates")
    return text


Clean = AfterValidator(_clean)


class Body(BaseModel):
    """A body, of which unknown members are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Credentials(Body):
    """A name and a password."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{3,64}$")]
    password: Annotated[str, StringConstraints(min_length=8, max_length=128), Clean]


class NewConversation(Body):
    """A title."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200), Clean]


class NewMessage(Body):
    """A question, and whether its answer is wanted as a stream."""

    content: Annotated[str, StringConstraints(min_length=1, max_length=8000), Clean]
    stream: bool = False
