"""Starts the app: `python -m chat`, configured by the environment alone (see settings.py)."""

import uvicorn

from chat.settings import Settings


def main() -> None:
    """Serve until SIGTERM or SIGINT, with as many processes as WORKERS says."""
    settings = Settings()
    uvicorn.run(
        "chat.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_level="warning",
        access_log=False,
        # Nothing here asks for a client's address.
        proxy_headers=False,
        # Longer than a gateway keeps idle connections, so that the gateway is the one to close.
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main()
