"""The certificates that this machine trusts, as a file, and as one that Java reads."""

from __future__ import annotations

import hashlib
import ssl
import struct
import time
from pathlib import Path

SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
PASSWORD = "changeit"  # noqa: S105 - Java's own well-known one; certificates are no secret


def bundle() -> Path | None:
    """Return the file of Python's own default ($SSL_CERT_FILE), or else the system's; None if
    neither is there.
    """
    default = ssl.get_default_verify_paths().cafile
    return Path(default) if default else SYSTEM if SYSTEM.is_file() else None


def write_truststore(path: Path) -> None:
    """Write the certificates of Python's own default ($SSL_CERT_FILE), or else the system's, as a
    keystore of type JKS.

    Format: sun.security.provider.JavaKeyStore, version 2, trusted-certificate entries only.
    """
    context = ssl.create_default_context()
    if not context.get_ca_certs() and SYSTEM.is_file():
        context.load_verify_locations(SYSTEM)
    certificates = context.get_ca_certs(binary_form=True)
    stamp = int(time.time() * 1000)
    store = struct.pack(">III", 0xFEEDFEED, 2, len(certificates))
    for number, certificate in enumerate(certificates):
        store += struct.pack(">I", 2) + _text(f"ca-{number}") + struct.pack(">Q", stamp)
        store += _text("X.509") + struct.pack(">I", len(certificate)) + certificate
    seal = hashlib.sha1(  # noqa: S324 - the format's, against damage
        PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + store
    )
    path.write_bytes(store + seal.digest())


def _text(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()
