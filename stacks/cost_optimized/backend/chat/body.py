"""Reading and checking bodies: content type, size, JSON, then the fields."""

import json

from django.core.validators import RegexValidator
from gunicorn.http.errors import ParseException
from rest_framework import serializers

from .problems import Kind, Problem

MAX_BYTES = 64 * 1024


def read_json(request):
    """The body as Python data; raises Problem for 413, 415 and 400, in this order."""
    try:
        raw = _raw(request)
    except (OSError, ParseException):
        raise Problem(Kind.MALFORMED, "The body ended too early or cannot be read.") from None
    if len(raw) > MAX_BYTES:
        raise Problem(Kind.TOO_LARGE, f"At most {MAX_BYTES} bytes are read.")
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE)
    try:
        # No member is a number, and Python refuses to make an int of very many digits.
        return json.loads(raw.decode("utf-8"), parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Problem(Kind.MALFORMED, "The body is not JSON in UTF-8.") from None


def _raw(request) -> bytes:
    """The body, or its beginning when it is too large. Raises OSError or ParseException."""
    meta = request.META
    # Django takes a body without Content-Length for empty; gunicorn marks where it ends.
    chunked = bool(meta.get("HTTP_TRANSFER_ENCODING"))
    if not chunked and int(meta.get("CONTENT_LENGTH") or 0) <= MAX_BYTES:
        return request.body
    return meta["wsgi.input"].read(MAX_BYTES + 1)


def _refuse(name):
    raise ValueError(f"{name} is not JSON")


def checked(serializer_class, data) -> dict:
    """The members of `data` that the schema names; raises Problem with every fault."""
    if not isinstance(data, dict):
        raise Problem(Kind.INVALID, errors=[("", "Must be an object.")])
    serializer = serializer_class(data=data)
    if not serializer.is_valid():
        raise Problem(
            Kind.INVALID,
            errors=[
                (f"/{name}", str(fault))
                for name, faults in serializer.errors.items()
                for fault in faults
            ],
        )
    return serializer.validated_data


class Text(serializers.CharField):
    """A string of `min_length` to `max_length` characters, taken as it is.

    Django REST framework's own field would take numbers for text and cut off blanks.
    """

    def __init__(self, **kwargs):
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data):
        """The string itself."""
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Flag(serializers.Field):
    """True or false, and nothing that only resembles them."""

    default_error_messages = {"invalid": "Must be true or false."}

    def to_internal_value(self, data):
        """The boolean itself."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return data


class Credentials(serializers.Serializer):
    """A name and a password."""

    name = Text(validators=[RegexValidator(r"\A[a-z0-9_.-]{3,64}\Z")])
    password = Text(min_length=8, max_length=128)


class NewConversation(serializers.Serializer):
    """A title."""

    title = Text(max_length=200)


class NewMessage(serializers.Serializer):
    """A question, and whether its answer is wanted as a stream."""

    content = Text(max_length=8000)
    stream = Flag(default=False)
