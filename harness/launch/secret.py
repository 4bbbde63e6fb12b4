"""The password of one launch."""

from __future__ import annotations

import secrets
import string

LENGTH = 32
LETTERS = string.ascii_letters + string.digits


def new_secret() -> str:
    """Return 32 random letters and digits, which need no escaping in any URL or file."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
