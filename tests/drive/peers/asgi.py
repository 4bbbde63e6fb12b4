"""The routes that real servers are asked for, for uvicorn: `uvicorn asgi:app`."""

import asyncio

LARGE = b"0123456789abcdef" * 65_536


async def app(scope, receive, send):
    """Answer by the path."""
    if scope["type"] != "http":
        return
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    path = scope["path"]
    if path == "/events":
        events = [b"event: token\ndata: %d\n\n" % number for number in range(3)]
        await pieces(send, b"text/event-stream", events)
        return
    if path == "/pieces":
        await pieces(send, b"text/plain", [b"one ", b"two ", b"three"])
        return
    status, body = {
        "/empty": (204, b""),
        "/unchanged": (304, b""),
        "/large": (200, LARGE),
        "/last": (200, b"bye"),
        "/echo": (200, str(length).encode()),
        "/port": (200, str(scope["client"][1]).encode()),
    }.get(path, (404, b"nothing here"))
    headers = [(b"content-type", b"text/plain")]
    if status != 204:
        headers.append((b"content-length", str(len(body)).encode()))
    if path == "/last":
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def pieces(send, content_type, parts):
    """Send the parts one after the other."""
    headers = [(b"content-type", content_type)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
        await asyncio.sleep(0.05)
    await send({"type": "http.response.body", "body": b""})
