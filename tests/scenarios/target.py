"""A test target, not a stack: the contract in memory, with one fault that its caller chooses.

`python target.py PORT FAULT` listens on loopback. `/books` tells how many things it holds. Faults:
none, forgets (acknowledges every tenth message without keeping it), oldest-first (lists), moody
(never answers alike), mixes-up (answers lie in another conversation), finds-anything (search),
knows-all (answers everything alike, as if from a cache), parrots (the same, without saying so).
"""

import hashlib
import itertools
import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs, urlsplit

FAULT = sys.argv[2] if len(sys.argv) > 2 else "none"
NUMBERS, LOCK = itertools.count(1), Lock()
USERS, CONVERSATIONS, MESSAGES = {}, {}, []


def stamp(number):
    """Return a time that grows with the number."""
    return f"2026-01-01T00:{number // 60_000:02}:{number // 1_000 % 60:02}.{number % 1_000:03}Z"


def message(conversation, role, content):
    """Make a message of a conversation."""
    number = next(NUMBERS)
    return {
        "id": str(number), "conversation_id": conversation["id"], "role": role, "content": content,
        "created_at": stamp(number), "cached": False, "tokens": len(content.split()),
    }  # fmt: skip


def exchange(conversation, content):
    """Answer a message and keep both, unless the fault is to forget."""
    with LOCK:
        question = message(conversation, "user", content)
        history = [m["content"] for m in MESSAGES if m["conversation_id"] == conversation["id"]]
        mood = question["id"] if FAULT == "moody" else ""
        words = hashlib.sha256(json.dumps([*history, content, mood]).encode()).hexdigest()
        if FAULT in ("knows-all", "parrots"):
            words = "a known answer to everything"
        answer = message(conversation, "assistant", " ".join(re.findall("....", words)))
        answer["cached"] = FAULT == "knows-all"
        if FAULT == "mixes-up":
            answer["conversation_id"] = "another"
        if FAULT != "forgets" or int(question["id"]) % 10:
            MESSAGES.extend((question, answer))
        return {"question": question, "answer": answer}


def has(found, wanted):
    """Tell whether a message holds the words, or anything if that is the fault."""
    words = set(re.findall(r"\w+", found["content"].lower()))
    return FAULT == "finds-anything" or wanted <= words


class Handler(BaseHTTPRequestHandler):
    """One request of the contract."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self):
        """Read."""
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        user = self.user()
        if url.path == "/books":
            books = {"users": len(USERS), "conversations": len(CONVERSATIONS)}
            self.send(200, books | {"messages": len(MESSAGES), "usage_events": len(MESSAGES) // 2})
        elif url.path == "/v1/me":
            self.send(200, user)
        elif url.path == "/v1/usage":
            mine = {c["id"] for c in CONVERSATIONS.values() if c["owner"] == user["id"]}
            total = sum(m["conversation_id"] in mine for m in MESSAGES) // 2
            self.send(200, {"messages": total})
        elif url.path == "/v1/search":
            wanted = set(query["q"].lower().split())
            mine = {c["id"] for c in CONVERSATIONS.values() if c["owner"] == user["id"]}
            self.page(
                query, [m for m in MESSAGES if m["conversation_id"] in mine and has(m, wanted)]
            )
        elif url.path == "/v1/conversations":
            mine = [c for c in CONVERSATIONS.values() if c["owner"] == user["id"]]
            self.page(query, [self.shown(c) for c in mine])
        elif url.path.endswith("/messages"):
            key = url.path.split("/")[3]
            self.page(query, [m for m in MESSAGES if m["conversation_id"] == key])
        else:
            self.send(200, self.shown(CONVERSATIONS[url.path.split("/")[3]]))

    def do_POST(self):
        """Write."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number = next(NUMBERS)
        if self.path == "/v1/users":
            user = {"id": str(number), "name": body["name"], "created_at": stamp(number)}
            USERS[f"token-of-{body['name']}"] = user
            self.send(201, {"user": user, "token": f"token-of-{body['name']}"})
        elif self.path == "/v1/conversations":
            made = {"id": str(number), "title": body["title"], "created_at": stamp(number)}
            CONVERSATIONS[made["id"]] = made | {"owner": self.user()["id"]}
            self.send(201, made | {"message_count": 0})
        else:
            done = exchange(CONVERSATIONS[self.path.split("/")[3]], body["content"])
            (self.stream if body.get("stream") else self.whole)(done)

    def whole(self, done):
        """Answer a message at once."""
        self.send(201, done)

    def stream(self, done):
        """Answer a message word by word."""
        pieces = re.findall(r"\S+\s*", done["answer"]["content"])
        events = [("token", {"delta": piece}) for piece in pieces] + [("done", done)]
        body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
        self.send(200, body.encode(), "text/event-stream")

    def page(self, query, items):
        """Answer with a page of a list whose last item is the newest."""
        items = items if FAULT == "oldest-first" else items[::-1]
        start, limit = int(query.get("cursor", 0)), int(query.get("limit", 20))
        more = str(start + limit) if start + limit < len(items) else None
        self.send(200, {"items": items[start : start + limit], "next_cursor": more})

    def shown(self, conversation):
        """Return a conversation as others see it."""
        count = sum(m["conversation_id"] == conversation["id"] for m in MESSAGES)
        return {k: v for k, v in conversation.items() if k != "owner"} | {"message_count": count}

    def user(self):
        """Return whose token was sent."""
        return USERS.get(self.headers.get("authorization", "").removeprefix("Bearer "))

    def send(self, status, body, kind="application/json"):
        """Send an answer."""
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
