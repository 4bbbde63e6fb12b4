"""A server with a protocol of its own, a line for a line: `python line_target.py PORT`.

`say TEXT` is answered with TEXT, `seen` with the number of connections so far, `refuse` with an
error; `drop` ends the connection, `hang` is never answered, and `slow` after a quarter second.
"""

import itertools
import socketserver
import sys
import time

SEEN = itertools.count()


class Handler(socketserver.StreamRequestHandler):
    """A connection."""

    def handle(self):
        """Answer lines until the client or a `drop` ends it."""
        number = next(SEEN)
        for line in self.rfile:
            verb, _, text = line.decode().strip().partition(" ")
            if verb == "drop":
                return
            if verb == "hang":
                time.sleep(60)
            if verb == "slow":
                time.sleep(0.25)
            answer = {"say": text, "seen": str(number), "refuse": "!not now"}.get(verb, "")
            self.wfile.write(f"{answer}\n".encode())


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection; the port can be taken again at once."""

    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
