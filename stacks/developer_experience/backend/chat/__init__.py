"""An AI chat: Flask, MongoDB, Elasticsearch. `create_app` is Flask's application factory."""

import logging

from flask import Flask

from . import burning, config, problems
from .body import WholeBody
from .extensions import answers, database, indexer, model, search_index
from .views import conversations, messages, search, system, users

__version__ = "1.0.0"


def create_app() -> Flask:
    """The app, configured by the environment. It connects to nothing before its first request."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(config.from_environment(), VERSION=__version__)
    app.json.sort_keys = False
    app.json.ensure_ascii = False
    app.json.compact = True
    app.url_map.merge_slashes = False
    for extension in (database, search_index, indexer, model, answers):
        extension.init_app(app)
    for views in (system, users, conversations, messages, search):
        app.register_blueprint(views.blueprint)
    problems.register(app)
    burning.register(app)
    app.wsgi_app = WholeBody(app.wsgi_app)
    app.cli.command("prepare")(prepare)
    return app


def prepare() -> None:
    """Make the indexes of the database and the index for search, where they are missing."""
    database.prepare()
    search_index.prepare()
