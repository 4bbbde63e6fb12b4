"""Reads HTTP/1 answers from bytes, by llhttp (httptools). The only module that knows the parser.

Nothing here waits or sends. Header lines stay bytes until somebody asks for one.
"""

from __future__ import annotations

import httptools

from harness.drive.heads import BLANK_LINE, final

LONGEST_HEAD = 65_536
FINAL = 200


class Malformed(Exception):
    """What came is not HTTP, or is cut short; the text is short and stable."""


class Unanswered(Malformed):
    """The connection closed before anything came."""


class Reader:
    """Reads the answers of one connection, one after the other. The parser calls the `on_` methods.

    `complete` says that all of an answer is there, `keep` that the connection can be used again.
    Interim answers (1xx) are passed over. `raw` begins with the answer's head; what follows is of
    no meaning.
    """

    __slots__ = ("_head_only", "_parser", "_pieces", "complete", "keep", "raw", "status")

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.begin("")

    def begin(self, method: str) -> None:
        """Expect the answer to a request of this method."""
        self._head_only = method == "HEAD"
        self._pieces = list[bytes]()
        self.complete = self.keep = False
        self.status = 0
        self.raw = b""

    def take(self, data: bytes) -> bool:
        """Take what came, b"" for the end of the connection; return whether the answer is complete.

        Raises Malformed.
        """
        if not data:
            return self._finish()
        if not self.raw:
            self.raw = data
        elif not self._headed():
            self.raw += data
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            raise Malformed(_fault(error, complete=self.complete)) from error
        return self.complete or self._ends_with_head()

    def taken(self) -> bytes:
        """Return the bytes of the body that came since the last call, or in all."""
        pieces = self._pieces
        if len(pieces) == 1:
            return pieces.pop()
        self._pieces = []
        return b"".join(pieces)

    def on_message_begin(self) -> None:
        """Refuse more than one answer."""
        if self.complete:
            raise Malformed("more than one answer")

    def on_body(self, data: bytes) -> None:
        """Keep a piece of the body."""
        self._pieces.append(data)

    def on_message_complete(self) -> None:
        """Note the end, unless it is that of an interim answer."""
        status = self._parser.get_status_code()
        if status >= FINAL:
            self.status, self.complete = status, True
            self.keep = self._parser.should_keep_alive()

    def _finish(self) -> bool:
        """Take the end of the connection, which is that of a body whose length nobody said."""
        if not self.raw:
            raise Unanswered
        head = final(self.raw).partition(BLANK_LINE)[0].lower()
        if not self._headed() or b"content-length:" in head or b"chunked" in head:
            raise Malformed("the connection closed in the middle")
        self.status, self.complete, self.keep = self._parser.get_status_code(), True, False
        return True

    def _headed(self) -> bool:
        """Tell whether all of the head is there; raises Malformed when it is too long for one."""
        if BLANK_LINE in final(self.raw):
            return True
        if len(self.raw) > LONGEST_HEAD:
            raise Malformed(f"a head of more than {LONGEST_HEAD} bytes")
        return False

    def _ends_with_head(self) -> bool:
        """End an answer to HEAD, whose length is that of a body which does not come."""
        if not self._head_only or not self._headed():
            return False
        if final(self.raw).partition(BLANK_LINE)[2]:
            raise Malformed("a body in answer to HEAD")
        self.status, self.complete = self._parser.get_status_code(), True
        self.keep = self._parser.should_keep_alive()
        # The old one waits for the body.
        self._parser = httptools.HttpResponseParser(self)
        return True


def _fault(error: Exception, *, complete: bool) -> str:
    if complete:
        return "more came than the answer"
    if isinstance(error, httptools.HttpParserUpgrade):
        return "the server changed the protocol"
    return str(error)
