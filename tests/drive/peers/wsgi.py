"""The routes that real servers are asked for, for gunicorn: `gunicorn wsgi:app`."""

import time

TEXT = [("Content-Type", "text/plain")]
LARGE = b"0123456789abcdef" * 65_536


def pieces(*parts):
    """Yield the parts one after the other."""
    for part in parts:
        yield part
        time.sleep(0.05)


def app(environ, start_response):
    """Answer by the path."""
    path = environ["PATH_INFO"]

    def answer(status, body, headers):
        length = [("Content-Length", str(len(body)))] if status[:3] != "204" else []
        start_response(status, headers + length)
        return [body]

    if path == "/events":
        start_response("200 OK", [("Content-Type", "text/event-stream")])
        return pieces(*(b"event: token\ndata: %d\n\n" % n for n in range(3)))
    if path == "/pieces":
        start_response("200 OK", TEXT)
        return pieces(b"one ", b"two ", b"three")
    if path == "/last":
        return answer("200 OK", b"bye", [*TEXT, ("Connection", "close")])
    if path == "/echo":
        length = len(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        return answer("200 OK", str(length).encode(), TEXT)
    bodies = {
        "/empty": ("204 No Content", b""),
        "/unchanged": ("304 Not Modified", b""),
        "/large": ("200 OK", LARGE),
        "/port": ("200 OK", environ["REMOTE_PORT"].encode()),
    }
    return answer(*bodies.get(path, ("404 Not Found", b"nothing here")), TEXT)
