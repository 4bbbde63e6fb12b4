"""What the server offers, path by path."""

import platform
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version

import orjson

from . import NAME, __version__
from .answering import Answering
from .errors import ApiError
from .exchange import Exchange
from .prompt import MODELS, read_call
from .settings import Settings
from .stats import Stats

_CREATED = 1_767_225_600  # 2026-01-01, when the models were made as far as clients can tell


class Routes:
    """Gives each request to what answers it; unknown paths get 404, wrong methods 405."""

    def __init__(self, settings: Settings, connections: Callable[[], int]) -> None:
        """Build the model; `connections` tells how many connections are open."""
        self._stats = Stats()
        self._connections = connections
        self._answering = Answering(settings, self._stats)
        models = {f"/v1/models/{name}".encode(): _model(name) for name in MODELS}
        documents: dict[bytes, object] = {
            b"/healthz": {"status": "ok"},
            b"/version": _version(settings),
            b"/v1/models": {"object": "list", "data": list(models.values())},
            **models,
        }
        self._documents = {path: orjson.dumps(it) for path, it in documents.items()}

    def __call__(self, exchange: Exchange) -> None:
        """Answer a request, or begin to."""
        try:
            if exchange.refused is not None:
                raise exchange.refused
            if exchange.path == b"/v1/chat/completions":
                _allow(exchange, b"POST")
                self._answering.start(exchange, read_call(exchange.body))
            else:
                body = self._document(exchange.path)
                _allow(exchange, b"GET", b"HEAD")
                exchange.reply(200, body)
        except _NotAllowedError as error:
            self._stats.refused += 1
            exchange.reply_error(error, b"allow: " + error.allowed + b"\r\n")
        except ApiError as error:
            self._stats.refused += 1
            exchange.reply_error(error)

    def _document(self, path: bytes) -> bytes:
        """Give the JSON that a path shows; raises ApiError (404)."""
        if path == b"/stats":
            return orjson.dumps(self._stats.document(connections=self._connections()))
        if path not in self._documents:
            raise ApiError(404, f"There is nothing at {path.decode(errors='replace')}.")
        return self._documents[path]


class _NotAllowedError(ApiError):
    """The path exists, but not for this method."""

    def __init__(self, method: bytes, allowed: bytes) -> None:
        given, known = method.decode(errors="replace"), allowed.decode()
        super().__init__(405, f"The method {given} is not allowed here; allowed: {known}.")
        self.allowed = allowed


def _allow(exchange: Exchange, *methods: bytes) -> None:
    if exchange.method not in methods:
        raise _NotAllowedError(exchange.method, b", ".join(methods))


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": _CREATED, "owned_by": "bakeoff"}


def _version(settings: Settings) -> dict[str, object]:
    """Tell what runs and with which settings: two servers that agree here answer alike."""
    libraries = {name: version(name) for name in ("httptools", "orjson", "uvloop")}
    return {
        "name": NAME,
        "version": __version__,
        "python": platform.python_version(),
        "libraries": libraries,
        "settings": asdict(settings),
    }
