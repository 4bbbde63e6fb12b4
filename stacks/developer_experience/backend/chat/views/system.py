"""Whether the app can be used, and what runs."""

import platform
from importlib import metadata

from elasticsearch import ApiError, TransportError
from flask import Blueprint, current_app
from pymongo.errors import PyMongoError

from ..extensions import database, search_index

blueprint = Blueprint("system", __name__)


@blueprint.get("/healthz")
def health():
    """Asks the database and the index; what they raise is answered 503."""
    database.ping()
    search_index.ping()
    return {"status": "ok"}


@blueprint.get("/version")
def version():
    """What each part says of itself; one that does not answer is left out."""
    components = {}
    for name, part in (("mongodb", database), ("elasticsearch", search_index)):
        try:
            components[name] = part.version()
        except (PyMongoError, ApiError, TransportError):
            continue
    return {
        "stack": current_app.config["STACK"],
        "app": current_app.config["VERSION"],
        "runtime": f"Python {platform.python_version()}",
        "framework": f"Flask {metadata.version('flask')}",
        "components": components,
    }
