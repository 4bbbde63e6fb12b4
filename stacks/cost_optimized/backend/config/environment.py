"""What the launcher tells the app through environment variables, read once and checked."""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The variable `name`; raises ImproperlyConfigured when it is needed and absent."""
    value = os.environ.get(name, default)
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


def number(name: str, default: float) -> float:
    """The variable `name` as a number that is not negative."""
    value = os.environ.get(name) or str(default)
    try:
        parsed = float(value)
    except ValueError:
        parsed = -1.0
    if not 0 <= parsed < float("inf"):
        raise ImproperlyConfigured(f"{name} must be a number of 0 or more, not {value!r}.")
    return parsed


def sqlite_path(name: str) -> str:
    """The absolute path in a URL such as sqlite:////folder/app.db."""
    url = urlsplit(text(name))
    path = url.path[1:]
    if url.scheme != "sqlite" or url.netloc or not path.startswith("/"):
        raise ImproperlyConfigured(f"{name} must look like sqlite:////absolute/folder/app.db.")
    return path


def memcached_address(name: str) -> str:
    """The `host:port` in a URL such as memcached://host:port."""
    url = urlsplit(text(name))
    if url.scheme != "memcached" or not url.hostname or not url.port:
        raise ImproperlyConfigured(f"{name} must look like memcached://host:port.")
    return f"{url.hostname}:{url.port}"
